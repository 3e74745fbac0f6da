"""What surrounds the engine on a day: pictures, a camera that lies, satellites, a small disk, a back office."""

import random
import shutil
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, Timestamp

from anpr.errors import AnprError
from anpr.trusted_time import GPS_ROUND
from anpr.values import Image
from benchmarks.day.clock import DayClock
from benchmarks.day.script import Event
from benchmarks.hotlist_scale.publisher import Publisher
from benchmarks.shift.car import PretendCamera
from camera.sources import open_source
from camera.sources.source import frames
from hotlists.importers.import_list import ImportOptions, import_list
from hotlists.store.settings import ListSettings
from hotlists.store.store import HotlistStore
from hotlists.sync.metadata import TIMESTAMP

CLIP: Final = Path(__file__).parents[2] / "anpr" / "demo" / "clip.mp4"
SIZE: Final = (960, 540)
"""Width and height of the pictures, pixels: the demo's clip at three quarters, which the engine reads in half the time."""
PASSES: Final = ((60, 128), (190, 242), (296, 366), (370, 428))
"""First and last frame of each pass in the clip: two vehicles each."""
EVERY: Final = 3
"""Each n-th frame of the clip is sent: ten a second."""
ROAD: Final = 448
"""A frame of the clip in which nothing can be read: the empty road."""
IMPORTED: Final = "Stolen"
SYNCED: Final = "Interest"
PASSING_BY: Final = "Visitors"
MARKS: Final = {IMPORTED: ("SV95HKO", "HC44XRJ"), SYNCED: ("MA46CVS", "FT99AEK"), PASSING_BY: ("DK96PYU",)}
"""The marks of the clip on each list; Visitors comes and goes."""
DISK_MB: Final = 256
LEAST_FREE_MB: Final = 40.0
SLOW_S: Final = 3.0
_ROADS: Final = 12
_QUALITY: Final = 88
_FILLERS: Final = 40


class Footage:
    """The frames as JPEG: passes, and the empty road with a sensor's noise, so that no two pictures are the same."""

    def __init__(self) -> None:
        wanted = {n for first, last in PASSES for n in range(first, last, EVERY)} | {ROAD}
        shots: dict[int, Image] = {}
        for number, frame in enumerate(frames(open_source(str(CLIP)))):
            if number in wanted:
                shots[number] = np.asarray(cv2.resize(frame.image, SIZE, interpolation=cv2.INTER_AREA), np.uint8)
        self.passes = [[jpeg(shots[n]) for n in range(first, last, EVERY)] for first, last in PASSES]
        noise = np.random.default_rng(1)
        self.road = [
            jpeg(np.clip(shots[ROAD] + noise.normal(0, 3, shots[ROAD].shape), 0, 255).astype(np.uint8))
            for _ in range(_ROADS)
        ]
        self.black = jpeg(np.zeros_like(shots[ROAD]))


def jpeg(picture: Image) -> bytes:
    """Return a picture as JPEG."""
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1].tobytes()


@dataclass(slots=True)
class LyingCamera:
    """A camera that sends what it should, or what the event in force makes of it."""

    camera: PretendCamera
    footage: Footage
    state: Event | None = None
    _road: int = 0
    _last: bytes = b""
    _sent_s: float = 0.0
    _chance: random.Random = field(default_factory=lambda: random.Random(1))

    @property
    def sends(self) -> bool:
        """Whether a picture that can be read comes with each step."""
        return self.state is None

    def become(self, state: Event | None) -> None:
        """Begin to lie, or stop it (None)."""
        if state is Event.CAMERA_DIES or self.state is Event.CAMERA_DIES:
            self.camera.lose(state is Event.CAMERA_DIES)
        self.state = state

    def send(self, now_s: float, picture: bytes | None = None) -> None:
        """Send this picture, or the road's next; as the state has it, something else or nothing."""
        self._road = (self._road + 1) % len(self.footage.road)
        right = picture or self.footage.road[self._road]
        match self.state:
            case Event.CAMERA_FREEZES:
                right = self._last or right
            case Event.CAMERA_BLACK:
                right = self.footage.black
            case Event.CAMERA_GARBAGE:
                right = self._chance.randbytes(len(right))
            case Event.CAMERA_CUT:
                right = right[: len(right) // 3]
            case Event.CAMERA_DIES:
                return
            case Event.CAMERA_SLOW if 0 <= now_s - self._sent_s < SLOW_S:
                return
            case _:
                self._last = right
        self._sent_s = now_s
        self.camera.send(right)

    def send_again(self) -> None:
        """Send what comes next at the same moment: whoever connects only now wants some pictures before it has one."""
        if self.state not in (Event.CAMERA_DIES, Event.CAMERA_SLOW):
            self.send(self._sent_s)


@dataclass(slots=True)
class Satellites:
    """The time that the receiver tells: the true one, or that of a receiver whose weeks have begun again."""

    clock: DayClock
    rounds: int = 0

    def monotonic_ns(self) -> int:
        """Return the clock's."""
        return self.clock.monotonic_ns()

    def utc(self) -> datetime:
        """Return what the receiver says."""
        return self.clock.true_utc() - self.rounds * GPS_ROUND

    def wait(self, event: threading.Event, timeout_s: float) -> bool:
        """Wait by the clock."""
        return self.clock.wait(event, timeout_s)


@dataclass(slots=True)
class Disk:
    """The file system of the data folder; one of its own can be filled to the last byte."""

    folder: Path
    is_own: bool

    @classmethod
    def mounted(cls, folder: Path) -> "Disk":
        """Mount a small file system at the folder; where that may not be, the folder stays on the machine's disk."""
        folder.mkdir(parents=True, exist_ok=True)
        command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=700", "day", str(folder)]
        try:
            done = subprocess.run(command, capture_output=True, check=False).returncode == 0
        except OSError:
            done = False
        return cls(folder, done)

    def fill(self, leave_bytes: int) -> None:
        """Leave so many bytes free, and if it is none no byte at all."""
        block = b"\xa5" * 65_536
        try:
            for number in range(_FILLERS):
                with self._filler(number).open("wb") as file:
                    while shutil.disk_usage(self.folder).free > leave_bytes:
                        file.write(block)
                        file.flush()
        except OSError:  # full
            return

    def free(self) -> None:
        """Give the space back."""
        for number in range(_FILLERS):
            self._filler(number).unlink(missing_ok=True)

    def close(self) -> None:
        """Unmount what was mounted."""
        if self.is_own:
            subprocess.run(["umount", "-l", str(self.folder)], capture_output=True, check=False)

    def _filler(self, number: int) -> Path:
        return self.folder / f"filler-{number}"


class BackOffice:
    """Publishes lists to a folder, from which the car has them; what it serves may be broken on the way."""

    def __init__(self, folder: Path, clock: DayClock) -> None:
        folder.mkdir(parents=True)
        self._folder, self._clock = folder, clock
        self._revision = 0
        self._publisher = Publisher(folder, clock.true_utc)
        self.root = self._publisher.root
        self.served = folder / "served"
        self._servings = 0
        self.is_offered = False
        self.publish()

    def publish(self) -> None:
        """Publish the lists as they now should be in the cars, with something new in one of them, and serve them whole."""
        self._publish()
        self.repair()

    def _publish(self) -> None:
        self._revision += 1
        names = [SYNCED, *([PASSING_BY] if self.is_offered else [])]
        with HotlistStore(self._folder / "office.db", clock=self._clock.true_utc) as store:
            for name in names:
                rows = [row(mark) for mark in (*MARKS[name], *other_marks(300, f"{name} {self._revision}"))]
                path = write(self._folder / f"{name}.csv", rows)
                import_list(store, path, ListSettings(name, priority=60), ImportOptions(shorter=True))
            self._publisher.publish(store, names)

    def repair(self) -> None:
        """Serve what was published, whole."""
        self._serve(lambda _: None)

    def spoil(self, event: Event) -> None:
        """Publish something new, of which nothing is served but what the event has broken."""
        self._publish()
        self._serve(partial(self._break, event))

    def _break(self, event: Event, serving: Path) -> None:
        manifest = serving / TIMESTAMP
        whole = manifest.read_bytes()
        if event is Event.SYNC_CUT:
            manifest.write_bytes(whole[: len(whole) * 2 // 3])
        elif event is Event.SYNC_GIBBERISH:
            manifest.write_bytes(b"<html><body>Log in to the hotel's network</body></html>")
        elif event is Event.SYNC_FORGED:
            document: Metadata[Timestamp] = Metadata.from_bytes(whole)
            document.sign(CryptoSigner.generate_ed25519())
            manifest.write_bytes(document.to_bytes())
        else:  # half written
            for path in (serving / "objects").rglob("*.zst"):
                path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    def _serve(self, change: Callable[[Path], None]) -> None:
        """Serve what was published, changed so, from one moment to the next: no car finds half of it."""
        self._servings += 1
        serving = self._folder / f"serving-{self._servings}"
        shutil.copytree(self._published, serving)
        change(serving)
        link = self._folder / "next"
        link.symlink_to(serving.name)
        link.replace(self.served)
        shutil.rmtree(self._folder / f"serving-{self._servings - 2}", ignore_errors=True)

    @property
    def _published(self) -> Path:
        return self._publisher.published


@dataclass(slots=True)
class Clerk:
    """Imports lists from files into the car's data folder."""

    lists: Path
    folder: Path
    clock: DayClock
    _imported: int = 0

    def import_good(self) -> None:
        """Import the list as it should be."""
        self._imported += 1
        self._import(self._rows())

    def import_broken(self, event: Event) -> str:
        """Import a list that is broken as the event has it; returns why it was refused, nothing if it was not."""
        self._imported += 1
        rows = self._rows()
        text = "\n".join(rows) + "\n"
        if event is Event.IMPORT_CUT:
            text = text[: len(text) * 9 // 10]
            text = text[: text.rfind(",") - 3]
        elif event is Event.IMPORT_SHORT:
            text = "\n".join(rows[: len(rows) // 10]) + "\n"
        else:
            text = "%PDF-1.4\n" + "\x00\x01\x02" * 2000
        try:
            self._import_text(text)
        except AnprError as error:
            return str(error)
        return ""

    def _rows(self) -> list[str]:
        return [row(mark) for mark in (*MARKS[IMPORTED], *other_marks(400, f"file {self._imported // 8}"))]

    def _import(self, rows: list[str]) -> None:
        self._import_text("\n".join(rows) + "\n")

    def _import_text(self, text: str) -> None:
        path = self.folder / "list.csv"
        path.write_text(text, encoding="utf-8")
        with HotlistStore(self.lists, clock=self.clock.true_utc) as store:
            import_list(store, path, ListSettings(IMPORTED, priority=90))


def row(mark: str) -> str:
    """Return a row of a list of ours with this mark."""
    return f"{mark},FORD,FIESTA,BLUE,STOP,,STOLEN,,,FORCE,31/12/2099,,OFFICIAL,,,"


def other_marks(count: int, seed: str) -> list[str]:
    """Return marks that never pass."""
    chance = random.Random(seed)
    return [
        "".join(chance.choices("ABCDEFGHJK", k=2)) + f"{chance.randrange(2, 19):02d}" + "".join(chance.choices("PRSTUVWXY", k=3))
        for _ in range(count)
    ]  # fmt: skip


def write(path: Path, rows: list[str]) -> Path:
    """Write the rows of a list to a file."""
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path
