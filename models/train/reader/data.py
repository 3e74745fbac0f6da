"""Samples for the reader: a pool on disk that renderers keep filling and a training keeps drawing from.

Rendering and training are separate processes that share nothing but this pool, so either can be stopped, changed
and started again alone. `python -m models.train.reader.data POOL` renders until it is stopped. Put the pool into
memory (/dev/shm on Linux): it is written over and over.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import click
import cv2
import numpy as np
from numpy.typing import NDArray

from anpr.perception.reader import PlateReader
from anpr.vrm import ALPHABET, MAX_LENGTH
from models.plates.canvas import Plate
from models.plates.random_plate import random_plate
from models.train.optics.photograph import INPUT_SIZE, Image, Photograph, PreparedPlate, no_plate, photograph, prepare
from models.train.reader.real import RealSource, fold_of, load_real
from models.train.reader.unsure import Unsure

STEPS: Final = 80
ROWS: Final = 2
BLANK: Final = len(ALPHABET)
UNKNOWN: Final = 255
WIDE_MORE: Final = 0.25
"""Share of photographs that are drawn from plates of wide characters alone (two lines or few characters): rarer, harder."""
FEW: Final = 5
HARD: Final = (0.05, 2.5)
"""CTC loss a character from which a sample is worth drawing again, and from which it is hopeless."""
MOST_USES: Final = 5
SLOTS: Final = 24576
SAMPLE: Final = np.dtype(
    [
        ("serial", np.int64),
        ("length", np.uint8),
        ("codes", np.uint8, (MAX_LENGTH,)),
        ("dense", np.uint8, (ROWS * STEPS,)),
        ("real", np.uint8),
        ("picture", np.uint8, (INPUT_SIZE[1], INPUT_SIZE[0], 3)),
    ]
)
REAL_OF_FOLD: Final = (1, 2)
"""What a sample's `real` says of a labelled plate whose vehicle is of fold 0 or 1; 0 is a rendered one."""
"""serial 0: never written, or being written now. codes: columns of ALPHABET. dense: the class that each step should
give, UNKNOWN where it may be either."""


def dense_target(text: str, places: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return the class of each of the 160 steps, uint8: the character around its middle, blank between characters.

    A step is 2 px of the input. Characters hold the steps within a quarter of their width of the middle, at least
    one; steps further than half a width (and one step) from any character are blank; the rest is UNKNOWN.
    """
    target = np.full((ROWS, STEPS), BLANK, np.uint8)
    step_x = (np.arange(STEPS) + 0.5) * (INPUT_SIZE[0] / STEPS)
    for row in range(ROWS):
        here = [(ALPHABET.index(c), p) for c, p in zip(text, places, strict=True) if p[2] == row]
        for _, (x, width, _row) in here:
            target[row, np.abs(step_x - x) < max(width / 2, 2.0)] = UNKNOWN
        for code, (x, width, _row) in here:
            near = np.abs(step_x - x)
            target[row, (near < width / 4) | (near == near.min())] = code
        for (code, (x, _w, _r)), (other, (next_x, _w2, _r2)) in pairwise(here):
            between = int(((x + next_x) / 2) * STEPS / INPUT_SIZE[0])
            if code == other and 0 <= between < STEPS:
                target[row, between] = BLANK
    return target.reshape(-1)


@dataclass(slots=True, eq=False)
class Pool:
    """Samples in a memory-mapped file, and the strength that the training asks of the renderers."""

    samples: NDArray[np.void]
    control: NDArray[np.float64]

    @classmethod
    def open(cls, folder: Path, slots: int | None = None) -> "Pool":
        """Open the pool in `folder`, made if need be: with SLOTS slots, or what is asked for, or as many as it has."""
        folder.mkdir(parents=True, exist_ok=True)
        held = (folder / "samples.bin").stat().st_size // SAMPLE.itemsize if (folder / "samples.bin").exists() else 0
        slots = slots or held or SLOTS
        for name, size in (("samples.bin", SAMPLE.itemsize * slots), ("control.bin", 32)):
            path = folder / name
            if not path.exists() or path.stat().st_size != size:
                with path.open("wb") as file:
                    file.truncate(size)
        samples: NDArray[np.void] = np.memmap(folder / "samples.bin", SAMPLE, "r+", shape=(slots,))
        control: NDArray[np.float64] = np.memmap(folder / "control.bin", np.float64, "r+", shape=(4,))
        return cls(samples, control)

    def write(self, slot: int, serial: int, sample: Photograph, *, fold: int | None = None) -> None:
        """Put a sample into a slot, with the `fold` of its vehicle where it is a real one.

        Texts longer than MAX_LENGTH are refused with a ValueError.
        """
        if len(sample.text) > MAX_LENGTH:
            raise ValueError(f"text of {len(sample.text)} characters, at most {MAX_LENGTH} are read")
        record = self.samples[slot]
        record["serial"] = 0
        record["length"] = len(sample.text)
        record["codes"][: len(sample.text)] = [ALPHABET.index(c) for c in sample.text]
        record["dense"] = dense_target(sample.text, sample.places) if fold is None else UNKNOWN
        record["real"] = 0 if fold is None else REAL_OF_FOLD[fold]
        record["picture"] = sample.image
        record["serial"] = serial


class Drawer:
    """Draws batches from a pool: the least used samples first, and again those that were read badly.

    Most samples are easy after a while and teach little; drawing hard ones again costs nothing, since their loss is known
    from the last time (the idea of prioritised replay; Schaul et al., 2016). Samples of a very high loss are not drawn
    again: their characters are gone.
    """

    def __init__(self, pool: Pool, rng: np.random.Generator, hard_share: float = 0.0) -> None:
        self._pool = pool
        self._rng = rng
        self._hard_share = hard_share
        self._seen = np.zeros(len(pool.samples), np.int64)
        self._uses = np.zeros(len(pool.samples), np.int64)
        self._loss = np.zeros(len(pool.samples))
        self._drawn = np.zeros(0, np.int64)
        self.fresh = 0

    def batch(self, size: int) -> NDArray[np.void]:
        """Return `size` samples (a copy), or fewer while the pool is filling; `fresh` counts first uses."""
        serials = np.asarray(self._pool.samples["serial"])
        written = np.flatnonzero(serials > 0)
        looked_at = written[self._rng.random(len(written)).argsort()[: 8 * size]]
        changed = self._seen[looked_at] != serials[looked_at]
        self._uses[looked_at[changed]] = self._loss[looked_at[changed]] = 0
        self._seen[looked_at] = serials[looked_at]
        loss = self._loss[looked_at]
        again = (loss > HARD[0]) & (loss < HARD[1]) & (self._uses[looked_at] < MOST_USES)
        hard = looked_at[again][: int(self._hard_share * size)]
        others = looked_at[~np.isin(looked_at, hard)]
        others = others[np.argsort(self._uses[others], kind="stable")[: size - len(hard)]]
        self._drawn = np.sort(np.concatenate((hard, others)))
        self.fresh += int((self._uses[self._drawn] == 0).sum())
        self._uses[self._drawn] += 1
        return np.array(self._pool.samples[self._drawn])

    def note(self, losses: NDArray[np.float32]) -> None:
        """Take down the loss of each sample of the last batch, in its order."""
        self._loss[self._drawn] = losses


Choice = Callable[[Photograph, Plate | None], bool]
"""Says of a photograph, and of the plate that it shows, whether it is wanted."""


class Renderer:
    """An endless source of photographs; each flat plate is photographed several times before it is replaced."""

    def __init__(
        self, seed: int, frames: Sequence[Image], kept: int = 1200, looks: float = 5.0, chosen: Choice | None = None
    ) -> None:
        self._rng = np.random.default_rng(seed)
        self._chosen = chosen
        self._frames = frames
        self._kept: list[PreparedPlate] = []
        self._size = kept
        self._renewal = 1 / looks

    def _plate(self) -> PreparedPlate:
        growing = len(self._kept) < self._size
        if (
            (growing and self._rng.random() < max(self._renewal, 0.4))
            or not self._kept
            or self._rng.random() < self._renewal
        ):
            plate = prepare(random_plate(self._rng))
            if growing:
                self._kept.append(plate)
            else:
                self._kept[int(self._rng.integers(self._size))] = plate
            return plate
        if self._rng.random() < WIDE_MORE:
            wide = [kept for kept in self._kept if kept.plate.lines > 1 or len(kept.plate.text) <= FEW]
            if wide:
                return wide[int(self._rng.integers(len(wide)))]
        return self._kept[int(self._rng.integers(len(self._kept)))]

    def photograph(self, strength: float) -> Photograph:
        """Return the next photograph, of those that are chosen; one in fifty taken shows no plate."""
        while True:
            prepared = None if self._rng.random() < 0.02 else self._plate()
            if prepared is None:
                taken = no_plate(self._rng, self._frames, strength)
            else:
                taken = photograph(self._rng, prepared, strength=strength, frames=self._frames)
            if len(taken.text) <= MAX_LENGTH and (
                self._chosen is None or self._chosen(taken, prepared.plate if prepared else None)
            ):
                return taken


def load_frames(folder: Path | None, every: int = 4) -> list[Image]:
    """Return every n-th road scene of a folder at half size, for backgrounds; none without a folder."""
    if folder is None:
        return []
    frames = []
    for path in sorted(folder.glob("*.jpg"))[::every]:
        picture = cv2.imread(str(path))
        if picture is not None:
            frames.append(np.asarray(cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8))
    return frames


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--seed", default=1, show_default=True)
@click.option("--frames", type=click.Path(path_type=Path, exists=True), help="Folder of road scenes for backgrounds.")
@click.option("--share", default=1, show_default=True, help="Number of renderers that fill this pool.")
@click.option("--part", default=0, show_default=True, help="Which of them this is, from 0.")
@click.option("--slots", type=click.IntRange(1), help="Samples that the pool holds; as it is, or 24576 if it is new.")
@click.option("--drive", type=click.Path(path_type=Path, exists=True), help="Folder of labelled real frames to mix in.")
@click.option("--fold", type=click.IntRange(0, 1), help="Use the vehicles of this fold only.")
@click.option("--real-share", default=0.2, show_default=True, help="Share of real plates.")
@click.option(
    "--unsure", is_flag=True, help="Mostly samples that the shipped fast reader doubts: those for the wide one."
)
def render(
    folder: Path,
    seed: int,
    frames: Path | None,
    share: int,
    part: int,
    slots: int | None,
    drive: Path | None,
    fold: int | None,
    real_share: float,
    unsure: bool,
) -> None:
    """Fill the pool in FOLDER with rendered plates until stopped."""
    cv2.setNumThreads(1)
    rng = np.random.default_rng([seed, part])
    real = RealSource(load_real(drive, fold), rng) if drive is not None else None
    pool = Pool.open(folder, slots)
    chosen = Unsure(PlateReader(), np.random.default_rng([seed, part, 1])) if unsure else None
    source = Renderer(seed * 1000 + part, load_frames(frames), looks=2.5 if unsure else 5.0, chosen=chosen)
    own = np.arange(part, len(pool.samples), share)
    serial = int(np.asarray(pool.samples["serial"][own]).max()) + 1
    while True:
        for slot in own:
            if real is not None and rng.random() < real_share:
                taken = real.photograph()
                while chosen is not None and not chosen(taken, None):
                    taken = real.photograph()
                pool.write(int(slot), serial, taken, fold=fold_of(taken.text))
            else:
                pool.write(int(slot), serial, source.photograph(float(pool.control[0]) or 0.2))
            serial += 1


if __name__ == "__main__":
    render()
