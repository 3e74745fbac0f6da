"""How long a look-up takes, beside entries and wildcards."""

from pathlib import Path

import pytest

from benchmarks.hotlist_scale.lookups import add_wildcards, measure
from benchmarks.hotlist_scale.made_up_lists import distinct_vrms, write_police_csv
from hotlists.importers.import_list import import_list
from hotlists.store.settings import ListSettings
from hotlists.store.store import HotlistStore


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "hotlists.db"
    with HotlistStore(path) as store:
        import_list(store, write_police_csv(tmp_path / "a.csv", distinct_vrms(200, 1), 1), ListSettings("list"))
    return path


def test_entries_wildcards_and_percentiles_are_told(data: Path, tmp_path: Path) -> None:
    without = measure(data, sightings=60)
    assert (without.entries, without.wildcards) == (200, 0)
    assert without.readings_p50 > 10  # sightings are doubtful
    assert 0 < without.lookup_p50_ms <= without.lookup_p99_ms
    assert without.match_p50_ms <= without.match_p99_ms
    add_wildcards(data, tmp_path, 40)
    beside = measure(data, sightings=20)
    assert (beside.entries, beside.wildcards) == (200, 40)
