import hashlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from anpr import sqlite
from anpr.records.seals import RECORDED, moment_of, sealed_with_hits, sha256_of, sighting_of
from anpr.records.store import RecordStore
from anpr.trust.audit import AuditEntry, AuditLog
from anpr.values import Alert, Sighting
from tests.anpr.records.test_store import NOW, made_sighting
from tests.builders.alert import alert, fault_alert
from tests.builders.hit import hit


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RecordStore]:
    opened = RecordStore(tmp_path / "records.db", "run")
    yield opened
    opened.close()


def sealed(store: RecordStore) -> list[AuditEntry]:
    with closing(AuditLog(store.path)) as log:
        assert log.verify().intact
        return [one for one in log.entries() if one.action == RECORDED]


def seen(track: int = 1, *, at: int = 0) -> Sighting:
    moment = NOW + timedelta(seconds=at)
    return replace(
        made_sighting(track, at=moment, text="AB12CDE"), pictures_id=f"pair-{track}-{at}", pictured_utc=moment
    )


def record(store: RecordStore, of: Sighting) -> Alert:
    raised = alert(hit(0.9, of=of), hit(0.6, of=of, list_name="other"))
    sighting_id = store.record_sighting(of)
    store.record_hits(sighting_id, raised.hits)
    store.keep_pictures(of)
    store.record_alert(raised, sighting_id)
    return raised


def test_an_alert_is_sealed_with_its_pictures_once_for_each_moment_that_it_shows(store: RecordStore) -> None:
    record(store, seen())
    record(store, seen())
    (first,) = sealed(store)
    found = moment_of(store.connection, 1)
    assert found is not None
    assert first.detail["record_sha256"] == sealed_with_hits(found[0], [sha256_of(one) for one in found[1]])
    for kind in ("plate", "overview"):
        jpeg = store.moment_picture("pair-1-0", kind)
        assert jpeg is not None
        assert first.detail[f"{kind}_sha256"] == hashlib.sha256(jpeg).hexdigest()
    record(store, seen(at=1))
    _, second = sealed(store)
    assert second.detail["alert"] == "1"
    assert second.detail["raised"] == first.detail["raised"] == NOW.isoformat()
    assert second.detail["record_sha256"] != first.detail["record_sha256"]


def test_a_seal_tells_neither_mark_nor_list(store: RecordStore) -> None:
    record(store, seen())
    store.record_decision(1, camera_id="front", decision="confirmed", actor="PC", at_utc=NOW, note="AB12CDE")
    for entry in sealed(store):
        assert "AB12CDE" not in str(entry)
        assert entry.actor == "engine"


def test_a_decision_is_sealed_as_it_stands(store: RecordStore) -> None:
    record(store, seen())
    store.record_decision(1, camera_id="front", decision="confirmed", actor="PC", at_utc=NOW, note="mud")
    last = sealed(store)[-1]
    assert (last.detail["alert"], last.detail["row"]) == ("1", "1")
    row = {"id": 1, "alert_id": 1, "camera_id": "front", "decision": "confirmed", "note": "mud", "actor": "PC", "at_utc": NOW.isoformat(), "stop_record": "{}"}  # fmt: skip
    assert last.detail["record_sha256"] == sha256_of(row)


def test_a_sighting_with_hits_is_sealed_and_names_its_lists_for_the_disclosure(store: RecordStore) -> None:
    sighting_id = store.record_sighting(seen())
    store.seal_sighting(sighting_id)
    assert sealed(store) == []  # without hits there is nothing to prove
    store.record_hits(sighting_id, (hit(0.9, of=seen(), list_name="secret", covert=True),))
    store.seal_sighting(sighting_id)
    (entry,) = sealed(store)
    assert (entry.detail["sighting"], entry.detail["lists"]) == (str(sighting_id), "secret")
    found = sighting_of(store.connection, sighting_id)
    assert found is not None
    assert entry.detail["record_sha256"] == sealed_with_hits(found[0], [sha256_of(one) for one in found[1]])


def test_a_fault_is_not_sealed(store: RecordStore) -> None:
    store.record_alert(fault_alert(), None)
    assert sealed(store) == []


def test_what_cannot_be_sealed_is_not_recorded_either(store: RecordStore) -> None:
    record(store, seen())
    store.connection.execute("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no'); END")
    with pytest.raises(Exception, match="cannot be written"):
        store.record_decision(1, camera_id="front", decision="confirmed", actor="PC", at_utc=NOW)
    assert store.connection.execute("SELECT count(*) FROM decisions").fetchone() == (0,)
    assert not store.connection.in_transaction


def test_columns_of_later_versions_that_are_empty_change_no_seal(store: RecordStore) -> None:
    record(store, seen())
    before = moment_of(store.connection, 1)
    with closing(sqlite.connect(store.path)) as other:
        other.execute("ALTER TABLE moments ADD COLUMN later TEXT NOT NULL DEFAULT ''")
    assert moment_of(store.connection, 1) == before
