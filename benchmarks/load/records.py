"""Hotlists and records as parts of the one report."""

import itertools
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from anpr.evidence import spell
from anpr.records.rows import CameraIdentity
from anpr.records.store import RecordStore
from anpr.values import Position, Sighting
from benchmarks.hotlist_scale import command as scale


def hotlists_section(quick: bool) -> dict[str, Any]:
    """Return the figures of hotlists at scale; quick: small lists, else a million rows (ten million: by its own command)."""
    rows = 20_000 if quick else 1_000_000
    sizes = scale.Sizes(
        rows=rows, big_rows=rows, wildcards=rows // 100, kills=3, kill_rows=2_000, listed=50, sightings=500
    )
    chosen = ("import", "lookup", "swap") if quick else ("import", "lookup", "swap", "delta")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        figures, _ = scale.measure(Path(folder), sizes, chosen, lambda _: None)
    rows_shown = [
        {
            "measure": f.measure,
            "value": round(f.value, 4),
            "unit": f.unit,
            "floor": f.floor,
            "aim": f.aim,
            "": f.verdict(),
        }
        for f in figures
    ]
    return {"kind": "rows", "title": f"Hotlists, {rows:,} rows", "rows": rows_shown, "errors": []}


def records_section(quick: bool) -> dict[str, Any]:
    """Return how long it takes to keep capture records with pictures on this disk, and to find a mark again."""
    count = 100 if quick else 2_000
    rng = np.random.default_rng(1)
    scenery = rng.integers(0, 256, (34, 60, 3), dtype=np.uint8).repeat(8, axis=0).repeat(8, axis=1)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    kept: list[float] = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        store = RecordStore(Path(folder) / "records.db", "bench", {"front": CameraIdentity(1, 1, 1)})
        try:
            for track in range(count):
                sighting = _sighting(track, start + timedelta(seconds=track), scenery)
                begun = time.perf_counter()
                store.record_sighting(sighting)
                kept.append((time.perf_counter() - begun) * 1e3)
            found: list[float] = []
            for track in range(0, count, max(count // 50, 1)):
                begun = time.perf_counter()
                hits = store.sightings_of(_mark(track))
                found.append((time.perf_counter() - begun) * 1e3)
                if not hits:
                    raise AssertionError(f"{_mark(track)} was recorded and is not found")
        finally:
            store.close()
    stages = {"keep one with pictures": kept, "find by mark": found}
    percentiles = {
        name: {f"p{share}": round(float(np.percentile(values, share)), 2) for share in (50, 95, 99)}
        for name, values in stages.items()
    }
    return {"kind": "latency", "title": f"Records, {count:,} sightings", "stage_ms": percentiles, "errors": []}


def made_sightings() -> Iterator[Sighting]:
    """Yield sightings without end, each with pictures."""
    scenery = np.random.default_rng(1).integers(0, 256, (34, 60, 3), np.uint8).repeat(8, axis=0).repeat(8, axis=1)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for track in itertools.count():
        yield _sighting(track, start + timedelta(seconds=track), scenery)


def _mark(track: int) -> str:
    return f"AB{track % 100:02d}C{chr(65 + track // 100 % 26)}{chr(65 + track // 2600 % 26)}"


def _sighting(track: int, at: datetime, scenery: np.ndarray[Any, np.dtype[np.uint8]]) -> Sighting:
    text = _mark(track)
    place = Position(51.5, -0.12, at, 0.4, stale=False, speed_mps=12.0, heading_deg=90.0)
    return Sighting(
        track, "front", 0, True, text, 0.9, ((text, 0.9),), spell(text), (), 0, 0, at, at,
        position=place, plate_image=scenery[:53, :240], overview_image=scenery,
    )  # fmt: skip
