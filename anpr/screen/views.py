"""Makes what the crew sees from the engine's values; a desk adds what only it knows (decisions, who has seen it)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from anpr.enquiries.answer import EnquiryAnswer
from anpr.hidden import in_words, marked_of
from anpr.screen.compare import compare
from anpr.screen.distance import rough_distance_m
from anpr.screen.moment import NO_MOMENT, Moment, PlaceView
from anpr.screen.port import (
    AlertView,
    DecidedView,
    ListedView,
    SightingView,
)
from anpr.values import Alert, Hit, HotlistEntry, HotlistInfo, Position, Sighting
from anpr.vrm import ALPHABET

PLATE: Final = "plate"
OVERVIEW: Final = "overview"
"""Kinds of pictures."""


def iso(moment: datetime) -> str:
    """Return the moment in UTC as ISO 8601 with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def picture_id(sighting: Sighting, kind: str) -> str:
    """Return the opaque id by which a screen asks for a picture of this version, nothing where it has none."""
    return f"{sighting.pictures_id}-{kind}" if sighting.pictures_id else ""


def moment_of(seen: Hit | Sighting) -> Moment:
    """Return all of one moment: of a hit, or of a sighting that no list asks for.

    Everything comes from the one version of the sighting, and from the hit that this version gave: nothing of another
    moment can get into it.
    """
    hit = seen if isinstance(seen, Hit) else None
    sighting = seen.sighting if isinstance(seen, Hit) else seen
    return Moment(
        seen_utc=iso(sighting.last_utc),
        pictured_utc=iso(sighting.pictured_utc) if sighting.pictured_utc else "",
        camera_id=sighting.camera_id,
        motion=sighting.motion.value,
        place=place_view(sighting.position),
        read_vrm=sighting.text,
        probability=hit.probability if hit else sighting.confidence,
        cells=compare(sighting.text, hit.entry.vrm, character_probabilities(sighting), sighting.hidden) if hit else (),
        plate_picture=picture_id(sighting, PLATE),
        overview_picture=picture_id(sighting, OVERVIEW),
        typed_by=sighting.typed_by,
        engine_read=sighting.engine_read,
        shown_vrm=marked_of(sighting),
        hidden=in_words(sighting.text, sighting.hidden),
    )


def alert_view(
    alert: Alert,
    *,
    sighting: Sighting | None = None,
    at_utc: datetime | None = None,
    list_ages_s: Mapping[tuple[str, int], float] | None = None,
    captured_ns: int = 0,
    view_deg: float = 0.0,
    muted: bool = False,
    acknowledged_by: str = "",
    decided: DecidedView | None = None,
    enquiry: EnquiryAnswer | None = None,
) -> AlertView:
    """Return the alert as a crew sees it.

    Lists have the age that they have `at_utc`, without it the one that they had at the sighting; `list_ages_s` holds
    what is known better of lists in force, by name and revision. `sighting` is for an alert of the past of which no hit
    may be shown any more. `view_deg` is the field of view of its camera.
    """
    fault, before = alert.fault, alert.seen_before
    seen = alert.hits[0] if alert.hits else sighting
    last = seen.sighting if isinstance(seen, Hit) else seen
    last_ns, distance_m = (0, None) if last is None else (last.last_ns, rough_distance_m(last, view_deg))
    return AlertView(
        alert.alert_id, alert.kind.value, alert.state.value, alert.priority, iso(alert.raised_utc),
        captured_ns=captured_ns, last_seen_ns=0 if alert.past else last_ns, distance_m=distance_m, moment=NO_MOMENT if seen is None else moment_of(seen), past=alert.past, repeats=alert.repeats, muted=muted,
        acknowledged_by=acknowledged_by, steps=alert.steps, fault_name=fault.name if fault else "",
        fault_subject=fault.subject if fault else "", fault_text=fault.text if fault else "",
        fault_remedy=fault.remedy if fault else "", decided=decided, enquiry=enquiry,
        met_times=before.times if before else 0, met_last_utc=iso(before.last_utc) if before else "",
        listed=tuple(
            ListedView(
                h.entry, h.hotlist, list_age_s(h, at_utc, list_ages_s or {}), h.probability, h.exact, h.date_checked, h.possible
            )
            for h in alert.hits
        ),
    )  # fmt: skip


def list_age_s(hit: Hit, at_utc: datetime | None, known: Mapping[tuple[str, int], float]) -> float:
    """Return how old the list of a hit is at a time; without one, how old it was at the sighting."""
    if at_utc is None:
        return hit.list_age_s
    age = known.get((hit.hotlist.name, hit.hotlist.revision))
    if age is not None:
        return age
    if hit.hotlist.current_utc is not None:
        return max((at_utc - hit.hotlist.current_utc).total_seconds(), 0.0)
    return hit.list_age_s + max((at_utc - hit.sighting.last_utc).total_seconds(), 0.0)


def listed_view(
    entry: HotlistEntry, hotlist: HotlistInfo, list_age_s: float, probability: float = 1.0, *, exact: bool = True
) -> ListedView:
    """Return what one list says of the vehicle; of a mark that was typed it is certain."""
    return ListedView(entry, hotlist, list_age_s, probability, exact)


def sighting_view(sighting_id: int, sighting: Sighting) -> SightingView:
    """Return the sighting as the strip shows it; `sighting_id` is the desk's own, unique over runs of the engine."""
    return SightingView(sighting_id, moment_of(sighting), tuple(sighting.alternatives[1:4]))


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
