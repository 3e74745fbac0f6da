"""How reliable a single look at a small plate is, by the plate's width: `python -m benchmarks.accuracy.far_reads`.

Draws made drives frame by frame, finds and reads every plate in one look, and compares with the truth: by width in px, what
reads say and how often they are right, and which characters are taken for which although they are said with at least 0.9.
Figures of `anpr/perception/far_reads.py` were measured with that module's table left out (`--as-read`).
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final
from unittest.mock import patch

import click
import numpy as np

from anpr.perception.detector import PlateDetector
from anpr.perception.reader import PlateReader
from anpr.perception.tracker import intersection_over_union, too_far_to_read
from anpr.values import Box, Read
from anpr.vrm import ALPHABET, NOTHING
from benchmarks.drives.plan import plan
from benchmarks.drives.scene import Scene

WIDTHS_PX: Final = (0, 28, 32, 36, 42, 50, 60, 1000)
SURE: Final = 0.9
"""What counts as said surely, of a read and of a character."""

_SAME_PLATE: Final = 0.3
_SAME_TEXT: Final = 3
"""Reads with more wrong characters than this are of something else, or hopeless."""


@dataclass(slots=True)
class Reliability:
    """Counts for plates of one range of widths."""

    reads: int = 0
    right: int = 0
    said: float = 0.0
    sure: int = 0
    sure_and_right: int = 0
    characters: int = 0
    wrong: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, read: Read, truth: str) -> None:
        """Count one read of a plate whose mark is known."""
        self.reads += 1
        self.said += read.confidence
        self.right += read.text == truth
        self.sure += read.confidence >= SURE
        self.sure_and_right += read.confidence >= SURE and read.text == truth
        best = read.probabilities.argmax(axis=1)
        shown = best != NOTHING
        text = "".join(ALPHABET[code] for code in best[shown].tolist())
        if len(text) != len(truth) or sum(a != b for a, b in zip(text, truth, strict=True)) > _SAME_TEXT:
            return
        for said, true, p in zip(text, truth, read.probabilities.max(axis=1)[shown].tolist(), strict=True):
            if p >= SURE:
                self.characters += 1
                if said != true:
                    self.wrong[said, true] += 1


def looks(sets: Sequence[tuple[str, int]], seed: int, seconds: float) -> Iterator[tuple[float, Read, str]]:
    """Yield the width in px, the read and the true mark of every look at a plate that shows whole."""
    detector, reader = PlateDetector(), PlateReader()
    for name, count in sets:
        for index in range(count):
            scene = Scene(plan(name, index, seed, seconds), ())
            frames: list[list[Read]] = []
            for picture in scene.frames():
                found = [one for one in detector.detect(picture) if not too_far_to_read(one.box_px)]
                frames.append(reader.read(picture, found, look_again=False) if found else [])
            _, vehicles = scene.truth()
            for vehicle in vehicles:
                for row in vehicle.frames:
                    if row.visible >= 0.95 and row.frame < len(frames):
                        for read in _of(frames[row.frame], row.box):
                            yield row.box[2] - row.box[0], read, vehicle.vrm


def _of(reads: Sequence[Read], box: Box) -> Iterator[Read]:
    return (r for r in reads if intersection_over_union(r.detection.box_px, box) > _SAME_PLATE)


@click.command()
@click.option("--sets", default="day=4,rain=2,night=2,dusk=2", show_default=True, help="Made drives: set=clips, …")
@click.option("--seed", default=777, show_default=True)
@click.option("--seconds", default=6.0, show_default=True, help="Length of each drive.")
@click.option("--as-read", is_flag=True, help="Leave out what anpr/perception/far_reads.py takes off.")
def main(sets: str, seed: int, seconds: float, as_read: bool) -> None:
    """Measure how reliable single looks at small plates are (about ten minutes)."""
    wanted = [(name, int(count)) for name, _, count in (one.partition("=") for one in sets.split(","))]
    found: dict[int, Reliability] = defaultdict(Reliability)
    taking_nothing_off = patch("anpr.perception.reader.doubted", lambda probabilities, _box: probabilities)
    with taking_nothing_off if as_read else patch.dict({}):
        for width, read, truth in looks(wanted, seed, seconds):
            found[int(np.searchsorted(WIDTHS_PX, width, side="right"))].add(read, truth)
    for place in sorted(found):
        row = found[place]
        click.echo(
            f"{WIDTHS_PX[place - 1]:4d} to {WIDTHS_PX[place]:4d} px: {row.reads} reads, said {row.said / row.reads:.2f}, right "
            f"{row.right / row.reads:.2f}; said with {SURE} or more: {row.sure}, right {row.sure_and_right}; "
            f"characters {row.characters}, wrong {sum(row.wrong.values())}: "
            + ", ".join(f"{said} for {true} {count}" for (said, true), count in row.wrong.most_common(12))
        )


if __name__ == "__main__":
    main()
