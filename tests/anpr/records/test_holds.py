from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from anpr.errors import InputError
from anpr.records.holds import Hold, hold, holds, release
from anpr.records.retention import Retention, transaction
from anpr.records.store import RecordStore
from anpr.trust.audit import AuditLog
from anpr.trust.chain import AuditWriter
from tests.anpr.records.test_store import NOW, made_sighting
from tests.builders.alert import alert, fault_alert
from tests.builders.hit import hit

WRITER = AuditWriter(lambda: NOW)
TABLES = ("sightings", "pictures", "hits", "alerts", "moments", "moment_pictures", "decisions")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RecordStore]:
    opened = RecordStore(tmp_path / "records.db", "run")
    for track in (1, 2):
        seen = replace(made_sighting(track, final=True), pictures_id=f"pair-{track}", pictured_utc=NOW)
        sighting_id = opened.record_sighting(seen)
        opened.record_hits(sighting_id, (hit(0.9, seen.text, of=seen),))
        opened.keep_pictures(seen)
        opened.record_alert(alert(hit(0.9, seen.text, of=seen), alert_id=track), sighting_id)
        opened.record_decision(track, camera_id="front", decision="confirmed", actor="PC", at_utc=NOW)
    yield opened
    opened.close()


def counts(store: RecordStore) -> dict[str, int]:
    return {name: store.connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in TABLES}  # noqa: S608 - names are ours


def purge(store: RecordStore, days: int = 400) -> None:
    while store.purge(NOW + timedelta(days=days), Retention()):
        pass


def test_what_is_held_outlives_its_age_whole_and_goes_when_the_hold_ends(store: RecordStore) -> None:
    with transaction(store.connection) as connection:
        hold(connection, WRITER, 1, "crime 7", "9 Sergeant")
    assert holds(store.connection) == [Hold(1, "crime 7", "9 Sergeant", NOW.isoformat())]
    everything = counts(store)
    purge(store)
    assert counts(store) == {name: count // 2 for name, count in everything.items()}
    assert store.moment_picture("pair-1", "plate") is not None
    assert store.shed_pictures() == 0  # nor for want of room
    with transaction(store.connection) as connection:
        release(connection, WRITER, 1, "case closed", "9 Sergeant")
    purge(store)
    assert counts(store) == dict.fromkeys(TABLES, 0)


def test_holding_and_ending_it_are_in_the_audit(store: RecordStore) -> None:
    with transaction(store.connection) as connection:
        hold(connection, WRITER, 1, "crime 7", "9 Sergeant")
        release(connection, WRITER, 1, "closed", "9 Sergeant")
    with closing(AuditLog(store.path)) as log:
        told = [(one.actor, one.action, one.detail) for one in log.entries()][-2:]
    assert told == [
        ("9 Sergeant", "alert held", {"alert": "1", "reason": "crime 7"}),
        ("9 Sergeant", "hold ended", {"alert": "1", "reason": "closed"}),
    ]


def test_what_is_refused_is_neither_held_nor_entered(store: RecordStore) -> None:
    store.record_alert(fault_alert(alert_id=3), None)
    with closing(AuditLog(store.path)) as log:
        before = log.head()
        for refused in (3, 99):
            with pytest.raises(InputError), transaction(store.connection) as connection:
                hold(connection, WRITER, refused, "x", "PC")
        with pytest.raises(InputError, match="not held"), transaction(store.connection) as connection:
            release(connection, WRITER, 1, "x", "PC")
        assert log.head() == before
    assert holds(store.connection) == []


def test_holding_again_takes_the_new_reason(store: RecordStore) -> None:
    with transaction(store.connection) as connection:
        hold(connection, WRITER, 1, "first", "PC")
        hold(connection, WRITER, 1, "second", "PC")
    assert [one.reason for one in holds(store.connection)] == ["second"]
