"""What stands for marks in an index: the same for the same key, nothing to whoever lacks it, and back again where it must come back."""

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hotlists.keys import fold_keys, pack
from hotlists.store.index import open_index, write_index
from hotlists.store.index_key import NONCE_BYTES, IndexKey, index_key
from tests.hotlists.made import random_vrms

KEY = IndexKey(b"k" * 32)


@given(st.lists(st.integers(1, 37**12 - 1), max_size=50, unique=True))
def test_equal_keys_have_equal_values_and_others_have_others(keys: list[int]) -> None:
    packed = np.array(keys, dtype=np.uint64)
    keyed = KEY.keyed(packed)
    assert len({*keyed.tolist()}) == len(keys)
    assert keyed.tolist() == [int(KEY.keyed(packed[n : n + 1])[0]) for n in range(len(keys))]
    assert not set(keyed.tolist()) & set(IndexKey(b"l" * 32).keyed(packed).tolist())


@given(st.binary(max_size=200), st.integers(0, 300), st.integers(0, 50))
def test_the_stream_opens_in_any_part(content: bytes, at: int, start: int) -> None:
    nonce = bytes(NONCE_BYTES)
    closed = KEY.stream(nonce, content, at)
    assert KEY.stream(nonce, closed, at) == content
    assert KEY.stream(nonce, closed[start:], at + start) == content[start:]


def test_a_file_tells_neither_marks_nor_their_order_nor_the_key(tmp_path: Path) -> None:
    marks = fold_keys(pack(sorted(random_vrms(2000)))[0])
    rows = np.arange(1, 2001, dtype=np.uint32)
    path = tmp_path / "1.keys"
    write_index(path, "a" * 32, KEY, marks, rows, rows[:5])
    content = path.read_bytes()
    windows = [np.frombuffer(content, np.uint64, (len(content) - start) // 8, start) for start in range(8)]
    assert not np.isin(marks, np.concatenate(windows)).any()
    assert rows[:8].tobytes() not in content
    assert KEY.secret not in content
    index = open_index(path, "a" * 32, KEY)
    assert index is not None
    assert index.patterns.tolist() == [1, 2, 3, 4, 5]
    rising = np.diff(KEY.keyed(marks).astype(np.float64)) > 0  # of marks in their order
    assert 0.45 < float(rising.mean()) < 0.55
    assert open_index(path, "a" * 32, IndexKey(b"l" * 32)) is None


def test_the_key_is_that_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert index_key(tmp_path / "a") == index_key(tmp_path / "a") != index_key(tmp_path / "b")
    assert repr(index_key(tmp_path / "a")) == "IndexKey(…)"
