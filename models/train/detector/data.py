"""What the detector's network is fed: a pool of scenes that a second process keeps renewing, and targets for the loss."""

import itertools
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from anpr.perception.detector import PlateDetector
from models.train.detector.network import STRIDE
from models.train.scenes.drives import made_drive_frames
from models.train.scenes.frames import RealFrame, Scene, load_frames
from models.train.scenes.scene_maker import SMALLEST_PX, SceneMaker

PLATES: Final = 12
"""Plates kept for each scene; more are rare."""

NUMBERS: Final = 11
"""Numbers for each plate: corners (8), present, exact, ignored."""

Labels = NDArray[np.float32]
"""(PLATES, NUMBERS) for a scene, (N, PLATES, NUMBERS) for a batch."""


def labels_of(scene: Scene) -> Labels:
    """Return a scene's plates as numbers."""
    labels = np.zeros((PLATES, NUMBERS), np.float32)
    count = min(PLATES, len(scene.quads))
    labels[:count, :8] = scene.quads[:count].reshape(-1, 8)
    labels[:count, 8] = 1.0
    labels[:count, 9] = scene.exact[:count]
    labels[:count, 10] = scene.ignored[:count]
    return labels


class ScenePool:
    """Scenes on disk (best: in memory, /dev/shm) shared by one writer and one reader.

    The reader draws at random and sees each scene several times; the writer replaces the oldest. A scene that is being
    written has an odd version and is not drawn.
    """

    def __init__(self, folder: Path, capacity: int = 3000, size: tuple[int, int] = (640, 384)) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        width, height = size
        self.capacity = capacity
        self.images = self._map(folder / "images.bin", (capacity, height, width, 3), np.dtype(np.uint8))
        self.labels = self._map(folder / "labels.bin", (capacity, PLATES, NUMBERS), np.dtype(np.float32))
        self.real = self._map(folder / "real.bin", (capacity,), np.dtype(np.uint8))
        self.versions = self._map(folder / "versions.bin", (capacity,), np.dtype(np.int64))

    @staticmethod
    def _map(path: Path, shape: tuple[int, ...], dtype: np.dtype[np.generic]) -> np.ndarray:
        bytes_needed = int(np.prod(shape)) * dtype.itemsize
        if not path.exists() or path.stat().st_size != bytes_needed:
            with path.open("wb") as file:
                file.truncate(bytes_needed)
        return np.memmap(path, dtype=dtype, mode="r+", shape=shape)

    def filled(self) -> int:
        """Return how many scenes may be drawn."""
        return int((self.versions > 0).sum())

    def write(self, index: int, scene: Scene) -> None:
        """Put a scene in place `index`."""
        self.versions[index] = 2 * (self.versions[index] // 2) + 1
        self.images[index] = scene.image
        self.labels[index] = labels_of(scene)
        self.real[index] = scene.real
        self.versions[index] += 1

    def draw(self, rng: np.random.Generator, count: int) -> tuple[NDArray[np.uint8], Labels, NDArray[np.bool_]]:
        """Return pictures (N, H, W, 3), labels and which are real frames."""
        ready = np.flatnonzero((self.versions > 0) & (self.versions % 2 == 0))
        chosen = rng.choice(ready, count, replace=len(ready) < count)
        return self.images[chosen], self.labels[chosen].copy(), self.real[chosen].astype(np.bool_)


def fill_pool(
    folder: Path, capacity: int, frames: Path | None, seed: int, pause_s: float, made: int, slanted: float
) -> None:
    """Write scenes into the pool for ever: as fast as possible the first time round, then with a pause after each.

    `frames` is the folder of the drive frames, `made` the number of frames of made drives: each scene adds one till
    they are all there. `slanted` is the share of scenes seen aslant; for those the corners of the plates in drive frames,
    which are not labelled, are what the shipped detector finds in the frame as it is. Made to run as a process of its own;
    it ends when its parent does.
    """
    cv2.setNumThreads(1)
    parent = os.getppid()
    pool = ScenePool(folder, capacity)
    real = load_frames(frames, held_out=False) if frames is not None else []
    if slanted:
        detector = PlateDetector()
        real = [frame.with_corners(detector.detect(frame.image)) for frame in real]
    drives: list[RealFrame] = []
    source = made_drive_frames(made, seed)
    maker = SceneMaker(np.random.default_rng(seed), real, drives=drives, slanted=slanted)
    index = pool.filled() % capacity
    while os.getppid() == parent:
        drives.extend(itertools.islice(source, 1))
        pool.write(index, maker.scene())
        index = (index + 1) % capacity
        if pool.filled() >= min(capacity, 1200):
            time.sleep(pause_s)


def augmented(
    rng: np.random.Generator, images: NDArray[np.uint8], labels: Labels, size: tuple[int, int]
) -> tuple[NDArray[np.uint8], Labels]:
    """Cut a batch to `size` (width, height) at random places, mirror it and swap its colour channels."""
    count, height, width = images.shape[:3]
    wide, high = size
    out = np.empty((count, high, wide, 3), np.uint8)
    for i in range(count):
        x0, y0 = int(rng.integers(width - wide + 1)), int(rng.integers(height - high + 1))
        cut = images[i, y0 : y0 + high, x0 : x0 + wide]
        quads = labels[i, :, :8].reshape(-1, 4, 2)
        quads -= (x0, y0)
        if rng.random() < 0.5:
            cut = cut[:, ::-1]
            quads[..., 0] = wide - quads[..., 0]
            quads[:] = quads[:, [1, 0, 3, 2]]
        if rng.random() < 0.15:
            cut = cut[..., rng.permutation(3)]
        out[i] = cut
        labels[i, :, :8] = quads.reshape(-1, 8)
    corners = labels[..., :8].reshape(count, -1, 4, 2)
    whole = np.ptp(corners, axis=2).prod(axis=-1)
    seen = np.ptp(np.clip(corners, 0, (wide, high)), axis=2).prod(axis=-1)
    share = seen / np.maximum(whole, 1e-6)
    labels[..., 10] = np.maximum(labels[..., 10], share < 0.75)
    labels[..., 8] *= share > 0.02
    return out, labels


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """What the network should say for a batch; maps have the shape (N, ..., H/8, W/8).

    `heat` is 1 at the cell of a plate's centre and falls off as a Gaussian; `background` weighs the cells where heat is
    not wanted; `weight` the cells that learn geometry; `boxes` (N, 4, …) x0 y0 x1 y1 and `corners` (N, 8, …) are in px;
    `exact` says where the corners are known.
    """

    heat: NDArray[np.float32]
    background: NDArray[np.float32]
    weight: NDArray[np.float32]
    boxes: NDArray[np.float32]
    corners: NDArray[np.float32]
    exact: NDArray[np.float32]


def targets_of(labels: Labels, size: tuple[int, int]) -> Targets:
    """Return the targets for a batch of pictures of `size` (width, height)."""
    columns, rows = size[0] // STRIDE, size[1] // STRIDE
    count = len(labels)
    shape = (count, rows, columns)
    heat, background, weight = np.zeros(shape, np.float32), np.ones(shape, np.float32), np.zeros(shape, np.float32)
    boxes, corners = np.zeros((count, 4, rows, columns), np.float32), np.zeros((count, 8, rows, columns), np.float32)
    exact = np.zeros(shape, np.float32)
    xs = (np.arange(columns, dtype=np.float32) + 0.5) * STRIDE
    ys = (np.arange(rows, dtype=np.float32) + 0.5) * STRIDE
    for i, plate in zip(*np.nonzero(labels[..., 8] > 0), strict=True):
        quad = labels[i, plate, :8].reshape(4, 2)
        (x0, y0), (x1, y1) = quad.min(axis=0), quad.max(axis=0)
        if labels[i, plate, 10] > 0 or x1 - x0 < SMALLEST_PX:
            grow = 0.3 * (y1 - y0) + STRIDE / 2
            inside = np.outer((ys > y0 - grow) & (ys < y1 + grow), (xs > x0 - grow) & (xs < x1 + grow))
            background[i][inside] = 0.0
            continue
        cx, cy = (x0 + x1) / 2, (y0 + y1) / 2
        column, row = int(cx // STRIDE), int(cy // STRIDE)
        if not (0 <= column < columns and 0 <= row < rows):
            continue
        sigma_x, sigma_y = max(4.5, 0.13 * (x1 - x0)), max(4.0, 0.16 * (y1 - y0))
        bump = np.outer(np.exp(-0.5 * ((ys - cy) / sigma_y) ** 2), np.exp(-0.5 * ((xs - cx) / sigma_x) ** 2))
        bump = bump.astype(np.float32)
        bump[row, column] = 1.0
        near = (bump > 0.3) & (bump > weight[i])
        weight[i][near] = bump[near]
        boxes[i][:, near] = np.array([[x0], [y0], [x1], [y1]])
        corners[i][:, near] = quad.reshape(8, 1)
        exact[i][near] = labels[i, plate, 9]
        heat[i] = np.maximum(heat[i], bump)
    return Targets(heat, background, weight, boxes, corners, exact)
