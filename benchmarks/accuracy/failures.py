"""The worst failures as pictures: what was missed or misread, where it could be read best."""

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import cv2

from anpr.errors import AnprError
from anpr.values import Image
from benchmarks.accuracy.clips import ClipResult
from benchmarks.accuracy.outcomes import Outcome
from benchmarks.accuracy.truth_file import PlateAt, load_truth
from camera.sources import open_source
from camera.sources.source import next_grab

MOST: Final = 12


def worst_failures(truths: Sequence[Path], results: Sequence[ClipResult], most: int = MOST) -> list[dict[str, Any]]:
    """Return pictures of the failures with the largest characters: {"text", "jpeg" base64}, the confident first."""
    failed: list[tuple[float, Path, Outcome]] = []
    for path, result in zip(truths, results, strict=True):
        for one in result.outcomes:
            wrong = [told for told in one.told if not told.right]
            if one.vrm and one.legible and (wrong or not one.told):
                failed.append(
                    (max((t.confidence for t in wrong), default=0.0) + (one.character_px or 0) / 100, path, one)
                )
    failed.sort(key=lambda item: -item[0])
    pictures = []
    for _, path, one in failed[:most]:
        jpeg = _picture(path, one.vrm)
        if jpeg:
            said = ", ".join(f"{t.text} {t.confidence:.2f}" for t in one.told) or "not seen"
            speed = "" if one.closing_mph is None else f", {one.closing_mph:.0f} mph"
            pictures.append({"text": f"{one.vrm}: {said} ({one.clip}, {one.lane}{speed})", "jpeg": jpeg})
    return pictures


def _picture(path: Path, vrm: str) -> str:
    """Return the vehicle's plate and surroundings in its best legible frame, as base64 JPEG; empty if there is none."""
    try:
        truth = load_truth(path)
        rows = [row for vehicle in truth.vehicles if vehicle.vrm == vrm for row in vehicle.frames if row.legible]
        if not rows:
            return ""
        best = max(rows, key=lambda row: row.character_px or 0.0)
        picture = _frame(truth.clip, best)
    except AnprError:
        return ""
    if picture is None:
        return ""
    x0, y0, x1, y1 = best.box
    wide = max(3.0 * (x1 - x0), 120.0)
    left, top = int(max((x0 + x1 - wide) / 2, 0)), int(max((y0 + y1 - wide / 2) / 2, 0))
    part = picture[top : top + int(wide / 2), left : left + int(wide)]
    if not part.size:  # a truth written by hand may place a plate outside of the picture
        return ""
    grown = cv2.resize(part, None, fx=320 / part.shape[1], fy=320 / part.shape[1], interpolation=cv2.INTER_CUBIC)
    ok, coded = cv2.imencode(".jpg", grown, [cv2.IMWRITE_JPEG_QUALITY, 80])
    return base64.b64encode(coded.tobytes()).decode() if ok else ""


def _frame(clip: Path, plate: PlateAt) -> Image | None:
    source = open_source(str(clip), fps=30.0 if clip.is_dir() else None)
    source.open()
    try:
        while (grab := next_grab(source)) is not None:
            if plate.frame in {grab.index, grab.name}:
                return grab.image
    finally:
        source.close()
    return None
