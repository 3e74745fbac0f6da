from typing import Any

from anpr.enquiries.answer import together
from anpr.screen.rules import screen_rules
from anpr.screen.stop_port import StopBegin, StopView
from anpr.screen.stop_wire import origin_of_alert, origin_of_nothing, origin_of_sighting, stop_json
from anpr.stops.field_texts import Typed
from tests.anpr.screen.desk import MemoryDesk
from tests.anpr.screen.test_enquiry_wire import FORD

RULES = screen_rules()


def shown(desk: MemoryDesk, origin: dict[str, Any], **answers: str) -> dict[str, Any]:
    number = desk.stops.begin(StopBegin("stolen", "AB51CDE", origin=origin), "1234 A", lambda: None)
    for sent, (key, answer) in enumerate(answers.items(), 1):
        desk.stops.type(number, key, Typed("me", "1234 A", answer, sent, 1))
    stop = desk.stops.stop(number)
    assert isinstance(stop, StopView)
    return stop_json(stop, "me", origin)


def test_what_is_known_of_an_alert_is_its_list_its_warnings_and_its_registers() -> None:
    desk = MemoryDesk()
    number = desk.hit("AB51CDE", make="FORD", model="FOCUS", colour="BLUE", reason="Stolen", markers="FI VI")
    desk.revise(number, enquiry=together([FORD]))
    known = origin_of_alert(desk.alerts[number], RULES, desk.cameras)
    assert (known["from"], known["label"], known["listed"]["colour"], known["markers"]) == (
        "alert", "Stolen", "BLUE", ["Firearms", "Violent"],
    )  # fmt: skip
    assert known["registered"]["make"] == FORD.make
    assert known["sighting"]["camera"] == "Front"
    told = shown(desk, known)
    assert told["radio"].startswith("Alpha Bravo five one Charlie Delta Echo.")
    assert "Firearms, Violent." in told["radio"]


def test_what_is_seen_is_said_over_the_radio_before_what_is_listed() -> None:
    desk = MemoryDesk()
    number = desk.hit("AB51CDE", make="FORD", model="FOCUS", colour="BLUE")
    known = origin_of_alert(desk.alerts[number], RULES, desk.cameras)
    told = shown(desk, known, seen_colour="Red", seen_make="Opel Corsa")
    assert "Red Opel Corsa." in told["radio"]
    assert {one["what"] for one in told["vehicle"] if one["differs"]} == {"make", "colour"}


def test_nothing_is_known_of_nothing_and_little_of_a_sighting() -> None:
    desk = MemoryDesk()
    desk.sight("LD24ABC")
    known = origin_of_sighting(desk.sightings[0], desk.cameras)
    assert (known["from"], known["listed"]["make"], known["sighting"]["camera"]) == ("sighting", "", "Front")
    assert origin_of_nothing().keys() == known.keys()
    assert not any(one["differs"] for one in shown(desk, origin_of_nothing(), seen_colour="Red")["vehicle"])


def test_codes_of_ethnicity_have_their_words_and_a_wrong_answer_its_reason() -> None:
    desk = MemoryDesk()
    told = shown(desk, origin_of_nothing(), seen_make="x" * 70)
    (make,) = [one for one in told["asked"] if one["key"] == "seen_make"]
    assert (make["counts"], make["answer"]) == (False, ["x" * 70])
    assert "60 may be" in make["wrong"]
    assert told["missing"] > 0
