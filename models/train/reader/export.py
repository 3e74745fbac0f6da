"""The reader as ONNX: exported with a fixed opset, checked against torch, and made 8 bit where that pays.

`python -m models.train export reader CHECKPOINT OUT.onnx [--int8 --pictures POOL]`
"""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import click
import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from anpr.vrm import ALPHABET
from models.train.manifest import read_manifest, sha256_of, write_entry
from models.train.reader.data import Pool
from models.train.reader.network import CLASSES, HEIGHT, ROWS, STEPS, WIDTH, ReaderNetwork, load_network

OPSET: Final = 17
TOLERANCE: Final = 1e-3
"""Largest difference of any probability between torch and the exported model."""


def export(network: ReaderNetwork, out: Path) -> None:
    """Write the network: input `pictures` uint8 (N, 48, 160, 3) BGR, output `log_posteriors` float32 (N, 160, 37)."""
    example = torch.zeros((2, HEIGHT, WIDTH, 3), dtype=torch.uint8)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter warns of its successor, whose graphs are slower here
        torch.onnx.export(
            network,
            (example,),
            str(out),
            opset_version=OPSET,
            dynamo=False,
            input_names=["pictures"],
            output_names=["log_posteriors"],
            dynamic_axes={"pictures": {0: "n"}, "log_posteriors": {0: "n"}},
        )


def session(path: Path) -> onnxruntime.InferenceSession:
    """Return a session on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def difference(network: ReaderNetwork, path: Path, pictures: NDArray[np.uint8]) -> float:
    """Return the largest difference of any probability between torch and the file."""
    with torch.no_grad():
        expected = network(torch.from_numpy(pictures)).exp().numpy()
    found = np.exp(session(path).run(None, {"pictures": pictures})[0])
    return float(np.abs(expected - found).max())


class _Pictures(CalibrationDataReader):  # type: ignore[misc]
    """Feeds pictures to the quantiser, 32 at a time."""

    def __init__(self, pictures: NDArray[np.uint8]) -> None:
        self._batches: Iterator[dict[str, NDArray[np.uint8]]] = iter(
            {"pictures": pictures[i : i + 32]} for i in range(0, len(pictures), 32)
        )

    def get_next(self) -> dict[str, NDArray[np.uint8]] | None:
        """Return the next batch, None at the end."""
        return next(self._batches, None)


def quantise(source: Path, out: Path, pictures: NDArray[np.uint8], keep: Sequence[str] = ()) -> None:
    """Write an 8 bit version: convolutions with weights per channel, ranges from `pictures`; `keep` names float nodes."""
    prepared = out.with_suffix(".prepared.onnx")
    quant_pre_process(str(source), str(prepared))
    quantize_static(
        str(prepared),
        str(out),
        _Pictures(pictures),
        quant_format=QuantFormat.QDQ,
        op_types_to_quantize=["Conv", "Add", "Relu"],
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        calibrate_method=CalibrationMethod.Percentile,
        nodes_to_exclude=list(keep),
        extra_options={"CalibPercentile": 99.995},
    )
    prepared.unlink()


def kept_in_float(path: Path) -> list[str]:
    """Return the names of the nodes that stay in float.

    The first and the last convolution cost little and matter most; sums outside the convolutions are the normalisation's.
    """
    nodes = onnx.load(str(path)).graph.node
    convolutions = [node.name for node in nodes if node.op_type == "Conv"]
    within = ("/body/", "/columns/", "/context/")
    return [convolutions[0], convolutions[-1]] + [
        node.name for node in nodes if node.op_type == "Add" and not node.name.startswith(within)
    ]


def entry_of(
    path: Path, before: Mapping[str, Any], fitted: Mapping[str, float], training: Sequence[str]
) -> dict[str, Any]:
    """Return the manifest's entry for the file; calibration, accuracy and commands not given are kept as they were."""
    calibration = {"temperature": 1.0, "sharpness": 1.0} | dict(before.get("calibration", {})) | dict(fitted)
    return {
        "file": path.name,
        "sha256": sha256_of(path),
        "licence": "Apache-2.0",
        "origin": "made by models/train of this project from random weights; architecture: models/train/reader/network.py",
        "training": list(training) or before.get("training", []),
        "data": [
            "plates rendered by models/train",
            "drive frames and plates of RobertLucian/license-plate-dataset (MIT), see READER.md",
        ],
        "alphabet": ALPHABET,
        "input": {"name": "pictures", "shape": ["n", HEIGHT, WIDTH, 3], "dtype": "uint8", "colour": "BGR"},
        "outputs": [{"name": "log_posteriors", "shape": ["n", ROWS * STEPS, CLASSES]}],
        "calibration": calibration,
        "accuracy": dict(before.get("accuracy", {})),
    }


@click.command()
@click.argument("checkpoint", type=click.Path(path_type=Path, exists=True))
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--int8", is_flag=True, help="Write the 8 bit version.")
@click.option("--pictures", type=click.Path(path_type=Path, exists=True), help="Pool whose pictures set the ranges.")
@click.option("--temperature", type=float, help="Calibration of the probabilities (reader_calibration fits it).")
@click.option("--sharpness", type=float, help="Calibration of combined looks, likewise.")
@click.option("--training", multiple=True, help="A command that made the checkpoint, for the manifest.")
def run(
    checkpoint: Path,
    out: Path,
    int8: bool,
    pictures: Path | None,
    temperature: float | None,
    sharpness: float | None,
    training: tuple[str, ...],
) -> None:
    """Write CHECKPOINT's averaged weights as an ONNX file and check it; the manifest's entry has the name of its shape."""
    network = load_network(checkpoint)
    rng = np.random.default_rng(3)
    sample: NDArray[np.uint8] = rng.integers(0, 256, (64, HEIGHT, WIDTH, 3), np.uint8)
    if pictures is not None:
        pool = Pool.open(pictures)
        written = np.flatnonzero(np.asarray(pool.samples["serial"]) > 0)
        sample = np.array(pool.samples["picture"][rng.choice(written, min(512, len(written)), replace=False)])
    plain = out.with_suffix(".float.onnx") if int8 else out
    export(network, plain)
    apart = difference(network, plain, sample[:64])
    print(f"largest difference of a probability between torch and {plain.name}: {apart:.1e}")
    if apart > TOLERANCE:
        raise click.ClickException(f"the exported model differs by {apart:.1e}, at most {TOLERANCE} is allowed")
    if int8:
        if pictures is None:
            raise click.UsageError("--int8 needs --pictures to set the ranges by")
        quantise(plain, out, sample, kept_in_float(plain))
        plain.unlink()
    manifest = out.parent / "manifest.toml"
    fitted = {k: v for k, v in (("temperature", temperature), ("sharpness", sharpness)) if v is not None}
    before = read_manifest(manifest).get(network.shape, {})
    write_entry(manifest, network.shape, entry_of(out, before, fitted, training))
    print(f"{out}  {out.stat().st_size / 1e6:.2f} MB  sha256 {sha256_of(out)}")


def main(argv: list[str]) -> None:
    """Run the command with these arguments."""
    run.main(args=argv, prog_name="export reader", standalone_mode=False)


if __name__ == "__main__":
    run()
