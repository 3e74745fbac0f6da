"""The JSON that goes to the pages: the desk's values, made safe to show, with what they order and colours added.

Text of lists and notes comes from outside. It is only ever shown as text; here its control and direction characters,
which could make a mark read differently than it is, become visible replacements, and very long texts are cut.
"""

import dataclasses
import unicodedata
from typing import Any, Final

from anpr.alerting.steps import shown_steps, times_asked, was_corrected
from anpr.screen.doubt import blanked, comparison, listed_word, opaque, typing_of, withheld, without_mark
from anpr.screen.enquiry_wire import enquiry_json
from anpr.screen.orders import Order, marker_codes, order_of
from anpr.screen.palette import SurfaceColours, day_colours, night_colours
from anpr.screen.port import AlertView, CameraView, ListedView, ListView, SightingView
from anpr.screen.rules import ORDERED_SOUNDS, MarkerRule, ScreenRules
from anpr.screen.sessions import Officer

TEXT_LIMIT: Final = 600
"""Most characters of one text on a page."""

FAULT_COLOUR: Final = "#f0a000"

_ENTRY: Final = (
    "list_name", "vrm", "make", "model", "colour", "action", "markers", "reason", "nim_code", "information",
    "force_area", "weed_date", "marking", "cad",
)  # fmt: skip
"""Columns of an entry that a page is given."""

_STRIP: Final = (
    "camera_id",
    "seen_utc",
    "motion",
    "plate_picture",
    "overview_picture",
    "place",
    "typed_by",
    "engine_read",
    "shown_vrm",
    "hidden",
)
"""What a page is given of the moment of a sighting, beside the read and its probability."""
_MOST_SIGNS: Final = 12
_CODE: Final = 4
_INSTRUCTION: Final = 60

_HIDDEN: Final = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def plain_text(text: str, limit: int = TEXT_LIMIT) -> str:
    """Return the text fit to be shown: no control, format or direction characters, at most `limit` characters.

    >>> plain_text("AB\u202e51")
    'AB�51'
    """
    cut = text[:limit].replace("\r\n", " ").replace("\n", " ").replace("\t", " ")
    shown = "".join("\ufffd" if unicodedata.category(c) in _HIDDEN else c for c in cut)
    return shown if len(text) <= limit else f"{shown}… ({len(text)} characters)"


def plain(value: Any) -> Any:
    """Return a value of the port as JSON material with every text in it made fit to be shown."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, str):
        return plain_text(value)
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    return value


def officers_json(officers: tuple[Officer, ...]) -> list[dict[str, str]]:
    """Return those who are logged in, for the pages."""
    return [{"collar": plain_text(one.collar, 24), "name": plain_text(one.name, 80)} for one in officers]


def alert_json(
    alert: AlertView, config: ScreenRules, cameras: tuple[CameraView, ...], *, whole: bool = False
) -> dict[str, Any]:
    """Return the alert for the pages, with blanks for what is withheld (`anpr.screen.doubt`) unless `whole`."""
    typing = typing_of(alert, config)
    blank = typing if not whole else None
    shown: dict[str, Any] = plain(
        dataclasses.replace(withheld(alert, blank) if blank else alert, listed=(), steps=(), enquiry=None)
    )
    shown |= shown.pop("moment")
    del shown["captured_ns"], shown["last_seen_ns"]
    shown["listed"] = [_listed_fields(listed, config) for listed in alert.listed]
    shown["steps"] = [plain(step) for step in shown_steps(alert.steps)]
    shown["list_vrm"] = plain_text(alert.list_vrm, 24)
    shown["enquiry"] = plain(enquiry_json(alert))
    if blank:
        blanks = blanked(alert.list_vrm, blank)
        for listed in shown["listed"]:
            listed["vrm"] = blanks if listed["vrm"] == shown["list_vrm"] else ""
        for name in ("listed", "steps", "enquiry"):
            shown[name] = without_mark(shown[name], alert.list_vrm, blanks)
        shown["list_vrm"] = blanks
    shown["typing"] = {"count": len(typing.places), "whole": typing.whole} if typing else None
    shown["mark_key"] = opaque(alert.list_vrm)
    shown["asked"] = times_asked(alert.steps)
    shown["pair_key"] = opaque(alert.read_vrm, alert.list_vrm)
    shown["near"] = bool(alert.listed) and not alert.listed[0].exact
    shown["possible"] = alert.possible
    shown["corrected"] = was_corrected(alert.steps)
    shown["captured_ms"] = alert.captured_ns / 1e6
    shown["last_seen_ms"] = alert.last_seen_ns / 1e6
    shown["camera"] = _camera(alert.camera_id, cameras)
    shown["sound"] = sound_of(alert, config)
    shown["words"] = chance_words(alert, config)
    if not alert.listed:
        return {**shown, **_fault_fields()}
    order = order_of(alert.listed, config)
    vehicle = {name: plain_text(listed_word(alert, name), 80) for name in ("make", "model", "colour")}
    shown["symbol"] = _symbol(order)
    shown["colours"] = _colours(order.colour)
    shown["instruction"] = plain_text(order.instruction, _INSTRUCTION)
    shown["ordered_by"] = plain_text(order.by.hotlist.name) if order.others else ""
    shown["vehicle"] = vehicle
    shown["agreements"] = list(comparison(alert, config).agreements)
    shown["short"] = [vehicle[name][: config.short_characters] for name in ("colour", "make", "model") if vehicle[name]]
    shown["markers"] = marker_signs(", ".join(listed.entry.markers for listed in alert.listed), config)
    return shown


def _fault_fields() -> dict[str, Any]:
    """Return what a fault has instead of what a list orders."""
    return {
        "symbol": {"name": "fault", "shape": "triangle", "label": "Fault"},
        "colours": _colours(FAULT_COLOUR),
        "instruction": "",
        "ordered_by": "",
        "vehicle": {"make": "", "model": "", "colour": ""},
        "agreements": [],
        "short": [],
        "markers": [],
    }


def chance_words(alert: AlertView, config: ScreenRules) -> str:
    """Return what is said beside the probability: how likely it is, or that it fits no more, as the state says."""
    if alert.state == "withdrawn":
        return config.texts.get("withdrawn", "Withdrawn")
    if alert.possible:
        return config.texts.get("possible", "Possible")
    return next((words for at_least, words in config.probability_words if alert.probability >= at_least), "")


def sighting_json(sighting: SightingView, cameras: tuple[CameraView, ...]) -> dict[str, Any]:
    """Return the sighting for the pages."""
    moment = plain(sighting.moment)
    shown = {name: moment[name] for name in _STRIP}
    return {
        **shown, "sighting_id": sighting.sighting_id, "vrm": moment["read_vrm"], "confidence": moment["probability"],
        "alternatives": plain(sighting.alternatives), "correctable": sighting.correctable,
        "possible": sighting.possible,
        "camera": _camera(sighting.moment.camera_id, cameras),
    }  # fmt: skip


def is_mutable(hotlist: ListView, lists: tuple[ListView, ...], config: ScreenRules) -> bool:
    """Return whether the crew may silence a list: not one of the highest, nor the highest that is in the car."""
    return hotlist.priority < min(config.mutable_below, max((one.priority for one in lists), default=0))


def list_json(hotlist: ListView, lists: tuple[ListView, ...], config: ScreenRules) -> dict[str, Any]:
    """Return one of the car's lists for the pages."""
    return {
        **plain(hotlist),
        "colours": _colours(hotlist.colour),
        "mutable": is_mutable(hotlist, lists, config),
        "too_old": hotlist.max_age_s is not None and hotlist.age_s > hotlist.max_age_s,
    }


def listed_json(listed: ListedView, config: ScreenRules) -> dict[str, Any]:
    """Return an entry for the pages, with its symbol and what it orders."""
    order = order_of((listed,), config)
    shown = {
        **_listed_fields(listed, config),
        "symbol": _symbol(order),
        "instruction": plain_text(order.instruction, _INSTRUCTION),
    }
    return {**shown, "colours": _colours(order.colour)}


def marker_signs(markers: str, config: ScreenRules) -> list[dict[str, str]]:
    """Return the sign of each marker in the text, those that are not configured with a plain one and as they came.

    None is left out: beyond `_MOST_SIGNS` one sign says how many more there are, and names them.
    """
    found = marker_codes(plain_text(markers), config.markers)
    signs = [_marker_sign(code, rule) for code, rule in found.items()]
    if len(signs) <= _MOST_SIGNS:
        return signs
    more = [sign["label"] for sign in signs[_MOST_SIGNS - 1 :]]
    return [*signs[: _MOST_SIGNS - 1], {"code": f"+{len(more)}", "label": ", ".join(more), "symbol": "marker"}]


def sound_of(alert: AlertView, config: ScreenRules) -> str:
    """Return the name of the alert's sound, empty for muted alerts and for hits whose order is to make none.

    Else it is that of the list, if that asks for one, or of the priority; never louder than an order of `none` or
    `note` and never softer than one of `alert` or `urgent`. Of a hit that is only possible it is a note, whatever is ordered:
    most of them are another vehicle.
    """
    ordered = order_of(alert.listed, config).sound if alert.listed else ""
    if alert.muted or ordered == "none":
        return ""
    if alert.state == "withdrawn":
        return "withdrawn"
    if alert.kind == "fault":
        return "fault"
    if alert.possible:
        return "note"
    asked = alert.listed[0].hotlist.sound if alert.listed else ""
    if asked not in {"urgent", "note"}:
        asked = "alert" if alert.priority >= config.alert_priority else "note"
        asked = "urgent" if alert.priority >= config.urgent_priority else asked
    if not ordered:
        return asked
    return (
        min(asked, ordered, key=ORDERED_SOUNDS.index)
        if ordered == "note"
        else max(asked, ordered, key=ORDERED_SOUNDS.index)
    )


def _marker_sign(code: str, rule: MarkerRule | None) -> dict[str, str]:
    if rule is None:
        return {"code": code if len(code) <= _CODE else "", "label": code, "symbol": "marker"}
    return {"code": code, "label": rule.label, "symbol": rule.symbol}


def _symbol(order: Order) -> dict[str, str]:
    return {"name": order.symbol, "shape": order.shape, "label": order.label}


def _listed_fields(listed: ListedView, config: ScreenRules) -> dict[str, Any]:
    entry, hotlist = listed.entry, listed.hotlist
    return {
        **{name: plain_text(getattr(entry, name)) for name in _ENTRY},
        "list_colour": plain_text(hotlist.colour),
        "list_sound": plain_text(hotlist.sound),
        "own": hotlist.own,
        "priority": hotlist.priority,
        "revision": hotlist.revision,
        "list_age_s": listed.list_age_s,
        "list_max_age_s": hotlist.max_age_s,
        "probability": listed.probability,
        "exact": listed.exact,
        "possible": listed.possible,
        "date_checked": listed.date_checked,
        "colours": _colours(hotlist.colour),
        "marker_signs": marker_signs(entry.markers, config),
    }


def _camera(camera_id: str, cameras: tuple[CameraView, ...]) -> dict[str, str]:
    for camera in cameras:
        if camera.camera_id == camera_id:
            return {"label": plain_text(camera.label, 40), "facing": camera.facing}
    return {"label": plain_text(camera_id, 40), "facing": ""}


def _colours(colour: str) -> dict[str, dict[str, str]]:
    def pair(colours: SurfaceColours) -> dict[str, str]:
        return {"surface": colours.surface, "sign": colours.sign}

    return {"day": pair(day_colours(colour)), "night": pair(night_colours(colour))}
