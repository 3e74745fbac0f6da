"""Sightings as rows of the records file, and back."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np

from anpr.perception.sighting_images import OVERVIEW_LIMIT, PLATE_LIMIT, encode_within
from anpr.values import Hidden, Motion, Position, RecordedSighting, Sighting
from anpr.vrm import NOTHING

VERSION: Final = (
    "track_id", "camera_id", "vrm", "confidence", "alternatives", "evidence", "first_utc", "last_utc", "latitude_deg",
    "longitude_deg", "heading_deg", "speed_mps", "position_stale", "motion", "pictured_utc", "typed_by", "engine_read",
    "hidden",
)  # fmt: skip
"""Columns that hold one version of a sighting, in whichever table: those that `sighting_of` wants, in its order."""

_RECORDED: Final = re.compile(r"recorded-(\d{1,15})")

COLUMNS: Final = ", ".join(("id", *VERSION))
"""What `recorded` wants of a row of the sightings."""


@dataclass(frozen=True, slots=True)
class CameraIdentity:
    """The three integers that identify a camera: organisation, system (the car), camera (docs/DOMAIN.md)."""

    feed_id: int = 1
    source_id: int = 1
    camera_number: int = 1


def row_of(sighting: Sighting, run: str, identity: CameraIdentity) -> dict[str, Any]:
    """Return the columns of a sighting of this run and camera, by name."""
    return {
        "run": run,
        "feed_id": identity.feed_id,
        "source_id": identity.source_id,
        "camera_number": identity.camera_number,
        **version_of(sighting),
        "reads": len(sighting.reads),
        "final": int(sighting.final),
    }


def version_of(sighting: Sighting) -> dict[str, Any]:
    """Return the columns of `VERSION` of this version of a sighting, by name."""
    position = sighting.position
    return {
        "track_id": sighting.track_id,
        "camera_id": sighting.camera_id,
        "vrm": sighting.text,
        "confidence": round(sighting.confidence, 6),
        "alternatives": json.dumps([[t, round(p, 6)] for t, p in sighting.alternatives[:20]]),
        "evidence": sighting.probabilities.astype("<f2").tobytes(),
        "first_utc": sighting.first_utc.isoformat(),
        "last_utc": sighting.last_utc.isoformat(),
        "latitude_deg": position.latitude_deg if position else None,
        "longitude_deg": position.longitude_deg if position else None,
        "heading_deg": position.heading_deg if position else None,
        "speed_mps": position.speed_mps if position else None,
        "position_stale": int(position.stale) if position else None,
        "motion": sighting.motion.value,
        "pictured_utc": sighting.pictured_utc.isoformat() if sighting.pictured_utc else "",
        "typed_by": sighting.typed_by,
        "engine_read": sighting.engine_read,
        "hidden": json.dumps([[h.position, round(h.probability, 6)] for h in sighting.hidden])
        if sighting.hidden
        else "",
    }


def sighting_of(row: Sequence[Any], pictures_id: str) -> Sighting:
    """Return the version of a sighting in the columns of `VERSION`, without reads; its pictures go by this name."""
    (
        track_id, camera_id, vrm, confidence, alternatives, evidence, first_utc, last_utc, latitude, longitude, heading,
        speed, stale, motion, pictured_utc, typed_by, engine_read, hidden,
    ) = row  # fmt: skip
    last = moment(last_utc)
    place = None
    if latitude is not None and longitude is not None:
        place = Position(latitude, longitude, last, 0.0, bool(stale), speed, heading)
    return Sighting(
        track_id, camera_id, 0, True, vrm, confidence, tuple((text, chance) for text, chance in json.loads(alternatives)),
        np.frombuffer(evidence, "<f2").reshape(-1, NOTHING + 1).astype(np.float32), (), 0, 0, moment(first_utc), last,
        Motion(motion), place, pictures_id=pictures_id, pictured_utc=moment(pictured_utc) if pictured_utc else None,
        typed_by=typed_by, engine_read=engine_read,
        hidden=tuple(Hidden(int(place), float(chance)) for place, chance in json.loads(hidden or "[]")),
    )  # fmt: skip


def pictures_of(sighting: Sighting) -> list[tuple[str, bytes]]:
    """Return the kind and the JPEG of each of a sighting's pictures."""
    pictures = []
    if sighting.plate_image is not None:
        pictures.append(("plate", encode_within(sighting.plate_image, PLATE_LIMIT)))
    if sighting.overview_image is not None:
        pictures.append(("overview", encode_within(sighting.overview_image, OVERVIEW_LIMIT)))
    return pictures


def recorded_pictures(sighting_id: int) -> str:
    """Return the name of a recorded sighting's pictures, those of its last version."""
    return f"recorded-{sighting_id}"


def recorded_sighting(pictures_id: str) -> int | None:
    """Return the record whose pictures go by this name; None for a name of other pictures."""
    found = _RECORDED.fullmatch(pictures_id)
    return int(found[1]) if found else None


def vrm_condition(vrm: str) -> tuple[str, str]:
    """Return the condition by which rows of this mark are found, and the value of its `?1`.

    A read that was corrected is found by both marks: what was typed, and what the engine had read.
    In a mark `?` is any one character and `*` any number of them; then O and 0, I and 1 are one character each, since
    nobody can tell them apart on a plate.
    """
    if not set(vrm) & {"?", "*"}:
        return "(vrm = ?1 OR engine_read = ?1)", vrm
    alike = {"O": "[O0]", "0": "[O0]", "I": "[I1]", "1": "[I1]"}
    return "(vrm GLOB ?1 OR engine_read GLOB ?1)", "".join(
        alike.get(c, c if c.isalnum() or c in "?*" else f"[{c}]") for c in vrm
    )


def recorded(row: tuple[Any, ...]) -> RecordedSighting:
    """Return the sighting in a row of COLUMNS."""
    return RecordedSighting(row[0], sighting_of(row[1:], recorded_pictures(row[0])))


def moment(text: str) -> datetime:
    """Return the time that stands in the records, in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)
