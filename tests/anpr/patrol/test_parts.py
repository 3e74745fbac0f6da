"""Parts of a car: all of them or none. Real files; perception is a made road."""

import threading
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import psutil
import pytest

from anpr.address import Address
from anpr.clock import SystemClock
from anpr.config.car import CameraConfig, GpsConfig, PatrolConfig, SyncConfig
from anpr.faults import FaultKind
from anpr.patrol import parts as opening
from anpr.patrol.parts import open_parts
from anpr.patrol.patrol import Patrol
from anpr.perception.pipeline import Pipeline
from anpr.records.alerts import next_alert_id
from anpr.records.store import RecordStore
from benchmarks.hotlist_scale.publisher import Publisher
from tests.anpr.perception.road import Road

OPENED = (
    "_open_matcher", "open_pipeline", "_earlier_alerts", "earlier_alerts", "alert_settings", "AlertBoard", "Engine", "AuditLog",
    "open_governor", "open_gps", "NewestFrame", "open_camera", "PerceptionLoop", "QueueThread", "EngineDesk",
    "HotlistCrewLists", "CrewRecords", "car_surroundings", "open_follower", "CarWatch", "PerceptionThread",
    "RepeatingThread", "Parts",
)  # fmt: skip


class Broken(Exception):
    """Why a part could not be opened."""


@pytest.fixture(autouse=True)
def _made_road(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "open_pipeline", lambda _: Pipeline(Road({}), Road({}), clock_ns=lambda: 0))


@pytest.fixture
def config(tmp_path: Path) -> PatrolConfig:
    publisher = Publisher(tmp_path)
    return PatrolConfig(
        camera=(CameraConfig(id="front", source=Address("/dev/no-camera")),),
        gps=GpsConfig(port=str(tmp_path / "no-port")),
        sync=SyncConfig(url=Address(str(tmp_path / "stick")), root=publisher.root),
    )


def held(folder: Path) -> list[str]:
    """Return the files of the folder that this process has open."""
    return [file.path for file in psutil.Process().open_files() if Path(file.path).is_relative_to(folder)]


def running() -> set[threading.Thread]:
    return set(threading.enumerate())


def await_end(before: set[threading.Thread]) -> None:
    """Wait until all threads have ended that were not there before; one that looks for a GPS receiver takes a moment."""
    for thread in running() - before:
        thread.join(10.0)
        assert not thread.is_alive(), thread.name


@pytest.mark.parametrize("broken", OPENED)
def test_when_a_part_cannot_be_opened_those_before_are_closed_and_the_error_is_its_own(
    broken: str, config: PatrolConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = running()

    def fail(*_: object, **__: object) -> None:
        raise Broken(broken)

    monkeypatch.setattr(opening, broken, fail)
    with pytest.raises(Broken, match=f"^{broken}$") as caught:
        open_parts(config, tmp_path)
    assert caught.value.__cause__ is None
    assert held(tmp_path) == []
    await_end(before)


def test_finished_parts_are_closed_once_by_a_patrol_that_never_started(config: PatrolConfig, tmp_path: Path) -> None:
    before = running()
    parts = open_parts(config, tmp_path)
    assert held(tmp_path)
    patrol = Patrol(parts)
    assert patrol.stop()
    assert patrol.stop()
    parts.close()
    assert held(tmp_path) == []
    await_end(before)


def test_stopping_twice_is_stopping_once(config: PatrolConfig, tmp_path: Path) -> None:
    before = running()
    parts = open_parts(config, tmp_path)
    steps: list[object] = []
    patrol = Patrol(parts, on_step=steps.append)
    patrol.start()
    assert running() > before
    ended = patrol.stop()
    assert patrol.stop() is ended
    assert len(steps) == 1  # the end of all tracks
    assert held(tmp_path) == []
    await_end(before)


@pytest.mark.parametrize("part", ["recording", "looking_back", "follower", "reading_gps", "perception", "watching"])
def test_when_a_part_does_not_start_those_before_are_stopped(
    part: str, config: PatrolConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = running()
    parts = open_parts(config, tmp_path)

    def fail() -> None:
        raise Broken(part)

    one = getattr(parts, part)
    broken = type("BrokenPart", (), {"start": staticmethod(fail), "stop": lambda _, *__: one.stop()})()
    with pytest.raises(Broken, match=part):
        Patrol(replace(parts, **{part: broken})).start()
    assert held(tmp_path) == []
    await_end(before)


def test_the_run_goes_on_from_the_alerts_of_the_last(config: PatrolConfig, tmp_path: Path) -> None:
    with closing(RecordStore(tmp_path / "records.db", "earlier")) as store:
        expected = next_alert_id(store.connection)
    parts = open_parts(config, tmp_path)
    assert parts.engine.board.first_id == expected
    parts.close()


class OtherDay(SystemClock):
    """The machine's clock, eleven days ahead."""

    def monotonic_ns(self) -> int:
        return SystemClock.monotonic_ns(self) + 11 * 86_400 * 1_000_000_000

    def utc(self) -> datetime:
        return SystemClock.utc(self) + timedelta(days=11)


def test_every_part_follows_the_clock_that_the_car_is_given(config: PatrolConfig, tmp_path: Path) -> None:
    clock = OtherDay()
    before = clock.utc()
    parts = open_parts(config, tmp_path, clock=clock)
    try:
        parts.audit.record("crew", "looked", {})
        parts.watch.part_failed(FaultKind.RECORDS_FAILED, Broken())
        told = [
            parts.engine.clock_utc(), parts.desk.around.clock_utc(), parts.desk.records.clock_utc(), parts.desk.lists.clock(),
            parts.matcher._clock(), parts.watch.faults()[0].since_utc,
            *(datetime.fromisoformat(entry.at_utc) for entry in parts.audit.entries()),
        ]  # fmt: skip
        assert all(before <= one <= clock.utc() for one in told), told
        source = parts.cameras["front"]._source_factory()
        assert source._clock is clock  # type: ignore[attr-defined]
        assert parts.engine.clock_ns() >= 11 * 86_400 * 1_000_000_000
    finally:
        parts.close()
