"""Sets of made clips on disk: made once, by several processes, and found again by what decides them."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import cv2

from anpr.errors import AnprError
from benchmarks.drives import generate as making
from benchmarks.drives.encode import best_codec
from benchmarks.drives.plan import Drive, plan

FULL: Final[Mapping[str, int]] = {
    "day": 6, "low_sun": 2, "rain": 2, "dusk": 2, "night": 3, "infrared": 4, "fast": 3, "fast_infrared": 2
}  # fmt: skip
"""Clips of each set for the whole state of the project."""
QUICK: Final[Mapping[str, int]] = {"day": 1, "infrared": 1}
SECONDS: Final = 8.0
QUICK_SECONDS: Final = 3.0


@dataclass(frozen=True, slots=True)
class MadeClip:
    """A clip that was made or found; `error` is one sentence when it could not be."""

    truth: Path
    error: str = ""


def make_sets(
    counts: Mapping[str, int], folder: Path, *, seed: int, seconds: float, workers: int,
    backgrounds: Path | None = None, done: Callable[[MadeClip], None] = lambda _: None,
) -> list[MadeClip]:  # fmt: skip
    """Make the clips of each set that are not there yet, and return all, in order of set and number."""
    drives = [plan(name, index, seed, seconds) for name, count in counts.items() for index in range(count)]
    made: dict[str, MadeClip] = {}
    waiting, pool_size = drives, max(workers, 1)
    while waiting:
        lost: list[Drive] = []
        for drive, clip in _pass(waiting, folder, backgrounds, pool_size):
            if clip is None and pool_size > 0:
                lost.append(drive)
                continue
            made[drive.name] = clip or MadeClip(
                folder / drive.name, f"{drive.name}: the process that made it was killed"
            )
            done(made[drive.name])
        # A killed process takes the others' work with it, so what was lost is made again, each in a pool of its own.
        waiting, pool_size = lost, 0
    return [made[drive.name] for drive in drives]


def _pass(
    drives: Sequence[Drive], folder: Path, backgrounds: Path | None, pool_size: int
) -> Iterator[tuple[Drive, MadeClip | None]]:
    """Yield each drive with its clip, None where the process was killed; `pool_size` 0 makes one after the other."""
    groups = [list(drives)] if pool_size else [[drive] for drive in drives]
    for group in groups:
        with ProcessPoolExecutor(max(pool_size, 1), mp_context=get_context("spawn")) as pool:
            waiting = {pool.submit(make_one, drive, folder, backgrounds): drive for drive in group}
            for future in as_completed(waiting):
                try:
                    yield waiting[future], future.result()
                except BrokenProcessPool:
                    yield waiting[future], None


def make_one(drive: Drive, folder: Path, backgrounds: Path | None) -> MadeClip:
    """Make one clip unless the same one is there."""
    cv2.setNumThreads(1)
    suffix = making.SUFFIX[best_codec()]
    truth = making.truth_path(folder / f"{drive.name}{suffix}")
    mark = truth.with_suffix(".made")
    wanted = hashlib.sha256(f"{drive!r} {backgrounds} {suffix} {generator_fingerprint()}".encode()).hexdigest()
    try:
        if truth.is_file() and mark.is_file() and mark.read_text(encoding="utf-8") == wanted:
            return MadeClip(truth)
        mark.unlink(missing_ok=True)  # else a run that is killed here leaves a new clip under the old one's mark
        making.generate(drive, folder, backgrounds=backgrounds)
        mark.write_text(wanted, encoding="utf-8")
    except AnprError as error:
        return MadeClip(truth, f"{drive.name}: {error}")
    except OSError as error:
        return MadeClip(truth, f"{drive.name}: {mark} cannot be written ({error.strerror}): free space")
    return MadeClip(truth)


@lru_cache(maxsize=1)
def generator_fingerprint() -> str:
    """Return a short hash of everything that decides what a drive looks like."""
    found = hashlib.sha256(cv2.__version__.encode())
    rooms = sorted(Path(making.__file__).parent.glob("*.py"))
    drawings = [Path(__file__).parents[2] / "models" / "plates" / name for name in ("drawings.py", "strokes.py")]
    for path in [*rooms, *drawings]:
        found.update(path.read_bytes())
    return found.hexdigest()[:12]


def clip_hashes(clips: list[MadeClip]) -> dict[str, str]:
    """Return the sha256 of each clip as its truth has it."""
    return {
        clip.truth.name: json.loads(clip.truth.read_text(encoding="utf-8"))["clip_sha256"]
        for clip in clips
        if not clip.error
    }
