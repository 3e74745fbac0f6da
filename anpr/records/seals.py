"""Hashes of what was seen, found and decided, entered in the audit as it is recorded: what leaves the car is held against them.

A hash is SHA-256 over the row as JSON with sorted keys in ASCII, bytes as base64, without what is empty: columns that later versions
add do not change what was sealed before. A moment's and a sighting's hits have a hash each, so that one of them can be left out.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from anpr import sqlite
from anpr.trust.chain import AuditWriter

RECORDED: Final = "evidence recorded"
"""The one action of all entries here: that there is one tells nobody whether it was an alert or a hit that no crew is told of."""

ENGINE: Final = "engine"

PICTURE_KINDS: Final = ("plate", "overview")


def plain_row(connection: sqlite.Connection, statement: str, *values: object) -> dict[str, Any] | None:
    """Return the first row of a question as plain values, bytes as base64, without what is empty; None when there is none."""
    rows = plain_rows(connection, statement, *values)
    return rows[0] if rows else None


def plain_rows(connection: sqlite.Connection, statement: str, *values: object) -> list[dict[str, Any]]:
    """Return the rows of a question as plain values, bytes as base64, without what is empty."""
    cursor = connection.execute(statement, values)
    names = [column[0] for column in cursor.description]
    return [
        {name: _plain(value) for name, value in zip(names, row, strict=True) if value not in (None, "", b"")}
        for row in cursor.fetchall()
    ]


def sha256_of(record: object) -> str:
    """Return the hash of plain values."""
    return hashlib.sha256(json.dumps(record, ensure_ascii=True, sort_keys=True).encode("ascii")).hexdigest()


def sealed_with_hits(record: Mapping[str, Any], hits_sha256: Sequence[str]) -> str:
    """Return the hash of a moment or a sighting, given those of all its hits in their order."""
    return sha256_of([record, list(hits_sha256)])


def moment_of(connection: sqlite.Connection, alert_id: int) -> tuple[dict[str, Any], list[dict[str, Any]]] | None:
    """Return the moment that an alert shows, and its hits; None when there is none."""
    moment = plain_row(connection, "SELECT * FROM moments WHERE alert_id = ?", alert_id)
    return None if moment is None else (moment, json.loads(moment.pop("hits", "[]")))


def sighting_of(connection: sqlite.Connection, sighting_id: int) -> tuple[dict[str, Any], list[dict[str, Any]]] | None:
    """Return a recorded sighting and its hits; None when there is none."""
    sighting = plain_row(connection, "SELECT * FROM sightings WHERE id = ?", sighting_id)
    if sighting is None:
        return None
    hits = plain_rows(connection, "SELECT * FROM hits WHERE sighting_id = ? ORDER BY id", sighting_id)
    return sighting, [{**hit, "entry": json.loads(hit["entry"])} for hit in hits]


def seal_moment(connection: sqlite.Connection, writer: AuditWriter, alert_id: int) -> None:
    """Enter the hashes of what an alert shows now and of its pictures. Raises sqlite.Error."""
    found = moment_of(connection, alert_id)
    if found is None:
        return
    moment, hits = found
    rows = connection.execute(
        "SELECT kind, jpeg FROM moment_pictures WHERE pictures_id = ?", (moment.get("pictures_id", ""),)
    )
    raised = connection.execute("SELECT raised_utc FROM alerts WHERE id = ?", (alert_id,)).fetchone()
    detail = {
        "alert": str(alert_id),
        "raised": str(raised[0]) if raised else "",
        "record_sha256": sealed_with_hits(moment, [sha256_of(hit) for hit in hits]),
        **_pictures(rows),
    }
    writer.enter(connection, ENGINE, RECORDED, detail)


def seal_sighting(connection: sqlite.Connection, writer: AuditWriter, sighting_id: int) -> None:
    """Enter the hashes of a recorded sighting, of its hits and its pictures; only where it has hits. Raises sqlite.Error."""
    found = sighting_of(connection, sighting_id)
    if found is None or not found[1]:
        return
    sighting, hits = found
    rows = connection.execute("SELECT kind, jpeg FROM pictures WHERE sighting_id = ?", (sighting_id,))
    detail = {
        "sighting": str(sighting_id),
        "lists": ", ".join(sorted({str(hit["list_name"]) for hit in hits})),
        "record_sha256": sealed_with_hits(sighting, [sha256_of(hit) for hit in hits]),
        **_pictures(rows),
    }
    writer.enter(connection, ENGINE, RECORDED, detail)


def seal_decision(connection: sqlite.Connection, writer: AuditWriter, row: int) -> None:
    """Enter the hash of a decision, or of the record of a stop. Raises sqlite.Error."""
    decision = plain_row(connection, "SELECT * FROM decisions WHERE id = ?", row)
    if decision is not None:
        detail = {"alert": str(decision["alert_id"]), "row": str(row), "record_sha256": sha256_of(decision)}
        writer.enter(connection, ENGINE, RECORDED, detail)


def _pictures(rows: Iterable[tuple[str, bytes]]) -> dict[str, str]:
    return {f"{kind}_sha256": hashlib.sha256(jpeg).hexdigest() for kind, jpeg in rows if kind in PICTURE_KINDS}


def _plain(value: object) -> object:
    return base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value
