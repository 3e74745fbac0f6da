"""Sightings: vehicles passing, with their evidence, reads, place and pictures."""

from datetime import UTC, datetime
from typing import Final

import numpy as np

from anpr.evidence import k_best
from anpr.values import CharacterProbabilities, Image, Motion, Position, Sighting
from tests.builders.evidence import evidence
from tests.builders.read import read_of

NOW: Final = datetime(2026, 1, 1, 12, tzinfo=UTC)
"""When things happen unless it is said otherwise."""


def sighting(
    table: CharacterProbabilities | str = "AB12CDE",
    track_id: int = 1,
    *,
    reads: int = 1,
    final: bool = False,
    revision: int = 0,
    at: datetime = NOW,
    place: tuple[float, float] | None = (51.0, 0.0),
    camera_id: str = "front",
    confidence: float | None = None,
    first_s: float = 0.0,
    last_s: float = 0.0,
    motion: Motion = Motion.UNKNOWN,
    pictures: bool = False,
) -> Sighting:
    """A sighting of a text or of evidence; its alternatives are the evidence's, its confidence too unless given.

    `place` is latitude and longitude in degrees, None without GPS; `pictures` adds noise, another for each track.
    """
    probabilities = evidence(table) if isinstance(table, str) else table
    readings = k_best(probabilities)
    text, sure = readings[0] if readings else ("", 0.0)
    overview = _noise(track_id) if pictures else None
    return Sighting(
        track_id, camera_id, revision, final, text, sure if confidence is None else confidence, readings, probabilities,
        tuple(read_of(probabilities, first_s + i / 30) for i in range(reads)),
        round(first_s * 1e9), round(last_s * 1e9), at, at, motion,
        position=None if place is None else Position(*place, fixed_utc=at, age_s=0.2, stale=False),
        plate_image=None if overview is None else overview[:53, :240], overview_image=overview,
        pictures_id="" if overview is None else f"pictures{track_id}v{revision}", pictured_utc=None if overview is None else at,
    )  # fmt: skip


def _noise(seed: int) -> Image:
    return np.random.default_rng(seed).integers(0, 256, (270, 480, 3), dtype=np.uint8)
