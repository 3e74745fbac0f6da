"""Bootstrap intervals against published values and their own promises."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.accuracy.intervals import Estimate, apart, ratio


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
