"""Sightings as rows of the records file, and back."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np

from anpr.perception.sighting_images import OVERVIEW_LIMIT, PLATE_LIMIT, encode_within
from anpr.values import RecordedSighting, Sighting
from anpr.vrm import NOTHING

COLUMNS: Final = (
    "id, camera_id, vrm, confidence, alternatives, evidence, first_utc, last_utc, latitude_deg, longitude_deg,"
    " heading_deg, motion, typed_by, engine_read"
)
"""What `recorded` wants of a row."""


@dataclass(frozen=True, slots=True)
class CameraIdentity:
    """The three integers that identify a camera: organisation, system (the car), camera (docs/DOMAIN.md)."""

    feed_id: int = 1
    source_id: int = 1
    camera_number: int = 1


def row_of(sighting: Sighting, run: str, identity: CameraIdentity) -> dict[str, Any]:
    """Return the columns of a sighting of this run and camera, by name."""
    position = sighting.position
    return {
        "run": run,
        "track_id": sighting.track_id,
        "camera_id": sighting.camera_id,
        "feed_id": identity.feed_id,
        "source_id": identity.source_id,
        "camera_number": identity.camera_number,
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
        "reads": len(sighting.reads),
        "final": int(sighting.final),
        "typed_by": sighting.typed_by,
        "engine_read": sighting.engine_read,
    }


def pictures_of(sighting: Sighting) -> list[tuple[str, bytes]]:
    """Return the kind and the JPEG of each of a sighting's pictures."""
    pictures = []
    if sighting.plate_image is not None:
        pictures.append(("plate", encode_within(sighting.plate_image, PLATE_LIMIT)))
    if sighting.overview_image is not None:
        pictures.append(("overview", encode_within(sighting.overview_image, OVERVIEW_LIMIT)))
    return pictures


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
    evidence = np.frombuffer(row[5], "<f2").reshape(-1, NOTHING + 1).astype(np.float32)
    return RecordedSighting(
        sighting_id=row[0],
        camera_id=row[1],
        vrm=row[2],
        confidence=row[3],
        alternatives=tuple((t, p) for t, p in json.loads(row[4])),
        evidence=evidence,
        first_utc=datetime.fromisoformat(row[6]).astimezone(UTC),
        last_utc=datetime.fromisoformat(row[7]).astimezone(UTC),
        latitude_deg=row[8],
        longitude_deg=row[9],
        heading_deg=row[10],
        motion=row[11],
        typed_by=row[12],
        engine_read=row[13],
    )
