"""Makes what the crew sees from the engine's values; a desk adds what only it knows (decisions, picture ids)."""

from dataclasses import replace
from datetime import UTC, datetime

from anpr.screen.compare import compare
from anpr.screen.distance import rough_distance_m
from anpr.screen.port import AlertView, DecidedView, ListedView, PlaceView, SightingView
from anpr.values import Alert, HotlistEntry, HotlistInfo, Position, Sighting
from anpr.vrm import ALPHABET


def iso(moment: datetime) -> str:
    """Return the moment in UTC as ISO 8601 with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def alert_view(
    alert: Alert,
    *,
    sighting: Sighting | None = None,
    now_utc: datetime | None = None,
    captured_ns: int = 0,
    view_deg: float = 0.0,
    plate_picture: str = "",
    overview_picture: str = "",
    muted: bool = False,
    acknowledged_by: str = "",
    decided: DecidedView | None = None,
) -> AlertView:
    """Return the alert as a crew sees it; the pictures are given as the opaque ids by which the desk returns them.

    With `now_utc` lists have the age that they have then, without it the one that they had at the sighting.
    `view_deg` is the field of view of the sighting's camera. `sighting` is for an alert of the past of which no hit may be shown any more.
    """
    fault, before = alert.fault, alert.seen_before
    view = AlertView(
        alert.alert_id, alert.kind.value, alert.state.value, alert.priority, iso(alert.raised_utc),
        captured_ns=captured_ns, past=alert.past, repeats=alert.repeats, muted=muted, acknowledged_by=acknowledged_by,
        probability=0.0 if fault else alert.probability, plate_picture=plate_picture, overview_picture=overview_picture,
        steps=alert.steps, fault_name=fault.name if fault else "", fault_subject=fault.subject if fault else "",
        fault_text=fault.text if fault else "", fault_remedy=fault.remedy if fault else "", decided=decided,
        met_times=before.times if before else 0, met_last_utc=iso(before.last_utc) if before else "",
    )  # fmt: skip
    first = alert.hits[0] if alert.hits else None
    seen = first.sighting if first is not None else sighting
    if seen is None:
        return view
    view = replace(
        view, read_vrm=seen.text, camera_id=seen.camera_id, motion=seen.motion.value, place=place_view(seen.position),
        seen_utc=iso(seen.last_utc), last_seen_ns=0 if alert.past else seen.last_ns,
        distance_m=rough_distance_m(seen, view_deg),
    )  # fmt: skip
    if first is None:
        return view
    older_s = max((now_utc - seen.last_utc).total_seconds(), 0.0) if now_utc is not None else 0.0
    return replace(
        view,
        cells=compare(seen.text, first.entry.vrm, character_probabilities(seen)),
        listed=tuple(
            listed_view(h.entry, h.hotlist, h.list_age_s + older_s, h.probability, exact=h.exact) for h in alert.hits
        ),
    )


def listed_view(
    entry: HotlistEntry, hotlist: HotlistInfo, list_age_s: float, probability: float = 1.0, *, exact: bool = True
) -> ListedView:
    """Return what one list says of the vehicle; of a mark that was typed it is certain."""
    return ListedView(entry, hotlist, list_age_s, probability, exact)


def sighting_view(sighting_id: int, sighting: Sighting, plate_picture: str, overview_picture: str) -> SightingView:
    """Return the sighting as the strip shows it; `sighting_id` is the desk's own, unique over runs of the engine."""
    return SightingView(
        sighting_id, sighting.text, sighting.confidence, sighting.camera_id, iso(sighting.last_utc),
        sighting.motion.value, plate_picture, overview_picture, tuple(sighting.alternatives[1:4]),
        place_view(sighting.position),
    )  # fmt: skip


def place_view(position: Position | None) -> PlaceView | None:
    """Return the place, or None when it was not known."""
    if position is None:
        return None
    return PlaceView(position.latitude_deg, position.longitude_deg, position.stale, position.heading_deg)


def character_probabilities(sighting: Sighting) -> tuple[float, ...]:
    """Return the probability of each character of the sighting's text, from the fused evidence.

    Positions at which "no character" is most probable are passed over. Evidence of another length than the text
    (a pattern from outside the fused positions) gives the sighting's confidence for every character.
    """
    rows = [row for row in sighting.probabilities if int(row.argmax()) < len(ALPHABET)]
    if len(rows) != len(sighting.text):
        return (sighting.confidence,) * len(sighting.text)
    return tuple(
        float(row[ALPHABET.index(character)]) if character in ALPHABET else 0.0
        for row, character in zip(rows, sighting.text, strict=True)
    )
