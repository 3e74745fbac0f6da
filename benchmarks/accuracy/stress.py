"""Stress: how a reader of pictures does when plates are hidden in part, cut, turned, soiled or small, level by level.

Of each plate one read counts: the surest whose box holds the plate's middle. It is right when every character is (O = 0, I = 1),
sure and wrong when it is not and its confidence is `SURE` or more; nothing was read where there is no such box or text.
"""

import json
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from anpr.errors import InputError
from anpr.perception.rectification import box_matrix, by_matrix
from anpr.perception.second_looks import INPUT_SIZE
from anpr.values import Box, Image, Read
from anpr.vrm import fold, normalise
from benchmarks.accuracy.intervals import ratio
from benchmarks.accuracy.stress_scenes import HIDING, LEVELS, Map, Scene, scene_around
from camera.sources.pictures import load_picture

SURE: Final = 0.9
USUAL_ENDS: Final = (0.12, 0.92)
"""Where the first and the last character stand, as shares of the plate's width, if nobody finds them."""

FOLD_NEVER_TRAINED_ON: Final = 1
"""Of the drive set, vehicles of this fold were never trained on (models/READER.md)."""

PictureReader = Callable[[Image], Sequence[Read]]
EndFinder = Callable[[Image, Box, str], tuple[float, ...] | None]
"""Finds the middles of the characters of a plate whose text is known, or of the first and the last, as shares of the box's width."""


@dataclass(frozen=True, slots=True)
class LabelledPlate:
    """A plate of a labelled picture that a person can read in every character."""

    file: Path
    box_px: Box
    text: str

    @property
    def fold(self) -> int:
        """Which half of the vehicles it is of; by its text, so all pictures of one vehicle are in one half."""
        return zlib.crc32(self.text.encode("ascii")) & 1


@dataclass(frozen=True, slots=True)
class Passed:
    """What became of one plate at one level."""

    kind: str
    level: str
    plate: LabelledPlate
    text: str
    confidence: float

    @property
    def right(self) -> bool:
        """Whether every character is right."""
        return fold(self.text) == fold(self.plate.text)

    @property
    def sure_and_wrong(self) -> bool:
        """Whether a text that is not the plate's is held for sure."""
        return bool(self.text) and not self.right and self.confidence >= SURE


def labelled_plates(folder: Path, limit: int = 0, seed: int = 1) -> list[LabelledPlate]:
    """Return the plates marked clear in `labels.json` of a folder, in random order, `limit` of them (0: all).

    The pictures are in the folder itself or in `frames`. Vehicles come by turns, so a few plates are of many vehicles.
    Raises InputError when there are no such labels or no such plates.
    """
    path = folder / "labels.json"
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        pictures = folder / "frames" if (folder / "frames").is_dir() else folder
        found = [
            LabelledPlate(pictures / entry["file"], _box(plate["box"]), normalise(plate["text"]))
            for entry in entries
            for plate in entry["plates"]
            if plate["text"] and plate.get("legibility", "clear") == "clear"
        ]
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}): name a folder of labelled pictures") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"{path} is no list of pictures with file and plates, each with box, text and legibility ({error!r})"
        ) from error
    if not found:
        raise InputError(f"{path}: no plate in it is marked clear and has a text")
    order = np.random.default_rng(seed).permutation(len(found))
    turns: dict[str, int] = {}
    ranked = []
    for place, index in enumerate(order.tolist()):
        plate = found[index]
        turns[plate.text] = turns.get(plate.text, -1) + 1
        ranked.append((turns[plate.text], place, plate))
    ranked.sort(key=lambda item: item[:2])
    return [plate for _, _, plate in ranked][: limit or None]


def _box(corners: Sequence[float]) -> Box:
    x0, y0, x1, y1 = (float(v) for v in corners)
    return x0, y0, x1, y1


def run_stress(
    plates: Sequence[LabelledPlate],
    read: PictureReader,
    find_ends: EndFinder,
    *,
    kinds: Sequence[str] = (),
    seed: int = 1,
    tick: Callable[[], None] = lambda: None,
) -> list[Passed]:
    """Return what became of every plate at every level of the `kinds` (all by default); the same for the same seed."""
    passed = []
    for number, plate in enumerate(plates):
        frame = load_picture(plate.file)
        scene = scene_around(frame, plate.box_px, plate.text, find_ends(frame, plate.box_px, plate.text) or USUAL_ENDS)
        for kind, levels in LEVELS.items():
            for place, (level, change) in enumerate(levels.items()):
                if kinds and kind not in kinds:
                    continue
                rng = np.random.default_rng([seed, number, zlib.crc32(kind.encode()), place])
                picture, moved = change(scene, rng)
                text, confidence = _of_the_plate(read(picture), scene, moved)
                passed.append(Passed(kind, level, plate, text, confidence))
                tick()
    return passed


def count_levels(kinds: Sequence[str] = ()) -> int:
    """Return how many passes a plate makes; raises InputError for a kind that there isn't."""
    for kind in kinds:
        if kind not in LEVELS:
            raise InputError(f"there is no stress of the kind {kind!r}: expected some of {', '.join(LEVELS)}")
    return sum(len(levels) for kind, levels in LEVELS.items() if not kinds or kind in kinds)


def _of_the_plate(reads: Sequence[Read], scene: Scene, moved: Map) -> tuple[str, float]:
    x0, y0, x1, y1 = scene.box_px
    middle = moved @ np.array([(x0 + x1) / 2, (y0 + y1) / 2, 1.0])
    x, y = middle[:2] / middle[2]
    here = []
    for one in reads:
        left, top, right, bottom = one.detection.box_px
        tall = bottom - top
        if one.text and left - tall <= x <= right + tall and top - tall / 2 <= y <= bottom + tall / 2:
            here.append((one.confidence, one.text))
    confidence, text = max(here, default=(0.0, ""))
    return text, confidence


def stress_section(title: str, passed: Sequence[Passed]) -> dict[str, Any]:
    """Return the section of a report: a row for each level, what hides characters together, each also for fold 1 alone."""
    groups = [
        (kind, level, [one for one in passed if one.kind == kind and one.level == level])
        for kind, levels in LEVELS.items()
        for level in levels
    ]
    groups = [group for group in groups if group[2]]
    hidden = [one for one in passed if one.kind in HIDING]
    if hidden:
        groups.append(("hidden in part", "together", hidden))
    levels = []
    for kind, level, ones in groups:
        unseen = [one for one in ones if one.plate.fold == FOLD_NEVER_TRAINED_ON]
        levels.append({"kind": kind, "level": level, **_shares(ones), "fold_1": _shares(unseen)})
    return {
        "kind": "stress",
        "title": title,
        "plates": len({(one.plate.file, one.plate.box_px) for one in passed}),
        "vehicles": len({one.plate.text for one in passed}),
        "levels": levels,
        "rows": [_row(one) for one in levels],
        "wrong": [
            {"kind": o.kind, "level": o.level, "file": o.plate.file.name, "text": o.plate.text, "read": o.text,
             "confidence": round(o.confidence, 4)}
            for o in passed if o.sure_and_wrong
        ],
        "errors": [],
    }  # fmt: skip


def _shares(ones: Sequence[Passed]) -> dict[str, Any]:
    """Return right, sure and wrong, and nothing read, with intervals over vehicles."""
    vehicles = sorted({one.plate.text for one in ones})
    wholes = np.array([sum(one.plate.text == v for one in ones) for v in vehicles], np.float64)

    def share(counts: Callable[[Passed], bool]) -> dict[str, Any]:
        parts = [sum(counts(one) for one in ones if one.plate.text == v) for v in vehicles]
        return ratio(np.array(parts, np.float64), wholes).as_json()

    return {
        "right": share(lambda one: one.right),
        "sure_and_wrong": share(lambda one: one.sure_and_wrong),
        "none": share(lambda one: not one.text),
    }


def _row(level: dict[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {"kind": level["kind"], "level": level["level"], "passes": level["right"]["count"]}
    for shares, where in ((level, ""), (level["fold_1"], ", fold 1")):
        for key in ("right", "sure_and_wrong", "none"):
            figure = shares[key]
            if figure["value"] is not None:
                value, low, high = (100 * figure[k] for k in ("value", "low", "high"))
                row[key.replace("_", " ") + where] = f"{value:.1f} % ({low:.1f} to {high:.1f})"
    return row


def own_reader() -> PictureReader:
    """Return what `anpr read` does with a picture, with the shipped models."""
    from anpr.config.car import PatrolConfig  # noqa: PLC0415 - loads the models
    from anpr.patrol.opening import open_stills  # noqa: PLC0415

    stills = open_stills(PatrolConfig().perception)
    return lambda image: [read for read, _ in stills.picture(image)]


def own_end_finder() -> EndFinder:
    """Return a finder of characters by the steps of the shipped reader on the untouched plate."""
    from anpr.perception.character_places import places_of  # noqa: PLC0415 - loads the model runtime
    from anpr.perception.model_files import model_file  # noqa: PLC0415

    model = model_file("reader")
    session = model.open(threads=1)
    margin = 0.03

    def find(frame: Image, box: Box, text: str) -> tuple[float, ...] | None:
        cut = by_matrix(frame, box_matrix(box, INPUT_SIZE), INPUT_SIZE)
        steps = np.asarray(session.run({model.input.name: cut[None]})[0], np.float32)[0]
        places = places_of(steps, text)
        if not places or places[0] is None or places[-1] is None or places[-1].row != places[0].row:
            return None
        seen = [place for place in places if place is not None]
        chosen = seen if len(seen) == len(places) else (places[0], places[-1])
        return tuple(place.x * (1 + 2 * margin) - margin for place in chosen)

    cv2.setNumThreads(1)
    return find
