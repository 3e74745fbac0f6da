"""Measures the detector: `python -m models.train evaluate --frames DIR [--sheet OUT.jpg] [--timing]`.

What counts as found and as extra is said in judging.py.
"""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from anpr.perception.detector import PlateDetector
from anpr.perception.model_files import model_file, models_folder
from anpr.values import Box, Image
from models.train.detector.judging import (
    LOWEST,
    WANTED,
    Result,
    Truth,
    at_rate,
    extras_of,
    judged,
    results_of,
    share_found,
    subsets_of,
    table_of,
)
from models.train.scenes.scene_maker import SceneMaker

SLANTED: Final = 0.25
"""The share of the made-up scenes to calibrate on that is seen aslant."""


def contact_sheet(folder: Path, results: Sequence[Result], threshold: float, most: int = 60) -> Image:
    """Return the misses (red) and the extras (yellow) at the threshold, with their surroundings."""
    tiles = []
    for result in results:
        wrong = [
            (truth.box, (0, 0, 255), f"missed {hit:.2f}")
            for truth, hit in zip(result.truths, result.loose_hits, strict=True)
            if hit < threshold and truth.legibility in WANTED
        ]
        wrong += [
            (extra.box_px, (0, 255, 255), f"extra {extra.confidence:.2f}")
            for extra, narrow in result.extras
            if extra.confidence >= threshold and not narrow
        ]
        if not wrong:
            continue
        image = np.asarray(cv2.imread(str(folder / "frames" / result.file)), np.uint8)
        for box, colour, text in wrong:
            tiles.append(_tile(image, box, colour, f"{Path(result.file).stem} {text}"))
    tiles = tiles[:most] or [np.zeros((200, 300, 3), np.uint8)]
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % 5)
    return np.vstack([np.hstack(tiles[i : i + 5]) for i in range(0, len(tiles), 5)])


def _tile(image: Image, box: Box, colour: tuple[int, int, int], text: str) -> Image:
    reach = max(60.0, 1.5 * (box[2] - box[0]))
    centre = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    scale = 150.0 / reach
    matrix = np.array([[scale, 0, 150 - scale * centre[0]], [0, scale, 100 - scale * centre[1]]])
    tile = np.asarray(cv2.warpAffine(image, matrix, (300, 200)), np.uint8)
    corners = (np.array(box).reshape(2, 2) * scale + matrix[:, 2]).astype(int)
    cv2.rectangle(tile, corners[0].tolist(), corners[1].tolist(), colour, 1)
    cv2.putText(tile, text, (3, 195), cv2.FONT_HERSHEY_SIMPLEX, 0.4, colour, 1, cv2.LINE_AA)
    return tile


def scored_boxes(detector: PlateDetector, folder: Path | None, scenes: int, seed: int) -> NDArray[np.float64]:
    """Return (n, 2): confidence of each box found, and 1 when it's a plate, in held-out frames and made-up scenes."""
    rows: list[tuple[float, float]] = []
    if folder is not None:
        for result in results_of(detector, folder):
            if result.held_out:
                rows += [(hit, 1.0) for hit in result.loose_hits if hit > 0]
                rows += [(extra.confidence, 0.0) for extra, narrow in result.extras if not narrow]
    maker = SceneMaker(np.random.default_rng(seed), [], bank=100, slanted=SLANTED)
    for _ in range(scenes):
        scene = maker.scene()
        truths = []
        for quad, ignored in zip(scene.quads, scene.ignored, strict=True):
            (x0, y0), (x1, y1) = quad.min(axis=0), quad.max(axis=0)
            truths.append(Truth((x0, y0, x1, y1), "unreadable" if ignored else "clear", ""))
        result = judged("", True, truths, detector.detect(scene.image))
        rows += [(hit, 1.0) for hit in result.loose_hits if hit > 0]
        rows += [(extra.confidence, 0.0) for extra, _ in result.extras]
    return np.array(rows, np.float64).reshape(-1, 2)


def logistic_fit(logits: NDArray[np.float64], labels: NDArray[np.float64]) -> tuple[float, float]:
    """Return slope and offset that make sigmoid(slope * logit + offset) the probability (Platt, 1999), by Newton."""
    design = np.stack([logits, np.ones_like(logits)], axis=1)
    weights = np.array([1.0, 0.0])
    for _ in range(50):
        p = 1.0 / (1.0 + np.exp(-np.clip(design @ weights, -30, 30)))
        gradient = design.T @ (p - labels) + 1e-3 * (weights - (1.0, 0.0))
        curvature = (design * (p * (1 - p))[:, None]).T @ design + 1e-3 * np.eye(2)
        step = np.linalg.solve(curvature, gradient)
        weights = weights - step
        if np.abs(step).max() < 1e-8:
            break
    return float(weights[0]), float(weights[1])


def calibrated(folder: Path, models: Path, floor: float, scenes: int = 120) -> dict[str, float]:
    """Return calibration for the manifest, fitted with the raw confidences (the manifest must hold slope 1, offset 0)."""
    detector = PlateDetector(model_file("detector", models), confidence_floor=LOWEST)
    boxes = scored_boxes(detector, folder, scenes, seed=77)
    p = np.clip(boxes[:, 0], 1e-6, 1 - 1e-6)
    slope, offset = logistic_fit(np.log(p / (1 - p)), boxes[:, 1])
    return {"slope": round(slope, 4), "offset": round(offset, 4), "floor": floor}


def measured(folder: Path, models: Path) -> dict[str, Any]:
    """Return the accuracy by subset for the manifest, at the floor of the calibration."""
    model = model_file("detector", models)
    results = results_of(PlateDetector(model, confidence_floor=LOWEST), folder)
    floor = model.calibration["floor"]
    accuracy: dict[str, Any] = {}
    for name, (frames, where) in subsets_of(results).items():
        found, total = share_found(frames, floor, **where)
        loose, _ = share_found(frames, floor, loose=True, **where)
        row: dict[str, Any] = {"plates": total, "found_iou_50": round(found / max(1, total), 4)}
        row["found_centre_and_width"] = round(loose / max(1, total), 4)
        if not where:
            row["frames"] = len(frames)
            row["extra_boxes_a_frame"] = round(extras_of(frames, floor, far=False) / max(1, len(frames)), 4)
        accuracy[f"drive, {name}"] = row
    return accuracy


def timing(detector: PlateDetector, times: int = 100) -> tuple[float, float]:
    """Return median and 95th percentile in ms for a 1280x720 frame, resize included."""
    cv2.setNumThreads(1)
    frame = np.random.default_rng(0).integers(0, 256, (720, 1280, 3), np.uint8)
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        detector.detect(frame)
        taken.append((time.perf_counter() - begun) * 1e3)
    return float(np.median(taken)), float(np.percentile(taken, 95))


def main(argv: Sequence[str]) -> None:
    """Print found shares, extras and calibration; write the contact sheet."""
    parser = argparse.ArgumentParser(prog="python -m models.train evaluate", description="Measure the detector.")
    parser.add_argument("--frames", type=Path, required=True, help="folder with frames/ and labels.json")
    parser.add_argument("--models", type=Path, default=models_folder(), help="folder with manifest.toml")
    parser.add_argument("--width", type=int, default=960, help="longer side of the detector's input")
    parser.add_argument("--threshold", type=float, help="default: the lowest with at most 0.1 extras a held-out frame")
    parser.add_argument("--sheet", type=Path, help="write a picture of misses and extras")
    parser.add_argument("--timing", action="store_true")
    arguments = parser.parse_args(argv)
    detector = PlateDetector(
        model_file("detector", arguments.models), input_width=arguments.width, confidence_floor=LOWEST
    )
    results = results_of(detector, arguments.frames)
    held = [result for result in results if result.held_out]
    print("held-out frames\nthreshold  found  loosely  precision  extras/frame  (far ones)")
    for row in table_of(held):
        print(
            f"{row['threshold']:9.2f}  {row['found']:.3f}  {row['found_loose']:7.3f}  {row['precision']:9.3f}  "
            f"{row['extras_a_frame']:12.3f}  {row['far_extras_a_frame']:10.3f}"
        )
    threshold = at_rate(held) if arguments.threshold is None else arguments.threshold
    print(f"\nat threshold {threshold:.3f}")
    for name, (frames, where) in subsets_of(results).items():
        found, total = share_found(frames, threshold, **where)
        loose, _ = share_found(frames, threshold, loose=True, **where)
        extras = extras_of(frames, threshold, far=False)
        print(
            f"{name:<24} found {found:4d} / {total:4d}  loosely {loose:4d}  extras {extras:3d} in {len(frames)} frames"
        )
    if arguments.sheet is not None:
        cv2.imwrite(str(arguments.sheet), contact_sheet(arguments.frames, results, threshold))
    if arguments.timing:
        median, late = timing(detector)
        print(f"1280x720 frame, one thread: median {median:.1f} ms, 95th percentile {late:.1f} ms")
