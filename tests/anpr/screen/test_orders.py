"""What the shipped table of orders makes of every combination of action, markers, reason and text."""

import itertools
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anpr.screen.orders import Order, marker_codes, order_of
from anpr.screen.port import AlertView, ListedView
from anpr.screen.rules import screen_rules
from anpr.screen.wire import sound_of
from anpr.values import HotlistEntry
from tests.anpr.screen.made_up import HOTLISTS

RULES = screen_rules()

ACTIONS = ("STOP", "SILENT", "")
MARKERS = ("FI", "WE", "XP", "VI", "DR", "ES", "SU", "MN", "AT", "CO", "IS")
REASONS = (
    "STOLEN", "WANTED ON WARRANT", "NO INSURANCE", "NO TAX", "NO KEEPER", "DRUGS", "INTELLIGENCE", "MISSING PERSON",
    "FALSE PLATES", "FIREARMS", "",
)  # fmt: skip
NIM_CODES = tuple("".join(code) for code in itertools.product("ABE", "145", "15"))
NO_STOPS = ("Do not stop; report place and direction", "DO-NOT-STOP", "don't stop", "Covert observation in progress")

SUBJECTS = {
    "STOLEN": ("stolen", "Stolen"), "WANTED ON WARRANT": ("wanted", "Wanted person"),
    "NO INSURANCE": ("no_insurance", "No insurance"), "NO TAX": ("no_tax", "No tax"), "NO KEEPER": ("no_keeper", "No keeper"),
    "DRUGS": ("drugs", "Drugs"), "MISSING PERSON": ("missing", "Missing person"),
    "FALSE PLATES": ("impersonates", "Impersonates"), "FIREARMS": ("firearms", "Firearms"),
}  # fmt: skip


def listed(list_name: str = "Local VOI", **entry: str) -> ListedView:
    return ListedView(HotlistEntry("AB51CDE", list_name, 0, **entry), HOTLISTS[list_name], 0.0, 0.97, exact=True)


def order(**entry: str) -> Order:
    return order_of((listed(**entry),), RULES)


def heard(*entries: ListedView, priority: int = 60, state: str = "raised") -> str:
    return sound_of(AlertView(1, "hit", state, priority, "", listed=entries), RULES)


def combinations() -> Iterable[dict[str, str]]:
    """Every action with every reason, with no marker, each marker and each pair of them."""
    marked = ["", *MARKERS, *(" ".join(pair) for pair in itertools.combinations(MARKERS, 2))]
    for action, reason, markers in itertools.product(ACTIONS, REASONS, marked):
        yield {"action": action, "reason": reason, "markers": markers}


def expected(action: str, reason: str, markers: str) -> str:
    """The instruction by what the table is to say, told another way."""
    codes = set(markers.split())
    if action == "SILENT":
        return "Silent: observe, do not stop"
    if "XP" in codes:
        return "Do not stop: explosives, call control"
    if "FI" in codes or reason == "FIREARMS":
        return "Do not stop without armed support"
    if codes & {"WE", "VI"}:
        return "Do not stop alone: call support"
    if "SU" in codes or reason == "MISSING PERSON":
        return "Stop, check welfare" if action == "STOP" else "Check welfare"
    return {"STOP": "Stop", "": "No order given"}[action]


def test_every_combination_gives_the_instruction_of_its_strictest_part() -> None:
    wrong = [one for one in combinations() if order(**one).instruction != expected(**one)]
    assert wrong == []


def test_nothing_that_forbids_a_stop_shows_or_sounds_like_one() -> None:
    for one in combinations():
        made = order(**one)
        forbids = made.instruction.startswith(("Do not stop", "Silent"))
        if forbids:
            assert made.shape != "octagon", one
            assert made.symbol != "stop", one
            assert made.label != "Stop", one
        assert (made.shape == "octagon") == (made.instruction == "Stop"), one
        if one["action"] == "SILENT":
            assert (made.symbol, made.shape, made.label, made.colour) == ("silent", "circle", "Silent", "#44525c"), one
            for priority, state in itertools.product((10, 60, 99), ("raised", "withdrawn")):
                assert heard(listed(**one), priority=priority, state=state) == "", one


def test_symbol_and_word_say_what_it_is_about_unless_no_stop_is_wanted() -> None:
    for action, (reason, (symbol, label)) in itertools.product(("STOP", ""), SUBJECTS.items()):
        made = order(action=action, reason=reason)
        assert (made.symbol, made.label) == (symbol, label)
        assert made.colour == HOTLISTS["Local VOI"].colour
    for codes, symbol in (("XP FI", "explosives"), ("FI", "firearms"), ("WE", "weapons"), ("VI", "violent"), ("SU", "care"),
                          ("IS", "impersonates"), ("DR", "drugs"), ("ES", "stop"), ("MN AT CO", "stop")):  # fmt: skip
        assert order(action="STOP", markers=codes, reason="x").symbol == symbol
    assert order(reason="x").symbol == "information"


@pytest.mark.parametrize("field", ["information", "reason", "action"])
@pytest.mark.parametrize("words", NO_STOPS)
def test_do_not_stop_in_any_words_wins_over_a_stop(field: str, words: str) -> None:
    for markers, reason in itertools.product(("", "FI", "SU", "VI XP"), ("STOLEN", "MISSING PERSON")):
        made = order(**{"action": "STOP", "reason": reason, "markers": markers, field: words})
        assert made.shape == "circle"
        assert made.instruction in {"Do not stop", "Silent: observe, do not stop"}
        assert made.symbol in {"let_pass", "silent"}


@pytest.mark.parametrize(
    ("entry", "instruction"),
    [
        ({"action": "STOP", "information": "Driver wanted; do not stop without armed support"}, "Do not stop without armed support"),
        ({"action": "STOP", "information": "Do not stop without authority of the SIO"}, "Do not stop before control agrees"),
        ({"action": "STOP", "information": "Do not approach alone. Keys taken in burglary"}, "Do not stop alone: call support"),
        ({"action": "STOP", "information": "Do not stop. Do not stop without armed support if it moves off"}, "Do not stop"),
        ({"action": "STOP", "reason": "FAILED TO STOP, does not stop for police"}, "Stop"),
        ({"action": "STOP", "information": "No weapons, not armed, non-violent"}, "Stop"),
        ({"action": "STOP", "information": "Missing plates at rear"}, "Stop"),
        ({"action": "STOP/ARREST"}, "Stop, arrest"),
        ({"action": "ARREST"}, "Stop, arrest"),
        ({"action": "STOP", "information": "Arrest driver for burglary"}, "Stop, arrest"),
        ({"action": "STOP", "information": "Vulnerable child in the vehicle"}, "Stop, check welfare"),
        ({"action": "", "reason": "High risk missing"}, "Check welfare"),
        ({"action": "SEIZE"}, "Stop, seize vehicle"),
        ({"action": "INFO"}, "For information, no stop ordered"),
        ({"action": "check load"}, "Ordered: check load"),
        ({"action": "Observe only"}, "Silent: observe, do not stop"),
        ({"action": "STOP", "information": "May be armed with a shotgun"}, "Do not stop without armed support"),
        ({"action": "STOP", "markers": "VIOLENT"}, "Do not stop alone: call support"),
        ({"action": "STOP", "markers": "may carry a knife"}, "Do not stop alone: call support"),
    ],
)  # fmt: skip
def test_texts_as_forces_write_them(entry: dict[str, str], instruction: str) -> None:
    assert order(**entry).instruction == instruction


def test_a_nim_code_undoes_no_order() -> None:
    for code, action in itertools.product(NIM_CODES, ACTIONS):
        graded = listed(action=action, nim_code=code)
        assert order_of((graded,), RULES) == replace(order(action=action), by=graded)


def test_of_several_lists_the_strictest_order_wins_and_is_said_whatever_their_order() -> None:
    stop = listed("PNC stolen", action="STOP", reason="Stolen")
    silent = listed("Local VOI", action="SILENT", reason="Intelligence")
    armed = listed("No tax", action="STOP", reason="No tax", markers="FI")
    for entries in itertools.permutations((stop, silent, armed)):
        made = order_of(entries, RULES)
        assert (made.instruction, made.symbol, made.by, made.others) == (
            "Silent: observe, do not stop", "silent", silent, True,
        )  # fmt: skip
        assert heard(*entries, priority=95) == ""
    for entries in itertools.permutations((stop, armed)):
        made = order_of(entries, RULES)
        assert (made.instruction, made.symbol, made.shape, made.by) == (
            "Do not stop without armed support", "stolen", "diamond", armed,
        )  # fmt: skip
        assert made.colour == HOTLISTS["PNC stolen"].colour  # the colour is that of the list that says what it is about
        assert made.typed
    assert not order_of((stop, listed("No insurance", action="STOP", reason="No insurance")), RULES).others


def test_an_order_bounds_the_sound_of_list_and_priority() -> None:
    plain, pass_on = listed(action="STOP"), listed(action="STOP", information="do not stop")
    armed, missing = listed(action="STOP", markers="FI"), listed(action="STOP", reason="Missing person")
    sounds = {p: [heard(one, priority=p) for one in (plain, pass_on, armed, missing)] for p in (10, 60, 95)}
    assert sounds == {
        10: ["note", "note", "urgent", "alert"],
        60: ["alert", "note", "urgent", "alert"],
        95: ["urgent", "note", "urgent", "urgent"],
    }


def test_markers_known_by_code_or_word_and_unknown_ones_as_they_came() -> None:
    codes = marker_codes("fi/VI;weapons, may be armed | ZZ SU q", RULES.markers)
    assert {code: rule.label if rule else "" for code, rule in codes.items()} == {
        "FI": "Firearms", "VI": "Violent", "WE": "Weapons", "MAY BE ARMED": "", "ZZ": "", "SU": "Suicidal", "Q": "",
    }  # fmt: skip
    assert marker_codes("", RULES.markers) == {}


TEXTS: Any = st.text(max_size=60) | st.sampled_from(
    ["do not stop", "STOP", "silent", "don\u2019t stop", "Ärmel", "\x00*?["]
)


@settings(max_examples=200)
@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_any_text_gets_an_order(action: str, markers: str, reason: str, information: str) -> None:
    made = order(action=action, markers=markers, reason=reason, information=information)
    assert made.instruction
    assert made.symbol
    assert made.label
    stricter = order(action=f"{action} do not stop", markers=markers, reason=reason, information=information)
    assert stricter.shape == "circle"
