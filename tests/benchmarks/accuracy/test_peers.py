"""Other readers: adapters, what they print, and what is refused."""

import shlex
import sys
from pathlib import Path

import numpy as np
import pytest

from anpr.errors import InputError
from benchmarks.accuracy.peers import plain, reader_named, text_of

PYTHON = shlex.quote(sys.executable)


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("ab51 cde\nmore", "AB51CDE"),
        ('{"results": [{"plate": "AB51CDE", "candidates": []}]}', "AB51CDE"),
        ('[{"texts": ["AB51", "CDE"]}]', "AB51CDE"),
        ('{"results": []}', ""),
        ("", ""),
    ],
)
def test_what_programs_print_is_understood(said: str, text: str) -> None:
    assert text_of(said) == text


def test_any_program_is_a_reader_by_one_line(folder: Path) -> None:
    code = shlex.quote("import sys, pathlib; print(pathlib.Path(sys.argv[1]).stem)")
    name, make = reader_named(f"mine={PYTHON} -c {code} {{picture}}")
    assert name == "mine"
    assert make()(np.zeros((2, 2, 3), np.uint8), folder / "AB51CDE.png") == "AB51CDE"


def test_an_unknown_peer_is_refused() -> None:
    with pytest.raises(InputError, match="easyocr, easyocr-line, rapidocr"):
        reader_named("tesseract")


@pytest.mark.parametrize(("said", "text"), [("12345", "12345"), ("1E23\n", "1E23"), ('"AB51 CDE"', "AB51CDE")])
def test_a_mark_that_is_json_as_well_is_a_mark(said: str, text: str) -> None:
    """Guernsey's marks are bare numbers: a reader that gets one right must not count as wrong."""
    assert text_of(said) == text


def test_only_capitals_and_digits_are_left() -> None:
    assert plain(" ab-51 çde· ") == "AB51DE"


def test_a_name_without_a_place_for_the_picture_is_refused() -> None:
    with pytest.raises(InputError, match=r"\{picture\}"):
        reader_named("mine=cat")
