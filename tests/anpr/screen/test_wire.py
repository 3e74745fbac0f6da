import dataclasses
import json
import unicodedata
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from anpr.screen.rules import screen_rules
from anpr.screen.wire import TEXT_LIMIT, alert_json, marker_signs, plain_text, sighting_json, sound_of
from anpr.values import Hidden
from tests.anpr.screen.desk import MemoryDesk

CONFIG = screen_rules()


@settings(max_examples=50)
@given(st.text(max_size=700))
def test_shown_text_has_no_hidden_characters_and_an_end(text: str) -> None:
    shown = plain_text(text)
    assert len(shown) <= TEXT_LIMIT + 30
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs"} for c in shown)


def test_direction_and_control_characters_become_visible() -> None:
    assert plain_text("AB\u202e51\u200bCD\x00") == "AB\ufffd51\ufffdCD\ufffd"
    assert plain_text("two\nlines\tand\r\nmore") == "two lines and more"
    assert plain_text("x" * 10_000).endswith("… (10000 characters)")
    assert plain_text("żółć مرحبا 車") == "żółć مرحبا 車"


def shown(**entry: Any) -> dict[str, object]:
    desk = MemoryDesk()
    list_name = entry.pop("list_name", "Local VOI")
    alert = desk.alerts[desk.hit("AB51CDE", list_name, **entry)]
    return alert_json(alert, CONFIG, desk.cameras)


def test_symbols_follow_the_words_of_the_entry() -> None:
    for entry, symbol in (
        ({"reason": "STOLEN by burglary"}, "stolen"),
        ({"reason": "x", "list_name": "No insurance"}, "no_insurance"),
        ({"reason": "x", "list_name": "No tax"}, "no_tax"),
        ({"reason": "No registered keeper"}, "no_keeper"),
        ({"reason": "Wanted on warrant"}, "wanted"),
        ({"reason": "Uses false plates"}, "impersonates"),
        ({"reason": "County lines, drugs"}, "drugs"),
        ({"reason": "x"}, "stop"),
        ({"reason": "x", "action": "SILENT"}, "silent"),
        ({"reason": "approved", "action": ""}, "information"),
        ({"reason": "Stolen", "information": "Do not stop"}, "let_pass"),
        ({"reason": "Missing person"}, "missing"),
    ):
        assert shown(**entry)["symbol"]["name"] == symbol, entry  # type: ignore[index]


def test_markers_known_and_unknown_are_all_shown() -> None:
    signs = marker_signs("FI/vi, ZZ FI", CONFIG)
    assert [(s["code"], s["symbol"]) for s in signs] == [("FI", "firearms"), ("VI", "violent"), ("ZZ", "marker")]
    assert marker_signs("may be armed", CONFIG) == [{"code": "", "label": "MAY BE ARMED", "symbol": "marker"}]
    many = marker_signs(" ".join(f"Q{n}" for n in range(40)), CONFIG)
    assert len(many) == 12
    assert many[-1] == {"code": "+29", "label": ", ".join(f"Q{n}" for n in range(11, 40)), "symbol": "marker"}


def test_what_no_list_gives_is_not_asked_for() -> None:
    bare = shown(make="", model="", colour="", reason="x")
    assert (bare["agreements"], bare["short"]) == (["vrm"], [])
    assert bare["vehicle"] == {"make": "", "model": "", "colour": ""}
    assert shown(reason="x")["vehicle"] == {"make": "FORD", "model": "FIESTA", "colour": "BLUE"}


def test_an_order_of_another_list_says_whose_it_is() -> None:
    desk = MemoryDesk()
    number = desk.hit("AB51CDE", "PNC stolen", reason="Stolen", also=("Local VOI",))
    view = desk.alerts[number]
    silent = dataclasses.replace(view.listed[1].entry, action="SILENT")
    view = dataclasses.replace(view, listed=(view.listed[0], dataclasses.replace(view.listed[1], entry=silent)))
    told = alert_json(view, CONFIG, desk.cameras)
    assert (told["instruction"], told["ordered_by"], told["sound"]) == ("Silent: observe, do not stop", "Local VOI", "")
    assert shown(reason="x")["ordered_by"] == ""


def test_the_short_words_of_the_driver_view_are_cut() -> None:
    short = shown(make="MERCEDES-BENZ AG", model="SPRINTER 316 CDI LWB", colour="BLUE", reason="x")["short"]
    assert short == ["BLUE", "MERCEDES-BE", "SPRINTER 31"]


def test_sounds_follow_priority_and_state() -> None:
    desk = MemoryDesk()

    def of(number: int) -> str:
        return sound_of(desk.alerts[number], CONFIG)

    urgent, alert, note = (desk.hit("AB51CDE", name) for name in ("PNC wanted", "Local VOI", "No tax"))
    assert [of(urgent), of(alert), of(note)] == ["urgent", "alert", "note"]
    desk.revise(urgent, state="withdrawn")
    desk.mute("No tax", True, "x")
    assert [of(urgent), of(note)] == ["withdrawn", ""]
    assert of(desk.fault("gps_lost", "", "No GPS", "Check the aerial")) == "fault"


def test_everything_is_json_even_for_hostile_entries() -> None:
    hostile = "</script><img src=x onerror=alert(1)>\u202e\x00\ud800" + "A" * 10_000
    fields = dict.fromkeys(("reason", "information", "make", "model", "colour", "markers", "weed_date", "cad"), hostile)
    text = json.dumps(shown(**fields))
    assert len(text) < 30_000
    assert "\\u202e" not in text
    assert "\\ud800" not in text


def test_a_possible_hit_sounds_a_note_whatever_is_ordered_and_is_said_to_be_possible() -> None:
    desk = MemoryDesk()
    orders: list[tuple[dict[str, Any], str]] = [
        ({"markers": "FI"}, "note"), ({"reason": "Stolen"}, "note"), ({"action": "SILENT"}, ""),
    ]  # fmt: skip
    for entry, sound in orders:
        number = desk.hit("RK64AGY", "PNC wanted", read="K64AGY", hidden=(Hidden(0, 0.9),), probability=0.97, **entry)
        alert = desk.alerts[number]
        assert sound_of(alert, CONFIG) == sound
        shown = alert_json(alert, CONFIG, desk.cameras)
        assert (shown["words"], shown["possible"], shown["listed"][0]["possible"]) == ("Very likely", True, True)
        whole = dataclasses.replace(
            alert, listed=tuple(dataclasses.replace(one, possible=False) for one in alert.listed)
        )
        assert (sound_of(whole, CONFIG) == "") == (sound == "")
        assert sound_of(whole, CONFIG) != "note"
        withdrawn = alert_json(dataclasses.replace(alert, state="withdrawn"), CONFIG, desk.cameras)
        assert withdrawn["words"] == "Withdrawn"


def test_a_sighting_shows_where_a_character_may_be_hidden() -> None:
    desk = MemoryDesk()
    desk.sight("K64AGY", 0.09, hidden=(Hidden(0, 0.9),), possible=True)
    shown = sighting_json(desk.sightings[0], desk.cameras)
    assert (shown["vrm"], shown["shown_vrm"], shown["possible"]) == ("K64AGY", "▯K64AGY", True)
    assert shown["hidden"] == "a character may be hidden before K"
