"""What fits a typed pattern: held against regular expressions, over all kinds of marks and patterns."""

import re
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from anpr.vrm import ALPHABET, fold
from hotlists.keys import pack
from hotlists.matching.pattern_search import fitting_rows, may_be_one
from hotlists.matching.wildcards import matches
from hotlists.store.index import KeyIndex, open_index, write_index
from hotlists.store.index_key import IndexKey

MARKS = st.text("AB01O", min_size=1, max_size=6)
PATTERNS = st.text("AB0O?*", min_size=1, max_size=6)


def index_of(marks: list[str]) -> KeyIndex:
    keys = pack([fold(mark) for mark in marks])[0]
    rows, nothing, key = np.arange(len(keys), dtype=np.uint32), np.zeros(0, np.uint32), IndexKey(b"k" * 32)
    with TemporaryDirectory() as folder:
        write_index(Path(folder) / "1.keys", "a" * 32, key, keys, rows, nothing)
        found = open_index(Path(folder) / "1.keys", "a" * 32, key)
    assert found is not None
    return found


@given(st.lists(MARKS, max_size=20), PATTERNS)
def test_the_marks_that_fit_are_those_that_the_pattern_means(marks: list[str], pattern: str) -> None:
    wanted = [number for number, mark in enumerate(marks) if matches(pattern, mark)]
    assert fitting_rows(index_of(marks), (), (), pattern) == wanted


@given(st.text(ALPHABET, min_size=1, max_size=12))
def test_a_mark_without_wildcards_fits_itself_and_nothing_longer(mark: str) -> None:
    others = [mark, mark + "A", "A" + mark] if len(mark) < 12 else [mark]
    assert fitting_rows(index_of(others), (), (), mark) == [0]


@given(st.text("AB?*", max_size=4), st.text("AB?*", max_size=4))
def test_two_patterns_may_be_one_where_a_mark_fits_both(first: str, second: str) -> None:
    def expression(pattern: str) -> re.Pattern[str]:
        return re.compile(pattern.replace("?", ".").replace("*", ".*"))

    both = any(
        expression(first).fullmatch("".join(mark)) and expression(second).fullmatch("".join(mark))
        for length in range(9)
        for mark in product("AB", repeat=length)
    )
    assert may_be_one(first, second) == both


def test_listed_patterns_are_found_by_patterns() -> None:
    assert fitting_rows(index_of([]), ["AB1*", "CD*", "*12?"], [7, 8, 9], "AB??CDE") == [7]
    assert fitting_rows(index_of(["ABI2CDE"]), ["AB1*", "CD*", "*12?"], [7, 8, 9], "AB12*") == [0, 7, 9]
