"""The comparison of a screen with the truth: what is right passes, and each kind of wrong statement is caught."""

from typing import Any

import pytest

from benchmarks.shift.judge import Judge
from benchmarks.shift.script import Act, Event
from benchmarks.shift.statements import Statement
from benchmarks.shift.truth import Done, Outage, Truth
from tests.benchmarks.shift import made

WORDS = ((0.99, "Almost certain"), (0.95, "Very likely"), (0.0, "Doubtful"))


def judged(truth: Truth, reading: dict[str, Any]) -> list[Statement]:
    judge = Judge(truth, WORDS)
    judge.hashes |= {"p1": "plate-hash", "p2": "other-hash", "p3": "nobody's"}
    return judge.judge(reading)


def wrong(truth: Truth, reading: dict[str, Any]) -> set[str]:
    return {one.kind for one in judged(truth, reading) if not one.right}


def test_a_screen_that_says_what_is_so_has_no_wrong_statement_and_many_right_ones() -> None:
    said = judged(made.truth(), made.reading())
    assert [one for one in said if not one.right] == []
    assert {one.kind for one in said} >= {
        "mark",
        "live",
        "time",
        "place",
        "probability",
        "text",
        "picture",
        "state",
        "health",
        "count",
        "covert",
    }


def test_driver_view_that_says_what_is_so_has_no_wrong_statement() -> None:
    driver = made.driver(text="Stolen EX46 CDG 4 s ago", waiting="")
    assert (
        wrong(made.truth(), made.reading(view="driver", cards=[], panel=None, strip=[], count=None, driver=driver))
        == set()
    )


@pytest.mark.parametrize(
    ("kind", "driver"),
    [
        ("age", made.driver(text="Stolen EX46 CDG 9 s ago")),
        ("mark", made.driver(vrm="FX46 CDG")),
        ("text", made.driver(short="RED NISSAN")),
        ("count", made.driver(foot="Seen 1 more")),
        ("count", made.driver(waiting="1 waiting")),
        ("reading", made.driver(alert=None, text="Not reading", waiting="1 waiting")),
    ],
)
def test_each_kind_of_wrong_statement_in_driver_view_is_caught(kind: str, driver: dict[str, Any]) -> None:
    shown: dict[str, Any] = {"view": "driver", "cards": [], "panel": None, "strip": [], "count": None}
    assert kind in wrong(made.truth(), made.reading(driver=driver, **shown))


def test_a_hit_that_was_seen_long_ago_must_not_pass_for_live() -> None:
    shown: dict[str, Any] = {"view": "driver", "cards": [], "panel": None, "strip": [], "count": None}
    assert wrong(made.truth(), made.reading(60.0, driver=made.driver(waiting=""), **shown)) == set()
    assert "live" in wrong(made.truth(), made.reading(90.0, driver=made.driver(waiting=""), **shown))


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("mark", {"cards": [made.card(vrm="FX46 CDG")]}),
        ("time", {"cards": [made.card(when="12:07")]}),
        ("time", {"panel": made.panel(facts={"Seen": "1 Mar, 12:00:15 · Front"})}),
        ("place", {"panel": made.panel(facts={"Seen": "1 Mar, 12:00:11 · Front", "Where": "51.75300, -0.33600"})}),
        ("probability", {"panel": made.panel(chance="90 %")}),
        ("text", {"panel": made.panel(words="Almost certain")}),
        ("picture", {"panel": made.panel(plate="p2")}),
        ("picture", {"panel": made.panel(plate="p3")}),
        ("mark", {"panel": made.panel(listed=list("EX46CDC"))}),
        ("mark", {"panel": made.panel(read=list("FX46CDG"))}),
        ("live", {"cards": [made.card(classes=["card", "is-withdrawn"])]}),
        ("state", {"cards": [made.card(classes=["card", "is-seen"])]}),
        ("state", {"cards": [made.card(alert=99)]}),
        ("age", {"cards": [made.card(text="EX46 CDG 30 s ago")]}),
        ("count", {"count": "3 waiting"}),
        ("health", {"marks": [{"name": "GPS", "level": "warning", "say": "No position yet."}], "trouble": {"level": "warning", "text": "No position"}}),
        ("trouble", {"trouble": {"level": "warning", "text": "Something"}}),
        ("lost", {"lost": "Engine lost"}),
        ("covert", {"cards": [made.card(), made.card(alert=8, vrm="RA47 ZED")]}),
        ("covert", {"history": [{"vrm": "EX46 CDG", "text": "on Observed"}]}),
        ("mark", {"strip": [{"vrm": "EX46 CDC", "when": "12:00:11", "picture": ""}]}),
        ("time", {"strip": [{"vrm": "EX46 CDG", "when": "12:00:31", "picture": ""}]}),
        ("picture", {"strip": [{"vrm": "EX46 CDG", "when": "12:00:11", "picture": "p2"}]}),
        ("history", {"history": [{"vrm": "EX46 CDG", "text": "EX46 CDG Confirmed by crew, 1 Mar, 12:00:14"}]}),
    ],
)  # fmt: skip
def test_each_kind_of_wrong_statement_is_caught(kind: str, changes: dict[str, Any]) -> None:
    assert kind in wrong(made.truth(), made.reading(**changes))


def test_a_device_that_is_away_must_be_shown_so_and_may_be_late() -> None:
    truth = made.truth()
    truth.outages.append(Outage(Event.CAMERA_LOST, 10.0, 40.0))
    assert "health" not in wrong(truth, made.reading(12.0))
    assert "health" in wrong(truth, made.reading(15.0))
    bad = [{"name": "Cameras", "level": "fault", "say": "No frames"}]
    assert "health" not in wrong(truth, made.reading(15.0, marks=bad, trouble={"level": "fault", "text": "No frames"}))


def test_a_lost_engine_must_be_told_and_nothing_else_is_compared_then() -> None:
    truth = made.truth()
    truth.outages.append(Outage(Event.KILL, 10.0, 40.0))
    assert wrong(truth, made.reading(20.0)) == {"lost"}
    assert [
        one.kind for one in judged(truth, made.reading(20.0, lost="Engine lost", cards=[made.card(vrm="NO1")]))
    ] == ["lost"]


def test_what_the_officer_decided_no_longer_waits_and_stands_in_the_history() -> None:
    truth = made.truth()
    truth.done.append(Done(7, Act.CONFIRM, 12.5))
    assert "state" in wrong(truth, made.reading())
    row = {"vrm": "EX46 CDG", "text": "EX46 CDG Confirmed by crew, 1 Mar, 12:00:12 · Stop: STOLEN"}
    assert wrong(truth, made.reading(cards=[], panel=None, count=None, history=[row])) == set()
