"""The endurance run itself: a short one on a small clip, with every kind of failure; and its judgement."""

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.load.endurance import EXPECTED, Endurance, Failure, endure


@pytest.mark.alone
@pytest.mark.slow
def test_a_short_run_sees_every_failure_named_and_cleared(clip: Path) -> None:
    told: list[dict[str, Any]] = []
    result = endure(clip, minutes=0.55, fail_every_s=4.0, hold_s=2.0, note=told.append)
    assert [f.kind for f in result.failures[:3]] == list(EXPECTED)
    assert result.missed() == []
    assert all(f.named_as in EXPECTED[f.kind] for f in result.failures)
    assert [item["kind"] for item in told] == [f.kind for f in result.failures]
    assert 0 < result.processed <= result.grabbed
    assert len(result.memory_mb) >= 2
    assert json.loads(json.dumps(result.summary()))["named"] == len(result.failures)


def test_growth_compares_late_with_early_memory_and_leaves_the_warm_up_out() -> None:
    flat = Endurance(memory_mb=[(t, 50.0 if t < 10 else 200.0) for t in range(60)])
    assert flat.growth() == 0.0
    leaking = Endurance(memory_mb=[(t, 200.0 + t) for t in range(60)])
    assert leaking.growth() == pytest.approx(40 / 214.5, abs=0.01)


def test_a_failure_that_nobody_saw_or_that_stayed_is_a_miss() -> None:
    good = Failure("black", 1.0, "camera_black", 1.5, 0.9)
    unseen = Failure("black", 2.0, None, None, 0.1)
    staying = Failure("freeze", 3.0, "camera_frozen", 1.6, None)
    assert Endurance(failures=[good, unseen, staying]).missed() == [unseen, staying]
