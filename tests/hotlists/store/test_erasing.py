from pathlib import Path

import pytest

from hotlists.store import erasing
from hotlists.store.database import index_path
from hotlists.store.erasing import erase_file
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


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 100])
def test_every_byte_is_overwritten_before_the_file_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(erasing, "_CHUNK", 16)
    path = tmp_path / "secret"
    path.write_bytes(b"\xff" * size)
    with path.open("rb") as mapped:
        erase_file(path)
        assert mapped.read() == bytes(size)
    assert not path.exists()


def test_what_is_not_there_or_cannot_go_is_no_error(tmp_path: Path) -> None:
    erase_file(tmp_path / "none")
    erase_file(tmp_path)
    assert tmp_path.is_dir()
