from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from anpr.vrm import ALPHABET, fold
from hotlists.entry_vrm import UnusableVrm, entry_vrm
from hotlists.keys import fold_keys, pack
from hotlists.matching import wildcards
from hotlists.matching.wildcards import WildcardIndex, matches

# few characters, so that patterns and texts meet often
characters = st.sampled_from("AB01OI")
texts = st.lists(characters, min_size=1, max_size=10).map("".join)
patterns = st.lists(st.sampled_from("AB01OI??**"), min_size=2, max_size=12).map("".join)


def folded(readings: list[str]) -> np.ndarray:
    keys, fits = pack(readings)
    assert fits.all()
    return fold_keys(keys)


@settings(max_examples=60)
@given(st.lists(patterns, min_size=1, max_size=12), st.lists(texts, min_size=1, max_size=6, unique=True))
def test_index_finds_exactly_what_matching_one_by_one_finds(raw: list[str], readings: list[str]) -> None:
    usable = []
    for pattern in raw:
        try:
            vrm = entry_vrm(pattern)
        except UnusableVrm:
            continue
        if vrm.is_pattern:
            usable.append(vrm.text)
    found = sorted(WildcardIndex(usable).match(folded(readings)))
    expected = sorted(
        (r, p) for r, text in enumerate(readings) for p, pattern in enumerate(usable) if matches(pattern, text)
    )
    assert found == expected


def usable(raw: list[str]) -> list[str]:
    """The patterns that a list may hold, cleaned, each once."""
    kept: dict[str, None] = {}
    for pattern in raw:
        try:
            vrm = entry_vrm(pattern)
        except UnusableVrm:
            continue
        if vrm.is_pattern:
            kept[vrm.text] = None
    return list(kept)


SHORT_TEXTS = ["".join(text) for length in range(1, 7) for text in product("AB", repeat=length)]
short_patterns = st.text("AB?*", min_size=3, max_size=9)


def disagreement(patterns: list[str], texts: list[str]) -> set[tuple[str, str]]:
    """What the index and matching one by one say differently, as (pattern, text)."""
    found = {(patterns[p], texts[r]) for r, p in WildcardIndex(patterns).match(folded(texts))}
    expected = set()
    for pattern in patterns:
        fits = wildcards._regular_expression(fold(pattern)).fullmatch  # as `matches`, made once a pattern
        expected |= {(pattern, text) for text in texts if fits(fold(text))}
    return found ^ expected


def test_question_mark_at_the_end_of_a_piece_is_a_character_that_must_be_there() -> None:
    index = WildcardIndex(["*BA?*"])
    texts = ["ABA", "ABAB", "BA", "BAB", "XXBAXX", "XXXBA"]
    assert [texts[r] for r, _ in index.match(folded(texts))] == ["ABAB", "BAB", "XXBAXX"]


def test_index_agrees_on_every_short_pattern_and_every_short_text() -> None:
    every = usable(["".join(p) for length in range(2, 6) for p in product("AB?*", repeat=length)])
    assert len(every) > 500
    assert disagreement(every, SHORT_TEXTS) == set()


def test_index_agrees_on_every_pattern_of_six_and_the_words_up_to_five() -> None:
    """Exhaustive, so that no fault of this kind passes by luck: 4 ** 6 patterns against 62 words, for two alphabets.

    In the second the letters are folded into each other's likes (O and 0, I and 1) before they are compared.
    """
    words = [text for text in SHORT_TEXTS if len(text) <= 5]
    for letters, texts in (("AB", words), ("O1", [word.translate(str.maketrans("AB", "0I")) for word in words])):
        every = usable(["".join(p) for p in product(f"{letters}?*", repeat=6)])
        assert len(every) > 1000
        assert disagreement(every, texts) == set()


def test_index_agrees_at_the_greatest_length() -> None:
    """Where a pattern's places reach the end of a packed key: patterns of twelve characters, words of ten to twelve."""
    texts = [
        f"{head}{'C' * middle}{tail}" for head in ("AB", "BA", "AA") for middle in (6, 7, 8) for tail in ("AB", "BA")
    ]
    pieces = ["AB", "B?", "?A", "CC", "C" * 6, "C" * 8, "?" * 6, "*"]
    raw = ["".join(parts) for count in (2, 3, 4, 5) for parts in product(pieces, repeat=count)]
    every = [pattern for pattern in usable(raw) if len(pattern) > 3]
    assert len(every) > 3000
    assert disagreement(every, texts) == set()


@settings(max_examples=60)
@given(st.lists(short_patterns, min_size=1, max_size=20))
def test_index_agrees_on_longer_patterns_and_every_short_text(raw: list[str]) -> None:
    """Two letters and short texts: pieces of a pattern meet, overlap and run over the end of a text all the time."""
    assert disagreement(usable(raw), SHORT_TEXTS) == set()


def test_places_from_both_ends_do_not_overlap() -> None:
    index = WildcardIndex(["AB*BC"])
    assert index.match(folded(["ABC", "ABBC", "ABXXBC"])) == [(1, 0), (2, 0)]


def test_partial_vrm_is_found_anywhere() -> None:
    index = WildcardIndex([entry_vrm("b51", partial=True).text])
    assert [r for r, _ in index.match(folded(["AB51CDE", "B51ABC", "CDEB51", "AB15CDE"]))] == [0, 1, 2]


def test_many_patterns_are_found_among_each_other() -> None:
    rng = np.random.default_rng(3)
    vrms = ["".join(rng.choice(list(ALPHABET), 7)) for _ in range(2000)]
    holes = rng.integers(0, 7, (len(vrms), 2))
    patterns = ["".join("?" if i in hole else c for i, c in enumerate(v)) for v, hole in zip(vrms, holes, strict=True)]
    found = WildcardIndex(patterns).match(folded([fold(v) for v in vrms[:50]]))
    assert {(i, i) for i in range(50)} <= set(found)
    assert all(matches(patterns[p], vrms[r]) for r, p in found)
