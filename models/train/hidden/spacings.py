"""How often the room between characters tells of a hidden one, where there is none and where there is one.

`python -m models.train.hidden.spacings` renders plates, British and others, photographs and reads them, and asks `anpr/perception/spacing.py`
of the whole plate and of the plate with each of its characters taken out. `--drive DRIVE` asks of the clear plates of a labelled drive.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click
import cv2
import numpy as np

from anpr.perception.character_places import Place, places_of
from anpr.perception.reader import PlateReader
from anpr.perception.rectification import by_matrix, cut_matrix
from anpr.perception.second_looks import INPUT_SIZE
from anpr.perception.spacing import lacking
from anpr.values import Detection, Image
from anpr.vrm import fold
from models.plates.british import TEXTS
from models.plates.random_plate import random_plate
from models.train.hidden.samples import detection_of
from models.train.optics.camera import sensor
from models.train.optics.light import lighten
from models.train.optics.photograph import character_height, prepare, random_cut, set_into_scene
from models.train.scenes.drives import made_drive_frames

LEVELS: Final = (0.01, 0.1, 0.5)

Spaced = tuple[str, str, list[Place | None]]
"""Where a plate is from, its text, and the places of its characters."""


def rendered(count: int, seed: int, made_frames: int = 24) -> Iterator[Spaced]:
    """Yield so many rendered plates of one line that were read right."""
    rng = np.random.default_rng(seed)
    reader = PlateReader(hidden=False)
    frames = [one.half for one in made_drive_frames(made_frames, seed)]
    while count:
        plate = random_plate(rng)
        if plate.lines > 1:
            continue
        prepared, height = prepare(plate), max(character_height(rng, 0.7), 8.0)
        scene, corners, _ = set_into_scene(
            rng, prepared, height / prepared.character_height_px, frames, 0.7, 0.0, (0.3, 0.5), 3.0
        )
        picture = sensor(rng, lighten(rng, scene, corners, 0.7), height, 0.7, corners=corners)
        places = places_if_right(reader, picture, detection_of(random_cut(rng, corners, 0.7)), plate.text)
        if places is not None:
            count -= 1
            yield ("British" if plate.style in TEXTS else "others"), plate.text, places


def of_drive(folder: Path) -> Iterator[Spaced]:
    """Yield the clear plates of a labelled drive that are read right."""
    reader = PlateReader(hidden=False)
    for entry in json.loads((folder / "labels.json").read_text(encoding="utf-8")):
        picture = cv2.imread(str(folder / "frames" / entry["file"]))
        for plate in entry["plates"]:
            if picture is None or not plate["text"] or plate["legibility"] != "clear":
                continue
            x0, y0, x1, y1 = (float(v) for v in plate["box"])
            detection = Detection((x0, y0, x1, y1), 1.0)
            places = places_if_right(reader, np.asarray(picture, np.uint8), detection, plate["text"])
            if places is not None:
                yield folder.name, plate["text"], places


def places_if_right(reader: PlateReader, picture: Image, detection: Detection, text: str) -> list[Place | None] | None:
    """Return the places of the characters of a plate, None where it was read otherwise."""
    steps, read = reader.look(by_matrix(picture, cut_matrix(detection, INPUT_SIZE), INPUT_SIZE), detection)
    return list(places_of(steps, read.text)) if fold(read.text) == fold(text) else None


def told(plates: Iterator[Spaced]) -> dict[str, list[float]]:
    """Return by where plates are from, whole and with an inner character taken out, the greatest probability told, at its place."""
    found: dict[str, list[float]] = defaultdict(list)
    for origin, text, places in plates:
        found[f"{origin}, whole"].append(float(lacking(text, places).max(initial=0.0)))
        for i, character in enumerate(text):
            where = "the first" if i == 0 else "the last" if i == len(text) - 1 else "an inner one"
            narrow = ", narrow" if character in "1I" else ""
            without = lacking(text[:i] + text[i + 1 :], places[:i] + places[i + 1 :])
            found[f"{origin}, without {where}{narrow}"].append(float(without[i]))
    return found


@click.command()
@click.option("--count", default=4000, show_default=True, help="Rendered plates.")
@click.option("--seed", default=77, show_default=True)
@click.option(
    "--drive",
    type=click.Path(path_type=Path, exists=True),
    help="Folder of a labelled drive, to ask of its plates instead.",
)
def ask(count: int, seed: int, drive: Path | None) -> None:
    """Print how many are told of with a probability of each level or more."""
    cv2.setNumThreads(1)
    for name, chances in sorted(told(of_drive(drive) if drive else rendered(count, seed)).items()):
        shares = "  ".join(f"{level} or more: {100 * np.mean(np.array(chances) >= level):5.2f} %" for level in LEVELS)
        print(f"{name:40s} {len(chances):6d}  {shares}")


if __name__ == "__main__":
    ask()
