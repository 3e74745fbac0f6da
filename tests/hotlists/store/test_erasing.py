from pathlib import Path

from hotlists.store.database import index_path
from hotlists.store.store import HotlistStore
from tests.hotlists.made import current, import_vrms, random_vrms


def test_index_of_an_erased_list_is_overwritten(store: HotlistStore, tmp_path: Path) -> None:
    import_vrms(store, tmp_path, random_vrms(500))
    path = index_path(store.path, current(store).id)
    left = path.with_suffix(".part")
    left.write_bytes(path.read_bytes())
    with path.open("rb") as index, left.open("rb") as unfinished:
        store.erase("stolen")
        assert not path.exists()
        assert not left.exists()
        assert set(index.read()) == set(unfinished.read()) == {0}
