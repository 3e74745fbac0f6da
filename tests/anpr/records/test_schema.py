"""The tables of the records file: cars on the road have files of every step, so a step never changes."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from anpr.records.store import RecordStore

COLUMNS = {
    "sightings": "id run track_id camera_id feed_id source_id camera_number vrm confidence alternatives evidence first_utc"
    " last_utc latitude_deg longitude_deg heading_deg speed_mps position_stale motion reads final pictured_utc typed_by"
    " engine_read hidden",
    "pictures": "sighting_id kind jpeg",
    "hits": "id sighting_id list_name list_revision entry_vrm entry probability exact reading list_age_s possible"
    " offer",
    "alerts": "id sighting_id kind state priority raised_utc frame_age_ms probability repeats past steps fault_name"
    " fault_subject fault_text met_times met_last_utc",
    "decisions": "id alert_id camera_id decision note typed_vrm actor at_utc stop_record",
    "drafts": "alert_id actor field text at_utc",
    "moments": "alert_id pictures_id hits track_id camera_id vrm confidence alternatives evidence first_utc last_utc"
    " latitude_deg longitude_deg heading_deg speed_mps position_stale motion pictured_utc typed_by engine_read hidden",
    "moment_pictures": "pictures_id kind at_utc jpeg",
    "latencies": "at_utc stage p50_ms p95_ms p99_ms count",
}
INDEXES = {
    ("sightings", "run track_id", 1),
    ("sightings", "last_utc", 0),
    ("sightings", "vrm", 0),
    ("sightings", "engine_read", 0),
    ("hits", "sighting_id list_name entry_vrm", 1),
    ("alerts", "raised_utc", 0),
    ("decisions", "alert_id", 0),
    ("moments", "last_utc", 0),
    ("moment_pictures", "at_utc", 0),
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RecordStore]:
    with closing(RecordStore(tmp_path / "records.db", "run-1")) as opened:
        yield opened


@pytest.mark.parametrize("table", list(COLUMNS))
def test_each_table_has_its_columns(store: RecordStore, table: str) -> None:
    found = store.connection.execute("SELECT name FROM pragma_table_info(?) ORDER BY cid", (table,)).fetchall()
    assert " ".join(name for (name,) in found) == COLUMNS[table]


def test_what_is_looked_up_by_has_an_index(store: RecordStore) -> None:
    rows = store.connection.execute(
        "SELECT t.name, group_concat(c.name, ' '), i.\"unique\" FROM sqlite_master t, pragma_index_list(t.name) i,"
        " pragma_index_info(i.name) c WHERE t.type = 'table' AND i.origin = 'c' GROUP BY t.name, i.name"
    ).fetchall()
    assert {row for row in rows if row[0] in COLUMNS} == INDEXES


def test_the_file_outlives_a_power_cut(store: RecordStore) -> None:
    assert store.connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert store.connection.execute("PRAGMA synchronous").fetchone() == (2,)  # full
