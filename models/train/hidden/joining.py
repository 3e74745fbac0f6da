"""Joins trained networks of hidden characters into the one that ships: at each place the greater doubt counts.

`python -m models.train.hidden.joining OUT.onnx A.onnx B.onnx`. Networks that learned from other pictures miss other things; each
is brought to its own temperature (its manifest's, beside its file) before, so the joined one has the temperature 1.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
import onnx
from onnx import ModelProto, TensorProto, compose, helper, numpy_helper

from models.train.hidden.network import ANSWERS, COLUMNS, SAID
from models.train.hidden.training import NAME, entry
from models.train.manifest import read_manifest, write_entry

INPUTS = {"pictures": TensorProto.UINT8, "said": TensorProto.FLOAT}
OUTPUT = "answers"


def joined(parts: Sequence[tuple[ModelProto, float]], less: float = 0.0) -> ModelProto:
    """Return one network of several with their temperatures: its logits are the greatest of theirs, each cooled by its own.

    `less` is taken off: the greater of two doubts is more than either network would say of what both see.
    """
    nodes, weights, cooled = [], [], []
    for number, (model, temperature) in enumerate(parts):
        before = f"part{number}_"
        graph = compose.add_prefix(model, before).graph
        nodes += [helper.make_node("Identity", [name], [before + name]) for name in INPUTS]
        nodes += list(graph.node)
        weights += list(graph.initializer)
        weights.append(numpy_helper.from_array(np.array(temperature, np.float32), before + "temperature"))
        nodes.append(helper.make_node("Div", [before + OUTPUT, before + "temperature"], [before + "cooled"]))
        cooled.append(before + "cooled")
    nodes.append(helper.make_node("Max", cooled, ["greatest"]))
    weights.append(numpy_helper.from_array(np.array(less, np.float32), "less"))
    nodes.append(helper.make_node("Sub", ["greatest", "less"], [OUTPUT]))
    shapes: dict[str, list[str | int | None]] = {"pictures": ["n", 48, 160, 3], "said": ["n", COLUMNS, SAID]}
    graph = helper.make_graph(
        nodes, NAME,
        [helper.make_tensor_value_info(name, kind, shapes[name]) for name, kind in INPUTS.items()],
        [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, ["n", len(ANSWERS), 2, COLUMNS])],
        weights,
    )  # fmt: skip
    first = parts[0][0]
    model = helper.make_model(graph, opset_imports=list(first.opset_import), ir_version=first.ir_version)
    onnx.checker.check_model(model)
    return model


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--less", default=0.0, show_default=True, help="Taken off all logits.")
@click.option("--training", multiple=True, help="A command that made it, for the manifest.")
def join(out: Path, files: tuple[Path, ...], less: float, training: tuple[str, ...]) -> None:
    """Write the networks in FILES, each with a manifest beside it, as one network OUT, and its manifest's entry."""
    found: list[dict[str, Any]] = [read_manifest(file.parent / "manifest.toml")[NAME] for file in files]
    temperatures = [float(one["calibration"]["temperature"]) for one in found]
    model = joined([(onnx.load(str(file)), t) for file, t in zip(files, temperatures, strict=True)], less)
    onnx.save(model, str(out))
    commands = list(training) or [command for one in found for command in one.get("training", [])]
    data = list(dict.fromkeys(line for one in found for line in one["data"]))
    manifest = out.parent / "manifest.toml"
    before = read_manifest(manifest).get(NAME, {})
    write_entry(manifest, NAME, {**entry(out, 1.0, commands, before), "data": data})
    print(f"{out}  {out.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    join()
