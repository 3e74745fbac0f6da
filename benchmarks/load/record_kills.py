"""A program that writes records is killed again and again: no committed record is lost, the file stays sound.

`python -m benchmarks.load.record_kills --kills 200`; one JSON object at the end, code 1 when anything was lost or broken.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from anpr import sqlite
from anpr.records.store import RecordStore

LONGEST_S: Final = 0.3
"""A program is killed at a random moment of this time after its first record."""


@dataclass(frozen=True, slots=True)
class Killed:
    """What the kills left: records that were reported as committed, those of them that are gone, and the file's state."""

    kills: int
    committed: int
    lost: int
    integrity: str

    @property
    def is_sound(self) -> bool:
        """Whether nothing was lost or broken."""
        return not self.lost and self.integrity == "ok" and self.committed >= self.kills


def kill_writers(path: Path, kills: int, seed: int = 1, tick: Callable[[], None] = lambda: None) -> Killed:
    """Start a writer on the same file as many times, kill each at a random moment, and look at what is left."""
    chance = random.Random(seed)
    committed: dict[int, str] = {}
    for number in range(kills):
        command = [sys.executable, "-m", "benchmarks.load.record_kills", "--write", str(path), str(number)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            if writer.stdout is None:
                raise RuntimeError("the writer has no pipe")
            lines = [writer.stdout.readline()]
            time.sleep(chance.uniform(0.0, LONGEST_S))
            writer.kill()
            lines += writer.stdout.readlines()
        # The last line may be cut off by the kill; then nobody was told that its record is kept.
        committed |= {int(line.split()[0]): line.split()[1] for line in lines if line.endswith("\n")}
        tick()
    return judge(path, kills, committed)


def judge(path: Path, kills: int, committed: dict[int, str]) -> Killed:
    """Compare the file with what was reported as committed."""
    check = sqlite.connect(path)
    try:
        integrity = str(check.execute("PRAGMA integrity_check").fetchone()[0])
        found = dict(check.execute("SELECT id, vrm FROM sightings").fetchall())
    finally:
        check.close()
    lost = sum(found.get(number) != text for number, text in committed.items())
    return Killed(kills, len(committed), lost, integrity)


def _write(path: Path, run: str) -> None:
    from benchmarks.load.records import made_sightings  # noqa: PLC0415 - the parent does without

    store = RecordStore(path, f"run-{run}")
    for sighting in made_sightings():
        sys.stdout.write(f"{store.record_sighting(sighting)} {sighting.text}\n")
        sys.stdout.flush()


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--write", nargs=2, metavar=("FILE", "RUN"), help="be the program that is killed")
    asked = parser.parse_args()
    if asked.write:
        _write(Path(asked.write[0]), asked.write[1])
        return
    with tempfile.TemporaryDirectory() as folder:
        found = kill_writers(Path(folder) / "records.db", asked.kills)
    print(json.dumps({"kills": found.kills, "committed": found.committed, "lost": found.lost, "file": found.integrity}))
    sys.exit(0 if found.is_sound else 1)


if __name__ == "__main__":
    main()
