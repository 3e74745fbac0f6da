"""The quota is never passed: not in any second, not in any day, however the questions come."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anpr.enquiries.quota import Quota


def most_within(times_s: Sequence[float], window_s: float) -> int:
    """The most of these times that lie within any window of this length, its end left out."""
    most, start = 0, 0
    for end, at_s in enumerate(times_s):
        while at_s - times_s[start] >= window_s - 1e-9:
            start += 1
        most = max(most, end - start + 1)
    return most


@given(
    st.lists(st.floats(0, 2), min_size=1, max_size=200), st.sampled_from([0.5, 1.0, 5.0, 15.0])
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_no_second_holds_more_than_its_share(pauses_s: list[float], a_second: float) -> None:
    quota, now_s, went = Quota(a_second, 10**9), 1000.0, []
    for pause_s in pauses_s:
        now_s += pause_s
        while quota.take(now_s):
            went.append(now_s)
    assert most_within(went, 1.0) <= max(a_second, 1.0)


def test_after_a_pause_there_is_no_burst() -> None:
    quota = Quota(15.0, 10**9)
    assert quota.take(0.0)
    assert quota.take(3600.0)
    assert not quota.take(3600.01)
    assert quota.wait_s(3600.01) == pytest.approx(1 / 15 - 0.01)


def test_whoever_waits_as_told_may_go() -> None:
    quota, now_s = Quota(7.0, 10**9), 0.0
    for _ in range(500):
        now_s += quota.wait_s(now_s)
        assert quota.take(now_s)
    assert now_s == pytest.approx(499 / 7, abs=1e-3)


def test_no_day_holds_more_than_its_share_and_the_next_one_begins_by_itself() -> None:
    quota, now_s, went = Quota(1.0, 50), 500.0, []
    while now_s < 3 * 86_400:
        if quota.take(now_s):
            went.append(now_s)
        now_s += 300.0
    assert most_within(went, 86_400.0) == 50
    assert len(went) > 100
    assert quota.day_left(now_s) < 50


def test_a_spent_day_says_when_it_goes_on() -> None:
    quota = Quota(1.0, 1)
    assert quota.take(100.0)
    wait_s = quota.wait_s(200.0)
    assert 86_400 - 100 <= wait_s <= 25 * 3600
    assert not quota.take(200.0 + wait_s - 1)
    assert quota.take(200.0 + wait_s)


def test_a_clock_that_stands_still_or_goes_back_gives_nothing() -> None:
    quota = Quota(1.0, 10)
    assert quota.take(100.0)
    assert not quota.take(100.0)
    assert not quota.take(50.0)
    assert not quota.take(100.5)
    assert quota.take(101.0)
