import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpr.vrm import ALPHABET
from hotlists.entry_vrm import EntryVrm, UnusableVrm, entry_vrm
from hotlists.keys import MAX_CHARACTERS

plain = st.text(ALPHABET, min_size=1, max_size=MAX_CHARACTERS)


@given(plain, st.text(" -./_'`´’\"“”,:;()\t\xa0–·", max_size=6), st.integers(0, MAX_CHARACTERS), st.booleans())
def test_separators_and_small_letters_do_not_matter(text: str, between: str, place: int, small: bool) -> None:
    raw = text[:place] + between + text[place:]
    assert entry_vrm(raw.lower() if small else raw) == EntryVrm(text)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("АВ52СОР", "AB52COP"),
        ("АВЕКМНОРСТУХІЅЈ", None),
        ("МТУХІ", "MTYXI"),
        ("ΑΒΕΖΗΙΚΜΝ", "ABEZHIKMN"),
        ("ΟΡΤΥΧ", "OPTYX"),
        ("mü 1", "MU1"),
        ("CÉ51ABC", "CE51ABC"),
    ],
)
def test_letters_that_look_as_latin_ones_are_taken_as_such_and_told(raw: str, text: str | None) -> None:
    if text is None:
        with pytest.raises(UnusableVrm, match="more than 12"):
            entry_vrm(raw)
    else:
        assert entry_vrm(raw) == EntryVrm(text, converted=True)


def test_forms_of_the_same_letter_are_no_conversion() -> None:
    assert entry_vrm("ＡＢ５１") == EntryVrm("AB51")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("", "the VRM is empty"),
        (" - ", "the VRM is empty"),
        ("AB!1", "the VRM holds a character that no plate has (U+0021)"),
        ("ЖЖ51", "the VRM holds a character that no plate has (U+0416)"),
        ("A" * 13, "the VRM has more than 12 characters"),
        ("?" * 11 + "AB", "the VRM has more than 12 characters"),
        ("A?", "the VRM has wildcards and fewer than 2 fixed characters"),
        ("*A*", "the VRM has wildcards and fewer than 2 fixed characters"),
        ("A*B*C*D*E*", "the VRM has more than 4 stars"),
    ],
)
def test_what_no_plate_can_bear_has_its_reason_without_the_vrm(raw: str, reason: str) -> None:
    with pytest.raises(UnusableVrm) as refused:
        entry_vrm(raw)
    assert str(refused.value) == reason


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("A" * 12, "A" * 12),
        ("*" + "A" * 12 + "*", "*" + "A" * 12 + "*"),
        ("?" * 10 + "AB", "?" * 10 + "AB"),
        ("AB?", "AB?"),
        ("A*B*C*D*E", "A*B*C*D*E"),
        ("ab***c?", "AB*C?"),
        ("A* *B", "A*B"),
    ],
)
def test_the_widest_that_is_taken(raw: str, text: str) -> None:
    assert entry_vrm(raw) == EntryVrm(text)
    assert entry_vrm(raw).is_pattern == ("*" in text or "?" in text)


@pytest.mark.parametrize(("raw", "text"), [("b51", "*B51*"), ("B?1", "*B?1*"), ("B51*", "B51*"), ("*B51", "*B51")])
def test_part_of_a_vrm_is_open_at_both_ends_unless_it_says_itself_where(raw: str, text: str) -> None:
    assert entry_vrm(raw, partial=True) == EntryVrm(text)
    assert entry_vrm(raw, partial=True).is_pattern


def test_part_of_one_character_would_match_half_the_road() -> None:
    with pytest.raises(UnusableVrm, match="fewer than 2 fixed"):
        entry_vrm("A", partial=True)
