"""Marks with hidden characters: what is hidden of each kind, and that the figures are of what was asked for."""

from pathlib import Path

import numpy as np
import pytest

from anpr.hidden import marked
from benchmarks.hotlist_scale.possible import KINDS, hide, measure


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("first", "▯K64AGY"),
        ("last", "RK64AG▯"),
        ("first two", "▯64AGY"),
        ("first and last", "▯K64AG▯"),
        ("whole, end in doubt", "▯RK64AGY"),
    ],
)
def test_what_is_hidden(kind: str, shown: str) -> None:
    text, hidden = hide("RK64AGY", kind, np.random.default_rng(1))
    assert marked(text, hidden) == shown


def test_within_a_mark_one_character_between_two_others_is_hidden() -> None:
    rng = np.random.default_rng(1)
    for _ in range(20):
        text, (place,) = hide("RK64AGY", "within", rng)
        assert text == "RK64AGY"[: place.position] + "RK64AGY"[place.position + 1 :]
        assert 0 < place.position < 6


def test_listed_vehicles_are_offered_and_nothing_could_be_confirmed(tmp_path: Path) -> None:
    found = measure(tmp_path, (200,), 20, lambda _: None)
    assert [one.kind for one in found] == list(KINDS)
    assert all(one.entries == 200 and one.confirmable == 0 and one.p50_ms <= one.p99_ms for one in found)
    assert min(one.offered for one in found if one.kind in {"first", "last", "within"}) > 0.8
    assert max(one.false_offers for one in found) < 0.2
