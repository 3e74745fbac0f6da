"""Fuzz the importers and the sync client with atheris (`pip install atheris`, Linux): inputs grow by what they reach.

    python -m tests.hotlists.fuzz TARGET [SECONDS]

TARGET is import, lists, files or server. An input that breaks a target is kept as `crash-…` in the working folder;
give it to the target again with `python -m tests.hotlists.fuzz TARGET FILE`.
"""

import logging
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["hotlists", "anpr.vrm"]):
    from tests.hotlists.fuzz_targets import TARGETS, Car, seeds


def main() -> None:
    """Run one target for a time, or once on a file."""
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        raise SystemExit(f"name what to fuzz: {', '.join(TARGETS)}")
    name, until = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "60"
    target = TARGETS[name]
    logging.disable()
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        car = Car(Path(folder) / "car")
        if Path(until).is_file():
            target(car, Path(until).read_bytes())
            sys.stdout.write("nothing broke\n")
            return
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        for number, seed in enumerate(seeds(name)):
            (corpus / str(number)).write_bytes(seed)
        options = [
            sys.argv[0],
            str(corpus),
            f"-max_total_time={until}",
            "-max_len=4096",
            "-timeout=30",
            "-print_final_stats=1",
        ]
        atheris.Setup(options, lambda data: target(car, data))
        atheris.Fuzz()


if __name__ == "__main__":
    main()
