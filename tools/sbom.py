"""What is in the car as CycloneDX: every package of the car's lock file, and the models with their hashes.

`python -m tools.sbom FILE`; the packages are listed by `cyclonedx-py`, the models come from `models/manifest.toml`.
The same state of the repository gives the same file.
"""

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, Final

from anpr.support.version import this_build

ROOT: Final = Path(__file__).parents[1]
SPECIFICATION: Final = "1.6"
"""Version of CycloneDX; 1.5 was the first that knows machine-learning models."""


def model_components(manifest: Path = ROOT / "models" / "manifest.toml") -> list[dict[str, Any]]:
    """Return one component for each model of the manifest."""
    tables = tomllib.loads(manifest.read_text("utf-8"))
    return [
        {
            "bom-ref": f"model:{name}",
            "type": "machine-learning-model",
            "name": name,
            "version": str(table["sha256"])[:12],
            "description": str(table["origin"]),
            "hashes": [{"alg": "SHA-256", "content": str(table["sha256"])}],
            "licenses": [{"license": {"id": str(table["licence"])}}],
        }
        for name, table in tables.items()
    ]


def sbom(lock: Path = ROOT / "requirements" / "car.lock") -> dict[str, Any]:
    """Return the whole list as plain data; raises RuntimeError when the lock file cannot be understood."""
    ask = ["requirements", str(lock), "--pyproject", str(ROOT / "pyproject.toml"), "--mc-type", "application"]
    form = ["--sv", SPECIFICATION, "--of", "JSON", "--output-reproducible", "--no-validate", "-o", "-"]
    done = subprocess.run(
        [sys.executable, "-m", "cyclonedx_py", *ask, *form], check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"{lock} could not be listed: {done.stderr.strip()}")
    bom: dict[str, Any] = json.loads(done.stdout)
    for package in bom["components"]:
        package.pop("description", None)  # the line of the lock file again, with all its hashes
    bom["metadata"]["component"]["version"] = this_build().version
    bom["components"] += model_components()
    return bom


def main(target: str) -> None:
    """Write the list to the file."""
    bom = sbom()
    Path(target).write_text(json.dumps(bom, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(f"{target}: {len(bom['components'])} components, CycloneDX {bom['specVersion']}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "sbom.json")
