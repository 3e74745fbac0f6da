"""Lettering taken for plates: what `anpr read` says in labelled street pictures where no plate is, and what of the plates it keeps.

`python -m benchmarks.accuracy.lettering FOLDER` for a folder with labels.json and frames/, as `shared/data/drive`.
"""

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from anpr.config.car import PerceptionConfig
from anpr.errors import InputError
from anpr.patrol.opening import open_stills
from anpr.perception.stills import ReadPlate
from benchmarks.accuracy.pairing import overlap
from camera.sources.pictures import load_picture

SAID: Final = 0.5
"""From this confidence on a text counts as said."""

_SAME: Final = 0.1
"""A box that overlaps a labelled one by so much (intersection over union) is about that plate, labelled readable or not."""


@dataclass(slots=True)
class Lettering:
    """What was said in so many pictures: beside the plates, and of those that are labelled clear."""

    pictures: int = 0
    beside: list[tuple[str, str, float]] = field(default_factory=list)
    clear: int = 0
    right: int = 0
    right_and_said: int = 0

    def take(self, file: str, plates: Sequence[dict[str, Any]], read: Iterable[ReadPlate]) -> None:
        """Take in one picture: its labelled plates (`box`, `text`, `legibility`) and what was read in it."""
        self.pictures += 1
        best: dict[int, float] = {}
        for one, readings in read:
            text, confidence = readings[0]
            about = [n for n, plate in enumerate(plates) if overlap(one.detection.box_px, tuple(plate["box"])) >= _SAME]
            if not about and confidence >= SAID:
                self.beside.append((file, text, confidence))
            for number in about:
                if text == plates[number]["text"]:
                    best[number] = max(best.get(number, 0.0), confidence)
        for number, plate in enumerate(plates):
            if plate["legibility"] == "clear":
                self.clear += 1
                self.right += number in best
                self.right_and_said += best.get(number, 0.0) >= SAID

    @property
    def per_thousand(self) -> float:
        """Texts said beside plates in a thousand pictures."""
        return 1000.0 * len(self.beside) / max(self.pictures, 1)


def measure(folder: Path, config: PerceptionConfig | None = None, limit: int = 0) -> Lettering:
    """Read the pictures of a folder, all or `limit` of them evenly spread. Raises InputError."""
    labels = folder / "labels.json"
    if not labels.is_file():
        raise InputError(f"{folder}: holds no labels.json with frames beside it")
    entries = json.loads(labels.read_text(encoding="utf-8"))
    stills = open_stills(config or PerceptionConfig())
    found = Lettering()
    for entry in entries[:: max(1, len(entries) // limit)] if limit else entries:
        found.take(entry["file"], entry["plates"], stills.picture(load_picture(folder / "frames" / entry["file"])))
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--limit", type=int, default=0, help="so many pictures, evenly spread; 0 for all")
    asked = parser.parse_args(arguments)
    found = measure(asked.folder, limit=asked.limit)
    for file, text, confidence in found.beside:
        print(f"{file}: {text} {confidence:.2f}")
    print(
        f"{found.pictures} pictures: {len(found.beside)} texts said at {SAID} or more where no plate is labelled"
        f" ({found.per_thousand:.1f} in 1,000); of {found.clear} clear plates {found.right} read right,"
        f" {found.right_and_said} of them at {SAID} or more"
    )


if __name__ == "__main__":
    main()
