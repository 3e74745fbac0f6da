"""What is withheld of an alert until it was typed, and that nothing sent to the full view gives it away."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anpr.alerting.decisions import is_mark
from anpr.errors import InputError
from anpr.screen.compare import compare
from anpr.screen.doubt import Typing, blanked, comparison, doubtful, filled, listed_word, typing_of, without_mark
from anpr.screen.rules import screen_rules
from anpr.screen.wire import alert_json
from anpr.values import AlertStep, Hidden, StepKind
from tests.anpr.screen.desk import MemoryDesk
from tests.anpr.screen.made_up import told

RULES = screen_rules()
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def places(read: str, listed: str, *chances: float) -> tuple[str, bool]:
    """Return the list's mark with blanks, and whether all of it is to be typed."""
    typing = doubtful(compare(read, listed, chances or (0.99,) * len(read)), listed, 0.9)
    return blanked(listed, typing), typing.whole


def test_doubtful_is_what_differs_or_was_read_with_little_probability() -> None:
    assert places("EY19K8V", "EY19KBV") == ("EY19K_V", False)
    assert places("EY19KBV", "EY19KBV", 0.5, 0.99, 0.99, 0.89, 0.9, 0.99, 0.99) == ("_Y1_KBV", False)
    assert places("EYI9KBV", "EY19KBV", 0.99, 0.99, 0.95, 0.98, 0.97, 0.99, 0.99) == (
        "EY___BV",
        False,
    )  # one glyph: no doubt


def test_where_nothing_is_doubtful_the_least_probable_three_are_typed() -> None:
    assert places("EY19KBV", "EY19KBV", 0.99, 0.95, 0.99, 0.97, 0.99, 0.96, 0.99) == ("E_1_K_V", False)
    assert places("A1", "A1") == ("__", True)


@pytest.mark.parametrize(
    ("read", "listed"), [("EY19KV", "EY19KBV"), ("EY19KBBV", "EY19KBV"), ("EY19KBV", "EY1?KBV"), ("EY19KBV", "EY*")]
)
def test_where_nobody_knows_which_character_stands_for_which_all_are_typed(read: str, listed: str) -> None:
    assert places(read, listed) == ("_" * len(listed), True)


@settings(max_examples=150)
@given(
    st.text("ABO01I", min_size=1, max_size=8),
    st.text("ABO01I", min_size=1, max_size=8),
    st.lists(st.floats(0, 1), min_size=8, max_size=8),
)
def test_typing_the_list_confirms_and_typing_another_character_does_not(
    read: str, listed: str, chances: list[float]
) -> None:
    typing = doubtful(compare(read, listed, tuple(chances)), listed, 0.9)
    typed = listed if typing.whole else "".join(listed[n] for n in sorted(typing.places))
    assert typed
    assert is_mark(filled(typed, listed, typing), listed)
    assert not is_mark(filled("Z" + typed[1:], listed, typing), listed)


def test_too_few_or_too_many_typed_characters_are_refused() -> None:
    typing = Typing(frozenset({0, 5}), whole=False)
    assert filled("EB", "EY19KBV", typing) == "EY19KBV"
    for typed in ("", "E", "EBV"):
        with pytest.raises(InputError, match="2 characters are blank"):
            filled(typed, "EY19KBV", typing)
    with pytest.raises(InputError, match="type the mark"):
        filled("", "EY*", Typing(frozenset({0, 1, 2}), whole=True))


def alert(**given: Any) -> Any:
    desk = MemoryDesk()
    return desk.alerts[desk.hit("EY19KBV", **given)]


CORRECTED = (AlertStep(StepKind.CORRECTED, NOW, 0.9, "EY19KBW", "EY19KBV"),)


def test_it_is_for_firearms_violence_near_matches_and_corrections_while_undecided() -> None:
    desk = MemoryDesk()
    plain = desk.hit("EY19KBV", markers="DR SU MN", reason="Stolen")
    assert typing_of(desk.alerts[plain], RULES) is None
    asked = [desk.hit("EY19KBV", markers=code) for code in ("FI", "VI", "WE", "XP")]
    asked += [desk.hit("EY19KBV", reason="Firearms"), desk.hit("EY19KBV", markers="FI", action="SILENT")]
    asked += [desk.hit("EY19KBV", read="EY19K8V")]
    desk.revise(plain, steps=CORRECTED)
    asked += [plain]
    for number in asked:
        assert typing_of(desk.alerts[number], RULES) is not None
        desk.revise(number, state="withdrawn")
        assert typing_of(desk.alerts[number], RULES) is not None
        desk.revise(number, state="decided")
        assert typing_of(desk.alerts[number], RULES) is None
    assert typing_of(desk.alerts[desk.fault("x", "", "y", "z")], RULES) is None


def test_the_full_view_is_sent_nothing_that_names_the_mark() -> None:
    hidden = alert(
        read="EY19K8V", unsure={0: ("F", 0.3)}, markers="FI", reason="Stolen, ey19 kbv", also=("No insurance",),
        information="EY19-KBV or EY19KBV. Keys taken", cad="44 EY19KBV",
    )  # fmt: skip
    desk = MemoryDesk()
    hidden = replace(hidden, steps=(*CORRECTED, told("reads EY19 KBV")))
    shown = alert_json(hidden, RULES, desk.cameras)
    text = json.dumps(shown).upper().replace(" ", "").replace("-", "")
    assert "EY19KBV" not in text
    assert "EY19K8V" not in text
    assert (shown["list_vrm"], shown["read_vrm"]) == ("_Y19K_V", "_Y19K_V")
    assert (
        shown["cells"][0] == shown["cells"][5] == {"read": "", "listed": "", "agreement": "hidden", "probability": 0.0}
    )
    assert shown["cells"][1]["listed"] == "Y"
    assert shown["typing"] == {"count": 2, "whole": False}
    # what to do is told at once
    assert (shown["instruction"], shown["sound"], shown["symbol"]["name"]) == (
        "Do not stop without armed support", "urgent", "stolen",
    )  # fmt: skip
    assert [marker["code"] for marker in shown["markers"]] == ["FI"]
    whole = alert_json(hidden, RULES, desk.cameras, whole=True)
    assert (whole["list_vrm"], whole["cells"][5]["listed"], whole["mark_key"]) == ("EY19KBV", "B", shown["mark_key"])
    assert "EY19KBV" in whole["listed"][0]["information"]


def test_extra_characters_do_not_give_away_how_long_the_mark_is_read() -> None:
    shown = alert_json(alert(read="EY19KBBV"), RULES, MemoryDesk().cameras)
    assert shown["list_vrm"] == shown["read_vrm"] == "_______"
    assert len(shown["cells"]) == 7


def test_keys_compare_marks_and_do_not_tell_them() -> None:
    first, second, third = (
        alert_json(alert(read=read), RULES, MemoryDesk().cameras) for read in ("EY19KBV", "EY19KBV", "EY19K8V")
    )
    assert (first["mark_key"], first["pair_key"]) == (second["mark_key"], second["pair_key"])
    assert third["mark_key"] == first["mark_key"]
    assert third["pair_key"] != first["pair_key"]
    assert "EY19" not in third["mark_key"]


def test_a_confirmation_compares_what_the_lists_give() -> None:
    assert comparison(alert(), RULES).agreements == ("vrm", "make", "colour")
    bare = alert(make="", colour=" ")
    assert comparison(bare, RULES).agreements == ("vrm",)
    assert listed_word(bare, "model") == "FIESTA"
    assert comparison(alert(markers="FI"), RULES).typing


def test_a_mark_is_taken_out_of_texts_however_it_is_spaced_and_not_out_of_longer_words() -> None:
    value = {"a": ["ab51 cde, AB51-CDE.", "XAB51CDE", 3, None]}
    assert without_mark(value, "AB51CDE", "_") == {"a": ["_, _.", "XAB51CDE", 3, None]}


def test_of_a_possible_hit_all_is_typed_and_the_page_is_told_nothing_of_the_mark() -> None:
    desk = MemoryDesk()
    number = desk.hit("RK64AGY", read="K64AGY", hidden=(Hidden(0, 0.9),), probability=0.31)
    alert = desk.alerts[number]
    assert typing_of(alert, RULES) == Typing(frozenset(range(7)), whole=True)
    shown = alert_json(alert, RULES, desk.cameras)
    assert (shown["possible"], shown["near"], shown["hidden"]) == (True, True, "a character may be hidden")
    assert shown["shown_vrm"] == shown["read_vrm"] == "_" * 7
    assert "K64AGY" not in json.dumps(shown)
    whole = alert_json(alert, RULES, desk.cameras, whole=True)
    assert (whole["shown_vrm"], whole["hidden"]) == ("▯K64AGY", "a character may be hidden before K")
    assert [cell["agreement"] for cell in whole["cells"]] == ["unseen", *["same"] * 6]
    assert comparison(alert, RULES).typing
