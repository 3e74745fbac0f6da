"""What may be recorded, and what terminals and spreadsheets find in it."""

import csv
import doctest
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpr import showable
from anpr.errors import InputError
from anpr.showable import as_cell, harmless, is_showable, of_cell, require_all_showable


def test_the_examples_are_true() -> None:
    assert doctest.testmod(showable).failed == 0


@pytest.mark.parametrize(
    "text", ["", "tow bar, left", "Łódź 東京 Кража", "50 % – “no”", "👮🏽 seen", "O'Neill", "\u202egnirts"]
)
def test_what_people_write_may_be_recorded(text: str) -> None:
    assert is_showable(text)
    require_all_showable({"note": text})


@pytest.mark.parametrize(
    "text",
    [
        "\x00",
        "a\x1b[2J",
        "a\nb",
        "a\tb",
        "\ud800",
        "\udfff x",
        "\x9b1m",
        "a\u2028b",
    ],
)
@pytest.mark.parametrize("wrapped", [lambda t: {"note": t}, lambda t: {t: 1}, lambda t: {"a": [{"b": [1, t]}]}])
def test_what_cannot_be_shown_is_refused_wherever_it_stands(text: str, wrapped: object) -> None:
    assert not is_showable(text)
    with pytest.raises(InputError, match="type it again"):
        require_all_showable(wrapped(text))  # type: ignore[operator]


@given(st.text())
def test_nothing_that_a_terminal_obeys_is_left(text: str) -> None:
    assert not {chr(n) for n in (*range(0x20), *range(0x7F, 0xA0))} & set(harmless(text)) - {"\t", "\n"}


@given(st.text(st.characters(codec="utf-8")))
def test_no_cell_is_calculated_and_each_comes_back_as_it_was(text: str) -> None:
    cell = as_cell(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert of_cell(cell) == text
    out = io.StringIO()
    csv.writer(out).writerow([cell, "x"])
    assert next(csv.reader(io.StringIO(out.getvalue(), newline="")))[0] == cell
