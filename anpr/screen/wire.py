"""The JSON that goes to the pages: the desk's values, made safe to show, with symbol, colours and words added.

Text of lists and notes comes from outside. It is only ever shown as text; here its control and direction characters,
which could make a mark read differently than it is, become visible replacements, and very long texts are cut.
"""

import dataclasses
import unicodedata
from typing import Any, Final

from anpr.alerting.steps import shown_steps, was_corrected
from anpr.screen.palette import SurfaceColours, day_colours, night_colours
from anpr.screen.port import AlertView, CameraView, ListedView, ListView, SightingView
from anpr.screen.rules import ScreenRules, SymbolRule

TEXT_LIMIT: Final = 600
"""Most characters of one text on a page."""

FAULT_COLOUR: Final = "#f0a000"

_ENTRY: Final = (
    "list_name", "vrm", "make", "model", "colour", "action", "markers", "reason", "nim_code", "information",
    "force_area", "weed_date", "marking", "cad",
)  # fmt: skip
"""Columns of an entry that a page is given."""

_STRIP: Final = ("camera_id", "seen_utc", "motion", "plate_picture", "overview_picture", "place")
"""What a page is given of the moment of a sighting, beside the read and its probability."""

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
    return value


def alert_json(alert: AlertView, config: ScreenRules, cameras: tuple[CameraView, ...]) -> dict[str, Any]:
    """Return the alert for the pages."""
    shown: dict[str, Any] = plain(dataclasses.replace(alert, listed=(), steps=()))
    shown |= shown.pop("moment")
    del shown["captured_ns"]
    shown["listed"] = [_listed_fields(listed, config) for listed in alert.listed]
    shown["steps"] = [plain(step) for step in shown_steps(alert.steps)]
    shown["corrected"] = was_corrected(alert.steps)
    shown["captured_ms"] = alert.captured_ns / 1e6
    shown["camera"] = _camera(alert.camera_id, cameras)
    shown["sound"] = sound_of(alert, config)
    shown["list_vrm"] = plain_text(alert.list_vrm, 24)
    shown["words"] = chance_words(alert, config)
    if not alert.listed:
        shown["symbol"] = {"name": "fault", "shape": "triangle", "label": plain_text(alert.fault_text, 60)}
        shown["colours"] = _colours(FAULT_COLOUR)
        shown["short"] = []
        shown["markers"] = []
        return shown
    first = alert.listed[0]
    rule = symbol_rule(first, config)
    shown["symbol"] = {"name": rule.symbol, "shape": rule.shape, "label": rule.label}
    shown["colours"] = _colours(first.hotlist.colour)
    shown["short"] = [
        plain_text(t, 80)[: config.short_characters]
        for t in (first.entry.colour, first.entry.make, first.entry.model)
        if t
    ]
    shown["markers"] = marker_signs(" ".join(listed.entry.markers for listed in alert.listed), config)
    return shown


def chance_words(alert: AlertView, config: ScreenRules) -> str:
    """Return what is said beside the probability: how likely it is, or that it fits no more, as the state says."""
    if alert.state == "withdrawn":
        return config.texts.get("withdrawn", "Withdrawn")
    return next((words for at_least, words in config.probability_words if alert.probability >= at_least), "")


def sighting_json(sighting: SightingView, cameras: tuple[CameraView, ...]) -> dict[str, Any]:
    """Return the sighting for the pages."""
    moment = plain(sighting.moment)
    shown = {name: moment[name] for name in _STRIP}
    return {
        **shown, "sighting_id": sighting.sighting_id, "vrm": moment["read_vrm"], "confidence": moment["probability"],
        "alternatives": plain(sighting.alternatives), "camera": _camera(sighting.moment.camera_id, cameras),
    }  # fmt: skip


def list_json(hotlist: ListView, config: ScreenRules) -> dict[str, Any]:
    """Return the list for the pages."""
    return {
        **plain(hotlist),
        "colours": _colours(hotlist.colour),
        "mutable": hotlist.priority < config.mutable_below,
        "too_old": hotlist.max_age_s is not None and hotlist.age_s > hotlist.max_age_s,
    }


def listed_json(listed: ListedView, config: ScreenRules) -> dict[str, Any]:
    """Return an entry for the pages, with its symbol."""
    rule = symbol_rule(listed, config)
    symbol = {"name": rule.symbol, "shape": rule.shape, "label": rule.label}
    return {**_listed_fields(listed, config), "symbol": symbol}


def symbol_rule(listed: ListedView, config: ScreenRules) -> SymbolRule:
    """Return the first rule that fits the entry, else the last rule."""
    for rule in config.symbols:
        for field in rule.fields:
            text = str(getattr(listed.entry, field, "")).casefold()
            if any(word in text for word in rule.words):
                return rule
    return config.symbols[-1]


def marker_signs(markers: str, config: ScreenRules) -> list[dict[str, str]]:
    """Return the sign of each marker code in the text; codes that are not configured keep a plain sign, never hidden."""
    signs: dict[str, dict[str, str]] = {}
    known = {rule.code: rule for rule in config.markers}
    codes = "".join(c if c.isalnum() else " " for c in plain_text(markers, 120).upper()).split()
    for code in codes[:12]:
        rule = known.get(code)
        label, symbol = (rule.label, rule.symbol) if rule else (code, "marker")
        signs.setdefault(code, {"code": code[:4], "label": label[:24], "symbol": symbol})
    return list(signs.values())


def sound_of(alert: AlertView, config: ScreenRules) -> str:
    """Return the name of the alert's sound, empty for muted alerts.

    A sound that the list asks for and that is known goes before that of the priority.
    """
    if alert.muted:
        return ""
    if alert.state == "withdrawn":
        return "withdrawn"
    if alert.kind == "fault":
        return "fault"
    asked = alert.listed[0].hotlist.sound if alert.listed else ""
    if asked in {"urgent", "note"}:
        return asked
    if alert.priority >= config.urgent_priority:
        return "urgent"
    return "alert" if alert.priority >= config.alert_priority else "note"


def _listed_fields(listed: ListedView, config: ScreenRules) -> dict[str, Any]:
    entry, hotlist = listed.entry, listed.hotlist
    return {
        **{name: plain_text(getattr(entry, name)) for name in _ENTRY},
        "list_colour": plain_text(hotlist.colour),
        "list_sound": plain_text(hotlist.sound),
        "priority": hotlist.priority,
        "revision": hotlist.revision,
        "list_age_s": listed.list_age_s,
        "list_max_age_s": hotlist.max_age_s,
        "probability": listed.probability,
        "exact": listed.exact,
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
