"""The page of a package that a person reads: self-contained, without scripts, everything from the records escaped."""

import base64
import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

from anpr.exhibits.gathering import Exhibit
from anpr.trust.tablet_key import fingerprint

_HEAD: Final = """<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>Evidence: {names}</title><style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #111; background: #fff }}
table {{ border-collapse: collapse; width: 100%; margin: 0.5rem 0 1.5rem }}
th, td {{ border: 1px solid #bbb; padding: 0.25rem 0.6rem; text-align: left; vertical-align: top; overflow-wrap: anywhere }}
th {{ width: 16rem; background: #f2f2f2; font-weight: 600 }}
figure {{ display: inline-block; margin: 0 1rem 1rem 0; max-width: 100% }} figcaption {{ font-size: 0.85rem; color: #444 }}
img {{ max-width: 100%; min-width: 12rem; border: 1px solid #bbb }}
.vrm {{ display: inline-block; font-size: 2rem; font-weight: 700; margin: 0; padding: 0 0.6rem; border: 2px solid #111; border-radius: 6px }}
@media print {{ h2 {{ break-before: page }} figure, tr {{ break-inside: avoid }} }}
</style></head><body>
"""

_SEEN: Final = (
    ("camera_id", "Camera"), ("first_utc", "First seen (UTC)"), ("last_utc", "Seen (UTC)"), ("pictured_utc", "Picture taken (UTC)"),
    ("latitude_deg", "Latitude, degrees"), ("longitude_deg", "Longitude, degrees"), ("heading_deg", "Heading, degrees"),
    ("speed_mps", "Own speed, m/s"), ("motion", "Motion"), ("confidence", "Probability that the read is right"),
    ("alternatives", "Readings with their probabilities"), ("typed_by", "Typed by"), ("engine_read", "Read by the engine"),
    ("hidden", "Where a character may be hidden"),
)  # fmt: skip

_HIT: Final = (
    ("list", "List"), ("list_name", "List"), ("revision", "Revision of the list"), ("list_revision", "Revision of the list"),
    ("received_utc", "List received (UTC)"), ("list_age_s", "Age of the list, seconds"),
    ("probability", "Probability that it is this entry"), ("exact", "Reading and entry agree in every character"),
    ("reading", "Reading that matched"), ("possible", "Only possible: a character may be hidden"),
)  # fmt: skip

_ENTRY: Final = (
    ("vrm", "VRM"), ("make", "Make"), ("model", "Model"), ("colour", "Colour"), ("action", "Action"), ("markers", "Markers"),
    ("reason", "Reason"), ("nim_code", "NIM code"), ("information", "Information"), ("force_area", "Force and area"),
    ("weed_date", "Weed date"), ("pnc_id", "PNC ID"), ("marking", "Protective marking"), ("cad", "CAD reference"),
)  # fmt: skip

_DECISION: Final = (
    ("at_utc", "At (UTC)"), ("actor", "By"), ("decision", "Decision"), ("note", "Note"), ("typed_vrm", "VRM as typed from the plate"),
)  # fmt: skip

_PICTURES: Final = {
    "plate.jpg": "The plate, as the alert showed it",
    "overview.jpg": "The whole picture, as the alert showed it",
    "plate-last.jpg": "The plate, as the sighting ended",
    "overview-last.jpg": "The whole picture, as the sighting ended",
}


def page(exhibits: Sequence[Exhibit], manifest: Mapping[str, Any], custody: Sequence[Mapping[str, Any]]) -> str:
    """Return the page of a package as HTML; `custody` is those entries of the audit that are whole."""
    parts = [_HEAD.format(names=escape(", ".join(_named(one) for one in exhibits))), "<h1>Evidence</h1>"]
    made = (
        ("Made (UTC)", manifest["made_utc"]), ("Made by", manifest["made_by"]), ("Reason", manifest["reason"]),
        ("Car", manifest["car"]), ("Program", manifest["program"]),
        ("Signed with the tablet's key", fingerprint(str(manifest["key"]))), ("Head of the audit", manifest["audit_head"]),
    )  # fmt: skip
    parts.append(_table(made))
    parts.append(
        "<p>This page cannot show whether the package is whole and unaltered: <code>anpr evidence verify FILE --key "
        "FINGERPRINT</code> does, on any machine, with the fingerprint that was noted when the tablet was fitted.</p>"
    )
    parts.extend(_exhibit(one) for one in exhibits)
    parts += ["<h2>Chain of custody</h2>", _custody(custody), "</body></html>\n"]
    return "\n".join(parts)


def _named(exhibit: Exhibit) -> str:
    return str(exhibit.id).replace("-", " ")


def _exhibit(exhibit: Exhibit) -> str:
    record = exhibit.record
    seen = record["moment"] or record["sighting"] or {}
    parts = [
        f"<h2>{_text(_named(exhibit).capitalize())}</h2>",
        f'<p class="vrm">{_text(seen.get("vrm", "not kept"))}</p>',
    ]
    parts.append("<h3>Pictures</h3>" if exhibit.pictures else "<p>No picture of it is kept any more.</p>")
    parts += [
        f'<figure><img alt="{escape(_PICTURES[name])}" src="data:image/jpeg;base64,{base64.b64encode(jpeg).decode("ascii")}">'
        f"<figcaption>{escape(_PICTURES[name])}</figcaption></figure>"
        for name, jpeg in exhibit.pictures.items()
    ]
    parts += ["<h3>What was seen</h3>", _named_table({**seen, "alternatives": _readings(seen)}, _SEEN)]
    hits = record["hits"] or record["sighting_hits"]
    parts.append(
        "<h3>The list's entry as it stood when it hit</h3>" if hits else "<p>The list's entry is not kept any more.</p>"
    )
    parts += [
        _named_table({**hit, **{f"entry.{k}": v for k, v in hit["entry"].items()}}, _HIT + _OF_ENTRY) for hit in hits
    ]
    if (alert := record["alert"]) is not None:
        parts += ["<h3>The alert</h3>", _alert(alert)]
        parts.append("<h3>Decisions</h3>" if record["decisions"] else "<p>No decision is recorded.</p>")
        parts += [_decision(one) for one in record["decisions"]]
    return "\n".join(parts)


def _readings(seen: Mapping[str, Any]) -> str:
    return ", ".join(f"{text} ({chance})" for text, chance in json.loads(seen.get("alternatives", "[]")))


_OF_ENTRY: Final = tuple((f"entry.{name}", words) for name, words in _ENTRY)


def _alert(alert: Mapping[str, Any]) -> str:
    rows = [("Raised (UTC)", alert["raised_utc"]), ("State", alert["state"]), ("Probability", alert.get("probability"))]
    rows += [(str(step.get("at_utc", "")), _step(step)) for step in alert["steps"]]
    return _table(rows)


def _step(step: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in step.items() if name != "at_utc" and value not in ("", None))


def _decision(decision: Mapping[str, Any]) -> str:
    stop = json.loads(decision.get("stop_record", "{}"))
    asked = [(f"Stop record: {name}", value) for name, value in stop.items()] if isinstance(stop, dict) else []
    return _table([(words, decision[name]) for name, words in _DECISION if name in decision] + asked)


def _custody(entries: Sequence[Mapping[str, Any]]) -> str:
    rows = []
    for entry in entries:
        detail = ", ".join(f"{name}: {value}" for name, value in entry["detail"].items())
        rows.append((f"{entry['seq']}, {entry['at_utc']}", f"{entry['actor']}: {entry['action']} ({detail})"))
    return _table(rows) if rows else "<p>No entry of the audit speaks of it.</p>"


def _named_table(values: Mapping[str, Any], named: Sequence[tuple[str, str]]) -> str:
    return _table([(words, values[name]) for name, words in named if values.get(name) not in (None, "")])


def _table(rows: Sequence[tuple[str, Any]]) -> str:
    body = "".join(f"<tr><th>{_text(name)}</th><td>{_text(value)}</td></tr>" for name, value in rows)
    return f"<table>{body}</table>"


def _text(value: Any) -> str:
    """Return a value as text of the page; control and direction characters of what came from outside become visible."""
    text = ("yes" if value else "no") if isinstance(value, bool) else str(value)
    return escape("".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text))
