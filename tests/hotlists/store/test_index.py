import contextlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpr.errors import StoreError
from hotlists.keys import Keys
from hotlists.store import index as index_module
from hotlists.store.index import KeyIndex, open_index, write_index
from hotlists.store.index_key import IndexKey

KEY = IndexKey(b"k" * 32)
TOKEN = "a" * 32
LARGEST = 37**12 - 1


def index_of(folder: Path, keys: list[int], patterns: list[int] | None = None) -> KeyIndex:
    """An index of keys in this order; the row of each is its place, from 100."""
    rows = np.arange(100, 100 + len(keys), dtype=np.uint32)
    path = folder / "index" / "1.keys"
    write_index(path, TOKEN, KEY, np.array(keys, dtype=np.uint64), rows, np.array(patterns or [], dtype=np.uint32))
    found = open_index(path, TOKEN, KEY)
    assert found is not None
    return found


def as_keys(keys: list[int]) -> Keys:
    return np.array(keys, dtype=np.uint64)


some_keys = st.lists(st.integers(1, 20) | st.integers(1, LARGEST), max_size=60)


@given(some_keys, some_keys)
def test_every_key_is_found_with_all_its_rows_and_no_other_is(
    tmp_path_factory: pytest.TempPathFactory, keys: list[int], asked: list[int]
) -> None:
    """Among them the first and the last key, and neighbours of both."""
    index = index_of(tmp_path_factory.mktemp("index"), keys, [3, 5])
    ends = [key + step for key in (min(keys), max(keys)) for step in (-1, 0, 1)] if keys else [7]
    asked = [key for key in {*asked, *keys, *ends} if key > 0]
    expected = {key: [100 + n for n, other in enumerate(keys) if other == key] for key in asked}
    assert {key: sorted(index.find(key).tolist()) for key in asked} == expected
    assert index.contains(as_keys(asked)).tolist() == [bool(expected[key]) for key in asked]
    present = {asked[place]: sorted(rows.tolist()) for place, rows in index.present(KEY.sought(as_keys(asked)))}
    assert present == {key: rows for key, rows in expected.items() if rows}
    assert index.marks()[0].tolist() == sorted(keys)
    assert sorted(index.find_all(as_keys(list({*keys})))) == list(range(100, 100 + len(keys)))
    assert [keys[row - 100] for row in index.marks()[1].tolist()] == sorted(keys)
    assert index.patterns.tolist() == [3, 5]


def test_more_keys_than_are_written_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_module, "_CHUNK", 64)
    keys = np.random.default_rng(1).permutation(np.arange(1, 1001) * 7919).tolist()
    index = index_of(tmp_path, keys)
    assert index.contains(as_keys(keys)).all()
    assert len(index.present(KEY.sought(as_keys(keys)))) == 1000
    assert [int(index.find(key)[0]) - 100 for key in keys] == list(range(1000))


def test_index_of_another_revision_or_of_another_size_is_not_opened(tmp_path: Path) -> None:
    index_of(tmp_path, [5, 9])
    path = tmp_path / "index" / "1.keys"
    content = path.read_bytes()
    assert open_index(path, "b" * 32, KEY) is None
    for damaged in (content[:-1], content + b"\0", b"X" + content[1:], content[:100], b""):
        path.write_bytes(damaged)
        assert open_index(path, TOKEN, KEY) is None
    path.unlink()
    assert open_index(path, TOKEN, KEY) is None


def test_index_is_there_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = index_of(tmp_path, [5])
    path = tmp_path / "index" / "1.keys"

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StoreError, match=r"cannot be written \(No space left on device\): free disk space"):
        write_index(path, TOKEN, KEY, as_keys([7]), np.array([1], np.uint32), np.zeros(0, np.uint32))
    monkeypatch.undo()
    again = open_index(path, TOKEN, KEY)
    assert again is not None
    assert again.marks()[0].tolist() == before.marks()[0].tolist() == [5]
    with contextlib.suppress(FileNotFoundError):
        path.with_suffix(".part").unlink()
