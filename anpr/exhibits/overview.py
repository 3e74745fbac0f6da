"""What the records hold that could be exported or held: alerts of hits and, for a supervisor, sightings with hits."""

import json
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from anpr import sqlite
from anpr.alerting.disclosure import Audience, ListNames
from anpr.errors import StoreError


@dataclass(frozen=True, slots=True)
class Exportable:
    """An alert (`id` is its number) or a sighting (`id` is `s` and its number) of the records."""

    id: str
    at_utc: str
    vrm: str
    lists: tuple[str, ...]
    state: str
    decision: str
    held: str
    """Why it is held, empty when it is not."""


def exportables(records: Path, names: ListNames) -> list[Exportable]:
    """Return what this audience may export, alerts first, each kind oldest first. Raises StoreError."""
    try:
        with closing(sqlite.connect(records, read_only=True, timeout=10.0)) as connection:
            found = [one for row in connection.execute(_ALERTS) if (one := _alert(row, names)) is not None]
            if names.audience is Audience.SUPERVISOR:
                rows = connection.execute(_SIGHTINGS).fetchall()
                found += [
                    Exportable(f"s{n}", at, vrm, tuple(json.loads(lists)), "", "", "") for n, at, vrm, lists in rows
                ]
            return found
    except sqlite.Error as error:
        raise StoreError(f"the records file {records} cannot be read ({error}): run `anpr doctor`") from error


_ALERTS = (
    "SELECT a.id, a.raised_utc, coalesce(m.vrm, ''), coalesce(m.hits, '[]'), a.state, coalesce((SELECT decision FROM decisions"
    " WHERE alert_id = a.id ORDER BY id DESC LIMIT 1), ''), coalesce(h.reason, '') FROM alerts a LEFT JOIN moments m ON"
    " m.alert_id = a.id LEFT JOIN holds h ON h.alert_id = a.id WHERE a.kind = 'hit' ORDER BY a.id"
)
_SIGHTINGS = (
    "SELECT s.id, s.last_utc, s.vrm, json_group_array(DISTINCT h.list_name) FROM sightings s JOIN hits h ON h.sighting_id = s.id"
    " GROUP BY s.id ORDER BY s.id"
)


def _alert(row: tuple[int, str, str, str, str, str, str], names: ListNames) -> Exportable | None:
    number, raised_utc, vrm, hits, state, decision, held = row
    lists = tuple(dict.fromkeys(str(hit["list"]) for hit in json.loads(hits)))
    shown = lists if names.audience is Audience.SUPERVISOR else tuple(name for name in lists if name in names.shown)
    if not shown and names.audience is not Audience.SUPERVISOR:
        return None
    return Exportable(str(number), raised_utc, vrm, shown, state, decision, held)
