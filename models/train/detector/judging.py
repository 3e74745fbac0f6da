"""Compares what the detector finds with labelled frames: found plates, extras, thresholds and subsets.

A labelled plate is found when a box overlaps it by half or more (intersection over union). Labels are drawn loosely
around distant plates, so a second measure is given beside it: the box's centre lies in the label and its width is within
a factor of 1.6. A box that does neither for any label is an extra; extras narrower than `FAR_PX` are given apart, since
such plates are not labelled. Some larger plates are not labelled either: those seen by eye are in unlabelled_plates.json and
count neither way.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from anpr.perception.detector import PlateDetector
from anpr.values import Box, Detection
from models.train.scenes.frames import is_held_out, unlabelled_plates

FAR_PX: Final = 40.0
"""Width in a 1280 px wide frame below which plates are not labelled and the detector promises nothing."""

LOWEST: Final = 0.02
"""Confidence from which boxes are looked at when thresholds are compared."""

WANTED: Final = frozenset({"clear", "hard"})
"""Legibilities of the plates that are to be found."""

THRESHOLDS: Final = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """A plate: `legibility` clear, hard, unreadable or unlabelled (the last two neither to be found nor extra)."""

    box: Box
    legibility: str
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """What was found in one frame.

    `hits` holds for each truth the confidence of the best box by overlap (0: none), `loose_hits` by centre and width;
    `extras` the boxes that are no plate, each with whether it is narrower than FAR_PX.
    """

    file: str
    held_out: bool
    truths: tuple[Truth, ...]
    hits: tuple[float, ...]
    loose_hits: tuple[float, ...]
    extras: tuple[tuple[Detection, bool], ...]


def overlap(a: Box, b: Box) -> float:
    """Return intersection over union."""
    wide = min(a[2], b[2]) - max(a[0], b[0])
    high = min(a[3], b[3]) - max(a[1], b[1])
    shared = max(0.0, wide) * max(0.0, high)
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared
    return shared / union if union > 0 else 0.0


def alike(found: Box, truth: Box) -> bool:
    """Say whether the centre of the found box lies in the truth and the widths agree within a factor of 1.6."""
    x, y = (found[0] + found[2]) / 2, (found[1] + found[3]) / 2
    ratio = (found[2] - found[0]) / max(1e-6, truth[2] - truth[0])
    return truth[0] <= x <= truth[2] and truth[1] <= y <= truth[3] and 1 / 1.6 <= ratio <= 1.6


def judged(file: str, held_out: bool, truths: Sequence[Truth], found: Sequence[Detection]) -> Result:
    """Compare the boxes of one frame with its labels."""
    hits, loose = [0.0] * len(truths), [0.0] * len(truths)
    extras = []
    for detection in found:
        near = False
        for i, truth in enumerate(truths):
            exact = overlap(detection.box_px, truth.box) >= 0.5
            like = exact or alike(detection.box_px, truth.box)
            if exact:
                hits[i] = max(hits[i], detection.confidence)
            if like:
                loose[i] = max(loose[i], detection.confidence)
            near = near or like
        if not near:
            extras.append((detection, detection.box_px[2] - detection.box_px[0] < FAR_PX))
    return Result(file, held_out, tuple(truths), tuple(hits), tuple(loose), tuple(extras))


def read_labels(folder: Path) -> list[tuple[str, tuple[Truth, ...]]]:
    """Return the frames' files with their plates."""
    frames = []
    for label in json.loads((folder / "labels.json").read_text(encoding="utf-8")):
        truths = [Truth(tuple(p["box"]), p["legibility"], p["text"] or "") for p in label["plates"]]
        for x0, y0, x1, y1 in unlabelled_plates().get(label["file"], []):
            truths.append(Truth((x0, y0, x1, y1), "unlabelled", ""))
        frames.append((label["file"], tuple(truths)))
    return frames


def results_of(detector: PlateDetector, folder: Path) -> list[Result]:
    """Run the detector over all labelled frames."""
    results = []
    for file, truths in read_labels(folder):
        image = np.asarray(cv2.imread(str(folder / "frames" / file)), np.uint8)
        results.append(judged(file, is_held_out(file), truths, detector.detect(image)))
    return results


def share_found(results: Iterable[Result], threshold: float, *, loose: bool = False, **where: Any) -> tuple[int, int]:
    """Return how many plates were found and how many there were.

    `where` limits the plates: `legibility` (a name) and `width` (from, below) in px.
    """
    found = total = 0
    low, high = where.get("width", (0.0, np.inf))
    for result in results:
        hits = result.loose_hits if loose else result.hits
        for truth, confidence in zip(result.truths, hits, strict=True):
            wide = truth.box[2] - truth.box[0]
            if truth.legibility not in WANTED or not low <= wide < high:
                continue
            if where.get("legibility", truth.legibility) != truth.legibility:
                continue
            total += 1
            found += confidence >= threshold
    return found, total


def extras_of(results: Iterable[Result], threshold: float, *, far: bool) -> int:
    """Count the boxes that are no plate; `far` counts the narrow ones instead of the rest."""
    return sum(narrow == far and extra.confidence >= threshold for result in results for extra, narrow in result.extras)


def table_of(results: Sequence[Result]) -> list[dict[str, float]]:
    """Return found shares and extras for each frame over the thresholds."""
    rows = []
    for threshold in THRESHOLDS:
        found, total = share_found(results, threshold)
        loose, _ = share_found(results, threshold, loose=True)
        extras = extras_of(results, threshold, far=False)
        rows.append(
            {
                "threshold": threshold,
                "found": found / max(1, total),
                "found_loose": loose / max(1, total),
                "precision": found / max(1, found + extras),
                "extras_a_frame": extras / max(1, len(results)),
                "far_extras_a_frame": extras_of(results, threshold, far=True) / max(1, len(results)),
            }
        )
    return rows


def subsets_of(results: Sequence[Result]) -> dict[str, tuple[list[Result], dict[str, Any]]]:
    """Return the subsets that are reported, as frames and limits on plates."""
    held = [result for result in results if result.held_out]
    subsets: dict[str, tuple[list[Result], dict[str, Any]]] = {
        "held out": (held, {}),
        "held out, day": ([result for result in held if result.file.startswith("d")], {}),
        "held out, night": ([result for result in held if result.file.startswith("n")], {}),
        "held out, clear": (held, {"legibility": "clear"}),
        "held out, hard": (held, {"legibility": "hard"}),
    }
    for low, high in ((0, 60), (60, 100), (100, 180), (180, 1280)):
        subsets[f"held out, {low}-{high} px"] = (held, {"width": (low, high)})
    subsets["trained on"] = ([result for result in results if not result.held_out], {})
    subsets["all"] = (list(results), {})
    return subsets


def at_rate(results: Sequence[Result], extras_a_frame: float = 0.1) -> float:
    """Return the lowest threshold at which extras stay within the rate."""
    confidences = sorted(
        (extra.confidence for result in results for extra, narrow in result.extras if not narrow), reverse=True
    )
    allowed = int(extras_a_frame * len(results))
    return float(np.nextafter(confidences[allowed], 2.0)) if len(confidences) > allowed else LOWEST
