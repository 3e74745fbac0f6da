"""`anpr bench theft`: a patrol whose disk is copied at random moments, and what a thief finds in the copies.

A real `anpr run` with the shipped clip as its camera and, where Chromium is installed, its screen in a browser with a profile on the disk.
Data, temporary and browser folders are copied while it runs, after it was killed, after a purge and after a list was
withdrawn, and searched: `benchmarks.theft.searching`. The key of the data folder is not given to the thief: whoever has the machine as
well may have it (docs/SECURITY-MODEL.md).
"""

import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from anpr import sqlite
from anpr.clock import utc_now
from anpr.config.data_folder import hotlists_db, records_db
from anpr.records.retention import Retention
from anpr.records.store import RecordStore
from anpr.trust.accounts import CrewAccounts
from benchmarks.theft.lists import LIST, import_marks, list_file, made_marks, made_names
from benchmarks.theft.searching import Found, Needles, search
from hotlists.store.store import HotlistStore

CLIP: Final = Path(__file__).parents[2] / "anpr" / "demo" / "clip.mp4"
SEEN: Final = ("SV95HKO", "HC44XRJ", "MA46CVS", "FT99AEK", "DK96PYU")
"""Marks of the vehicles in the clip."""
MARKS: Final = 500
_NAMES: Final = 100
_STARTS_S: Final = 60.0
_BROWSER: Final = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
_CONFIG: Final = """
[[camera]]
id = "front"
source = "{clip}"
[gps]
enabled = false
[screen]
port = {port}
"""

Note = Callable[[str], None]


@dataclass(slots=True)
class Theft:
    """The tablet's folders, what is known to be in them, and what was found of it in the copies so far."""

    work: Path
    seed: int
    note: Note = lambda _: None
    marks: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    pictures: dict[bytes, None] = field(default_factory=dict)
    rows: list[dict[str, Any]] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)

    def __post_init__(self) -> None:
        for folder in (self.data, self.temporary, self.browser, self.outside):
            folder.mkdir(parents=True)
        self.marks = [*SEEN, *made_marks(MARKS - len(SEEN), self.seed)]
        self.names = made_names(_NAMES, self.seed)

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.work / "tablet" / "data"

    @property
    def temporary(self) -> Path:
        """The folder for temporary files of every program."""
        return self.work / "tablet" / "temporary"

    @property
    def browser(self) -> Path:
        """The browser's profile."""
        return self.work / "tablet" / "browser"

    @property
    def outside(self) -> Path:
        """What is no part of the tablet: the force's file, the configuration."""
        return self.work / "outside"

    def steal(self, moment: str) -> None:
        """Copy the tablet's folders as they are now, and search the copy."""
        copy = self.work / "copy"
        _copied(self.work / "tablet", copy)
        self._know_pictures()
        files = [path for path in copy.rglob("*") if path.is_file()]
        found = search([copy], Needles.of(self.marks, [*self.names, _OFFICER], list(self.pictures)))
        megabytes = sum(path.stat().st_size for path in files) / 1e6
        self.rows.append({
            "moment": moment, "files": len(files), "MB": round(megabytes, 1), "pictures known": len(self.pictures),
            "found": len(found),
        })  # fmt: skip
        self.note(f"{moment}: {len(files)} files, {len(found)} found")
        self.found += found
        shutil.rmtree(copy)

    def wait_for_pictures(self) -> None:
        """Return once a picture is recorded, after a minute in any case."""
        until = time.monotonic() + _STARTS_S
        while not self.pictures and time.monotonic() < until:
            time.sleep(0.1)
            self._know_pictures()

    def _know_pictures(self) -> None:
        if not records_db(self.data).exists():
            return
        with (
            suppress(sqlite.Error),
            closing(sqlite.connect(records_db(self.data), read_only=True, timeout=10.0)) as records,
        ):
            for table in ("pictures", "moment_pictures"):
                for (jpeg,) in records.execute(f"SELECT jpeg FROM {table}"):  # noqa: S608 - names are ours
                    self.pictures[bytes(jpeg)] = None


_OFFICER: Final = "QUARTERMAINE"
_COLLAR: Final = "4711"
_PIN: Final = "481516"


def theft_section(quick: bool, seed: int = 1, note: Note = lambda _: None) -> dict[str, Any]:
    """Return what was found: 20 copies, quick four. Raises AnprError for what the patrol itself refuses."""
    with tempfile.TemporaryDirectory(prefix="anpr-theft-", ignore_cleanup_errors=True) as work:
        theft = Theft(Path(work), seed, note)
        seen_in = _play(theft, quick)
    errors = sorted({f"{one.what} lies in {one.file}" for one in theft.found})
    if not theft.pictures:
        errors.append("no picture was recorded: nothing is known of pictures")
    return {
        "kind": "rows", "title": f"A stolen tablet, copied {len(theft.rows)} times", "rows": theft.rows,
        "searched": {
            "copies": len(theft.rows), "files": sum(row["files"] for row in theft.rows), "marks": len(theft.marks),
            "names": len(theft.names) + 1, "pictures": len(theft.pictures), "browser": seen_in,
        },
        "found": len(theft.found), "errors": errors,
    }  # fmt: skip


def _play(theft: Theft, quick: bool) -> str:
    """Play the patrols and copy; returns what the screen was open in, `none` without Chromium."""
    chance = random.Random(theft.seed)
    with closing(CrewAccounts(records_db(theft.data))) as accounts:
        accounts.add(_COLLAR, _OFFICER, _PIN)
    if quick:
        import_marks(theft.data, theft.marks, theft.outside, tuple(theft.names))
    else:
        _steal_while_importing(theft, chance)
    seen_in = ""
    for patrol, copies in enumerate((1,) if quick else (5, 4)):
        with _patrol(theft) as (car, address), _screen(theft, address) as browser:
            seen_in = browser
            for _ in range(copies):
                if quick:
                    theft.wait_for_pictures()
                time.sleep(chance.uniform(0.1, 0.5) if quick else chance.uniform(0.5, 4.0))
                theft.steal(f"patrol {patrol + 1} runs")
            car.kill()
        theft.steal(f"patrol {patrol + 1} was killed")
        if not quick:
            theft.steal(f"patrol {patrol + 1} was killed, the browser closed")
    with closing(RecordStore(records_db(theft.data), "purge")) as store:
        while store.purge(utc_now() + timedelta(days=9999), Retention()):
            if not quick:
                theft.steal("within a purge")
                quick = quick or len(theft.rows) > 16
    theft.steal("after the purge")
    with HotlistStore(hotlists_db(theft.data)) as store_of_lists:
        store_of_lists.erase(LIST)
        theft.steal("after the withdrawal")
    while not quick and len(theft.rows) < 20:
        theft.steal("at rest")
    return seen_in


def _steal_while_importing(theft: Theft, chance: random.Random) -> None:
    file = list_file(theft.outside / "list.csv", theft.marks, theft.names)
    command = [*_anpr(theft), "hotlist", "import", str(file), "--list", LIST, "--json"]
    with subprocess.Popen(command, env=_environment(theft), stdout=subprocess.DEVNULL) as importing:
        for _ in range(2):
            time.sleep(chance.uniform(0.2, 1.5))
            theft.steal("a list is imported")
    if importing.returncode:
        raise RuntimeError(f"the import ended with exit code {importing.returncode}")


@contextmanager
def _patrol(theft: Theft) -> Iterator[tuple["subprocess.Popen[bytes]", str]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = theft.outside / "patrol.toml"
    config.write_text(_CONFIG.format(clip=CLIP.as_posix(), port=port), "utf-8")
    command = [*_anpr(theft), "run", "--config", str(config)]
    with subprocess.Popen(
        command, env=_environment(theft), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as car:
        try:
            _wait_for(port, car)
            yield car, f"http://127.0.0.1:{port}/"
        finally:
            car.kill()


def _wait_for(port: int, car: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + _STARTS_S
    while time.monotonic() < until and car.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1.0):
            return
        time.sleep(0.1)
    raise RuntimeError(f"the patrol's screen does not come up within {_STARTS_S:g} s (exit code {car.poll()})")


@contextmanager
def _screen(theft: Theft, address: str) -> Iterator[str]:
    """Have the screen open, with an officer logged in, in a browser that keeps its profile on the tablet; yields its name."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    try:
        from playwright.sync_api import Error, sync_playwright  # noqa: PLC0415 - a car has none
    except ImportError:
        program = None
    if program is None:
        yield "none"
        return
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            theft.browser, executable_path=program, args=list(_BROWSER), env={**_environment(theft)}
        )
        try:
            answer = context.request.post(
                f"{address}api/login",
                data={"collar": _COLLAR, "pin": _PIN},
                headers={"origin": address.rstrip("/")},
                timeout=_STARTS_S * 1000,
            )
            if not answer.ok:  # without a login the page shows neither sightings nor pictures
                raise RuntimeError(f"the officer cannot log in: {answer.text()}")
            (context.pages[0] if context.pages else context.new_page()).goto(address)
            yield Path(program).name
        finally:
            with suppress(Error):
                context.close()


def _anpr(theft: Theft) -> list[str]:
    return [sys.executable, "-m", "anpr", "--data", str(theft.data)]


def _environment(theft: Theft) -> dict[str, str]:
    return {**os.environ, **dict.fromkeys(("TMPDIR", "TEMP", "TMP", "SQLITE_TMPDIR"), str(theft.temporary))}


def _copied(source: Path, copy: Path) -> None:
    """Copy a folder that lives: what vanishes meanwhile is not there."""
    for path in sorted(source.rglob("*")):
        target = copy / path.relative_to(source)
        if path.is_dir():
            target.mkdir(parents=True, exist_ok=True)
        elif path.is_file() and not path.is_symlink():
            target.parent.mkdir(parents=True, exist_ok=True)
            with suppress(OSError):
                shutil.copyfile(path, target)
