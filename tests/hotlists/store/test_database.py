from pathlib import Path

import pytest

from anpr.errors import StoreError
from hotlists.store.database import ListLock
from hotlists.store.store import HotlistStore
from tests.hotlists.made import import_vrms, vrms_of


def test_two_programs_do_not_prepare_the_same_list(store: HotlistStore, tmp_path: Path) -> None:
    import_vrms(store, tmp_path, ["AB51CDE"])
    lock = ListLock(store.path, store.get("stolen").id)
    assert lock.acquire()
    with pytest.raises(StoreError, match="being changed by another program"):
        import_vrms(store, tmp_path, ["CD52EFG"])
    import_vrms(store, tmp_path, ["CD52EFG"], "other")
    lock.release()
    import_vrms(store, tmp_path, ["CD52EFG"])
    assert vrms_of(store) == ["CD52EFG"]


def test_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "hotlists.db"
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(StoreError, match="cannot be opened"):
        HotlistStore(path)
    with pytest.raises(StoreError, match="does not exist"):
        HotlistStore(tmp_path / "none.db", create=False)
