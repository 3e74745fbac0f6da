"""Accuracy of a reader by subset, its calibration, its confusions, and a sheet of what it got wrong.

`python -m models.train.reader.evaluation READER [--data DIR]`; READER is a checkpoint (.pt) or an exported .onnx.
"""

import csv
import difflib
import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import click
import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from anpr.perception.decoding import decode
from anpr.perception.onnx_session import OnnxSession
from anpr.perception.reader import PlateReader
from anpr.perception.rectification import box_matrix, by_matrix
from anpr.values import Box, Detection
from anpr.vrm import fold
from models.plates.random_plate import STYLES, random_plate
from models.train.optics.legibility import is_legible
from models.train.optics.photograph import INPUT_SIZE, Image, photograph, prepare
from models.train.reader.network import load_network
from models.train.reader.real import fold_of

Scorer = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
"""Pictures (N, 48, 160, 3) uint8 BGR to log posteriors (N, 160, 37)."""

LEGIBLE: Final = "legible"
BINS: Final = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """One plate to be read: the reader's input, the truth, the set it belongs to and further groups for the report.

    `frame` is the picture that it was cut out of, by `box_px` or, where that is None, as a whole.
    """

    picture: Image
    text: str
    subset: str
    groups: tuple[str, ...]
    name: str
    frame: Image
    box_px: Box | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What became of an example."""

    example: Example
    text: str
    confidence: float

    @property
    def right(self) -> bool:
        """Whether every character is right."""
        return self.text == self.example.text

    @property
    def right_folded(self) -> bool:
        """Whether every character is right when O and 0, and I and 1, count as the same."""
        return fold(self.text) == fold(self.example.text)


def crop_examples(folder: Path) -> list[Example]:
    """Return the cut-out plates of `crops`: measuring only."""
    with (folder / "labels.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    examples = []
    for row in rows:
        picture = np.asarray(cv2.imread(str(folder / row["file"])), np.uint8)
        h, w = picture.shape[:2]
        cut = by_matrix(picture, box_matrix((0.0, 0.0, float(w), float(h)), INPUT_SIZE, (0.0, 0.0)), INPUT_SIZE)
        subset = "crops GB" if row["country"] == "GB" else "crops other"
        examples.append(Example(cut, row["text"], subset, (f"country {row['country']}",), row["file"], picture))
    return examples


def drive_examples(folder: Path) -> list[Example]:
    """Return the plates of the drive frames whose text is known, cut by their boxes."""
    examples = []
    for entry in json.loads((folder / "labels.json").read_text(encoding="utf-8")):
        frame = None
        for i, plate in enumerate(entry["plates"]):
            if plate["text"] is None or plate["legibility"] == "unreadable":
                continue
            if frame is None:
                frame = np.asarray(cv2.imread(str(folder / "frames" / entry["file"])), np.uint8)
            x0, y0, x1, y1 = (float(v) for v in plate["box"])
            cut = by_matrix(frame, box_matrix((x0, y0, x1, y1), INPUT_SIZE), INPUT_SIZE)
            width = x1 - x0
            size = "below 70 px" if width < 70 else "70-100 px" if width < 100 else "above 100 px"
            groups = ("night" if entry["video"].startswith("n") else "day", size)
            subset, name = f"drive {plate['legibility']}", f"{entry['file']} {i}"
            examples.append(Example(cut, plate["text"], subset, groups, name, frame, (x0, y0, x1, y1)))
    return examples


def rendered_examples(count: int = 2000, seed: int = 99) -> list[Example]:
    """Return rendered British plates: characters of 10 px and more, no blur beyond a stroke, the rest at full strength.

    The group LEGIBLE holds those of which every character shows (`legibility.is_legible`).
    """
    rng = np.random.default_rng(seed)
    styles = [s for s in STYLES if s.startswith("GB") and s != "GB random"]
    shares = np.array([STYLES[s] for s in styles])
    examples: list[Example] = []
    while len(examples) < count:
        style = styles[int(rng.choice(len(styles), p=shares / shares.sum()))]
        plate = random_plate(rng, styles=(style,))
        taken = photograph(rng, prepare(plate), least_height=10.0, most_blur=1.0, taken_for_end=0.0)
        if taken.text == plate.text:
            name = f"rendered {len(examples)}"
            groups = (style, LEGIBLE if is_legible(plate, taken) else "a character is gone")
            examples.append(Example(taken.image, plate.text, "rendered GB", groups, name, taken.image))
    return examples


def read_all(examples: Sequence[Example], scorer: Scorer, temperature: float = 1.0) -> list[Outcome]:
    """Read every example once."""
    outcomes = []
    for start in range(0, len(examples), 64):
        part = examples[start : start + 64]
        for example, posteriors in zip(part, scorer(np.stack([e.picture for e in part])), strict=True):
            decoded = decode(posteriors, temperature=temperature)
            outcomes.append(Outcome(example, decoded.text, decoded.probability))
    return outcomes


def read_as_engine(examples: Sequence[Example], reader: PlateReader) -> tuple[list[Outcome], list[float]]:
    """Read every example as the engine does; also return the CPU seconds that each took.

    One after the other, from the frame, with what the reader was told of layouts and further looks.
    """
    outcomes, seconds = [], []
    for example in examples:
        started = time.thread_time()
        if example.box_px is None:
            (read,) = reader.read_crops([example.frame])
        else:
            (read,) = reader.read(example.frame, [Detection(example.box_px, 1.0)])
        seconds.append(time.thread_time() - started)
        outcomes.append(Outcome(example, read.text, read.confidence))
    return outcomes, seconds


def calibration_error(outcomes: Sequence[Outcome], bins: int = 10) -> float:
    """Return the expected calibration error over equally wide bins of confidence."""
    confidence = np.array([o.confidence for o in outcomes])
    right = np.array([o.right for o in outcomes], float)
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [abs(float(confidence[place == b].sum() - right[place == b].sum())) for b in range(bins)]
    return sum(gaps) / max(len(outcomes), 1)


def confusions(outcomes: Sequence[Outcome]) -> Counter[str]:
    """Count what was read for what; "-" stands for nothing."""
    counted: Counter[str] = Counter()
    for o in outcomes:
        matcher = difflib.SequenceMatcher(None, o.example.text, o.text, autojunk=False)
        for kind, a0, a1, b0, b1 in matcher.get_opcodes():
            if kind == "replace" and a1 - a0 == b1 - b0:
                counted.update(f"{a}>{b}" for a, b in zip(o.example.text[a0:a1], o.text[b0:b1], strict=True))
            elif kind != "equal":
                counted[f"{o.example.text[a0:a1] or '-'}>{o.text[b0:b1] or '-'}"] += 1
    return counted


def failure_sheet(outcomes: Sequence[Outcome], columns: int = 8) -> Image:
    """Return the pictures that were read wrong, with truth, reading and confidence under each."""
    wrong = sorted((o for o in outcomes if not o.right), key=lambda o: o.example.subset)
    rows = max(1, -(-len(wrong) // columns))
    sheet = np.full((rows * 84, columns * 168, 3), 50, np.uint8)
    for i, o in enumerate(wrong):
        y, x = i // columns * 84, i % columns * 168
        sheet[y : y + 48, x : x + 160] = o.example.picture
        lines = (f"{o.example.text} {o.example.subset[:9]}", f"{o.text} {o.confidence:.2f}", o.example.groups[0])
        for k, line in enumerate(lines):
            cv2.putText(
                sheet, line, (x, y + 59 + 11 * k), cv2.FONT_HERSHEY_SIMPLEX, 0.36, (255, 255, 255), 1, cv2.LINE_AA
            )
    return sheet


def report(outcomes: Sequence[Outcome], *, by_group: bool = True) -> dict[str, float]:
    """Print accuracy by subset, calibration and confusions; return the measures by name."""
    measures: dict[str, float] = {}
    for subset in dict.fromkeys(o.example.subset for o in outcomes):
        here = [o for o in outcomes if o.example.subset == subset]
        measures[subset] = sum(o.right for o in here) / len(here)
        folded = sum(o.right_folded for o in here) / len(here)
        error = calibration_error(here)
        print(
            f"{subset:14s} {len(here):4d}  right {measures[subset]:6.1%}  O=0 I=1 {folded:6.1%}  calibration error {error:.3f}"
        )
        legible = [o for o in here if LEGIBLE in o.example.groups]
        if legible:
            measures[f"{subset}, {LEGIBLE}"] = sum(o.right for o in legible) / len(legible)
            print(f"    {LEGIBLE:10s} {len(legible):4d}  right {measures[f'{subset}, {LEGIBLE}']:6.1%}")
        if by_group:
            for group in sorted({g for o in here for g in o.example.groups}):
                some = [o for o in here if group in o.example.groups]
                share = sum(o.right for o in some) / len(some)
                print(f"    {group:22s} {len(some):4d}  {share:6.1%}", end="" if group.startswith("country") else "\n")
            print()
    crops = [o for o in outcomes if o.example.subset.startswith("crops")]
    if crops:
        measures["calibration error crops"] = calibration_error(crops)
        print(f"calibration error, all crops: {measures['calibration error crops']:.3f}")
        for low, high in pairwise(BINS):
            some = [o for o in crops if low <= o.confidence < high or (high == 1.0 and o.confidence == 1.0)]
            if some:
                mean = sum(o.confidence for o in some) / len(some)
                print(
                    f"    {low:.2f}-{high:.2f}: {len(some):4d}  said {mean:.3f}  right {sum(o.right for o in some) / len(some):.3f}"
                )
    print("confusions:", "  ".join(f"{pair} {n}" for pair, n in confusions(outcomes).most_common(24)))
    return measures


def load_scorer(path: Path) -> Scorer:
    """Return the scorer of a checkpoint's averaged weights (.pt) or of an exported model (.onnx)."""
    if path.suffix == ".onnx":
        session = OnnxSession(path)
        return lambda pictures: np.asarray(session.run({"pictures": pictures})[0], np.float32)
    network = load_network(path)

    def score(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        with torch.no_grad():
            return np.asarray(network(torch.from_numpy(pictures)).numpy(), np.float32)

    return score


@click.command()
@click.argument("reader", type=click.Path(path_type=Path, exists=True))
@click.option("--data", type=click.Path(path_type=Path, exists=True), default=Path("../shared/data"), show_default=True)
@click.option("--sheet", type=click.Path(path_type=Path), help="Write the failures to this picture.")
@click.option("--rendered", default=2000, show_default=True, help="Number of rendered British plates.")
@click.option("--seed", default=99, show_default=True, help="Seed of the rendered plates.")
@click.option("--temperature", default=1.0, show_default=True)
@click.option("--fold", type=click.IntRange(0, 1), help="Of the drive plates, only the vehicles of this fold.")
@click.option(
    "--engine", is_flag=True, help="Read as the engine does, with layouts and further looks; READER: a folder."
)
@click.option("--brief", is_flag=True, help="Leave out the groups.")
def evaluate(
    reader: Path,
    data: Path,
    sheet: Path | None,
    rendered: int,
    seed: int,
    temperature: float,
    fold: int | None,
    engine: bool,
    brief: bool,
) -> None:
    """Measure a reader on crops, drive plates and rendered British plates.

    READER is a checkpoint or an exported model: the bare network. With --engine it is the folder of model and manifest.
    """
    cv2.setNumThreads(1)
    drive = [e for e in drive_examples(data / "drive") if fold is None or fold_of(e.text) == fold]
    examples = crop_examples(data / "crops") + drive + rendered_examples(rendered, seed)
    if engine:
        outcomes, seconds = read_as_engine(examples, PlateReader(models=reader))
        for kind in ("drive", "crops", "rendered"):
            spent = [t * 1e3 for o, t in zip(outcomes, seconds, strict=True) if o.example.subset.startswith(kind)]
            if spent:
                mean, median = np.mean(spent), np.median(spent)
                print(
                    f"CPU time of a plate on one thread, {kind}: mean {mean:.2f} ms, median {median:.2f} ms ({len(spent)})"
                )
    else:
        outcomes = read_all(examples, load_scorer(reader), temperature)
    report(outcomes, by_group=not brief)
    if sheet is not None:
        cv2.imwrite(str(sheet), failure_sheet([o for o in outcomes if not o.example.subset.startswith("rendered")]))


def main(argv: list[str]) -> None:
    """Run the command with these arguments."""
    evaluate.main(args=argv, prog_name="evaluate reader", standalone_mode=False)


if __name__ == "__main__":
    evaluate()
