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


def test_three_slow_frames_lower_effort_and_two_do_not() -> None:
    governor = Governor(SETTINGS)
    assert [governor.observe(n * 33_000_000, 151) for n in range(3)] == [None, None, Change.LOWERED]
    limit = Governor(SETTINGS)
    assert [limit.observe(n * 33_000_000, 150) for n in range(9)] == [None] * 9


def test_a_slow_frame_counts_for_a_second() -> None:
    governor = Governor(SETTINGS)
    governor.observe(0, 251)
    assert governor.missed
    assert [governor.observe(round(s * 1e9), 40) for s in (0.5, 0.99)] == [None, Change.LOWERED]
    assert [governor.observe(round(s * 1e9), 40) for s in (1.5, 1.98, 2.0)] == [None, None, Change.MET_AGAIN]


def test_effort_comes_back_ten_seconds_after_the_last_slow_frame() -> None:
    governor = Governor(SETTINGS)
    feed(governor, 0, 5, 200)
    assert feed(governor, 5, 9.9, 40) == []
    assert feed(governor, 14.9, 0.2, 40) == [Change.RAISED]
    assert feed(governor, 15.1, 9.7, 40) == []
    assert feed(governor, 24.9, 0.3, 40) == [Change.RAISED]


def test_each_effort_is_less_work_than_the_one_before() -> None:
    work = [effort.input_width**2 / effort.every_frame for effort in GovernorSettings().efforts]
    assert work == sorted(set(work), reverse=True)
