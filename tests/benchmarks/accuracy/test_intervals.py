"""Bootstrap intervals against published values and their own promises."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.accuracy.intervals import NOTHING, Estimate, apart, draws, percentile, ratio


@given(st.lists(st.booleans(), min_size=2, max_size=60))
def test_an_interval_holds_its_value_and_never_claims_certainty(rights: list[bool]) -> None:
    found = ratio(np.array(rights, float), np.ones(len(rights)))
    assert found.low <= found.value <= found.high
    assert found.low < found.high
    assert Estimate.from_json(found.as_json()).count == len(rights)


def test_the_interval_covers_the_true_rate_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(1)
    held = 0
    for k in range(100):
        found = ratio((rng.random(120) < 0.9).astype(float), np.ones(120), seed=k)
        held += found.low <= 0.9 <= found.high
    assert 86 <= held <= 100


def test_only_differences_beyond_noise_count() -> None:
    assert apart(Estimate(0.99, 0.98, 1.0, 500), Estimate(0.90, 0.87, 0.93, 500))
    assert not apart(Estimate(0.93, 0.90, 0.96, 100), Estimate(0.90, 0.86, 0.94, 100))


def clopper_pearson_one_sided(count: int) -> float:
    """The most that a rate may be, at 95 %, when nothing of `count` was found: 1 - 0.05^(1/n)."""
    return {1: 0.95, 10: 0.2589, 30: 0.0950, 100: 0.0295}[count]  # published tables (Clopper and Pearson 1934)


@pytest.mark.parametrize("count", [1, 10, 30, 100])
def test_a_rate_of_nothing_or_all_has_the_published_exact_bound(count: int) -> None:
    reach, ones = clopper_pearson_one_sided(count), np.ones(count)
    none, every = ratio(np.zeros(count), ones), ratio(ones, ones)
    assert (none.value, none.low, none.high) == pytest.approx((0.0, 0.0, reach), abs=6e-5)
    assert (every.value, every.low, every.high) == pytest.approx((1.0, 1.0 - reach, 1.0), abs=6e-5)


@pytest.mark.parametrize(
    ("right", "count", "wilson_low", "wilson_high"),
    [(81, 100, 0.722, 0.875), (50, 100, 0.404, 0.596), (480, 500, 0.939, 0.974)],
)
def test_intervals_of_plain_rates_are_near_wilsons(
    right: int, count: int, wilson_low: float, wilson_high: float
) -> None:
    found = ratio((np.arange(count) < right).astype(float), np.ones(count))
    assert found.value == right / count
    assert found.low == pytest.approx(wilson_low, abs=0.015)
    assert found.high == pytest.approx(wilson_high, abs=0.015)


def test_vehicles_with_many_sightings_widen_the_interval() -> None:
    """Ten vehicles seen ten times each are not a hundred: the spread is that of vehicles."""
    rights = np.array([10, 10, 10, 10, 10, 10, 10, 10, 0, 0], float)
    clustered = ratio(rights, np.full(10, 10.0))
    single = ratio((np.arange(100) < 80).astype(float), np.ones(100))
    assert clustered.value == single.value == 0.8
    assert clustered.count == single.count == 100
    assert clustered.high - clustered.low > 2 * (single.high - single.low)


def test_a_scale_goes_to_the_value_and_both_ends() -> None:
    parts, wholes = (np.arange(50) < 5).astype(float), np.ones(50)
    plain, scaled = ratio(parts, wholes), ratio(parts, wholes, 1000.0)
    assert (scaled.value, scaled.low, scaled.high) == pytest.approx((100.0, 1000 * plain.low, 1000 * plain.high))
    assert ratio(np.zeros(30), np.ones(30), 1000.0).high == pytest.approx(95.0, abs=0.1)


def test_nothing_to_measure_is_nothing_and_survives_json() -> None:
    assert ratio(np.zeros(3), np.zeros(3)) is NOTHING
    assert percentile(np.array([]), 50) is NOTHING
    assert NOTHING.as_json() == {"value": None, "low": None, "high": None, "count": 0}
    back = Estimate.from_json(NOTHING.as_json())
    assert np.isnan([back.value, back.low, back.high]).all()
    assert not apart(NOTHING, Estimate(0.5, 0.4, 0.6, 9))


def test_percentiles_are_numpys_and_their_intervals_lie_among_the_values() -> None:
    values = np.arange(1.0, 102.0)
    median, largest = percentile(values, 50), percentile(values, 100)
    assert (median.value, median.count) == (51.0, 101)
    # By the order statistics of a sample of 101 the 95 % interval of its median runs from the 41st to the 61st value.
    assert (median.low, median.high) == pytest.approx((41.0, 61.0), abs=2.0)
    assert (largest.value, largest.high) == (101.0, 101.0)
    assert largest.low > 90


def test_draws_are_the_same_for_the_same_count_and_seed() -> None:
    assert draws(7).shape == (1000, 7)
    assert set(np.unique(draws(7))) == set(range(7))
    assert not np.array_equal(draws(7), draws(7, seed=1))


def test_apart_looks_at_the_facing_ends_and_does_not_care_which_comes_first() -> None:
    # 0.90 reaches down 0.01 and 0.88 up 0.01: noise is 0.0141; the far ends do not matter.
    high, low = Estimate(0.90, 0.89, 1.0, 9), Estimate(0.88, 0.0, 0.89, 9)
    assert apart(high, low)
    assert apart(low, high)
    assert not apart(Estimate(0.90, 0.88, 0.9, 9), Estimate(0.88, 0.88, 0.90, 9))
