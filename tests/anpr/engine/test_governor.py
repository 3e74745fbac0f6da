import pytest

from anpr.engine.governor import Change, Effort, Governor, GovernorSettings
from anpr.engine.latency import LatencyBook

SETTINGS = GovernorSettings(budget_ms=250, efforts=(Effort(640), Effort(512), Effort(512, 2)))


def feed(governor: Governor, start_s: float, seconds: float, age_ms: float, rate: float = 30) -> list[Change]:
    changes = []
    for i in range(int(seconds * rate)):
        change = governor.observe(round((start_s + i / rate) * 1e9), age_ms)
        if change is not None:
            changes.append(change)
    return changes


def test_percentiles_of_known_samples() -> None:
    book = LatencyBook()
    for ms in range(101):
        book.add("detect", float(ms))
    p = book.percentiles()["detect"]
    assert (p.p50_ms, p.p95_ms, p.p99_ms, p.count) == pytest.approx((50, 95, 99, 101))


def test_young_frames_change_nothing() -> None:
    governor = Governor(SETTINGS)
    assert feed(governor, 0, 5, 40) == []
    assert governor.effort == Effort(640)


def test_effort_is_lowered_before_the_budget_is_missed() -> None:
    governor = Governor(SETTINGS)
    assert feed(governor, 0, 0.2, 170) == [Change.LOWERED]
    assert governor.effort == Effort(512)
    assert not governor.missed


def test_it_goes_down_to_the_least_effort_and_no_further() -> None:
    governor = Governor(SETTINGS)
    assert feed(governor, 0, 5, 200) == [Change.LOWERED, Change.LOWERED]
    assert governor.effort == Effort(512, 2)


def test_a_missed_budget_is_said_once_and_its_end_as_well() -> None:
    governor = Governor(SETTINGS)
    assert feed(governor, 0, 3, 300).count(Change.MISSED) == 1
    assert governor.missed
    assert Change.MET_AGAIN in feed(governor, 3, 3, 50)
    assert not governor.missed


def test_effort_comes_back_after_a_quiet_time_step_by_step() -> None:
    governor = Governor(SETTINGS)
    feed(governor, 0, 5, 200)
    assert feed(governor, 5, 9, 40) == []
    assert feed(governor, 14, 25, 40) == [Change.RAISED, Change.RAISED]
    assert governor.effort == Effort(640)


def test_it_does_not_swing_while_frames_stay_between_the_limits() -> None:
    governor = Governor(SETTINGS)
    feed(governor, 0, 0.2, 170)
    assert feed(governor, 0.3, 60, 100) == []
