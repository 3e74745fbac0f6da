"""The engine's process on a day: started, killed, stopped, its output read or not."""

import os
import pty
import select
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from anpr.errors import Failure
from benchmarks.day.clock import DayClock, Told

START_S: Final = 90.0
"""Real time that the engine is given to start, on a machine that does other work as well."""


@dataclass(slots=True)
class EngineProcess:
    """The engine's process: started, killed, stopped, its output read or not."""

    folder: Path
    arguments: list[str]
    clock: DayClock
    process: subprocess.Popen[bytes] | None = None
    is_json: bool = True
    last_line: bytes = b""
    _output: int = -1
    _reader: threading.Thread | None = None

    def start(self, *, as_json: bool) -> None:
        """Start, and return once it has begun to read; raises Failure when it does not."""
        self.is_json, self.last_line = as_json, b""
        for told in Told:
            self.clock.tell_of(told, 0)
        ours, theirs = os.pipe() if as_json else pty.openpty()
        command = [sys.executable, "-m", "benchmarks.day.engine", *self.arguments, *(["--json"] if as_json else [])]
        with (self.folder / "engine.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=theirs, stderr=log)
        os.close(theirs)
        self._output = ours
        self._reader = threading.Thread(target=self._read, args=(ours,), name="reader", daemon=True)
        self._reader.start()
        ends_s = time.monotonic() + START_S
        while not self.clock.told(Told.READY):
            if self.process.poll() is not None or time.monotonic() > ends_s:
                raise Failure(f"the engine did not start: {(self.folder / 'engine.log').read_text()[-600:]}")
            time.sleep(0.02)

    def end(self, how: signal.Signals) -> int:
        """End by a signal; returns the exit code."""
        process = self.process
        if process is None:
            return 0
        process.send_signal(how)
        try:
            code = process.wait(30.0)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        self.close_output()
        self.process = None
        return code

    def close_output(self) -> None:
        """Go away as whoever reads the output does."""
        output, self._output = self._output, -1
        if output >= 0:
            reader, self._reader = self._reader, None
            if reader is not None and self.process is not None and self.process.poll() is not None:
                reader.join(2.0)
            with suppress(OSError):
                os.close(output)

    @property
    def rss_mb(self) -> float:
        """Memory of the process in megabytes, 0 when it has gone."""
        with suppress(psutil.Error):
            if self.process is not None:
                return float(psutil.Process(self.process.pid).memory_info().rss) / 1e6
        return 0.0

    def _read(self, output: int) -> None:
        begun = b""
        with suppress(OSError):
            while self._output in {output, -1}:
                if not select.select([output], [], [], 0.2)[0]:
                    if self._output == -1:
                        return
                    continue
                got = os.read(output, 65_536)
                if not got:
                    return
                lines = (begun + got).split(b"\n")
                begun = lines.pop()
                self.last_line = lines[-1] if lines else self.last_line
