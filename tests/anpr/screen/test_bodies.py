"""What the requests of a page hold is read with care: anything else than what was asked for is refused in a sentence."""

import pytest

from anpr.errors import InputError
from anpr.screen.bodies import integer, mark, string, typed_mark


@pytest.mark.parametrize("value", [True, 1.0, "1", None, 2**60])
def test_a_number_is_a_whole_number(value: object) -> None:
    assert integer({"n": -3}, "n") == -3
    with pytest.raises(InputError, match="n must be a whole number"):
        integer({"n": value}, "n")


def test_a_text_is_no_longer_than_it_may_be() -> None:
    assert (string({"t": "abc"}, "t", 3), string({}, "t", 3, "")) == ("abc", "")
    for body in ({"t": 1}, {}, {"t": "abcd"}):
        with pytest.raises(InputError, match="t "):
            string(body, "t", 3)


def test_a_mark_that_is_looked_up_may_hold_wildcards_and_one_of_a_picture_may_not() -> None:
    assert (mark({"vrm": " ab51-c?e "}), typed_mark({"vrm": " ab51-cde "})) == ("AB51C?E", "AB51CDE")
    with pytest.raises(InputError, match="type a registration mark first"):
        mark({"vrm": " - "})
    for vrm in ("", "AB51C?E", "AB*", "ABCDEFGHIJK", "ÄB51CDE"):
        with pytest.raises(InputError, match="1 to 10 letters and digits"):
            typed_mark({"vrm": vrm})
