"""Frames of the drive generator as training material: clean UK streets by day, dusk, night, infrared and rain.

Their signs, grilles, lamps and shop windows teach the detector what is no plate, their plates have exact corners. The
seeds are never those of the benchmark's clips.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np

from benchmarks.drives.plan import SETS, plan
from benchmarks.drives.scene import Scene
from models.train.scenes.frames import RealFrame

FIRST_SEED: Final = 700_000
"""Seeds from here on are for training alone."""

LEAST_VISIBLE: Final = 0.75
"""Plates of which less is in sight are neither to be found nor to be passed over."""


def made_drive_frames(count: int, seed: int, each: int = 8) -> Iterator[RealFrame]:
    """Yield frames of made drives, `each` frames of a drive, of all sets in turn; `seed` counts from 0."""
    rng = np.random.default_rng(FIRST_SEED + seed)
    sets, made, index = list(SETS), 0, 0
    while made < count:
        scene = Scene(plan(sets[index % len(sets)], index, FIRST_SEED + seed))
        for number in sorted(rng.choice(scene.count, each, replace=False).tolist()):
            picture = scene.frame(number)
            rows = [row for actor in scene.actors for row in actor.truth.frames if row.frame == number]
            quads = np.array([row.corners for row in rows], np.float32).reshape(-1, 4, 2)
            seen = np.array([row.visible >= LEAST_VISIBLE for row in rows], np.bool_)
            yield RealFrame.of(f"{scene.drive.name}:{number}", picture, quads, seen, exact=True)
            made += 1
            if made == count:
                return
        index += 1
