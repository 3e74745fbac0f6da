"""Real records files, damaged in many ways: what can be read is a records file again."""

import os
from contextlib import closing
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from anpr import sqlite
from anpr.errors import InputError
from anpr.records.alerts import earlier_alerts
from anpr.records.holds import hold
from anpr.records.salvage import TABLES, audit_head, salvage, tables_of
from anpr.records.store import RecordStore
from anpr.sealing.data_key import key_file
from anpr.trust.accounts import CrewAccounts
from anpr.trust.audit import AuditHead, AuditLog
from tests.anpr.records.test_store import NOW, made_sighting
from tests.builders.alert import alert
from tests.builders.hit import hit

SIGHTINGS = 60


def kept_records(path: Path) -> AuditHead:
    """Write records of everything that there is, and return the head of their audit."""
    content, key, head = _made()
    key_file(path.parent).write_bytes(key)
    path.write_bytes(content)
    return head


@cache
def _made() -> tuple[bytes, bytes, AuditHead]:
    with TemporaryDirectory() as folder:
        head = _make(Path(folder) / "records.db")
        return (Path(folder) / "records.db").read_bytes(), key_file(Path(folder)).read_bytes(), head


def _make(path: Path) -> AuditHead:
    with (
        closing(RecordStore(path, "run")) as store,
        closing(AuditLog(path)) as audit,
        closing(CrewAccounts(path)) as crew,
    ):
        crew.add("1234", "Joe", "839201")
        for track in range(SIGHTINGS):
            audit.record("crew", "looked up", {"n": str(track)})
            store.record_sighting(made_sighting(track, text=f"AB{track:02d}CDE", final=True))
        seen = made_sighting(900, text="ZZ99ZZZ", final=True)
        sighting_id = store.record_sighting(seen)
        store.record_hits(sighting_id, (hit(0.9, of=seen),))
        store.keep_pictures(seen)
        store.record_alert(alert(hit(0.9, of=seen)), sighting_id)
        store.record_decision(1, camera_id="front", decision="confirmed", actor="1234", at_utc=NOW, note="mud")
        hold(store.connection, store.audit, 1, "case 7", "9 Sergeant")
        store.record_latencies(NOW, {"detect": (1.0, 2.0, 3.0, 4)})
        return audit.head()


def counts(path: Path) -> dict[str, int]:
    with closing(RecordStore(path, "look")) as store:
        return {name: store.connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in TABLES}  # noqa: S608


@pytest.mark.parametrize("spoilt", [0, 100, 4096])
def test_all_is_had_from_a_file_whose_header_or_first_page_is_gone(spoilt: int, tmp_path: Path) -> None:
    damaged, target = tmp_path / "a.db", tmp_path / "new" / "records.db"
    head = kept_records(damaged)
    before = counts(damaged)
    damaged.write_bytes(os.urandom(spoilt) + damaged.read_bytes()[spoilt:])
    assert audit_head(damaged) == head
    assert salvage(damaged, target) == before == counts(target)
    with closing(AuditLog(target)) as audit:
        assert audit.verify(head).intact
    with closing(CrewAccounts(target)) as crew:
        assert crew.log_in("1234", "839201", "here").name == "Joe"
    with closing(RecordStore(target, "look")) as store:
        (one,) = store.sightings_of("AB07CDE")
        assert store.picture(one.sighting_id, "plate") is not None
        assert store.decisions() == [("front", "confirmed")]
        assert earlier_alerts(store.connection, {}).first_id == 2


def test_a_file_cut_in_half_gives_what_is_left_and_the_chain_says_what_is_missing(tmp_path: Path) -> None:
    damaged, target = tmp_path / "a.db", tmp_path / "records.db"
    kept_records(damaged)
    content = damaged.read_bytes()
    damaged.write_bytes(content[: len(content) // 2])
    written = salvage(damaged, target)
    assert 10 < written["sightings"] < SIGHTINGS
    assert written["pictures"] > 10
    with closing(RecordStore(target, "look")) as store:
        assert len(list(store.sightings_since(NOW - timedelta(days=9)))) == written["sightings"]


def test_a_forged_entry_is_no_head(tmp_path: Path) -> None:
    damaged = tmp_path / "a.db"
    head = kept_records(damaged)
    with closing(AuditLog(damaged)) as log:
        last = list(log.entries())[-1]
    with closing(sqlite.connect(damaged)) as one:
        for (trigger,) in one.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            one.execute(f"DROP TRIGGER {trigger}")
        forged = one.execute(
            "UPDATE audit SET detail = replace(detail, ?, ?)", (last.commitment, last.commitment[::-1])
        ).rowcount
    assert forged
    found = audit_head(damaged)
    assert found is not None
    assert found.seq == head.seq - 1


def test_no_two_tables_have_rows_that_look_alike(tmp_path: Path) -> None:
    kept_records(tmp_path / "a.db")
    with closing(RecordStore(tmp_path / "a.db", "look")) as store:
        tables = tables_of(store.connection)
    shapes = {}
    for name, columns in tables.items():
        least = len(columns) - sum(column.default is not None for column in columns)
        shapes[name] = [tuple((c.rowid, c.types[0]) for c in columns[:n]) for n in range(least, len(columns) + 1)]
    all_shapes = [(len(shape), shape) for ways in shapes.values() for shape in ways]
    assert len(set(all_shapes)) == len(all_shapes)


def test_a_target_that_is_there_is_left_alone(tmp_path: Path) -> None:
    kept_records(tmp_path / "a.db")
    with pytest.raises(InputError, match="exists already: name a new folder"):
        salvage(tmp_path / "a.db", tmp_path / "a.db")
