import random
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from anpr import sqlite
from anpr.alerting.board import AlertBoard
from anpr.alerting.fault_keeper import FaultKeeper
from anpr.desk.records import DamageSeen, DecisionMade, record_item, record_made
from anpr.engine.engine import MatchedSighting, Step
from anpr.engine.latency import Percentiles
from anpr.errors import StoreError
from anpr.faults import FaultKind
from anpr.perception.pipeline import FrameResult
from anpr.records.alerts import earlier_alerts, next_alert_id
from anpr.records.recorder import RENEW_EVERY_S, Recorder
from anpr.records.renewal import renew
from anpr.records.retention import Retention
from anpr.records.store import RecordStore
from anpr.set_aside import files_set_aside, identity
from anpr.trusted_time import TrustedTime, keep_latest, read_latest
from anpr.values import Alert, AlertState, Frame
from tests.anpr.records.test_store import NOW, made_sighting
from tests.anpr.test_trusted_time import Hands
from tests.builders.alert import alert
from tests.builders.hit import hit
from tests.camera.parts import HandClock


def in_pieces(recorder: Recorder) -> None:
    """Overwrite the pages of the sightings' trees while they are in use, as a dying disk does."""
    connection = recorder.store.connection
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.execute("PRAGMA cache_size = 0")
    connection.execute("PRAGMA shrink_memory")
    # another one asks: once a page could not be opened, SQLCipher reads nothing more over that connection
    with closing(sqlite.connect(recorder.store.path, read_only=True)) as other:
        pages = other.execute("SELECT rootpage FROM sqlite_master WHERE tbl_name = 'sightings'").fetchall()
    with recorder.store.path.open("r+b") as file:
        for (page,) in pages:
            file.seek((page - 1) * 4096)
            file.write(random.Random(page).randbytes(4096))


HELD_S = FaultKind.DISK_FULL.clear_after_s


@pytest.fixture
def announced() -> list[Alert]:
    return []


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def recorder(tmp_path: Path, announced: list[Alert], clock: HandClock) -> Iterator[Recorder]:
    store = RecordStore(tmp_path / "records.db", "run-1")
    faults = FaultKeeper(AlertBoard(), clock.monotonic_ns)
    yield Recorder(store, faults, lambda: NOW, announced.extend, least_free_bytes=0)
    store.close()


def standing(recorder: Recorder) -> list[str]:
    return [fault.name for fault in recorder.faults.board.standing_faults()]


def step(*versions: MatchedSighting) -> Step:
    return Step(None, versions, (), {})


def version(track: int, text: str, second: float, *, final: bool = False, confidence: float = 0.9) -> MatchedSighting:
    made = made_sighting(track, text=text, final=final)
    return MatchedSighting(replace(made, last_ns=round(second * 1e9), confidence=confidence), (), ())


def vrms(recorder: Recorder) -> list[str]:
    return [r.sighting.text for r in recorder.store.sightings_since(NOW - timedelta(days=1))]


def test_a_sighting_is_recorded_when_it_is_first_reported_not_only_when_it_ends(recorder: Recorder) -> None:
    recorder.record(step(version(1, "AB12CDF", 0.0)))
    assert vrms(recorder) == ["AB12CDF"]


def test_a_version_below_the_reported_confidence_waits(recorder: Recorder) -> None:
    recorder.record(step(version(1, "AB12CDF", 0.0, confidence=0.29)))
    assert vrms(recorder) == []
    recorder.record(step(version(1, "AB12CDF", 0.0, confidence=0.3)))
    assert vrms(recorder) == ["AB12CDF"]


def test_two_tracks_of_one_vehicle_become_one_record(recorder: Recorder) -> None:
    recorder.record(step(version(1, "AB12CDF", 0.0), version(2, "AB12CDE", 0.0)))
    assert len(vrms(recorder)) == 2
    frame = Frame("front", 0, 0, NOW, np.zeros((8, 8, 3), np.uint8))
    recorder.record(replace(step(), result=FrameResult(frame, (), (), (), (), {}, absorbed=((1, 2),))))
    recorder.record(step(version(2, "AB12CDE", 0.1, final=True)))
    assert vrms(recorder) == ["AB12CDE"]


def test_what_is_no_record_is_refused_by_its_type_alone(recorder: Recorder) -> None:
    with pytest.raises(TypeError, match="str cannot be recorded"):
        record_item(recorder, "AB12CDE")


def test_changes_of_text_are_written_at_most_once_a_second_and_the_final_always(recorder: Recorder) -> None:
    recorder.record(step(version(1, "AB12CDF", 0.0)))
    recorder.record(step(version(1, "AB12CDG", 0.5)))
    assert vrms(recorder) == ["AB12CDF"]
    recorder.record(step(version(1, "AB12CDH", 1.5)))
    assert vrms(recorder) == ["AB12CDH"]
    recorder.record(step(version(1, "AB12CDE", 1.6, final=True)))
    assert vrms(recorder) == ["AB12CDE"]


def test_what_cannot_be_written_is_kept_said_and_written_later(
    recorder: Recorder, announced: list[Alert], clock: HandClock
) -> None:
    pages = recorder.store.connection.execute("PRAGMA page_count").fetchone()[0]
    recorder.store.connection.execute(f"PRAGMA max_page_count={pages}")
    for track in range(1, 120):
        recorder.record(step(version(track, f"AB{track}CDE", 0.0, final=True)))
    assert {a.fault.name for a in announced if a.fault} == {"records_unwritable", "disk_full"}
    assert len(vrms(recorder)) < 119
    recorder.store.connection.execute("PRAGMA max_page_count=100000")
    recorder.record(step())
    assert len(vrms(recorder)) == 119
    clock.advance(HELD_S)
    assert [a.state for a in recorder.faults.settle()] == [AlertState.CLEARED]
    assert standing(recorder) == ["disk_full"]
    recorder.check_disk()
    recorder.check_disk()
    clock.advance(HELD_S)
    recorder.faults.settle()
    assert standing(recorder) == []


def test_little_disk_space_stops_pictures_and_is_a_visible_fault(
    recorder: Recorder, announced: list[Alert], clock: HandClock
) -> None:
    recorder.least_free_bytes = 10**18
    recorder.check_disk()
    assert [a.fault.name for a in announced if a.fault] == ["disk_full"]
    recorder.record(step(version(1, "AB12CDE", 0, final=True)))
    assert vrms(recorder) == ["AB12CDE"]
    assert recorder.store.connection.execute("SELECT count(*) FROM pictures").fetchone() == (0,)
    recorder.least_free_bytes = 0
    recorder.check_disk()
    clock.advance(HELD_S)
    assert [a.state for a in recorder.faults.settle()] == [AlertState.CLEARED]


def test_pictures_are_kept_while_the_disk_has_exactly_the_least_that_must_be_free(
    recorder: Recorder, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder.least_free_bytes = 500
    for free, faults in ((500, []), (499, ["disk_full"]), (500, [])):
        monkeypatch.setattr("shutil.disk_usage", lambda _, free=free: SimpleNamespace(free=free))
        recorder.check_disk()
        clock.advance(HELD_S)
        recorder.faults.settle()
        assert standing(recorder) == faults
    recorder.record(step(version(1, "AB12CDE", 0, final=True)))
    assert recorder.store.picture(1, "plate") is not None


def test_upkeep_purges_and_notes_latencies(recorder: Recorder) -> None:
    recorder.record(step(version(1, "AB12CDE", 0, final=True)))
    recorder.retention = Retention(sightings_days=-1)
    recorder.upkeep({"detect": Percentiles(5, 7, 9, 100)})
    assert vrms(recorder) == []
    assert recorder.store.connection.execute("SELECT stage, p99_ms FROM latencies").fetchall() == [("detect", 9.0)]


def test_a_write_of_another_kind_that_fails_is_kept_said_and_written_later(
    recorder: Recorder, announced: list[Alert]
) -> None:
    recorder.record(step(version(1, "AB12CDE", 0.0), version(2, "AB12CDE", 0.0)))
    recorder.store.connection.execute("PRAGMA busy_timeout=1")
    frame = Frame("front", 0, 0, NOW, np.zeros((8, 8, 3), np.uint8))
    joined = replace(step(), result=FrameResult(frame, (), (), (), (), {}, absorbed=((1, 2),)))
    with closing(sqlite.connect(recorder.store.path)) as other:
        other.execute("BEGIN IMMEDIATE")
        made = DecisionMade(1, "front", "wrong_plate", "1234", NOW, note="mud")
        recorder.write(partial(record_made, recorder.store, made))
        recorder.alerts((alert(hit(0.9)),), None)
        recorder.record(joined)
        recorder.record(step(version(2, "AB12CDE", 0.1, final=True)))
        assert [a.fault.name for a in announced if a.fault] == ["records_unwritable"]
        other.execute("ROLLBACK")
    recorder.close()
    assert [a.state for a in announced] == [AlertState.RAISED]
    assert recorder.faults.holding() == ()
    with closing(RecordStore(recorder.store.path, "later")) as store:
        assert store.decisions() == [("front", "wrong_plate")]
        assert len(list(store.sightings_since(NOW - timedelta(days=1)))) == 1
        assert next_alert_id(store.connection) == 2


def test_a_report_that_cannot_be_made_is_made_later(recorder: Recorder) -> None:
    told: list[int] = []
    failures = [StoreError("the audit cannot be written"), StoreError("the audit cannot be written")]

    def report(alert_id: int) -> None:
        if failures:
            raise failures.pop()
        told.append(alert_id)

    recorder.report = report
    seen = made_sighting(1, text="AB12CDE", at=NOW - timedelta(days=8))
    recorder.faults.board.consider(seen, [hit(0.9, of=seen)], now_utc=NOW, frame_age_ms=1.0)
    recorder.upkeep({})
    recorder.upkeep({})
    assert told == [1]
    assert recorder.faults.holding() == ()


def test_nothing_is_purged_while_the_date_cannot_be_trusted(recorder: Recorder, tmp_path: Path) -> None:
    recorder.record(step(version(1, "AB12CDE", 0, final=True)))
    hands = Hands(NOW + timedelta(days=13 * 365))  # an empty battery
    recorder.trusted, recorder.kept_date = TrustedTime(hands, NOW), tmp_path / "latest-date"
    recorder.clock_utc = hands.utc
    waiting = made_sighting(2, text="AB12CDF", at=NOW)
    recorder.faults.board.consider(waiting, [hit(0.9, of=waiting)], now_utc=NOW, frame_age_ms=1.0)
    recorder.upkeep({})
    assert recorder.faults.board.counts() == (1, 0)  # nor is anything closed that could still be decided
    assert len(recorder.store.connection.execute("SELECT id FROM sightings").fetchall()) == 1
    assert read_latest(tmp_path / "latest-date") == NOW
    keep_latest(tmp_path / "latest-date", hands.wall)  # a supervisor says that it is right
    recorder.upkeep({})
    assert recorder.store.connection.execute("SELECT id FROM sightings").fetchall() == []


@pytest.fixture
def renewing(recorder: Recorder) -> Recorder:
    """A recorder that begins a new file when its own is in pieces, as on patrol."""
    recorder.renew = lambda why: renew(recorder.store.path, NOW, why)
    return recorder


def test_records_that_fall_to_pieces_are_set_aside_and_nothing_that_waits_is_lost(
    renewing: Recorder, announced: list[Alert], clock: HandClock
) -> None:
    waiting = replace(made_sighting(7, text="ZZ99ZZZ", final=True), pictures_id="seven")
    (raised,) = renewing.faults.board.consider(waiting, [hit(0.9, of=waiting)], now_utc=NOW, frame_age_ms=1.0)
    renewing.record(step(MatchedSighting(waiting, (hit(0.9, of=waiting),), (raised,))))
    renewing.record(step(version(1, "AB12CDE", 0.0), version(2, "AB12CDF", 0.0)))
    (last,) = renewing.store.connection.execute("SELECT max(id) FROM sightings").fetchone()
    in_pieces(renewing)
    renewing.record(step(version(1, "AB12CDE", 2.0, final=True), version(3, "AB12CDG", 2.0, final=True)))
    other = DecisionMade(99, "front", "confirmed", "1234", NOW)
    renewing.write(partial(record_made, renewing.store, other))
    assert vrms(renewing) == ["AB12CDE", "AB12CDG"]
    assert renewing.store.connection.execute("SELECT count(*) FROM pictures").fetchone() == (4,)
    assert renewing.store.connection.execute("SELECT min(id) FROM sightings").fetchone()[0] > last
    earlier = earlier_alerts(renewing.store.connection, {"stolen": raised.hits[0].hotlist})
    assert [one.alert.alert_id for one in earlier.undecided] == [raised.alert_id]
    assert renewing.store.moment_picture(waiting.pictures_id, "plate") is not None
    assert renewing.store.decisions() == [("front", "confirmed")]
    assert standing(renewing) == ["records_damaged"]
    assert [a.fault.name for a in announced if a.fault] == ["records_damaged"]
    (aside,) = files_set_aside(renewing.store.path)
    aside.settle()
    renewing.look_at_what_was_set_aside()
    clock.advance(HELD_S)
    renewing.faults.settle()
    assert standing(renewing) == []


def test_a_disk_that_makes_pieces_again_and_again_is_a_fault_and_no_heap_of_files(
    renewing: Recorder, clock: HandClock
) -> None:
    for track in range(3):
        in_pieces(renewing)
        renewing.record(step(version(track, "AB12CDE", 0.0, final=True)))
        clock.advance(10)
    assert len(files_set_aside(renewing.store.path)) == 1
    assert "records_unwritable" in standing(renewing)
    clock.advance(RENEW_EVERY_S)
    renewing.record(step())
    assert len(files_set_aside(renewing.store.path)) == 2
    assert len(vrms(renewing)) == 2


def test_damage_that_somebody_else_saw_counts_for_the_file_in_which_it_was_seen(renewing: Recorder) -> None:
    told = StoreError("the records file cannot be read")
    told.__cause__ = sqlite.OperationalError("no such table: alerts")
    told.__cause__.sqlite_errorcode = sqlite.SQLITE_ERROR
    before = identity(renewing.store.path)
    renewing.record(step(version(1, "AB12CDE", 0.0, final=True)))
    record_item(renewing, DamageSeen(told, before))
    record_item(renewing, DamageSeen(told, before))
    assert len(files_set_aside(renewing.store.path)) == 1
    record_item(renewing, DamageSeen(StoreError("the records file is locked"), identity(renewing.store.path)))
    assert len(files_set_aside(renewing.store.path)) == 1
    assert standing(renewing) == ["records_damaged"]


def test_records_that_cannot_be_opened_are_a_fault_until_they_can_and_nothing_is_lost(
    tmp_path: Path, announced: list[Alert], clock: HandClock
) -> None:
    store = RecordStore(tmp_path / "missing" / "records.db", "run-1", at_once=False)
    recorder = Recorder(store, FaultKeeper(AlertBoard(), clock.monotonic_ns), lambda: NOW, announced.extend)
    recorder.least_free_bytes = 0
    recorder.record(step(version(1, "AB12CDE", 0.0, final=True)))
    recorder.record(step())
    assert standing(recorder) == ["records_unwritable"]
    store.path.parent.mkdir()
    recorder.record(step())
    clock.advance(HELD_S)
    recorder.faults.settle()
    assert (vrms(recorder), standing(recorder)) == (["AB12CDE"], [])
    recorder.close()


def test_what_was_set_aside_is_erased_when_nothing_in_it_would_still_be_kept(renewing: Recorder) -> None:
    in_pieces(renewing)
    renewing.record(step(version(1, "AB12CDE", 0.0, final=True)))
    for days, files in ((30.9, 1), (31.1, 0)):
        renewing.clock_utc = lambda days=days: NOW + timedelta(days=days)  # type: ignore[misc]
        renewing.upkeep({})
        assert len(files_set_aside(renewing.store.path)) == files


def test_a_part_of_the_upkeep_that_fails_keeps_no_other_from_being_done(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder.least_free_bytes = 10**18
    with closing(sqlite.connect(recorder.store.path)) as other:
        recorder.store.connection.execute("PRAGMA busy_timeout=1")
        other.execute("BEGIN IMMEDIATE")
        recorder.upkeep({"detect": Percentiles(5, 7, 9, 100)})
        assert sorted(standing(recorder)) == ["disk_full", "records_unwritable"]
        other.execute("ROLLBACK")
