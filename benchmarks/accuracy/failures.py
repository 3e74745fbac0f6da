"""Failures as pictures: what was missed or misread, where it could be read best."""

import base64
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2

from anpr.errors import AnprError
from anpr.values import Box, Image
from benchmarks.accuracy.clips import ClipResult
from benchmarks.accuracy.outcomes import Outcome
from benchmarks.accuracy.truth_file import ClipTruth, FrameName, Vehicle, load_truth
from camera.sources import open_source
from camera.sources.source import next_grab

MOST: Final = 12
SURROUNDINGS: Final = 3.0
"""Widths of the plate that a picture of a failure shows."""


@dataclass(frozen=True, slots=True)
class _Failure:
    """A vehicle that was missed or misread, and how much it matters."""

    weight: float
    truth: Path
    one: Outcome
    nth: int
    """Of the vehicles of its clip with this mark, from 0."""


def worst_failures(truths: Sequence[Path], results: Sequence[ClipResult], most: int = MOST) -> list[dict[str, Any]]:
    """Return the failures with the largest characters that have a picture, the confident first; fields as below."""
    failed = sorted(_failures(truths, results), key=lambda item: -item.weight)[:most]
    return [row for row in _rows(failed) if row["jpeg"]]


def every_failure(truths: Sequence[Path], results: Sequence[ClipResult]) -> list[dict[str, Any]]:
    """Return every vehicle that was missed or misread, clip by clip.

    Each has `clip`, `vrm`, `first_s`, `told` (what was said of it: `text`, `confidence`; empty: missed), `text` (all of
    it in words) and `jpeg` (base64; empty where the clip cannot be played there).
    """
    return _rows(_failures(truths, results))


def _failures(truths: Sequence[Path], results: Sequence[ClipResult]) -> list[_Failure]:
    failed = []
    for path, result in zip(truths, results, strict=True):
        seen: Counter[str] = Counter()
        for one in result.outcomes:
            seen[one.vrm] += 1
            wrong = [told for told in one.told if not told.right]
            if one.vrm and one.legible and (wrong or not one.told):
                weight = max((t.confidence for t in wrong), default=0.0) + (one.character_px or 0) / 100
                failed.append(_Failure(weight, path, one, seen[one.vrm] - 1))
    return failed


def _rows(failed: Sequence[_Failure]) -> list[dict[str, Any]]:
    places: list[tuple[Vehicle | None, str]] = [(None, "")] * len(failed)
    for path in dict.fromkeys(item.truth for item in failed):
        mine = [number for number, item in enumerate(failed) if item.truth == path]
        for number, place in zip(mine, _pictures(path, [failed[n] for n in mine]), strict=True):
            places[number] = place
    return [_row(item.one, vehicle, jpeg) for item, (vehicle, jpeg) in zip(failed, places, strict=True)]


def _row(one: Outcome, vehicle: Vehicle | None, jpeg: str) -> dict[str, Any]:
    said = ", ".join(f"{t.text} {t.confidence:.2f}" for t in one.told) or "not seen"
    where = [one.clip]
    if vehicle is not None and not vehicle.frames:
        where.append(f"{vehicle.first_s:.1f} s")
    if one.lane != "unknown":
        where.append(one.lane)
    if one.closing_mph is not None:
        where[-1] += f", {one.closing_mph:.0f} mph"
    return {
        "text": f"{one.vrm}: {said} ({', '.join(where)})", "jpeg": jpeg, "clip": one.clip, "vrm": one.vrm,
        "first_s": None if vehicle is None else vehicle.first_s,
        "told": [{"text": t.text, "confidence": t.confidence} for t in one.told],
    }  # fmt: skip


def _pictures(path: Path, failed: Sequence[_Failure]) -> list[tuple[Vehicle | None, str]]:
    """Return each vehicle of a clip with its picture, in one pass through the clip; what cannot be had is empty."""
    found: list[tuple[Vehicle | None, str]] = [(None, "")] * len(failed)
    try:
        truth = load_truth(path)
        wanted: dict[FrameName, list[tuple[int, Box | None]]] = {}
        for number, item in enumerate(failed):
            alike = [vehicle for vehicle in truth.vehicles if vehicle.vrm == item.one.vrm]
            if item.nth >= len(alike):
                continue
            vehicle = alike[item.nth]
            found[number] = (vehicle, "")
            frame, box = _best_place(truth, vehicle)
            wanted.setdefault(frame, []).append((number, box))
        for name, index, image in _frames(truth):
            for number, box in (*wanted.pop(index, ()), *wanted.pop(name, ())):
                found[number] = (found[number][0], _cut(image, box))
            if not wanted:
                break
    except AnprError:
        return found
    return found


def _best_place(truth: ClipTruth, vehicle: Vehicle) -> tuple[FrameName, Box | None]:
    """Return the frame in which the vehicle is read best, and its plate's box; the middle of its time where none is known."""
    rows = [row for row in vehicle.frames if row.legible]
    best = max(rows, key=lambda row: row.character_px or 0.0) if rows else vehicle.picture
    if best is not None:
        return best.frame, best.box
    return round((vehicle.first_s + vehicle.last_s) / 2 * truth.fps), None


def _cut(image: Image, box: Box | None) -> str:
    """Return the plate and its surroundings, or the whole frame, as base64 JPEG; empty where the box is outside of it."""
    x0, y0, x1, y1 = box or (0.0, 0.0, 0.0, 0.0)
    wide = max(SURROUNDINGS * (x1 - x0), 120.0)
    left, top = int(max((x0 + x1 - wide) / 2, 0)), int(max((y0 + y1 - wide / 2) / 2, 0))
    part = image if box is None else image[top : top + int(wide / 2), left : left + int(wide)]
    if not part.size:  # a truth written by hand may place a plate outside of the picture
        return ""
    grown = cv2.resize(part, None, fx=320 / part.shape[1], fy=320 / part.shape[1], interpolation=cv2.INTER_CUBIC)
    ok, coded = cv2.imencode(".jpg", grown, [cv2.IMWRITE_JPEG_QUALITY, 80])
    return base64.b64encode(coded.tobytes()).decode() if ok else ""


def _frames(truth: ClipTruth) -> Iterator[tuple[str, int, Image]]:
    """Yield name, index and picture of every frame."""
    source = open_source(str(truth.clip.absolute()), fps=truth.fps if truth.clip.is_dir() else None)
    source.open()
    try:
        while (grab := next_grab(source)) is not None:
            yield grab.name, grab.index, grab.image
    finally:
        source.close()
