"""Marks and times as they are shown, compared with what they stand for."""

import pytest

from benchmarks.shift.statements import agrees, clock_gap, plain
from tests.benchmarks.shift import made


def test_a_mark_agrees_without_its_space_and_with_hidden_characters() -> None:
    assert plain("EX46 CDG") == "EX46CDG"
    assert agrees("EX46CDG", "EX46CDG")
    assert agrees("EX4•CDG", "EX46CDG")
    assert not agrees("EX46CD", "EX46CDG")
    assert not agrees("EX4•CDC", "EX46CDG")


@pytest.mark.parametrize(("clock", "second", "gap"), [("12:00:11", 11.7, 0.0), ("12:00:11", 13.2, 2.0), ("12:00", 59.9, 0.0), ("12:01", 59.0, 1.0), ("11:59:59", 0.0, 1.0)])  # fmt: skip
def test_a_shown_time_is_cut_off_not_rounded(clock: str, second: float, gap: float) -> None:
    assert clock_gap(made.truth(), clock, second) == pytest.approx(gap, abs=0.01)
