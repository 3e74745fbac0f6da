"""The shipped models: what the manifest says of each, checked against the files before use.

`models/manifest.toml` holds one table a model:

    [detector]
    file = "detector.onnx"
    sha256 = "…"
    licence = "Apache-2.0"
    origin = "…"                 # how it was made, in words
    training = ["…"]             # the commands that made it
    data = ["…"]                 # what it learned from
    alphabet = "…"               # readers only
    [detector.input]
    name = "…"; shape = [1, "height", "width", 3]; dtype = "uint8"; colour = "BGR"
    [[detector.outputs]]
    name = "…"; shape = […]
    [detector.calibration]       # numbers that turn a raw score into a probability
    [detector.accuracy.SUBSET]   # what was measured
"""

import hashlib
import importlib.resources
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from anpr.errors import ModelError
from anpr.perception.onnx_session import OnnxSession

MANIFEST: Final = "manifest.toml"

ONNX_TYPES: Final = {"uint8": "tensor(uint8)", "float32": "tensor(float)"}
"""How onnxruntime names the types that the manifest may give."""

Shape = tuple[int | str, ...]
"""Sizes of each axis; a name stands for a size that may vary."""


@dataclass(frozen=True, slots=True)
class ModelInput:
    """What a model takes: `colour` is the order of channels, `shape` names the axes that may vary."""

    name: str
    shape: Shape
    dtype: str
    colour: str


@dataclass(frozen=True, slots=True, eq=False)
class ModelFile:
    """One model as the manifest describes it; `path` is the ONNX file beside the manifest."""

    name: str
    path: Path
    sha256: str
    input: ModelInput
    outputs: tuple[str, ...]
    alphabet: str = ""
    licence: str = ""
    origin: str = ""
    calibration: Mapping[str, float] = field(default_factory=dict)
    accuracy: Mapping[str, Any] = field(default_factory=dict)

    def open(self, *, threads: int = 1, alphabet: str | None = None) -> OnnxSession:
        """Check hash, input, outputs and alphabet and return the model ready to run.

        `alphabet` is the one that the caller expects; None asks for none. Raises ModelError when anything differs.
        """
        self.check_hash()
        if alphabet is not None and alphabet != self.alphabet:
            raise ModelError(
                f"the model {self.path} has the alphabet {self.alphabet!r}, expected {alphabet!r}: "
                "program and models are of different versions, install both again"
            )
        session = OnnxSession(self.path, threads=threads)
        found = session.inputs.get(self.input.name)
        wanted = (self.input.shape, ONNX_TYPES.get(self.input.dtype, self.input.dtype))
        if found != wanted:
            raise ModelError(
                f"the model {self.path} takes {session.inputs}, but its manifest says {self.input.name} {wanted}: "
                "install the models again"
            )
        if session.outputs != self.outputs:
            raise ModelError(
                f"the model {self.path} gives {session.outputs}, but its manifest says {self.outputs}: "
                "install the models again"
            )
        return session

    def check_hash(self) -> None:
        """Raise ModelError when the file is missing or isn't the one that the manifest was written for."""
        try:
            digest = hashlib.sha256(self.path.read_bytes()).hexdigest()
        except OSError as error:
            raise ModelError(
                f"the model file {self.path} cannot be read ({error.strerror}): install the models again"
            ) from error
        if digest != self.sha256:
            raise ModelError(
                f"the model file {self.path} was altered: its sha256 is {digest[:12]}…, the manifest says "
                f"{self.sha256[:12]}…; install the models again"
            )


def models_folder() -> Path:
    """Return the folder of the shipped models."""
    return Path(str(importlib.resources.files("models")))


def model_file(name: str, folder: Path | None = None) -> ModelFile:
    """Return what the manifest says of the model `name` (`detector`, `reader`); the file isn't opened yet.

    `folder` holds the manifest and the files, by default the shipped ones. Raises ModelError when the manifest is
    missing, cannot be understood or doesn't know the model.
    """
    manifest = (folder if folder is not None else models_folder()) / MANIFEST
    try:
        tables = tomllib.loads(manifest.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(
            f"the models' manifest {manifest} cannot be read ({error.strerror}): install the models again"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ModelError(f"the models' manifest {manifest} cannot be understood ({error})") from error
    if name not in tables:
        raise ModelError(f"the models' manifest {manifest} knows {', '.join(sorted(tables))}, but no model {name!r}")
    return _entry(name, tables[name], manifest)


def _entry(name: str, table: Mapping[str, Any], manifest: Path) -> ModelFile:
    try:
        taken = table["input"]
        return ModelFile(
            name=name,
            path=manifest.parent / str(table["file"]),
            sha256=str(table["sha256"]).lower(),
            input=ModelInput(
                str(taken["name"]), tuple(taken["shape"]), str(taken["dtype"]), str(taken.get("colour", "BGR"))
            ),
            outputs=tuple(str(output["name"]) for output in table["outputs"]),
            alphabet=str(table.get("alphabet", "")),
            licence=str(table.get("licence", "")),
            origin=str(table.get("origin", "")),
            calibration={key: float(value) for key, value in table.get("calibration", {}).items()},
            accuracy=dict(table.get("accuracy", {})),
        )
    except KeyError as error:
        raise ModelError(f"the models' manifest {manifest} lacks the key {error} for the model {name}") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise ModelError(f"the models' manifest {manifest} has a wrong value for the model {name} ({error})") from error
