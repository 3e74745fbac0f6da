"""The JSON of stops: the card as an officer walks through it, what is known of the vehicle, and a finished stop's record.

The page decides nothing: what is asked, what is missing and what does not fit was said by `anpr.stops.progress`.
"""

from collections.abc import Mapping
from typing import Any, Final

from anpr.enquiries.differences import Described, Match, compare
from anpr.screen.enquiry_wire import enquiry_json
from anpr.screen.orders import order_of
from anpr.screen.port import AlertView, CameraView, SightingView
from anpr.screen.rules import ScreenRules
from anpr.screen.stop_port import FinishedStop, StopLine, StopView
from anpr.screen.views import OVERVIEW, PLATE
from anpr.screen.wire import marker_signs, plain, plain_text
from anpr.stops.card import MOST_ANSWER, NOT_GIVEN, Card, Kind, Question
from anpr.stops.details import ETHNICITIES, LATER_ETHNICITIES
from anpr.stops.field_texts import counting, others
from anpr.stops.progress import Answer
from anpr.stops.radio_line import place_words, radio_line
from anpr.stops.record import LONGEST_ADDITION
from anpr.stops.vehicle import SEEN_COLOUR, SEEN_MAKE

_ASPECTS: Final = ("make", "model", "colour")
_LONGEST_NUMBER: Final = 20
_INITIALS: Final = 3
"""Letters of a name of a make that is spoken letter by letter."""


def origin_of_alert(alert: AlertView, config: ScreenRules, cameras: tuple[CameraView, ...]) -> dict[str, Any]:
    """Return what is known of an alert's vehicle, as a stop keeps it: sighting, list, warnings, registers, typed read-back."""
    moment = alert.moment
    enquiry = enquiry_json(alert)
    listed = alert.listed[0].entry if alert.listed else None
    told = plain(
        {
            "from": "alert",
            "label": order_of(alert.listed, config).label if alert.listed else "",
            "listed": {name: getattr(listed, name) if listed else "" for name in _ASPECTS},
            "reason": listed.reason if listed else "",
            "list": alert.listed[0].hotlist.name if alert.listed else "",
            "markers": [
                sign["label"] for sign in marker_signs(", ".join(one.entry.markers for one in alert.listed), config)
            ],
            "registered": _registered(alert),
            "told": enquiry["told"] if enquiry else [],
            "facts": [f"{fact['name']}: {fact['words']}" for fact in enquiry["facts"]] if enquiry else [],
            "read_back": alert.decided.typed_vrm if alert.decided else "",
            "confirmed_by": alert.decided.actor if alert.decided else "",
            "sighting": _sighting(moment.seen_utc, moment.place, moment.camera_id, cameras),
        }
    )
    return dict(told)


def origin_of_sighting(sighting: SightingView, cameras: tuple[CameraView, ...]) -> dict[str, Any]:
    """Return what is known of a vehicle that no list asks for."""
    moment = sighting.moment
    return {
        **origin_of_nothing(), "from": "sighting",
        "sighting": plain(_sighting(moment.seen_utc, moment.place, moment.camera_id, cameras)),
    }  # fmt: skip


def origin_of_nothing() -> dict[str, Any]:
    """Return that nothing is known."""
    none = dict.fromkeys(_ASPECTS, "")
    return {
        "from": "", "label": "", "listed": none, "reason": "", "list": "", "markers": [], "registered": none, "told": [],
        "facts": [], "read_back": "", "confirmed_by": "", "sighting": None,
    }  # fmt: skip


def line_json(line: StopLine) -> dict[str, Any]:
    """Return a stop in a list."""
    return dict(plain(line))


def card_json(card: Card) -> dict[str, Any]:
    """Return a card in a list."""
    return {"name": card.name, "title": plain(card.title), "example": card.is_example}


def stop_json(stop: StopView, writer: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """Return an open stop for the page of `writer`; `known` is what is known of the vehicle now."""
    reached = stop.progress
    vehicle = _vehicle(known, reached.values)
    place = stop.place
    where = (
        None if place.latitude_deg is None or place.longitude_deg is None else (place.latitude_deg, place.longitude_deg)
    )
    words = " ".join(_said(known, reached.values, name) for name in ("colour", "make", "model"))
    return {
        **line_json(stop.line),
        "card": stop.card.name,
        "example": stop.card.is_example,
        "place": {"at_utc": place.at_utc, "words": place.words},
        "known": dict(known),
        "pictures": _pictures(stop.pictures_id),
        "vehicle": vehicle,
        "radio": plain(radio_line(stop.line.vrm, words.strip(), known["markers"], where, place.bearing_deg)) if stop.line.vrm else "",
        "do": [plain(one.text) for one in reached.do],
        "do_not": [plain(one.text) for one in reached.do_not],
        "asked": [_asked(stop, one, writer) for one in reached.asked],
        "next": reached.next.key if reached.next else "",
        "missing": len(reached.missing) + len(reached.wrong),
        "complete": reached.is_complete,
        "aside": len([key for key in reached.aside if (now := counting(stop.turns[key])) is not None and now.answer]),
    }  # fmt: skip


def finished_json(stop: FinishedStop) -> dict[str, Any]:
    """Return a finished stop for the page."""
    record = stop.record
    return {
        **line_json(stop.line),
        "finished_by": plain(record["finished_by"]),
        "place": _place_words(record["place"]),
        "known": plain(record["known"]),
        "pictures": _pictures(record["pictures"]["name"] if record["pictures"]["sha256"] else ""),
        "answers": [
            {"label": plain(one["label"]), "answer": _words(one["answer"])} for one in record["answers"]
        ],
        "also_typed": [
            {"label": plain(one["label"]), "answer": _words(one["answer"]), "by": plain(one["by"]), "why": plain(one["why"])}
            for one in record["also_typed"]
        ],
        "added": [{**plain(one), "text": plain_text(one.text, LONGEST_ADDITION)} for one in stop.added],
        "whole": stop.whole,
        "fingerprint": stop.fingerprint,
        "receipt": bool(record.get("receipt")),
    }  # fmt: skip


def export_json(stop: FinishedStop) -> dict[str, Any]:
    """Return all of a finished stop that another program needs to check it: the text that was signed, not what is made of it."""
    return {
        "format": "patrol-anpr-stop-export/1", "record": stop.text, "signature": stop.signature, "key": stop.public,
        "added": [
            {"text": one.text, "by": one.actor, "at_utc": one.at_utc, "whole": one.whole} for one in stop.added
        ],
    }  # fmt: skip


def _asked(stop: StopView, one: Question, writer: str) -> dict[str, Any]:
    reached = stop.progress
    turns = stop.turns.get(one.key, ())
    now = counting(turns)
    held_by, holder = stop.held.get(one.key, ("", ""))
    return {
        "key": one.key,
        "label": plain(one.label),
        "kind": one.kind.value,
        "person": one.person,
        "required": one.required,
        "may_decline": one.may_decline,
        "help": plain(one.help),
        "choices": _choices(stop, one),
        "most": int(min(one.most, MOST_ANSWER)) if one.kind is not Kind.NUMBER else _LONGEST_NUMBER,
        "answer": _several(now.answer) if now is not None else [],
        "words": _words(_several(reached.values[one.key])) if one.key in reached.values else "",
        "passed": now is not None and not now.answer,
        "counts": one.key in reached.values,
        "wrong": plain(reached.wrong.get(one.key, "")),
        "doubt": plain(reached.doubts.get(one.key, "")),
        "turn": now.number if now is not None else 0,
        "held_by": plain(holder) if held_by not in ("", writer) else "",
        "others": [
            {"turn": turn.number, "by": plain(turn.actor), "answer": _words(_several(turn.answer))} for turn in others(turns)
        ],
    }  # fmt: skip


def _choices(stop: StopView, one: Question) -> list[dict[str, str]]:
    if one.kind is Kind.POWERS:
        return [
            {"value": power.key, "label": plain(power.text), "small": plain(power.source)}
            for power in stop.progress.powers
        ]
    if one.kind is Kind.ADVICE:
        return [{"value": advice.key, "label": plain(advice.text), "small": ""} for advice in stop.progress.advice]
    if one.kind is Kind.ETHNICITY:
        return [
            {"value": code, "label": code, "small": words}
            for code, words in {**ETHNICITIES, **LATER_ETHNICITIES}.items()
        ]
    return [{"value": choice, "label": plain(choice), "small": ""} for choice in one.choices]


def _vehicle(known: Mapping[str, Any], values: Mapping[str, Answer]) -> list[dict[str, Any]]:
    """Return what list, registers and eyes say of the vehicle, with what differs marked."""
    listed, registered = (Described(**known[name]) for name in ("listed", "registered"))
    seen = Described(_text(values.get(SEEN_MAKE)), "", _text(values.get(SEEN_COLOUR)))
    differing: set[str] = set()
    for one, other in ((listed, registered), (listed, seen), (seen, registered)):
        differing |= {part.what for part in compare(one, other).parts if part.match is Match.DIFFERS}
    seen_words = {"make": seen.make, "model": "", "colour": seen.colour}
    return [
        {
            "what": name, "listed": getattr(listed, name), "registered": getattr(registered, name),
            "seen": plain(seen_words[name]), "differs": name in differing,
        }
        for name in _ASPECTS
    ]  # fmt: skip


def _said(known: Mapping[str, Any], values: Mapping[str, Answer], name: str) -> str:
    """Return the word for the radio: as seen, else as registered, else as listed."""
    seen = {"colour": _text(values.get(SEEN_COLOUR)), "make": _text(values.get(SEEN_MAKE))}.get(name, "")
    if name == "model" and _text(values.get(SEEN_MAKE)):
        return ""
    return seen or _as_said(str(known["registered"][name] or known["listed"][name]), is_colour=name == "colour")


def _as_said(words: str, *, is_colour: bool) -> str:
    """Return a word of a list as people write it; short names of makes (BMW, KIA) are letters."""
    return " ".join(word if len(word) <= _INITIALS and not is_colour else word.title() for word in words.split())


def _registered(alert: AlertView) -> dict[str, str]:
    answer = alert.enquiry
    if answer is None or not answer.found:
        return dict.fromkeys(_ASPECTS, "")
    return {name: getattr(answer, name) for name in _ASPECTS}


def _sighting(seen_utc: str, place: Any, camera_id: str, cameras: tuple[CameraView, ...]) -> dict[str, Any]:
    words = "place not known" if place is None else place_words(place.latitude_deg, place.longitude_deg)
    label = next((camera.label for camera in cameras if camera.camera_id == camera_id), camera_id)
    return {"at_utc": seen_utc, "words": words, "camera": label}


def _pictures(name: str) -> dict[str, str]:
    return {kind: f"{name}-{kind}" if name else "" for kind in (PLATE, OVERVIEW)}


def _place_words(place: Mapping[str, Any]) -> dict[str, str]:
    latitude, longitude = place["latitude_deg"], place["longitude_deg"]
    known = latitude is not None and longitude is not None
    return {"at_utc": place["at_utc"], "words": place_words(latitude, longitude) if known else "place not known"}


def _several(answer: Answer) -> list[str]:
    return [plain_text(one, MOST_ANSWER) for one in ((answer,) if isinstance(answer, str) else answer) if one]


def _words(answer: list[str]) -> str:
    return ", ".join(plain_text(text, MOST_ANSWER) for text in answer)


def _text(answer: Answer | None) -> str:
    return answer if isinstance(answer, str) and answer != NOT_GIVEN else ""
