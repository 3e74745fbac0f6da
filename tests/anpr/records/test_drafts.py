"""Half-typed notes in the records file: one text for each alert, person and field, for as long as alerts are kept."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from anpr.records.drafts import drafts_of, erase_drafts, keep_draft
from anpr.records.retention import Retention
from anpr.records.store import RecordStore

NOW = datetime(2026, 11, 22, 2, 14, 5, tzinfo=UTC)


def test_a_field_holds_what_was_typed_last_and_nothing_once_it_is_empty(tmp_path: Path) -> None:
    store = RecordStore(tmp_path / "records.db", "run")
    for text in ("tw", "two", ""):
        keep_draft(store.connection, 1, actor="1234", field="note", text=text, at_utc=NOW)
        assert drafts_of(store.connection, 1, "1234") == ({"note": text} if text else {})
    keep_draft(store.connection, 1, actor="1234", field="note", text="a", at_utc=NOW)
    keep_draft(store.connection, 2, actor="1234", field="note", text="b", at_utc=NOW)
    erase_drafts(store.connection, 1)
    assert (drafts_of(store.connection, 1, "1234"), drafts_of(store.connection, 2, "1234")) == ({}, {"note": "b"})
    store.close()


def test_they_are_purged_with_the_alerts(tmp_path: Path) -> None:
    store = RecordStore(tmp_path / "records.db", "run")
    keep_draft(store.connection, 1, actor="1234", field="note", text="a", at_utc=NOW)
    for days, left in ((30, {"note": "a"}), (32, {})):
        while store.purge(NOW + timedelta(days=days), Retention()):
            pass
        assert drafts_of(store.connection, 1, "1234") == left
    store.close()
