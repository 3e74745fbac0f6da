import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from anpr.vrm import ALPHABET, fold
from hotlists.keys import MAX_CHARACTERS, digits, fold_keys, pack, pack_one, unpack

texts = st.text(ALPHABET, min_size=1, max_size=MAX_CHARACTERS)


@given(st.lists(texts, min_size=1))
def test_packing_loses_nothing(vrms: list[str]) -> None:
    keys, fits = pack(vrms)
    assert fits.all()
    assert [unpack(int(k)) for k in keys] == vrms
    assert [pack_one(v) for v in vrms] == keys.tolist()


@given(st.lists(texts, min_size=1))
def test_folding_keys_is_folding_texts(vrms: list[str]) -> None:
    keys, _ = pack(vrms)
    assert [unpack(int(k)) for k in fold_keys(keys)] == [fold(v) for v in vrms]


@given(texts, texts)
def test_keys_are_equal_only_for_equal_texts(one: str, other: str) -> None:
    assert (pack_one(one) == pack_one(other)) == (one == other)


def test_what_is_no_packed_vrm_has_no_key() -> None:
    keys, fits = pack(["", "A" * 13, "A" * 12, "AB?1", "ab51", "A B"])
    assert fits.tolist() == [False, False, True, False, False, False]
    assert keys[~fits].tolist() == [0] * 5


def test_digits_come_last_character_first() -> None:
    codes = digits(pack(["A1"])[0])
    assert codes.tolist() == [[2, 11, *[0] * 10]]
    assert codes.dtype == np.uint8
