"""The most urgent first, under a quota that is never passed; what fails is asked again and holds up nobody."""

import random
from itertools import pairwise

import pytest

from anpr.enquiries.answer import Outcome
from anpr.enquiries.source import Reply
from anpr.errors import StoreError
from tests.anpr.enquiries.made import MadeLane
from tests.anpr.enquiries.test_quota import most_within


def test_ten_thousand_questions_against_fifteen_a_second() -> None:
    """As a force's one service would have them: they come in a heap, and more come while the first are asked."""
    made, rng = MadeLane(a_second=15.0, give_up_s=10_000.0, most_waiting=20_000), random.Random(3)
    urgencies = {f"{number:05d}": rng.randrange(101) for number in range(10_000)}
    late = dict(list(urgencies.items())[8000:])
    for vrm, urgency in list(urgencies.items())[:8000]:
        made.put(vrm, urgency)
    waiting = {vrm: urgency for vrm, urgency in urgencies.items() if vrm not in late}
    seen = 0
    while waiting or late:
        if late and rng.random() < 0.5:
            vrm, urgency = late.popitem()
            made.put(vrm, urgency)
            waiting[vrm] = urgency
        wait_s = made.lane.wait_s()
        made.clock.now_s += wait_s if wait_s is not None else 0.01
        assert made.lane.step() is (wait_s is not None)
        for _, vrm in made.source.tries[seen:]:
            urgency = waiting.pop(vrm)
            if seen % 50 == 0:
                assert urgency == max([urgency, *waiting.values()])
            seen += 1
    times_s = [at_s for at_s, _ in made.source.tries]
    assert len(times_s) == 10_000
    assert most_within(times_s, 1.0) == 15
    assert times_s[-1] - times_s[0] == pytest.approx(9_999 / 15, rel=0.02)


def test_of_equally_urgent_ones_the_first_goes_first() -> None:
    made = MadeLane()
    for vrm in ("A1", "B1", "C1"):
        made.put(vrm)
    made.run(5)
    assert made.asked == ["A1", "B1", "C1"]


def test_a_mark_that_waits_is_asked_once_and_as_urgently_as_anybody_wants_it() -> None:
    made = MadeLane()
    made.put("A1", 10)
    made.put("B1", 20)
    made.put("A1", 90)
    made.put("A1", 5)
    assert made.lane.waiting == 2
    made.run(5)
    assert made.asked == ["A1", "B1"]


def test_what_is_out_of_order_is_asked_again_with_growing_pauses() -> None:
    made = MadeLane(a_second=100.0)
    made.source.says = lambda vrm: Outcome.DOWN if made.clock.now_s < 1100 else Outcome.FOUND
    made.put("A1")
    made.run(300)
    times_s = [at_s for at_s, _ in made.source.tries]
    gaps_s = [later - earlier for earlier, later in pairwise(times_s)]
    assert all(0.5 * 2**n <= gap_s <= 2.0**n + 1 for n, gap_s in enumerate(gaps_s[:6]))
    assert made.told[0].told[0].again
    assert made.outcomes[-1] == ("A1", Outcome.FOUND)
    assert made.lane.trouble is None


def test_a_mark_that_a_source_stumbles_over_holds_up_no_other() -> None:
    made = MadeLane(a_second=10.0)
    made.source.says = lambda vrm: Outcome.DOWN if vrm == "BAD1" else Outcome.FOUND
    made.put("BAD1", 100)
    for number in range(20):
        made.put(f"A{number}", 10)
    made.run(30)
    assert {vrm for vrm, outcome in made.outcomes if outcome is Outcome.FOUND} == {f"A{n}" for n in range(20)}
    assert made.asked.count("BAD1") >= 3
    assert made.asked[0] == "BAD1"
    made.run(700)
    assert made.outcomes[-1] == ("BAD1", Outcome.DOWN)
    assert not made.told[-1].told[0].again
    assert made.lane.waiting == 0


def test_throttled_it_waits_as_long_as_the_source_wants() -> None:
    made = MadeLane(a_second=100.0)
    made.source.says = lambda vrm: (
        Reply(made.source.answer(vrm, Outcome.THROTTLED), 30.0) if made.clock.now_s < 1010 else Outcome.FOUND
    )
    made.put("A1", 10)
    made.put("B1", 90)
    made.run(60)
    times_s = [at_s for at_s, _ in made.source.tries]
    assert times_s[1] - times_s[0] >= 30.0
    assert made.asked == ["B1", "B1", "A1"]


@pytest.mark.parametrize("outcome", [Outcome.WRONG_KEY, Outcome.QUOTA])
def test_a_refused_key_and_a_spent_day_are_not_hammered(outcome: Outcome) -> None:
    made = MadeLane(a_second=100.0, give_up_s=3600.0)
    made.source.says = lambda vrm: outcome
    for number in range(50):
        made.put(f"A{number}")
    made.run(1000)
    assert 2 <= len(made.asked) <= 4
    assert made.lane.trouble is outcome


def test_an_end_of_the_network_loses_no_question_that_is_young_enough() -> None:
    made = MadeLane(a_second=5.0)
    made.source.says = lambda vrm: Outcome.NO_NETWORK if made.clock.now_s < 1300 else Outcome.FOUND
    made.put("A1", 10)
    made.put("B1", 90)
    made.run(420)
    found = [vrm for vrm, outcome in made.outcomes if outcome is Outcome.FOUND]
    assert found == ["B1", "A1"]
    assert len(made.asked) < 25


def test_a_question_that_nobody_answered_in_time_is_given_up_and_said_to_be() -> None:
    made = MadeLane(give_up_s=60.0)
    made.source.says = lambda vrm: Outcome.NO_NETWORK
    made.put("A1")
    made.run(80)
    assert made.outcomes[-1] == ("A1", Outcome.NO_NETWORK)
    assert not made.told[-1].told[0].again
    assert made.lane.wait_s() is None


def test_too_many_are_not_kept_and_the_least_urgent_is_told() -> None:
    made = MadeLane(most_waiting=3)
    for vrm, urgency in (("A1", 50), ("B1", 10), ("C1", 60), ("D1", 40)):
        made.put(vrm, urgency)
    assert made.outcomes == [("B1", Outcome.GIVEN_UP)]
    made.run(10)
    assert made.asked == ["C1", "A1", "D1"]


def test_our_own_day_is_spent_before_the_source_is_asked() -> None:
    made = MadeLane(a_second=10.0, a_day=2)
    for vrm in ("A1", "B1", "C1"):
        made.put(vrm)
    made.run(20)
    assert made.asked == ["A1", "B1"]
    assert made.lane.trouble is Outcome.QUOTA


def test_nothing_is_asked_that_could_not_be_entered_and_entered_is_once() -> None:
    made, entered = MadeLane(a_second=10.0), []

    def refuse() -> None:
        raise StoreError("the audit cannot be written")

    made.source.says = lambda vrm: Outcome.DOWN if len(made.asked) < 3 else Outcome.FOUND
    made.put("A1", enter=refuse)
    made.put("B1", enter=lambda: entered.append("B1"))
    made.run(30)
    assert made.outcomes[0] == ("A1", Outcome.NOT_ENTERED)
    assert set(made.asked) == {"B1"}
    assert len(made.asked) == 3
    assert entered == ["B1"]


def test_each_try_counts_against_the_quota() -> None:
    made = MadeLane(a_second=0.5)
    made.source.says = lambda vrm: Reply(made.source.answer(vrm, Outcome.DOWN), 0.0)
    for number in range(5):
        made.put(f"A{number}")
    made.run(120)
    assert most_within([at_s for at_s, _ in made.source.tries], 2.0) == 1
