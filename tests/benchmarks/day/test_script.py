"""The script of a day: the same for a seed, all kinds in it, and what it demands fits the product's own times."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from anpr.faults import FaultKind
from benchmarks.day.script import APART, CLOCK_MARK, FULL_DAY_S, FULL_EVENTS, RULES, Event, draw, may_overlap


def test_a_seed_makes_the_same_script_and_another_another() -> None:
    assert draw(7, 200) == draw(7, 200)
    assert draw(7, 200) != draw(8, 200)


@given(seed=st.integers(0, 10_000), events=st.integers(1, 200))
def test_events_stand_in_order_within_their_share_of_the_day_and_every_kind_comes(seed: int, events: int) -> None:
    script = draw(seed, events)
    assert [one.number for one in script] == list(range(events))
    assert all(a.at_s < b.at_s for a, b in pairwise(script))
    assert script[-1].at_s < FULL_DAY_S * events / FULL_EVENTS
    assert len({one.event for one in script}) == min(events, len(Event)) or events > len(Event)
    if events >= len(Event):
        assert {one.event for one in script} == set(Event)


@given(seed=st.integers(0, 10_000))
def test_two_at_a_time_are_of_two_groups_that_do_not_explain_each_other(seed: int) -> None:
    script = draw(seed, 200)
    overlapping = [(a, b) for a, b in pairwise(script) if b.at_s < a.ends_s]
    assert overlapping
    for a, b in overlapping:
        groups = {a.rule.group, b.rule.group}
        assert len(groups) == 2
        assert groups != APART
        assert may_overlap(a, b.rule.group)


def test_what_must_be_told_can_be_and_has_the_time_for_it() -> None:
    known = {kind.id for kind in FaultKind} | {CLOCK_MARK}
    assert RULES.keys() == set(Event)
    for event, rule in RULES.items():
        assert rule.faults <= known, event
        if not rule.faults:
            continue
        assert rule.lasts_s[0] > rule.tell_s, event
        kinds = [kind for kind in FaultKind if kind.id in rule.faults]
        assert all(rule.tell_s > kind.raise_after_s for kind in kinds), event
        if rule.clear_s:
            assert all(rule.clear_s > kind.clear_after_s for kind in kinds), event
