"""Plots as SVG text."""

import re

import pytest

from benchmarks.report.plots import Point, histogram, rates, reliability


def test_a_histogram_of_one_value_and_of_none() -> None:
    assert histogram("a", "s", []) == ""
    assert "svg" in histogram("a", "s", [0.5])


def numbers(text: str, pattern: str) -> list[float]:
    return [float(found) for found in re.findall(pattern, text)]


def test_rates_stand_at_their_height_from_none_to_all() -> None:
    text = rates(
        "a",
        "px",
        {"read": [Point("6-8", 0.0, 0.0, 0.0, 3), Point("8-10", 0.5, 0.25, 1.0, 4), Point("<10", 1.0, 1.0, 1.0, 5)]},
    )
    low, middle, high = numbers(text, r'cy="([0-9.]+)"')
    assert middle == pytest.approx((low + high) / 2)
    assert low > high  # y runs down
    bars = re.findall(r'y1="([0-9.]+)" y2="([0-9.]+)" stroke="#1f5fa8"', text)
    assert float(bars[1][0]) == pytest.approx(low + (high - low) * 0.25, abs=0.1)
    assert float(bars[1][1]) == high
    assert numbers(text, r'cx="([0-9.]+)"') == sorted(numbers(text, r'cx="([0-9.]+)"'))
    assert "read, 8-10: 50.0 % (25.0 to 100.0) of 4" in text
    assert "&lt;10" in text


def test_two_series_stand_beside_each_other_in_their_own_colours() -> None:
    text = rates("a", "", {"one": [Point("x", 0.5, 0.4, 0.6, 1)], "two": [Point("x", 0.5, 0.4, 0.6, 1)]})
    first, second = numbers(text, r'<circle cx="([0-9.]+)"')
    assert first < second
    assert "#1f5fa8" in text
    assert "#c2521b" in text


def test_bars_are_as_high_as_their_counts_and_the_tail_is_in_the_last() -> None:
    text = histogram("a", "ms", [1.0] * 60 + [2.0] * 30 + [3.0] * 9 + [1000.0], bins=2)
    heights = numbers(text, r'height="([0-9.]+)" fill')
    assert len(heights) == 2
    assert sum(1 for height in heights if height == max(heights)) == 1
    assert min(heights) / max(heights) in (pytest.approx(1 / 99, abs=0.01), pytest.approx(10 / 90, abs=0.01))


def test_calibrated_confidence_lies_on_the_diagonal() -> None:
    text = reliability(
        "a", [{"confidence": 0.25, "right": 0.25, "count": 1}, {"confidence": 0.75, "right": 0.5, "count": 100}]
    )
    (ends,) = re.findall(r'x1="([0-9.]+)" y1="([0-9.]+)" x2="([0-9.]+)" y2="([0-9.]+)" stroke="#999"', text)
    x1, y1, x2, y2 = map(float, ends)
    on, under = zip(numbers(text, r'cx="([0-9.]+)"'), numbers(text, r'cy="([0-9.]+)"'), strict=True)
    assert on == pytest.approx((x1 + (x2 - x1) * 0.25, y1 + (y2 - y1) * 0.25), abs=0.1)
    assert under[1] > y1 + (y2 - y1) * 0.75
    small, large = numbers(text, r' r="([0-9.]+)"')
    assert (small, large) == (3.7, 10.0)
