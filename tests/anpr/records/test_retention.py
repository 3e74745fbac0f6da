"""What is purged when, and that a write is whole or not there."""

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anpr import sqlite
from anpr.records.retention import PURGE_BATCH, RECORDS_PURGED, Retention, transaction
from anpr.records.schema import PURGED_KINDS
from anpr.records.store import RecordStore
from anpr.sqlite import Database
from anpr.trust.audit import PARTICULARS_ERASED, AuditLog
from tests.anpr.records.test_store import made_sighting
from tests.builders.alert import alert
from tests.builders.hit import hit
from tests.residue import residue

NOW = datetime(2026, 11, 22, 2, 14, tzinfo=UTC)
KINDS = ("pictures", "sightings", "hits", "alerts", "decisions", "latencies")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RecordStore]:
    with closing(RecordStore(tmp_path / "records.db", "run-1")) as opened:
        yield opened


def record_all(store: RecordStore, at: datetime, number: int = 1) -> int:
    """Record one of each kind at a time; returns the sighting's id."""
    seen = made_sighting(number, at=at, final=True)
    sighting_id = store.record_sighting(seen)
    store.record_hits(sighting_id, (hit(of=seen),))
    store.record_alert(alert(hit(of=seen), alert_id=number, raised_utc=at), sighting_id)
    store.record_decision(number, camera_id="front", decision="confirmed", actor="1234", at_utc=at)
    store.record_latencies(at, {"read": (1.0, 2.0, 3.0, 4)})
    return sighting_id


def left(store: RecordStore, retention: Retention | None = None, now: datetime = NOW) -> dict[str, int]:
    """Purge until nothing is left to do, and count what is there."""
    while store.purge(now, retention or Retention()):
        pass
    tables = Database(store.connection)
    return {kind: tables.table(kind).count for kind in KINDS}


ALL = {"pictures": 2, "sightings": 1, "hits": 1, "alerts": 1, "decisions": 1, "latencies": 1}


def test_each_kind_is_kept_for_its_days_to_the_second(store: RecordStore) -> None:
    record_all(store, NOW)
    assert left(store, now=NOW + timedelta(days=7)) == ALL
    gone = {"pictures": 0, "sightings": 0, "hits": 0, "latencies": 0}
    assert left(store, now=NOW + timedelta(days=7, seconds=1)) == ALL | gone
    assert left(store, now=NOW + timedelta(days=31)) == ALL | gone
    assert left(store, now=NOW + timedelta(days=31, seconds=1)) == dict.fromkeys(KINDS, 0)


def test_what_was_recorded_while_the_clock_was_wrong_is_kept_as_long_as_the_rest(store: RecordStore) -> None:
    record_all(store, NOW - timedelta(hours=1), 1)
    assert left(store) == ALL
    for number, years in enumerate((-12, 14), start=2):  # the clock is wrong: nothing is purged meanwhile
        record_all(store, NOW.replace(year=NOW.year + years), number)
    all_three = {kind: 3 * count for kind, count in ALL.items()}
    assert left(store, now=NOW + timedelta(minutes=1)) == all_three
    assert left(store, now=NOW + timedelta(days=3)) == all_three
    assert left(store, now=NOW + timedelta(days=11)) == {
        "pictures": 0, "sightings": 0, "hits": 0, "alerts": 3, "decisions": 3, "latencies": 0,
    }  # fmt: skip
    assert left(store, now=NOW + timedelta(days=40)) == dict.fromkeys(KINDS, 0)


@settings(deadline=None, max_examples=25)
@given(
    days=st.lists(st.floats(0.0, 20.0), min_size=1, max_size=12),
    wrong=st.lists(st.booleans(), min_size=12, max_size=12),
)
def test_a_row_goes_by_when_it_was_recorded_whatever_the_clock_said(
    tmp_path_factory: pytest.TempPathFactory, days: list[float], wrong: list[bool]
) -> None:
    with closing(RecordStore(tmp_path_factory.mktemp("records") / "records.db", "run-1")) as store:
        made: dict[int, float] = {}
        for number, (day, is_wrong) in enumerate(zip(sorted(days), wrong, strict=False), start=1):
            at = NOW + timedelta(days=day)
            while store.purge(at, Retention()):
                pass
            told = at + timedelta(days=-4000 if number % 2 else 4000) if is_wrong else at
            made[store.record_sighting(made_sighting(number, at=told, final=True))] = day
            kept = {row[0] for row in store.connection.execute("SELECT id FROM sightings")}
            assert kept >= {one for one, then in made.items() if day - then < 7}
        end = NOW + timedelta(days=max(days), minutes=11)
        while store.purge(end, Retention()):
            pass
        while store.purge(end + timedelta(days=8), Retention()):
            pass
        assert store.connection.execute("SELECT count(*) FROM sightings").fetchone() == (0,)


def test_each_kind_has_days_of_its_own(store: RecordStore) -> None:
    record_all(store, NOW - timedelta(days=2))
    assert left(store, Retention(pictures_days=1)) == ALL | {"pictures": 0}
    assert left(store, Retention(latencies_days=1)) == ALL | {"pictures": 0, "latencies": 0}
    assert left(store, Retention(alerts_days=1)) == dict.fromkeys(KINDS, 0) | {"sightings": 1, "hits": 1}
    assert left(store, Retention(sightings_days=1)) == dict.fromkeys(KINDS, 0)


def test_pictures_and_hits_without_their_sighting_go_and_those_of_another_stay(store: RecordStore) -> None:
    lost = record_all(store, NOW, 1)
    record_all(store, NOW, 2)
    store.connection.execute("DELETE FROM sightings WHERE id = ?", (lost,))
    assert left(store) == ALL | {"alerts": 2, "decisions": 2, "latencies": 2}
    assert store.connection.execute("SELECT DISTINCT sighting_id FROM pictures").fetchall() == [(lost + 1,)]


def test_one_purge_takes_away_a_batch_of_each_kind_at_most(store: RecordStore) -> None:
    with transaction(store.connection) as connection:
        connection.executemany(
            "INSERT INTO latencies VALUES (?, 'read', 1, 2, 3, 4)", [("2026-01-01T00:00:00+00:00",)] * (PURGE_BATCH + 1)
        )
    assert [store.purge(NOW, Retention()) for _ in range(3)] == [PURGE_BATCH, 1, 0]


def test_a_write_that_fails_halfway_leaves_nothing_and_the_file_writable(store: RecordStore) -> None:
    def write_half() -> None:
        with transaction(store.connection) as connection:
            connection.execute("INSERT INTO latencies VALUES ('x', 'read', 1, 2, 3, 4)")
            raise KeyError("pulled out")

    with pytest.raises(KeyError):
        write_half()
    assert left(store)["latencies"] == 0
    with closing(RecordStore(store.path, "run-2")) as other:  # a write that is done is seen by others, and hinders none
        store.record_latencies(NOW, {"read": (1.0, 2.0, 3.0, 4)})
        other.record_latencies(NOW, {"read": (1.0, 2.0, 3.0, 4)})
        assert left(other)["latencies"] == 2


def test_an_error_that_ended_the_transaction_itself_is_passed_on(store: RecordStore) -> None:
    def write() -> None:
        with transaction(store.connection) as connection:
            connection.execute("ROLLBACK")
            raise sqlite.OperationalError("database or disk is full")

    with pytest.raises(sqlite.OperationalError, match="disk is full"):
        write()


_PURGED = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from anpr.records.retention import Retention
from anpr.records.store import RecordStore
store = RecordStore(Path(sys.argv[1]), "r")
print("began", flush=True)
while store.purge(datetime.now(UTC), Retention()):
    pass
print("done", flush=True)
"""


def fill(path: Path, rng: random.Random) -> tuple[list[str], list[bytes]]:
    """Write records of which all are past their days; returns their marks and the bodies of their pictures."""
    marks = ["Q" + "".join(rng.choices("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", k=7)) for _ in range(1500)]
    bodies = [rng.randbytes(rng.choice([200, 900, 6000])) for _ in range(100)]
    old = "2026-01-01T00:00:00+00:00"
    with closing(RecordStore(path, "r")) as store, transaction(store.connection) as connection:
        for number, mark in enumerate(marks, start=1):
            connection.execute(
                "INSERT INTO sightings(id, run, track_id, camera_id, vrm, confidence, first_utc, last_utc, final)"
                " VALUES (?, 'r', ?, 'front', ?, 0.9, ?, ?, 1)",
                (number, number, mark, old, old),
            )
            connection.execute("INSERT INTO pictures VALUES (?, 'plate', ?)", (number, bodies[number % len(bodies)]))
            connection.execute(
                "INSERT INTO decisions(alert_id, decision, note, actor, at_utc) VALUES (?, 'no_action', ?, '1111', ?)",
                (number, f"note {mark}", old),
            )
            connection.execute("INSERT INTO drafts VALUES (?, '1111', 'note', ?, ?)", (number, mark, old))
    return marks, bodies


@pytest.mark.parametrize("kill_after_s", [None, 0.0, 0.05])
def test_purged_and_killed_at_any_moment_nothing_is_left_after_the_next_purge(
    tmp_path: Path, kill_after_s: float | None
) -> None:
    marks, bodies = fill(tmp_path / "records.db", random.Random(3))
    assert len(residue(tmp_path, marks, bodies[:5])["records.db"]) == len(marks) + 5
    if kill_after_s is not None:
        with subprocess.Popen(
            [sys.executable, "-c", _PURGED, str(tmp_path / "records.db")], stdout=subprocess.PIPE
        ) as program:
            assert program.stdout is not None
            program.stdout.readline()
            time.sleep(kill_after_s)  # the moment of the kill is what is tried here
            program.kill()
    with closing(RecordStore(tmp_path / "records.db", "next")) as store:
        while store.purge(datetime.now(UTC), Retention()):
            pass
        assert store.connection.execute("SELECT count(*) FROM sightings").fetchone() == (0,)
        assert residue(tmp_path, marks, bodies) == {}


def entered(store: RecordStore, action: str) -> list[dict[str, str]]:
    with closing(AuditLog(store.path)) as log:
        return [one.detail for one in log.entries() if one.action == action]


def test_what_was_purged_is_in_the_audit_with_counts_and_once(store: RecordStore) -> None:
    record_all(store, NOW - timedelta(days=60))
    left(store)
    (told,) = entered(store, RECORDS_PURGED)
    assert told["sightings"] == "1"
    assert told["alerts"] == "1"
    assert set(told) <= set(PURGED_KINDS)
    left(store)
    assert len(entered(store, RECORDS_PURGED)) == 1


def test_what_was_purged_before_a_kill_is_entered_by_the_next_run(store: RecordStore) -> None:
    record_all(store, NOW - timedelta(days=60))
    assert store.purge(NOW, Retention())
    assert entered(store, RECORDS_PURGED) == []
    with closing(RecordStore(store.path, "next run")) as later:
        while later.purge(NOW, Retention()):
            pass
    assert len(entered(store, RECORDS_PURGED)) == 1


def test_pictures_that_gave_way_are_counted_too(store: RecordStore) -> None:
    record_all(store, NOW)
    gone = store.shed_pictures()
    left(store)
    assert entered(store, RECORDS_PURGED) == [{"pictures_for_room": str(gone)}]


def test_particulars_of_the_audit_go_after_their_days_and_the_chain_stays_whole(store: RecordStore) -> None:
    days = Retention(audit_days=30)
    with closing(AuditLog(store.path, lambda: NOW)) as log:
        log.record("1234 A", "search", {"vrm": "AB12CDE"})
        for day in range(50):
            while store.purge(NOW + timedelta(days=day), days):
                pass
            if day == 30:
                assert next(log.entries()).detail == {"vrm": "AB12CDE"}
        first = next(log.entries())
        assert (first.actor, first.action, first.detail, first.is_bare) == ("", "search", {}, True)
        assert log.verify().intact
        assert log.verify().erased >= 1
    assert len(entered(store, PARTICULARS_ERASED)) >= 1
    residue = store.path.read_bytes() + store.path.with_name("records.db-wal").read_bytes()
    assert b"AB12CDE" not in residue


def test_a_clock_that_was_wrong_erases_no_particulars(store: RecordStore) -> None:
    with closing(AuditLog(store.path, lambda: NOW - timedelta(days=3000))) as log:
        log.record("1234 A", "search", {"vrm": "AB12CDE"})
        for hours in range(48):
            while store.purge(NOW + timedelta(hours=hours), Retention(audit_days=30)):
                pass
        assert next(log.entries()).detail == {"vrm": "AB12CDE"}
