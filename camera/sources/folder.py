"""A folder of frames, in name order, as if it were a clip."""

import re
from pathlib import Path

from anpr.clock import Clock
from anpr.errors import InputError
from camera.sources.pictures import PICTURE_SUFFIXES, load_picture
from camera.sources.source import Grab

DEFAULT_FPS = 25.0


class FolderSource:
    """Plays the pictures of a folder, or one picture.

    Names are ordered as people read them (f2 before f10). A picture that cannot be read is left out and named in
    `damage`; the others keep their place in time.
    """

    is_live = False

    def __init__(self, path: Path, *, fps: float | None, clock: Clock) -> None:
        self._path = path
        self._fps = fps if fps is not None else DEFAULT_FPS
        self._clock = clock
        self._files: list[Path] = []
        self._next = 0
        self._damage: list[str] = []

    @property
    def fps(self) -> float | None:
        """Frames a second, as chosen by the caller."""
        return self._fps

    @property
    def length(self) -> int | None:
        """How many pictures the folder holds."""
        return len(self._files)

    @property
    def damage(self) -> tuple[str, ...]:
        """The pictures that could not be read, one sentence each."""
        return tuple(self._damage)

    def open(self) -> None:
        """List the pictures; raises InputError when there are none."""
        try:
            listed = sorted(self._path.iterdir(), key=_name_order) if self._path.is_dir() else [self._path]
        except PermissionError as error:
            raise InputError(f"{self._path}: may not be read by this account") from error
        self._files = [f for f in listed if f.suffix.lower() in PICTURE_SUFFIXES and not f.name.startswith(".")]
        if not self._files:
            raise InputError(f"{self._path}: holds no pictures (looked for {', '.join(sorted(PICTURE_SUFFIXES))})")
        self._next = 0
        self._damage = []

    def read(self) -> Grab | None:
        """Return the next picture that can be read; None after the last. Raises InputError when none could be."""
        while self._next < len(self._files):
            index, path = self._next, self._files[self._next]
            self._next += 1
            grabbed_ns = self._clock.monotonic_ns()
            try:
                return Grab(image=load_picture(path), index=index, name=path.name, grabbed_ns=grabbed_ns)
            except InputError as error:
                self._damage.append(str(error))
        if self._files and len(self._damage) == len(self._files):
            if len(self._files) == 1:
                raise InputError(self._damage[0])
            raise InputError(f"{self._path}: none of its {len(self._files)} pictures can be read; {self._damage[0]}")
        return None

    def close(self) -> None:
        """Nothing is held open between pictures."""


def _name_order(path: Path) -> tuple[list[tuple[int, str]], str]:
    parts = re.split(r"(\d+)", path.name.lower())
    return [(int(p), "") if p.isdecimal() else (-1, p) for p in parts if p], path.name
