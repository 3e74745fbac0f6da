"""Files that held entries, removed so that their bytes do not stay on the disk."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

_CHUNK: Final = 1 << 20


def erase_file(path: Path) -> None:
    """Overwrite a file with zeros, then remove it; what the system does not let go of is left, overwritten.

    Its length stays until it is removed, so a program that has it mapped reads zeros. A solid-state disk may keep
    the old blocks all the same; against that only encryption of the disk helps.
    """
    with suppress(OSError), path.open("r+b") as file:
        left = os.fstat(file.fileno()).st_size
        while left > 0:
            left -= file.write(bytes(min(_CHUNK, left)))
        file.flush()
        os.fsync(file.fileno())
    # On Windows a mapped file cannot be removed; its revision is gone, so it is removed by a later call.
    with suppress(OSError):
        path.unlink(missing_ok=True)
