"""Samples for the network of hidden characters: plates with and without things before them, read by the shipped reader.

`python -m models.train.hidden.samples FILE.npy --count N --seed S`. What a sample teaches is the difference between the truth
and what the reader made of the plate, at its places, so the network learns this reader's own faults. Every plate is rendered,
and streets behind them are frames of made drives; only with `--drive DRIVE` are there plates and streets of a labelled drive.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click
import cv2
import numpy as np
from numpy.typing import NDArray

from anpr.perception.character_places import Place, places_of
from anpr.perception.detector import PlateDetector
from anpr.perception.hidden_cut import COLUMNS, HIDDEN_SIZE, column_of, hidden_cut, hidden_matrix, said_at_columns
from anpr.perception.reader import PlateReader
from anpr.perception.rectification import MARGIN, by_matrix, cut_matrix
from anpr.perception.second_looks import INPUT_SIZE, WIDE_BELOW
from anpr.values import Detection, Image
from anpr.vrm import MAX_LENGTH, fold
from models.plates.random_plate import random_plate
from models.train.optics.camera import sensor
from models.train.optics.fixings import caps, fixings_on_characters
from models.train.optics.light import cast, lighten
from models.train.optics.occluders import occlude
from models.train.optics.patches import stick
from models.train.optics.photograph import PreparedPlate, character_height, prepare, random_cut, set_into_scene
from models.train.reader.data import load_frames
from models.train.reader.real import fold_of
from models.train.scenes.drives import made_drive_frames

Floats = NDArray[np.float32]

ROWS: Final = 2
UNKNOWN: Final = 255
AROUND: Final = (0.6, 2.0)
"""Shares of a real plate's width and height kept around it."""

SAMPLE: Final = np.dtype(
    [
        ("picture", np.uint8, (HIDDEN_SIZE[1], HIDDEN_SIZE[0], 3)),
        ("said", np.float16, (COLUMNS, 74)),
        ("missing", np.uint8, (ROWS, COLUMNS)),
        ("wrong", np.uint8, (ROWS, COLUMNS)),
        ("covered", np.uint8, (ROWS, COLUMNS)),
        ("length", np.uint8),
        ("column", np.float16, (MAX_LENGTH,)),
        ("row", np.uint8, (MAX_LENGTH,)),
        ("top", np.float16, (MAX_LENGTH,)),
        ("is_wrong", np.uint8, (MAX_LENGTH,)),
        ("gap", np.uint8, (MAX_LENGTH + 1,)),
        ("confidence", np.float32),
        ("right", np.uint8),
        ("kind", np.uint8),
    ]
)
"""missing, wrong: 1, 0 or UNKNOWN at each column; covered: share of 255. Of each character read: its column, row, probability
in the evidence and whether it is wrong; gap: characters missing before each, and after the last. kind: KINDS."""

MADE_FRAMES: Final = 160
"""Frames of made drives whose pieces are streets and textures; a frame takes a quarter of a second to make."""

STUCK: Final = 0.7
"""Share of things before a plate that stick to it, over its characters."""

KINDS: Final = ("rendered", "rendered, covered", "rendered, cut", "real", "real, covered", "real, cut")


@dataclass(frozen=True, slots=True, eq=False)
class Posed:
    """A plate in a scene (h, w, 3), float32: its corners, its text, and of each character box corners (4, 2) and row."""

    scene: Floats
    corners: Floats
    text: str
    boxes: NDArray[np.float64]
    rows: NDArray[np.int64]
    real: bool
    height: float


class RealPlates:
    """The clear plates of the drive frames of fold 0, each with room around it and the places of its characters."""

    def __init__(self, folder: Path, reader: PlateReader, fold_wanted: int = 0) -> None:
        self._by_vehicle: dict[str, list[tuple[Image, Floats, str, NDArray[np.float64]]]] = {}
        for entry in json.loads((folder / "labels.json").read_text(encoding="utf-8")):
            wanted = [
                p for p in entry["plates"]
                if p["text"] and p["legibility"] == "clear" and fold_of(p["text"]) == fold_wanted
            ]  # fmt: skip
            if not wanted:
                continue
            frame = np.asarray(cv2.imread(str(folder / "frames" / entry["file"])), np.uint8)
            for plate in wanted:
                self._take(frame, plate["box"], plate["text"], reader)
        self._vehicles = sorted(self._by_vehicle)

    def _take(self, frame: Image, box: Sequence[float], text: str, reader: PlateReader) -> None:
        x0, y0, x1, y1 = (float(v) for v in box)
        detection = Detection((x0, y0, x1, y1), 1.0)
        matrix = cut_matrix(detection, INPUT_SIZE)
        steps, _ = reader.look(by_matrix(frame, matrix, INPUT_SIZE), detection)
        places = places_of(steps, text)
        if any(place is None for place in places):
            return
        middles = np.array([[place.x * INPUT_SIZE[0], INPUT_SIZE[1] / 2] for place in places if place is not None])
        back = np.linalg.inv(matrix)
        at = (np.column_stack((middles, np.ones(len(middles)))) @ back.T)[:, 0]
        wide = np.median(np.diff(at)) * 0.8
        top, bottom = y0 + 0.16 * (y1 - y0), y1 - 0.16 * (y1 - y0)
        boxes = np.array(
            [[[x - wide / 2, top], [x + wide / 2, top], [x + wide / 2, bottom], [x - wide / 2, bottom]] for x in at]
        )
        left = max(0, int(x0 - AROUND[0] * (x1 - x0)))
        above = max(0, int(y0 - AROUND[1] * (y1 - y0)))
        piece = frame[above : int(y1 + AROUND[1] * (y1 - y0)), left : int(x1 + AROUND[0] * (x1 - x0))].copy()
        corners = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float32) - np.array([left, above], np.float32)
        self._by_vehicle.setdefault(text, []).append((piece, corners.astype(np.float32), text, boxes - (left, above)))

    def pose(self, rng: np.random.Generator) -> Posed:
        """Return some plate, every vehicle equally often."""
        frames = self._by_vehicle[self._vehicles[int(rng.integers(len(self._vehicles)))]]
        piece, corners, text, boxes = frames[int(rng.integers(len(frames)))]
        scene = piece.astype(np.float32)
        if rng.random() < 0.5:
            scene *= cast(rng, 0.5)
        wide = float(corners[1, 0] - corners[0, 0])
        size = min(float(np.exp(rng.uniform(np.log(55), np.log(180)))) / wide, 1.3)
        if size < 0.95 or size > 1.05:
            scene = np.asarray(
                cv2.resize(
                    scene, None, fx=size, fy=size, interpolation=cv2.INTER_AREA if size < 1 else cv2.INTER_LINEAR
                )
            )
            real = (scene.shape[1] / piece.shape[1], scene.shape[0] / piece.shape[0])
            corners, boxes = corners * np.array(real, np.float32), boxes * real
        if rng.random() < 0.5:
            angle = float(rng.normal(0, 5))
            middle = corners.mean(axis=0)
            turn = cv2.getRotationMatrix2D((float(middle[0]), float(middle[1])), angle, 1.0)
            turn[0, 1] += float(rng.normal(0, 0.05))
            scene = np.asarray(
                cv2.warpAffine(scene, turn, (scene.shape[1], scene.shape[0]), borderMode=cv2.BORDER_REFLECT), np.float32
            )
            corners = (corners @ turn[:, :2].T + turn[:, 2]).astype(np.float32)
            boxes = boxes @ turn[:, :2].T + turn[:, 2]
        height = 0.68 * float(np.linalg.norm(corners[3] - corners[0]))
        return Posed(scene, np.asarray(corners, np.float32), text, boxes, np.zeros(len(text), np.int64), True, height)


class RenderedPlates:
    """Rendered plates in scenes, each flat plate posed several times."""

    def __init__(self, frames: Sequence[Image]) -> None:
        self._frames = frames
        self._kept: list[PreparedPlate] = []

    def pose(self, rng: np.random.Generator) -> Posed:
        """Return some plate; British ones are half of them."""
        if len(self._kept) < 300 or rng.random() < 0.15:
            plate = prepare(random_plate(rng))
            if len(plate.plate.text) <= MAX_LENGTH:
                if len(self._kept) < 300:
                    self._kept.append(plate)
                else:
                    self._kept[int(rng.integers(300))] = plate
        prepared = self._kept[int(rng.integers(len(self._kept)))]
        strength = 0.7 if rng.random() < 0.7 else 1.0
        height = max(character_height(rng, strength), 8.0)
        scene, corners, full = set_into_scene(
            rng, prepared, height / prepared.character_height_px, self._frames, strength, 0.0, (0.3, 0.5), 3.0
        )
        flat = prepared.plate.character_boxes_px.astype(np.float64)
        corner_list = flat[:, [[0, 1], [2, 1], [2, 3], [0, 3]]]
        boxes = np.asarray(cv2.perspectiveTransform(corner_list.reshape(1, -1, 2), full).reshape(-1, 4, 2), np.float64)
        middles = (flat[:, 1] + flat[:, 3]) / 2
        rows = np.zeros(len(flat), np.int64)
        if prepared.plate.lines > 1:
            rows = (middles > (middles.min() + middles.max()) / 2).astype(np.int64)
        return Posed(scene, corners, prepared.plate.text, boxes, rows, False, height)


class Sampler:
    """An endless source of samples; the same for the same seed."""

    def __init__(self, seed: int, drive: Path | None = None, made_frames: int = MADE_FRAMES) -> None:
        self._rng = np.random.default_rng(seed)
        self._frames = _frames_of_fold_0(drive) if drive else [one.half for one in made_drive_frames(made_frames, seed)]
        self._reader = PlateReader(hidden=False)
        self._detector = PlateDetector(confidence_floor=0.2)
        self._real = RealPlates(drive, self._reader) if drive else None
        self._rendered = RenderedPlates(self._frames)

    def samples(self) -> list[np.void]:
        """Return two or three samples of one plate, cut in as many ways; none when the reader read nothing there."""
        rng = self._rng
        posed = self._real.pose(rng) if self._real and rng.random() < 0.4 else self._rendered.pose(rng)
        scene = posed.scene
        covered = np.zeros(scene.shape[:2], np.float32)
        kind = 0
        late = rng.random() < (0.6 if posed.real else 0.45)
        fixed = rng.random()
        if fixed < 0.35 and not late:
            fix(rng, scene, posed, fixed < 0.2)
        is_covered = rng.random() < 0.55
        if is_covered and not late:
            covered, kind = self._hide(scene, posed), 1
        if not posed.real:
            scene = lighten(rng, scene, posed.corners, 0.7)
            picture = sensor(rng, scene, posed.height, 0.7, corners=posed.corners)
        elif rng.random() < 0.4:
            picture = sensor(rng, scene, posed.height, 0.3, corners=posed.corners)
        else:
            picture = np.clip(scene, 0, 255).astype(np.uint8)
        if late and (is_covered or fixed < 0.35):
            scene = picture.astype(np.float32)
            if fixed < 0.35:
                fix(rng, scene, posed, fixed < 0.2)
            if is_covered:
                covered, kind = self._hide(scene, posed), 1
            picture = np.clip(scene, 0, 255).astype(np.uint8)
        left, right = 0, picture.shape[1]
        if not is_covered and rng.random() < 0.25:
            kind, (left, right) = 2, _edge(rng, posed, right)
            picture, covered = picture[:, left:right].copy(), covered[:, left:right]
        moved = posed.corners - np.array([left, 0], np.float32)
        boxes = posed.boxes - (left, 0)
        found: list[np.void] = []
        for detection in self._detections(picture, moved, covered, kind):
            sample = self._sample(picture, detection, posed, boxes, covered, kind + 3 * posed.real)
            if sample is not None:
                found.append(sample)
        return found

    def _hide(self, scene: Floats, posed: Posed) -> Floats:
        """Draw something before the plate or onto it, in place; return how far each pixel is covered."""
        if self._rng.random() < STUCK:
            return stick(self._rng, scene, posed.corners, posed.boxes)
        return occlude(self._rng, scene, posed.corners, self._frames)

    def _detections(self, picture: Image, corners: Floats, covered: Floats, kind: int) -> list[Detection]:
        """Return where the plate may be found: as the detector does, and as it may do."""
        rng = self._rng
        width = picture.shape[1]
        found: list[Detection] = []
        middle = corners.mean(axis=0)
        if rng.random() < 0.7:
            for one in self._detector.detect(picture):
                x0, y0, x1, y1 = one.box_px
                if x0 < middle[0] < x1 and y0 < middle[1] < y1:
                    found.append(one if rng.random() < 0.85 else Detection(one.box_px, 1.0))
                    break
        for _ in range(2):
            taken = corners.copy()
            if kind == 1 and rng.random() < 0.6:
                taken = _seen_part(taken, covered)
            if rng.random() < 0.8:
                taken[:, 0] = np.clip(taken[:, 0], 0, width - 1)
            if np.linalg.norm(taken[1] - taken[0]) > 8:
                found.append(detection_of(random_cut(rng, taken, 0.7)))
        return found

    def _sample(
        self, picture: Image, detection: Detection, posed: Posed, boxes: NDArray[np.float64], covered: Floats, kind: int
    ) -> np.void | None:
        to_cut = cut_matrix(detection, INPUT_SIZE)
        cut = by_matrix(picture, to_cut, INPUT_SIZE)
        steps, read = self._reader.look(cut, detection)
        if read.confidence < WIDE_BELOW:
            steps, read = self._reader.look(cut, detection, wide=True)
        if not read.text or len(read.text) > MAX_LENGTH:
            return None
        places = places_of(steps, read.text)
        hidden = hidden_matrix(to_cut)
        truth = cv2.perspectiveTransform(boxes.reshape(1, -1, 2), hidden).reshape(-1, 4, 2)
        truth_x = truth[:, :, 0].mean(axis=1) / HIDDEN_SIZE[0] * COLUMNS
        wide = np.maximum(np.ptp(truth[:, :, 0], axis=1) / HIDDEN_SIZE[0] * COLUMNS, 1.0)
        columns = columns_of(places)
        sample = np.zeros((), SAMPLE)
        sample["picture"] = hidden_cut(picture, to_cut)
        sample["said"] = said_at_columns(steps)
        pairs = laid_over(posed.text, truth_x, posed.rows, read.text, columns)
        missing, wrong, band = sample["missing"], sample["wrong"], sample["covered"]
        low, high = _inside(hidden, picture.shape[1])
        at = np.arange(COLUMNS) + 0.5
        matched = {t: r for t, r in pairs if t is not None and r is not None}
        for i, x in enumerate(truth_x):
            if i in matched:
                continue
            row = int(posed.rows[i])
            near = np.abs(at - float(np.clip(x, low, high)))
            missing[row, (near < wide[i] / 2) & (missing[row] == 0)] = UNKNOWN
            missing[row, (near < wide[i] / 4) | (near == near.min())] = 1
        before = 0
        gap = sample["gap"]
        for t, r in pairs:
            if r is None:
                gap[before] += 1
            else:
                before = r + 1
                sample["is_wrong"][r] = t is None or fold(posed.text[t]) != fold(read.text[r])
        for r, (x, row) in enumerate(columns):
            near = np.abs(at - x)
            bad = bool(sample["is_wrong"][r])
            wrong[row, (near < 1.5) & (wrong[row] == 0)] = UNKNOWN
            wrong[row, (near < 0.8) | (near == near.min())] = bad
            sample["column"][r], sample["row"][r] = x, row
        sample["length"] = len(read.text)
        tops = read.probabilities.max(axis=1)
        own = read.probabilities.argmax(axis=1) < read.probabilities.shape[1] - 1
        kept = tops[own][:MAX_LENGTH]
        if len(kept) != len(read.text):
            kept = np.full(len(read.text), read.confidence ** (1 / len(read.text)), np.float32)
        sample["top"][: len(read.text)] = kept
        seen = cv2.warpPerspective(covered, hidden, HIDDEN_SIZE, borderValue=1.0)
        for row in set(posed.rows.tolist()):
            ys = truth[posed.rows == row][:, :, 1]
            top, bottom = int(np.clip(ys.min(axis=1).mean(), 0, 46)), int(np.clip(ys.max(axis=1).mean(), 1, 48))
            strip = seen[top : max(bottom, top + 1)].mean(axis=0).reshape(COLUMNS, -1).mean(axis=1)
            band[row] = np.clip(strip * 255, 0, 255)
        sample["confidence"] = read.confidence
        sample["right"] = fold(read.text) == fold(posed.text)
        sample["kind"] = kind
        return sample  # type: ignore[return-value]


def fix(rng: np.random.Generator, scene: Floats, posed: Posed, on_characters: bool) -> None:
    """Draw caps onto the plate in place: at the places where plates are fixed, or on characters, which they alter."""
    if on_characters:
        fixings_on_characters(rng, scene, posed.boxes, float(np.linalg.norm(posed.corners[3] - posed.corners[0])))
    else:
        caps(rng, scene, posed.corners)


def detection_of(to_cut: NDArray[np.float64]) -> Detection:
    """Return the detection whose own cut, with its margins, is this one."""
    w, h = INPUT_SIZE
    mx, my = MARGIN[0] * w, MARGIN[1] * h
    target = np.array([[[mx, my], [w - mx, my], [w - mx, h - my], [mx, h - my]]])
    quad = cv2.perspectiveTransform(target, np.linalg.inv(to_cut))[0].astype(np.float32)
    low, high = quad.min(axis=0), quad.max(axis=0)
    return Detection((float(low[0]), float(low[1]), float(high[0]), float(high[1])), 1.0, quad)


def columns_of(places: Sequence[Place | None]) -> list[tuple[float, int]]:
    """Return the column and row of each character read; those of unknown place lie between their neighbours."""
    columns: list[tuple[float, int] | None] = [None if p is None else (column_of(p.x), p.row) for p in places]
    for i, one in enumerate(columns):
        if one is None:
            before = next((columns[k] for k in range(i - 1, -1, -1) if columns[k] is not None), None)
            after = next((c for c in columns[i + 1 :] if c is not None), None)
            if before and after and before[1] == after[1]:
                columns[i] = ((before[0] + after[0]) / 2, before[1])
            else:
                near = before or after or (COLUMNS / 2, 0)
                columns[i] = (float(np.clip(near[0] + (2.5 if near is before else -2.5), 0, COLUMNS - 1)), near[1])
    return [one for one in columns if one is not None]


def laid_over(
    truth: str,
    truth_x: NDArray[np.float64],
    truth_rows: NDArray[np.int64],
    read: str,
    columns: Sequence[tuple[float, int]],
) -> list[tuple[int | None, int | None]]:
    """Return pairs of characters of the truth and of the read, in order, None where one of them has no partner.

    The cheapest alignment: a character apart from its place by half its width costs as much as a wrong one.
    """
    n, m = len(truth), len(read)
    cost = np.full((n + 1, m + 1), np.inf)
    came = np.zeros((n + 1, m + 1), np.int8)
    cost[0, 0] = 0
    for i in range(n + 1):
        for j in range(m + 1):
            if i and j:
                x, row = columns[j - 1]
                apart = min(abs(float(truth_x[i - 1]) - x) / 2.0, 3.0) + 3.0 * (row != truth_rows[i - 1])
                pair = cost[i - 1, j - 1] + (0.0 if fold(truth[i - 1]) == fold(read[j - 1]) else 1.0) + 0.7 * apart
                if pair < cost[i, j]:
                    cost[i, j], came[i, j] = pair, 0
            if i and cost[i - 1, j] + 1.1 < cost[i, j]:
                cost[i, j], came[i, j] = cost[i - 1, j] + 1.1, 1
            if j and cost[i, j - 1] + 1.1 < cost[i, j]:
                cost[i, j], came[i, j] = cost[i, j - 1] + 1.1, 2
    pairs: list[tuple[int | None, int | None]] = []
    i, j = n, m
    while i or j:
        step = int(came[i, j])
        if step == 0:
            i, j = i - 1, j - 1
            pairs.append((i, j))
        elif step == 1:
            i -= 1
            pairs.append((i, None))
        else:
            j -= 1
            pairs.append((None, j))
    return pairs[::-1]


def _inside(hidden: NDArray[np.float64], width: int) -> tuple[float, float]:
    """Return the first and last column of the network's picture that lie in the frame, on its middle line."""
    middle = np.linalg.inv(hidden) @ np.array([HIDDEN_SIZE[0] / 2, HIDDEN_SIZE[1] / 2, 1.0])
    y = middle[1] / middle[2]
    ends = np.array([[0, y, 1], [width, y, 1]]) @ hidden.T
    x = ends[:, 0] / ends[:, 2] / HIDDEN_SIZE[0] * COLUMNS
    return float(np.clip(x[0] - 0.5, 0.5, COLUMNS - 1)), float(np.clip(x[1] + 0.5, 1, COLUMNS - 0.5))


def _edge(rng: np.random.Generator, posed: Posed, width: int) -> tuple[int, int]:
    """Return where a picture begins and ends that cuts into the plate or comes near it on one side."""
    x = posed.corners[:, 0]
    wide = float(x.max() - x.min())
    share = float(rng.uniform(-0.1, 0.3))
    if rng.random() < 0.5:
        return int(np.clip(x.min() + share * wide, 0, width - 20)), width
    return 0, int(np.clip(x.max() - share * wide, 20, width))


def _seen_part(corners: Floats, covered: Floats) -> Floats:
    """Return the corners of the longest stretch of the plate that nothing covers."""
    shares = np.linspace(0, 1, 41)
    middle_left, middle_right = (corners[0] + corners[3]) / 2, (corners[1] + corners[2]) / 2
    at = middle_left + (middle_right - middle_left) * shares[:, None]
    h, w = covered.shape
    x, y = np.clip(at[:, 0], 0, w - 1).astype(int), np.clip(at[:, 1], 0, h - 1).astype(int)
    free = np.concatenate(([False], covered[y, x] < 0.5, [False]))
    edges = np.flatnonzero(free[1:] != free[:-1])
    if len(edges) < 2:
        return corners
    starts, stops = edges[::2], edges[1::2]
    best = int((stops - starts).argmax())
    a, b = shares[starts[best]], shares[min(stops[best], 40)]
    if b - a < 0.3:
        return corners
    top, bottom = corners[1] - corners[0], corners[2] - corners[3]
    return np.asarray(
        [corners[0] + top * a, corners[0] + top * b, corners[3] + bottom * b, corners[3] + bottom * a], np.float32
    )


def _frames_of_fold_0(drive: Path) -> list[Image]:
    """Return the street scenes at half size in which no vehicle of fold 1 is labelled."""
    frames = []
    for entry in json.loads((drive / "labels.json").read_text(encoding="utf-8"))[::2]:
        if all(p["text"] and fold_of(p["text"]) == 0 for p in entry["plates"]):
            picture = cv2.imread(str(drive / "frames" / entry["file"]))
            if picture is not None:
                frames.append(
                    np.asarray(cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
                )
    return frames or load_frames(drive / "frames")


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option(
    "--drive",
    type=click.Path(path_type=Path, exists=True),
    help="Folder of a labelled drive whose plates (of fold 0) and streets to mix in; without it made drives are the streets.",
)
@click.option("--count", default=20000, show_default=True, help="Samples to write.")
@click.option("--seed", default=1, show_default=True)
@click.option("--made-frames", default=MADE_FRAMES, show_default=True, help="Frames of made drives, for streets.")
def write(out: Path, drive: Path | None, count: int, seed: int, made_frames: int) -> None:
    """Write samples into the file OUT.npy."""
    cv2.setNumThreads(1)
    sampler = Sampler(seed, drive, made_frames)
    samples = np.lib.format.open_memmap(out, "w+", SAMPLE, (count,))
    done = 0
    while done < count:
        for sample in sampler.samples():
            if done < count:
                samples[done] = sample
                done += 1
    samples.flush()


if __name__ == "__main__":
    write()
