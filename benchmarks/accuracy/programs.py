"""Running a program over a clip and measuring what it costs; any program that writes the JSON lines will do."""

import contextlib
import hashlib
import shlex
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from anpr.errors import Failure

ROOT: Final = Path(__file__).parents[2]
OWN_ENGINE: Final = f"{shlex.quote(sys.executable)} -m anpr replay {{clip}} --json"
"""Command of this project's engine; `{clip}` stands for the clip or folder, `{hotlists}` for a hotlists file."""
_SAMPLE_S: Final = 0.1


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a program: what it wrote, and its cost. `cpu_s` includes its children and the start-up."""

    lines: list[str]
    wall_s: float
    cpu_s: float
    memory_bytes: int


def arguments(command: str, **places: str | Path) -> list[str]:
    """Return the command as a list, with its places filled in after splitting, so that names may hold spaces.

    Paths are given whole: the program may run in another folder than this one.

    >>> arguments("alpr -j {clip}", clip="my clip.mp4")
    ['alpr', '-j', 'my clip.mp4']
    """
    parts = shlex.split(command, posix=True)
    for name, value in places.items():
        text = str(value.absolute()) if isinstance(value, Path) else value
        parts = [part.replace("{" + name + "}", text) for part in parts]
    return parts


def run_program(command: Sequence[str], timeout_s: float) -> Run:
    """Run a program to its end; raises Failure in one sentence when it cannot start, fails, or takes too long.

    Modules of this project (`python -m …`) run where their source is, other programs in the folder of whoever asks.
    """
    home = ROOT if list(command)[:2] == [sys.executable, "-m"] else None
    started = time.perf_counter()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as complaints:
        try:
            process = subprocess.Popen(list(command), stdout=out, stderr=complaints, cwd=home)
        except OSError as error:
            raise Failure(f"{command[0]} cannot be started ({error.strerror})") from error
        meter = _Meter(process.pid)
        meter.start()
        try:
            code = process.wait(timeout_s)
        except subprocess.TimeoutExpired as error:
            raise Failure(f"{command[0]} took longer than {timeout_s:.0f} s") from error
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
            meter.stop()
        wall = time.perf_counter() - started
        out.seek(0)
        complaints.seek(0)
        if code != 0:
            said = complaints.read().decode(errors="replace").strip().splitlines()
            how = f"was stopped by signal {-code}" if code < 0 else f"ended with code {code}"
            raise Failure(f"{command[0]} {how}" + (f": {said[-1]}" if said else ""))
        return Run(out.read().decode(errors="replace").splitlines(), wall, meter.cpu_s, meter.memory_bytes)


class _Meter(threading.Thread):
    """Samples a process and its children until told to stop; what it used in the last 0.1 s is not seen."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.cpu_s = 0.0
        self.memory_bytes = 0
        self._pid = pid
        self._done = threading.Event()

    def run(self) -> None:
        """Take samples."""
        with contextlib.suppress(psutil.Error):
            parent = psutil.Process(self._pid)
            spent: dict[int, float] = {}
            while not self._done.is_set():
                memory = 0
                for one in (parent, *parent.children(recursive=True)):
                    with contextlib.suppress(psutil.Error):
                        times = one.cpu_times()
                        spent[one.pid] = times.user + times.system
                        memory += one.memory_info().rss
                self.cpu_s, self.memory_bytes = sum(spent.values()), max(self.memory_bytes, memory)
                self._done.wait(_SAMPLE_S)

    def stop(self) -> None:
        """Stop sampling."""
        self._done.set()
        self.join()


def engine_fingerprint() -> str:
    """Return a short hash of this project's engine: its sources and models."""
    found = hashlib.sha256()
    for room in ("anpr", "camera", "hotlists", "models"):
        for path in sorted((ROOT / room).rglob("*")):
            if path.suffix in {".py", ".onnx", ".toml", ".sql"} and "train" not in path.parts:
                found.update(path.relative_to(ROOT).as_posix().encode())
                found.update(path.read_bytes())
    return found.hexdigest()[:12]
