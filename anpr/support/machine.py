"""What the program runs on: its version, Python, the system, and the libraries that reading depends on."""

import importlib.metadata
import os
import platform
from typing import Final

from anpr.support.version import HASH_SHOWN, model_hashes, this_build

_LIBRARIES: Final = ("av", "numpy", "onnxruntime", "opencv-python", "sqlite-utils", "starlette", "uvicorn")


def product_facts() -> dict[str, str]:
    """Return what is known of the program itself: version, commit, and the models' hashes, shortened."""
    build = this_build()
    models = {f"model {name}": digest[:HASH_SHOWN] for name, digest in model_hashes().items()}
    return {"anpr": build.version, "commit": build.commit} | models


def machine_facts() -> dict[str, str]:
    """Return versions of the program, Python and libraries, the system, and the number of processors; no host name."""
    facts = product_facts() | {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "processors": str(os.cpu_count() or 0),
    }
    for name in _LIBRARIES:
        try:
            facts[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            facts[name] = "not installed"
    return facts
