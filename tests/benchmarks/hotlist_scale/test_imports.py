"""An import as users run it: what it takes, and what is left."""

from pathlib import Path

from benchmarks.hotlist_scale.imports import measure
from hotlists.store.store import HotlistStore


def test_an_import_is_measured_and_its_list_left(tmp_path: Path) -> None:
    found = measure(tmp_path, 500)
    assert found.rows == 500 == found.entries + found.merged + found.rejected
    assert found.seconds > 0
    assert found.cpu_seconds > 0  # several threads may take more of it than the clock shows
    assert found.peak_mb > 10
    assert 0 < found.file_mb < 1
    assert not list(tmp_path.glob("*.csv"))
    with HotlistStore(tmp_path / "data" / "hotlists.db") as store:
        current = store.get("list").current
        assert current is not None
        assert len(list(store.rows(current))) == found.entries
