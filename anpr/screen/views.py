"""Makes what the crew sees from the engine's values; a desk adds what only it knows (decisions, picture ids)."""

from datetime import UTC, datetime

from anpr.screen.compare import compare
from anpr.screen.port import AlertView, DecidedView, ListedView, PlaceView, SightingView
from anpr.values import Alert, Hit, Position, Sighting
from anpr.vrm import ALPHABET


def iso(moment: datetime) -> str:
    """Return the moment in UTC as ISO 8601 with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def alert_view(
    alert: Alert,
    *,
    captured_ns: int,
    plate_picture: str = "",
    overview_picture: str = "",
    muted: bool = False,
    acknowledged_by: str = "",
    decided: DecidedView | None = None,
) -> AlertView:
    """Return the alert as a crew sees it; the pictures are given as the opaque ids by which the desk returns them."""
    if alert.fault is not None:
        fault = alert.fault
        return AlertView(
            alert.alert_id, alert.kind.value, alert.state.value, alert.priority, iso(alert.raised_utc),
            captured_ns=captured_ns, repeats=alert.repeats, muted=muted, acknowledged_by=acknowledged_by,
            steps=alert.steps, fault_name=fault.name, fault_subject=fault.subject, fault_text=fault.text,
            fault_remedy=fault.remedy, decided=decided,
        )  # fmt: skip
    first = alert.hits[0]
    sighting = first.sighting
    return AlertView(
        alert.alert_id, alert.kind.value, alert.state.value, alert.priority, iso(alert.raised_utc),
        captured_ns=captured_ns, past=alert.past, repeats=alert.repeats, muted=muted, acknowledged_by=acknowledged_by,
        read_vrm=sighting.text, probability=alert.probability or first.probability,
        cells=compare(sighting.text, first.entry.vrm, character_probabilities(sighting)),
        listed=tuple(listed_view(hit) for hit in alert.hits), camera_id=sighting.camera_id,
        motion=sighting.motion.value, place=place_view(sighting.position), plate_picture=plate_picture,
        overview_picture=overview_picture, steps=alert.steps, decided=decided,
    )  # fmt: skip


def listed_view(hit: Hit) -> ListedView:
    """Return what one list says of the vehicle."""
    entry, hotlist = hit.entry, hit.hotlist
    return ListedView(
        list_name=entry.list_name, vrm=entry.vrm, make=entry.make, model=entry.model, colour=entry.colour,
        action=entry.action, markers=entry.markers, reason=entry.reason, nim_code=entry.nim_code,
        information=entry.information, force_area=entry.force_area, weed_date=entry.weed_date, marking=entry.marking,
        cad=entry.cad, list_colour=hotlist.colour, list_sound=hotlist.sound, priority=hotlist.priority,
        revision=hotlist.revision, list_age_s=hit.list_age_s, list_max_age_s=hotlist.max_age_s,
        probability=hit.probability, exact=hit.exact,
    )  # fmt: skip


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
