import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpr.screen.compare import LONGEST, compare
from anpr.values import Hidden
from anpr.vrm import ALPHABET, fold

marks = st.text(ALPHABET, min_size=0, max_size=10)


def agreements(read: str, listed: str) -> list[str]:
    return [cell.agreement for cell in compare(read, listed, (0.9,) * len(read))]


def test_each_kind_of_difference() -> None:
    assert agreements("AB51CDE", "AB51CDE") == ["same"] * 7
    assert agreements("A851CDE", "AB51CDE") == ["same", "differs"] + ["same"] * 5
    assert agreements("AB51CD", "AB51CDE") == ["same"] * 6 + ["missing"]
    assert agreements("XAB51CDE", "AB51CDE") == ["extra"] + ["same"] * 7
    assert agreements("ABI1OOO", "AB11000") == ["same", "same", "looks_same", "same"] + ["looks_same"] * 3
    assert agreements("AB51CDE", "A?51*E") == ["same", "wildcard", "same", "same", "wildcard", "wildcard", "same"]


def test_probabilities_stay_with_their_characters() -> None:
    cells = compare("AB1", "B1", (0.5, 0.6, 0.7))
    assert [(cell.read, cell.probability) for cell in cells] == [("A", 0.5), ("B", 0.6), ("1", 0.7)]
    assert compare("AB", "AB", (0.5,))[1].probability == 0.0


@given(marks, marks)
def test_both_marks_can_be_read_off_and_nothing_that_differs_is_hidden(read: str, listed: str) -> None:
    cells = compare(read, listed, (0.9,) * len(read))
    assert "".join(cell.read for cell in cells) == read
    assert "".join(cell.listed for cell in cells) == listed
    for cell in cells:
        assert (cell.agreement in {"same", "looks_same"}) == (fold(cell.read) == fold(cell.listed))


def test_monsters_are_cut() -> None:
    assert len(compare("A" * 10_000, "B" * 10_000, ())) == LONGEST


@pytest.mark.parametrize(
    ("read", "place", "listed", "expected"),
    [
        ("K64AGY", 0, "RK64AGY", ["unseen", *["same"] * 6]),
        ("K64AGY", 0, "K64AGY", ["unseen", *["same"] * 6]),
        ("RK64AG", 6, "RK64AGY", [*["same"] * 6, "unseen"]),
        ("RK6AGY", 3, "RK64AGX", [*["same"] * 3, "unseen", "same", "same", "differs"]),
        ("64AGY", 0, "RK64AGY", ["missing", "unseen", *["same"] * 5]),
    ],
)
def test_what_the_list_has_where_a_character_may_be_hidden_is_no_difference(
    read: str, place: int, listed: str, expected: list[str]
) -> None:
    cells = compare(read, listed, (0.9,) * len(read), (Hidden(place, 0.8),))
    assert [cell.agreement for cell in cells] == expected
    (unseen,) = [cell for cell in cells if cell.agreement == "unseen"]
    assert (unseen.read, unseen.probability) == ("▯", 0.0)
    assert "".join(cell.listed for cell in cells) == listed
    assert all(cell.probability == 0.9 for cell in cells if cell.agreement == "same")
