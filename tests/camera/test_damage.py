"""Damage is a fault while it lasts: a loss now and then is none, and it clears by itself."""

from hypothesis import given
from hypothesis import strategies as st

from camera.damage import CLEARED_BELOW, LAST, RAISED_FROM, DamageCount

S = 1_000_000_000


def shown(count: DamageCount, pictures: list[bool], fps: float = 25.0, start_s: float = 0.0) -> list[bool]:
    return [count.add(round((start_s + n / fps) * S), bad) for n, bad in enumerate(pictures)]


def test_pictures_that_stay_damaged_are_a_fault_after_a_second_with_their_share() -> None:
    count = DamageCount(1.0)
    on = shown(count, [True] * 50)
    assert on.index(True) == RAISED_FROM - 1 + 25
    assert count.words == "30 of the last 30 pictures damaged"


def test_the_share_is_told_in_words() -> None:
    count = DamageCount(0.0)
    shown(count, [n % 5 < 2 for n in range(60)])
    assert count.is_on
    assert count.words == "12 of the last 30 pictures damaged"


def test_one_gap_is_none_however_many_pictures_it_costs() -> None:
    count = DamageCount(1.0)
    assert not any(shown(count, [False] * 30 + [True] * 20 + [False] * 60))


def test_it_is_over_when_hardly_any_of_the_last_is_damaged_and_not_sooner() -> None:
    count = DamageCount(1.0)
    shown(count, [True] * 50)
    on = shown(count, [False] * 60, start_s=2.0)
    assert on.index(False) == LAST - CLEARED_BELOW
    assert not any(on[LAST:])


@given(st.lists(st.booleans(), max_size=120), st.sampled_from([5.0, 25.0, 60.0]))
def test_it_never_stands_on_good_pictures_and_never_flickers(pictures: list[bool], fps: float) -> None:
    count = DamageCount(1.0)
    on = shown(count, pictures, fps)
    for n, is_on in enumerate(on):
        bad = sum(pictures[max(0, n - LAST + 1) : n + 1])
        assert not is_on or bad >= CLEARED_BELOW
        assert is_on or n == 0 or not on[n - 1] or bad < CLEARED_BELOW
        assert not (is_on and (n == 0 or not on[n - 1])) or (bad >= RAISED_FROM and pictures[n])
