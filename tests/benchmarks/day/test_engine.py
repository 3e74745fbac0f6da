"""The engine of a day: its configuration, what goes quicker in it, and the witness that has written whatever was told."""

import importlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from anpr.engine.engine import MatchedSighting, Step
from anpr.faults import FaultKind
from anpr.values import Alert, AlertKind, AlertState
from benchmarks.day.clock import DayClock
from benchmarks.day.engine import CAMERA, DayWitness, car_config, quick_upkeep
from benchmarks.day.script import SYNC_S
from tests.builders.evidence import evidence
from tests.builders.sighting import sighting

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


@pytest.fixture
def clock(tmp_path: Path) -> DayClock:
    made = DayClock.made(tmp_path / "clock")
    made.stand()
    return made


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(one) for one in path.read_text().splitlines()]


def test_the_car_follows_its_back_office_and_has_a_camera_and_a_receiver(tmp_path: Path) -> None:
    config = car_config("http://127.0.0.1:1/stream", "/dev/pts/9", tmp_path / "served", tmp_path / "key.pem")
    assert (config.camera[0].id, config.gps.port, config.sync.every_s) == (CAMERA, "/dev/pts/9", SYNC_S)
    assert config.sync.is_folder


def test_only_within_is_the_upkeep_quick(clock: DayClock) -> None:
    parts, opening = (importlib.import_module(f"anpr.patrol.{name}") for name in ("parts", "opening"))
    usual = parts.QueueThread, opening.Follower
    with quick_upkeep(clock):
        assert parts.QueueThread is not usual[0]
        assert opening.Follower is not usual[1]
    assert (parts.QueueThread, opening.Follower) == usual


def test_what_is_told_is_written_when_the_call_returns(clock: DayClock, tmp_path: Path) -> None:
    witness = DayWitness(tmp_path / "witness", clock)
    seen = sighting(evidence("AB12CDE"), 4, reads=0, final=False, at=NOW)
    raised = Alert(
        7, AlertKind.FAULT, AlertState.RAISED, 10, NOW, fault=FaultKind.GPS_SILENT.fault(NOW)
    )  # fmt: skip
    for one in (seen, seen, replace(seen, final=True)):
        witness.step(Step(None, (MatchedSighting(one, (), ()),), (raised,) if one.final else (), {}))
    told = lines(tmp_path / "witness")
    assert [one["k"] for one in told] == ["seen", "alert", "sighting"]
    assert told[1]["fault"] == "gps_silent"
    assert (told[2]["text"], told[2]["last_utc"]) == ("AB12CDE", seen.last_utc.isoformat())
    assert all(one["at"] == clock.monotonic_ns() for one in told)
