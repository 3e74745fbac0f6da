"""`python -m models.train detector | reader | distil | hidden | factor | average | evaluate | export …`: everything that makes the models."""

import importlib
import sys
from typing import Final

COMMANDS: Final = {
    "detector": ("models.train.detector.training", "train the plate detector"),
    "reader": ("models.train.reader.training", "train the plate reader"),
    "distil": ("models.train.reader.distilling", "train the plate reader and a wider teacher together, on a GPU"),
    "hidden": ("models.train.hidden.training", "train the network of hidden characters and write its ONNX file"),
    "factor": ("models.train.reader.factoring", "make the wide plate reader that ships of the teacher"),
    "average": ("models.train.reader.average", "average the weights of several trainings of the reader"),
    "evaluate": ("models.train.detector.evaluation", "measure the detector; `evaluate reader …` measures the reader"),
    "export": ("models.train.detector.export", "write the detector's ONNX file; `export reader …` the reader's"),
}
"""Command: module with `main(argv)`, and what it does."""

READERS: Final = {"evaluate": "models.train.reader.evaluation", "export": "models.train.reader.export"}


def main(argv: list[str]) -> int:
    """Hand the rest of the command line to the command's module; return the exit code."""
    if not argv or argv[0] not in COMMANDS:
        for name, (_, text) in COMMANDS.items():
            print(f"python -m models.train {name:<10} {text}")
        return 0 if argv and argv[0] in {"-h", "--help"} else 2
    module, rest = COMMANDS[argv[0]][0], argv[1:]
    if argv[0] in READERS and rest and rest[0] in {"detector", "reader"}:
        module, rest = (READERS[argv[0]] if rest[0] == "reader" else module), rest[1:]
    importlib.import_module(module).main(rest)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
