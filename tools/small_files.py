"""Keeps large files out of the history: `python -m tools.small_files FILE…` names those over a megabyte."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

MOST_BYTES: Final = 1_000_000


def too_large(files: Iterable[Path]) -> list[str]:
    """Return one sentence for each file that is too large; what no longer exists is left out."""
    sizes = ((file, file.stat().st_size) for file in files if file.is_file())
    return [
        f"{file} has {size / 1e6:.1f} MB, more than {MOST_BYTES / 1e6:.0f}" for file, size in sizes if size > MOST_BYTES
    ]


if __name__ == "__main__":
    sys.exit("\n".join(too_large(map(Path, sys.argv[1:]))) or 0)
