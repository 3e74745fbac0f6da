import pytest

from anpr.vrm import ALPHABET
from hotlists.keys import fold_keys, pack
from hotlists.matching.density import OTHER_SHARE, existing_shares


def share(text: str) -> float:
    assert all(c in ALPHABET for c in text)
    return float(existing_shares(fold_keys(pack([text])[0]))[0])


@pytest.mark.parametrize(
    "marks",
    [
        ("AB51CDE", "AB02CDE", "AB26CDE", "OO76OOO", "AB10CDZ", "AB71CUZ", "AB46CDE", "AB99CDE"),
        ("AIZ1234", "1AB", "A1", "ABZ1", "1234AB", "AO10"),
        ("A1BCD", "Q123ABC", "Y999OOO"),
        ("ABC1A", "OOO999Y"),
    ],
)
def test_marks_of_one_layout_are_as_likely(marks: tuple[str, ...]) -> None:
    shares = {share(mark) for mark in marks}
    assert len(shares) == 1
    assert shares.pop() > OTHER_SHARE


@pytest.mark.parametrize(
    "mark",
    [
        # age numbers that were never given out, letters that no area or mark has
        "AB00CDE", "AB01CDE", "AB50CDE", "QB51CDE", "AZ51CDE", "AB51QDE", "AB51CDI",
        "U1ABC", "Z1ABC", "O1ABC", "A0BCD", "A1BCQ", "A1BZD",
        "ABC0A", "ABC1U", "ABC1Z", "ABC1Q", "AQC1A",
        "ABC0123", "Q1234",
        "ABCDEFG", "AB12345CD",
    ],
)  # fmt: skip
def test_what_no_vehicle_bears_is_as_likely_as_any_text(mark: str) -> None:
    assert share(mark) == OTHER_SHARE
