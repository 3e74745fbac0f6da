"""Stands in for an engine: prints the lines beside the clip.

`<clip>.crash` makes it fail; `<clip>.kill` makes it kill itself; `<clip>.kill_parent` makes it kill, once, the process
that started it.
"""

import os
import signal
import sys
from pathlib import Path


def beside(clip: Path, ending: str) -> Path:
    """The file beside the clip that tells this program what to do."""
    return clip.with_suffix(clip.suffix + ending)


CLIP = Path(sys.argv[1])
if beside(CLIP, ".kill").exists():
    os.kill(os.getpid(), signal.SIGKILL)
if beside(CLIP, ".kill_parent").exists():
    beside(CLIP, ".kill_parent").unlink()
    os.kill(os.getppid(), signal.SIGKILL)
if beside(CLIP, ".crash").exists():
    sys.exit("the clip is broken")
sys.stdout.write(beside(CLIP, ".lines").read_text(encoding="utf-8"))
