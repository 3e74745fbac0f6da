"""The page of a package that a person reads: self-contained, without scripts, everything from the records escaped."""

import base64
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

from anpr.exhibits.gathering import Exhibit
from anpr.trust.tablet_key import fingerprint

_HEAD: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>Evidence: alert {numbers}</title><style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #111 }}
table {{ border-collapse: collapse; width: 100%; margin: 0.5rem 0 1.5rem }}
th, td {{ border: 1px solid #bbb; padding: 0.25rem 0.6rem; text-align: left; vertical-align: top; overflow-wrap: anywhere }}
th {{ width: 14rem; background: #f2f2f2 }} img {{ max-width: 100%; border: 1px solid #bbb }} .vrm {{ font-size: 2rem; font-weight: 700 }}
@media print {{ h2 {{ break-before: page }} }}
</style></head><body>
"""

_MOMENT: Final = (
    ("camera_id", "Camera"), ("first_utc", "First seen (UTC)"), ("last_utc", "Seen (UTC)"), ("pictured_utc", "Picture taken (UTC)"),
    ("latitude_deg", "Latitude, degrees"), ("longitude_deg", "Longitude, degrees"), ("heading_deg", "Heading, degrees"),
    ("speed_mps", "Own speed, m/s"), ("motion", "Motion"), ("confidence", "Probability that the read is right"),
    ("alternatives", "Readings with their probabilities"), ("typed_by", "Typed by"), ("engine_read", "Read by the engine"),
)  # fmt: skip


def page(exhibits: Sequence[Exhibit], manifest: Mapping[str, Any], custody: Sequence[Mapping[str, Any]]) -> str:
    """Return the page of a package as HTML."""
    parts = [_HEAD.format(numbers=", ".join(str(one.alert_id) for one in exhibits)), "<h1>Evidence</h1>"]
    parts.append(
        _table(
            (
                ("Made (UTC)", manifest["made_utc"]),
                ("Made by", manifest["made_by"]),
                ("Reason", manifest["reason"]),
                ("Car", manifest["car"]),
                ("Program", manifest["program"]),
                ("Signed by the tablet's key", fingerprint(str(manifest["key"]))),
                ("Head of the audit", manifest["audit_head"]),
            )
        )
    )
    parts.append(
        "<p>Whether this is whole and unaltered cannot be seen on this page: <code>anpr evidence verify FILE</code> says it, on "
        "any machine. Compare the fingerprint with the one that was noted when the tablet was fitted.</p>"
    )
    parts.extend(_exhibit(one) for one in exhibits)
    parts.append("<h2>Chain of custody</h2>")
    parts.append(_custody(custody))
    parts.append("</body></html>\n")
    return "\n".join(parts)


def _exhibit(exhibit: Exhibit) -> str:
    record = exhibit.record
    alert, moment = record["alert"], record["moment"] or {}
    parts = [f"<h2>Alert {exhibit.alert_id}</h2>", f'<p class="vrm">{_text(moment.get("vrm"))}</p>']
    parts.extend(
        f'<figure><img alt="{escape(name)}" src="data:image/jpeg;base64,{base64.b64encode(jpeg).decode("ascii")}">'
        f"<figcaption>{escape(name)}</figcaption></figure>"
        for name, jpeg in exhibit.pictures.items()
    )
    if not exhibit.pictures:
        parts.append("<p>No picture of it is kept any more.</p>")
    parts.append(_table([(words, moment[column]) for column, words in _MOMENT if moment.get(column) not in (None, "")]))
    parts.append("<h3>The list's entry as it stood</h3>")
    parts.extend(_hit(hit) for hit in record["hits"])
    parts.append("<h3>The alert</h3>")
    parts.append(
        _table((("Raised (UTC)", alert["raised_utc"]), ("State", alert["state"]), ("Probability", alert["probability"])))
    )
    parts.append(_table([(step.get("at_utc", ""), _step(step)) for step in alert["steps"]]))
    parts.append("<h3>Decisions</h3>" if record["decisions"] else "<p>No decision is recorded.</p>")
    parts.extend(_table([(name, value) for name, value in one.items() if value]) for one in record["decisions"])
    return "\n".join(parts)


def _hit(hit: Mapping[str, Any]) -> str:
    entry = {name: value for name, value in hit.get("entry", {}).items() if value not in ("", None)}
    told = {name: hit[name] for name in ("list", "revision", "received_utc", "list_age_s", "probability", "exact", "reading")}
    return _table([*told.items(), *entry.items()])


def _step(step: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in step.items() if name != "at_utc" and value not in ("", None))


def _custody(entries: Sequence[Mapping[str, Any]]) -> str:
    if not entries:
        return "<p>No entry of the audit speaks of it.</p>"
    rows = []
    for entry in entries:
        detail = ", ".join(f"{name}: {value}" for name, value in entry["detail"].items())
        rows.append((f"{entry['seq']}, {entry['at_utc']}", f"{entry['actor']}: {entry['action']} ({detail})"))
    return _table(rows)


def _table(rows: Sequence[tuple[str, Any]]) -> str:
    body = "".join(f"<tr><th>{_text(name)}</th><td>{_text(value)}</td></tr>" for name, value in rows)
    return f"<table>{body}</table>"


def _text(value: Any) -> str:
    return escape("" if value is None else str(value))
