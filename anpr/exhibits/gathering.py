"""What the records hold of one alert or one sighting: the moment that the crew decided on, its sighting, decisions and pictures."""

import json
import re
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from anpr import sqlite
from anpr.alerting.disclosure import Audience, ListNames
from anpr.errors import InputError, StoreError
from anpr.records.seals import (
    PICTURE_KINDS,
    RECORDED,
    moment_of,
    plain_row,
    plain_rows,
    sha256_of,
    sighting_of,
)
from anpr.trust.chain import AuditEntry

_NUMBER: Final = re.compile(r"(s?)([1-9]\d{0,17})", re.IGNORECASE)

_SECONDS: Final = len("2026-01-01T00:00:00")


@dataclass(frozen=True, slots=True)
class ExhibitId:
    """What is exported: an alert by its number, or (`is_sighting`) a recorded sighting by its own."""

    number: int
    is_sighting: bool = False

    @classmethod
    def parse(cls, text: str) -> "ExhibitId":
        """Return what `12` or `s12` names. Raises InputError."""
        found = _NUMBER.fullmatch(text)
        if found is None:
            raise InputError(f"{text} is no alert and no sighting: name an alert by its number, a sighting as s12")
        return cls(int(found[2]), bool(found[1]))

    def __str__(self) -> str:
        return f"{'sighting' if self.is_sighting else 'alert'}-{self.number}"


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One alert or sighting as the records hold it: `record` is plain values, `pictures` JPEG by their names."""

    id: ExhibitId
    record: dict[str, Any]
    pictures: dict[str, bytes]
    lists: tuple[str, ...]
    """Names of the lists of which it shows hits."""

    def is_about(self, entry: AuditEntry) -> bool:
        """Return whether an entry of the audit speaks of this exhibit or of its pictures."""
        told = entry.detail
        if str(self.id) in told.get("exhibits", "").split(", "):
            return True
        if self.id.is_sighting:
            return told.get("sighting") == str(self.id.number)
        pictures = (self.record["moment"] or {}).get("pictures_id", "")
        return told.get("alert") == str(self.id.number) or bool(pictures and told.get("pictures") == pictures)

    def begins(self, entry: AuditEntry) -> bool:
        """Return whether this entry is one with which it was recorded: what is older speaks of another of the same number."""
        if entry.action != RECORDED or not self.is_about(entry):
            return False
        if self.id.is_sighting:
            return entry.at_utc[:_SECONDS] >= str(self.record["sighting"]["first_utc"])[:_SECONDS]
        return entry.detail.get("raised", "") == str(self.record["alert"]["raised_utc"])


def gather(records: Path, wanted: ExhibitId, names: ListNames) -> Exhibit:
    """Return what is recorded of an alert or sighting, with those hits alone that the audience may know of.

    Raises InputError for what is not there or not for this audience, StoreError when the file cannot be read.
    """
    try:
        with closing(sqlite.connect(records, read_only=True, timeout=10.0)) as connection:
            connection.execute("BEGIN")  # one state of the file, whatever is written meanwhile
            if wanted.is_sighting:
                return _sighting_exhibit(connection, wanted, names)
            return _alert_exhibit(connection, wanted, names)
    except sqlite.Error as error:
        raise StoreError(f"the records file {records} cannot be read ({error}): run `anpr doctor`") from error


def _alert_exhibit(connection: sqlite.Connection, wanted: ExhibitId, names: ListNames) -> Exhibit:
    alert = plain_row(connection, "SELECT * FROM alerts WHERE id = ?", wanted.number)
    if alert is None or alert["kind"] != "hit":
        raise _unknown(wanted)
    alert["steps"] = json.loads(alert.get("steps", "[]"))
    found = moment_of(connection, wanted.number)
    moment, hits = found if found is not None else (None, [])
    shown = [hit for hit in hits if _may_show(str(hit["list"]), names)]
    if not shown and (hits or names.audience is not Audience.SUPERVISOR):
        raise _unknown(wanted)
    record = {
        "alert": alert,
        "moment": moment,
        "hits": shown,
        "hits_sha256": [sha256_of(hit) for hit in hits],
        "decisions": plain_rows(connection, "SELECT * FROM decisions WHERE alert_id = ? ORDER BY id", wanted.number),
        **_of_sighting(connection, alert.get("sighting_id"), names),
    }
    pictures = _moment_pictures(connection, str(moment.get("pictures_id", "")) if moment else "")
    last = _last_pictures(connection, alert.get("sighting_id"))
    pictures |= {name: jpeg for name, jpeg in last.items() if jpeg not in pictures.values()}
    return Exhibit(wanted, record, pictures, _lists(record))


def _sighting_exhibit(connection: sqlite.Connection, wanted: ExhibitId, names: ListNames) -> Exhibit:
    if names.audience is not Audience.SUPERVISOR:
        raise InputError("a sighting is exported by a supervisor: name one with --supervisor, or export an alert")
    record: dict[str, Any] = {"alert": None, "moment": None, "hits": [], "hits_sha256": [], "decisions": []}
    record |= _of_sighting(connection, wanted.number, names)
    if record["sighting"] is None:
        raise _unknown(wanted)
    return Exhibit(wanted, record, _last_pictures(connection, wanted.number), _lists(record))


def _of_sighting(connection: sqlite.Connection, sighting_id: int | None, names: ListNames) -> dict[str, Any]:
    """Return the record of the whole sighting; its hits go to a supervisor alone, since some of them no crew may know of."""
    found = sighting_of(connection, sighting_id) if sighting_id is not None else None
    sighting, hits = found if found is not None else (None, [])
    told = hits if names.audience is Audience.SUPERVISOR else []
    return {"sighting": sighting, "sighting_hits": told, "sighting_hits_sha256": [sha256_of(hit) for hit in told]}


def _lists(record: Mapping[str, Any]) -> tuple[str, ...]:
    named = {str(hit["list"]) for hit in record["hits"]} | {str(hit["list_name"]) for hit in record["sighting_hits"]}
    return tuple(sorted(named))


def _may_show(name: str, names: ListNames) -> bool:
    """Return whether a list may be named; one that is no longer in the car may have been covert."""
    return names.audience is Audience.SUPERVISOR or name in names.shown


def _moment_pictures(connection: sqlite.Connection, pictures_id: str) -> dict[str, bytes]:
    rows = connection.execute("SELECT kind, jpeg FROM moment_pictures WHERE pictures_id = ?", (pictures_id,))
    return {f"{kind}.jpg": bytes(jpeg) for kind, jpeg in rows if kind in PICTURE_KINDS}


def _last_pictures(connection: sqlite.Connection, sighting_id: int | None) -> dict[str, bytes]:
    """Return the pictures of the whole sighting, which may be others than those of the moment."""
    rows = connection.execute("SELECT kind, jpeg FROM pictures WHERE sighting_id = ?", (sighting_id,))
    return {f"{kind}-last.jpg": bytes(jpeg) for kind, jpeg in rows if kind in PICTURE_KINDS}


def _unknown(wanted: ExhibitId) -> InputError:
    return InputError(
        f"there is no {str(wanted).replace('-', ' ')} in the records: `anpr evidence list` says what there is"
    )
