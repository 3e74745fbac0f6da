"""What is said of alerts: whose vehicle, what was before, faults that the script knows and those that it does not."""

from typing import Any

from benchmarks.shift.alert_judge import AlertJudge
from benchmarks.shift.script import Event
from benchmarks.shift.truth import Outage, Truth, Window
from tests.benchmarks.shift import made


def kinds(said: Any) -> dict[str, bool]:
    found: dict[str, bool] = {}
    for one in said:
        found[one.kind] = found.get(one.kind, True) and one.right
    return found


def misread() -> Truth:
    """Alert 8 on the listed mark stands on a track of its look-alike."""
    truth = made.truth()
    made.hear(truth, 21.0, made.alert_line(8, 21.0))
    truth.alerts[8].owner = made.ALIKE.vrm
    return truth


def test_a_look_alike_shown_as_live_is_wrong_and_withdrawn_is_right() -> None:
    truth = misread()
    judge = AlertJudge(truth)
    assert not kinds(judge.driver(21.5, made.driver(alert=8)))["live"]
    made.hear(truth, 22.0, made.alert_line(8, 21.0, state="withdrawn"))
    shown = made.driver(alert=8, state="withdrawn")
    assert kinds(judge.driver(25.0, shown))["live"]


def test_seen_before_is_right_only_of_a_vehicle_that_passed_before() -> None:
    truth = made.truth()
    judge = AlertJudge(truth)
    assert not kinds(judge.driver(15.0, made.driver(tags=["Seen before"])))["before"]
    truth.windows.insert(0, Window(9, made.LISTED.vrm, -80.0, -78.0))
    assert kinds(judge.driver(15.0, made.driver(tags=["Seen before"])))["before"]
    assert not kinds(judge.driver(15.0, made.driver(tags=["× 3"])))["count"]


def test_a_hidden_character_agrees_and_another_does_not() -> None:
    judge = AlertJudge(made.truth())
    assert kinds(judge.panel(15.0, made.panel(listed=list("EX4•CDG"))))["mark"]
    assert not kinds(judge.panel(15.0, made.panel(listed=list("EX4•CDC"))))["mark"]


def test_a_fault_is_right_while_its_device_is_away() -> None:
    truth = made.truth()
    line = made.alert_line(9, 0.0, kind="fault", fault="camera_silent", vrm="")
    made.hear(truth, 12.0, line | {"seen_utc": ""})
    card = made.card(alert=9, vrm="No frames", classes=["card", "is-fault"])
    assert not kinds(AlertJudge(truth).card(13.0, card))["fault"]
    truth.outages.append(Outage(Event.CAMERA_LOST, 11.0, 20.0))
    assert kinds(AlertJudge(truth).card(13.0, card))["fault"]


def test_an_old_fix_is_right_while_the_gps_is_away_and_wrong_else() -> None:
    truth = made.truth()
    facts = {"Seen": "1 Mar, 12:00:11 · Front", "Where": "51.75300, -0.33600 (old fix)"}
    assert not kinds(AlertJudge(truth).panel(15.0, made.panel(facts=facts)))["place"]
    truth.outages.append(Outage(Event.GPS_LOST, 5.0, 20.0))
    assert kinds(AlertJudge(truth).panel(15.0, made.panel(facts=facts)))["place"]
