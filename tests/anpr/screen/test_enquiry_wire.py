"""What a page is given of the registers: facts, troubles and differences, and never a mark."""

import json
from dataclasses import replace
from datetime import timedelta

from anpr.enquiries.answer import EnquiryAnswer, Outcome, Told, no_answer, together
from anpr.screen.enquiry_wire import enquiry_json
from anpr.screen.rules import screen_rules
from anpr.screen.wire import alert_json
from tests.anpr.screen.desk import MemoryDesk
from tests.anpr.screen.made_up import START

FORD = EnquiryAnswer(
    "EY19KBV", START, START + timedelta(seconds=45), (Told("DVLA", Outcome.FOUND, START + timedelta(seconds=45)),),
    tax="Untaxed", make="FORD", colour="GREY", mot="Valid", mot_until="2027-03-31",
)  # fmt: skip
DOWN = no_answer("EY19KBV", "DVSA", Outcome.DOWN, START, START, "status 503", again=True)


def test_nobody_was_asked() -> None:
    desk = MemoryDesk()
    number = desk.hit("EY19KBV")
    assert alert_json(desk.alerts[number], screen_rules(), desk.cameras)["enquiry"] is None


def test_a_bmw_that_is_a_ford_is_told_and_neither_mark_nor_key_goes_with_it() -> None:
    desk = MemoryDesk()
    number = desk.hit("EY19KBV", make="BMW", colour="BLUE", model="X5")
    desk.revise(number, enquiry=together([FORD, DOWN]))
    told = alert_json(desk.alerts[number], screen_rules(), desk.cameras)["enquiry"]
    assert told["found"]
    assert told["source"] == "DVLA"
    assert "clone" in told["differs"]
    assert told["differences"] == [
        {"what": "make", "listed": "BMW", "registered": "FORD"}, {"what": "colour", "listed": "BLUE", "registered": "GREY"},
    ]  # fmt: skip
    assert told["told"] == ["DVSA is out of order. It is asked again by itself."]
    assert told["late"] == "late: 45 s after it was asked for"
    assert {"name": "Tax", "words": "Untaxed", "alarm": True} in told["facts"]
    assert "EY19KBV" not in json.dumps(told)


def test_an_answer_of_trouble_alone_has_no_facts_and_no_difference() -> None:
    desk = MemoryDesk()
    number = desk.hit("EY19KBV", make="BMW", colour="BLUE")
    desk.revise(number, enquiry=DOWN)
    told = enquiry_json(desk.alerts[number])
    assert told is not None
    assert (told["found"], told["facts"], told["differs"], told["late"]) == (False, [], "", "")


def test_while_the_mark_is_withheld_no_remark_names_it() -> None:
    desk = MemoryDesk()
    number = desk.hit("EY19KBV", read="EY19K8V")
    desk.revise(number, enquiry=replace(FORD, remarks="see EY19 KBV at the station"))
    shown = alert_json(desk.alerts[number], screen_rules(), desk.cameras)
    assert shown["typing"]
    assert "KBV" not in json.dumps(shown["enquiry"])


def test_what_a_register_sends_is_only_ever_shown_as_text() -> None:
    desk = MemoryDesk()
    number = desk.hit("EY19KBV")
    desk.revise(number, enquiry=replace(FORD, make="FO\u202eRD", colour="RED"))
    shown = alert_json(desk.alerts[number], screen_rules(), desk.cameras)
    assert "\u202e" not in json.dumps(shown, ensure_ascii=False)
