"""Fits what turns the readers' probabilities into true ones: a temperature of each, and the sharpness of combined looks.

`python -m models.train.reader.calibration MODELS --drive DIR --fold 1` fits them on rendered plates at full strength and on
the labelled drive plates of vehicles that the networks have not seen.
The `crops` are never used. Each fit minimises the cross entropy of "the text is right" under the confidence.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click
import cv2
import numpy as np
from numpy.typing import NDArray

from anpr.evidence import k_best
from anpr.perception.ctc import active_steps, soften
from anpr.perception.decoding import decode
from anpr.perception.layouts import apply_prior
from anpr.perception.model_files import model_file
from anpr.perception.reader import PRIOR_STRENGTH
from anpr.perception.rectification import by_matrix
from anpr.perception.second_looks import INPUT_SIZE, WIDE_BELOW, ZOOM_BELOW, combine, other_looks
from anpr.values import Image, Readings
from models.plates.random_plate import random_plate
from models.train.optics.photograph import photograph, prepare
from models.train.reader.real import load_real

TEMPERATURES: Final = (0.7, 0.75, 0.8, 0.85, 0.9, 1.0, 1.1, 1.2)
SHARPNESSES: Final = (1.0, 1.25, 1.5, 1.75, 2.0, 2.5)

Looks = list[Image]
"""The first cut of a plate and then the others."""


def looks_of(picture: Image, to_cut: NDArray[np.float64]) -> Looks:
    """Return the cuts that the reader may look at."""
    others = [look for _, cuts in other_looks(to_cut, flat=False) for look in cuts]
    return [by_matrix(picture, m, INPUT_SIZE) for m in (to_cut, *others)]


def rendered_looks(count: int, seed: int = 77) -> list[tuple[str, Looks]]:
    """Return rendered plates of every style with their texts; other looks are cut from the first."""
    rng = np.random.default_rng(seed)
    found: list[tuple[str, Looks]] = []
    while len(found) < count:
        plate = random_plate(rng)
        taken = photograph(rng, prepare(plate))
        if taken.text == plate.text:
            found.append((plate.text, looks_of(taken.image, np.eye(3))))
    return found


def drive_looks(folder: Path, fold: int | None = None) -> list[tuple[str, Looks]]:
    """Return the labelled drive plates, of one fold or all, cut by their boxes as the reader cuts them."""
    found = []
    for plate in load_real(folder, fold):
        (x0, y0), (x1, y1) = plate.corners[0] - 0.03 * (plate.corners[2] - plate.corners[0]), plate.corners[2]
        w, h = float(x1 - x0) * 1.03, float(y1 - y0) * 1.03
        scale = np.array([[160 / w, 0, -float(x0) * 160 / w], [0, 48 / h, -float(y0) * 48 / h], [0, 0, 1]])
        found.append((plate.text, looks_of(plate.picture, scale)))
    return found


def cross_entropy(said: Sequence[tuple[float, bool]]) -> float:
    """Return the mean cross entropy of outcomes under confidences."""
    confidence = np.clip([c for c, _ in said], 1e-4, 1 - 1e-4)
    right = np.array([r for _, r in said])
    return float(-np.log(np.where(right, confidence, 1 - confidence)).mean())


def _said(readings: Readings, text: str) -> tuple[float, bool]:
    best, confidence = apply_prior(readings, PRIOR_STRENGTH)[0]
    return float(confidence), best == text


def fitted_temperature(name: str, scores: Sequence[tuple[str, NDArray[np.float32]]]) -> float:
    """Return the best of TEMPERATURES for the texts of these log posteriors (160, 37) in one look; print all."""
    tried = {}
    for temperature in TEMPERATURES:
        said = [_said(k_best(decode(steps, temperature=temperature).probabilities, 20), text) for text, steps in scores]
        tried[temperature] = cross_entropy(said)
        print(f"{name}: temperature {temperature:.2f}: cross entropy {tried[temperature]:.4f}")
    return min(tried, key=lambda t: tried[t])


@click.command()
@click.argument("models", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--drive",
    type=click.Path(path_type=Path, exists=True),
    help="Labelled frames whose vehicles the models haven't seen.",
)
@click.option("--fold", type=click.IntRange(0, 1), help="Of these, only the vehicles of this fold.")
@click.option("--rendered", default=300, show_default=True)
def calibrate(models: Path, drive: Path | None, fold: int | None, rendered: int) -> None:
    """Fit the temperature of each network in the folder MODELS, and the sharpness of combined looks, and print them."""
    cv2.setNumThreads(1)
    examples = rendered_looks(rendered) + (drive_looks(drive, fold) if drive is not None else [])
    fast, wide = (model_file(name, models).open() for name in ("reader", "reader_wide"))
    texts = [text for text, _ in examples]
    by_fast = [np.asarray(fast.run({"pictures": looks[0][None]})[0][0], np.float32) for _, looks in examples]
    by_wide = [np.asarray(wide.run({"pictures": np.stack(looks)})[0], np.float32) for _, looks in examples]
    temperature = fitted_temperature("reader", list(zip(texts, by_fast, strict=True)))
    wide_temperature = fitted_temperature("reader_wide", [(t, s[0]) for t, s in zip(texts, by_wide, strict=True)])
    unsure = []
    for text, steps, by_cut in zip(texts, by_fast, by_wide, strict=True):
        first = k_best(decode(steps, temperature=temperature).probabilities, 20)
        readings = k_best(decode(by_cut[0], temperature=wide_temperature).probabilities, 20)
        if _said(first, text)[0] < WIDE_BELOW and _said(readings, text)[0] < ZOOM_BELOW:
            unsure.append((text, readings, [soften(active_steps(each), wide_temperature) for each in by_cut]))
    for sharpness in SHARPNESSES:
        said = [_said(combine(looks, readings, sharpness), text) for text, readings, looks in unsure]
        print(f"sharpness {sharpness:.2f}: cross entropy {cross_entropy(said):.4f} over {len(said)} unsure plates")


if __name__ == "__main__":
    calibrate()
