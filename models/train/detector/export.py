"""Writes the detector as ONNX: `python -m models.train export --checkpoint FILE --frames DIR`.

The exported model takes a picture as it lies in memory, uint8 (1, height, width, 3) in BGR order with free height and
width (multiples of 32), and gives the raw maps (1, 13, height/8, width/8) of network.py. It is compared with torch
before anything is replaced, and its manifest entry is written with the calibration and the accuracy that were
measured on frames held out of the training.
"""

import argparse
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnxruntime as ort
import torch
from torch import Tensor, nn

from models.train.detector.network import STRIDE, DetectorNetwork
from models.train.detector.quantising import quantise
from models.train.detector.training import keep_average, load_average
from models.train.manifest import read_manifest, sha256_of, write_entry
from models.train.scenes.frames import load_frames
from models.train.scenes.scene_maker import SceneMaker

OPSET: Final = 17
TOLERANCE: Final = 1e-3
"""Largest difference between torch and onnxruntime in any output."""

CALIBRATION_SCENES: Final = 48
"""Scenes from which the ranges of the 8-bit model are taken."""

SLANTED: Final = 0.25
"""The share of them that is seen aslant."""

MODELS: Final = Path(__file__).resolve().parents[2]


class FromMemory(nn.Module):
    """The network behind an input that is a picture as OpenCV keeps it."""

    def __init__(self, network: DetectorNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, picture: Tensor) -> Tensor:
        """Map uint8 (1, H, W, 3) to (1, 13, H/8, W/8)."""
        maps: Tensor = self.network(picture.permute(0, 3, 1, 2).float())
        return maps


def export_onnx(network: DetectorNetwork, path: Path) -> None:
    """Write the network, normalisation folded into its convolutions, and check it against torch at two sizes.

    Raises ValueError when any output differs by more than TOLERANCE.
    """
    model = FromMemory(network).eval()
    new = path.with_suffix(".new.onnx")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter of this opset announces its successor
        torch.onnx.export(
            model,
            (torch.zeros(1, 384, 640, 3, dtype=torch.uint8),),
            str(new),
            opset_version=OPSET,
            dynamo=False,
            input_names=["picture"],
            output_names=["maps"],
            dynamic_axes={
                "picture": {1: "height", 2: "width"},
                "maps": {2: f"height/{STRIDE}", 3: f"width/{STRIDE}"},
            },
        )
    try:
        check_against_torch(model, new)
    except ValueError:
        new.unlink()
        raise
    new.replace(path)


def check_against_torch(model: nn.Module, path: Path) -> None:
    """Raise ValueError when the file and the torch model differ on random pictures of two sizes."""
    session = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    rng = np.random.default_rng(1)
    for height, width in ((384, 640), (96, 192)):
        picture = rng.integers(0, 256, (1, height, width, 3), np.uint8)
        with torch.no_grad():
            wanted = model(torch.from_numpy(picture)).numpy()
        found = session.run(None, {"picture": picture})[0]
        worst = float(np.abs(found - wanted).max())
        if found.shape != wanted.shape or worst > TOLERANCE:
            raise ValueError(f"{path.name} differs from torch by {worst:.2g} at {width}x{height}, allowed {TOLERANCE}")


def entry_of(
    path: Path, calibration: dict[str, float], accuracy: dict[str, Any], training: list[str]
) -> dict[str, Any]:
    """Return the detector's entry for the manifest."""
    return {
        "file": path.name,
        "sha256": sha256_of(path),
        "licence": "Apache-2.0",
        "origin": "made by models/train of this project from random weights; architecture: models/train/detector/network.py",
        "training": training,
        "data": [
            "rendered plates and scenes of models/train",
            "drive frames of RobertLucian/license-plate-dataset (MIT), without those held out (models/train/scenes/frames.py)",
        ],
        "input": {"name": "picture", "shape": [1, "height", "width", 3], "dtype": "uint8", "colour": "BGR"},
        "outputs": [{"name": "maps", "shape": [1, 13, f"height/{STRIDE}", f"width/{STRIDE}"]}],
        "calibration": calibration,
        "accuracy": accuracy,
    }


def main(argv: Sequence[str]) -> None:
    """Export a checkpoint; with `--frames`, calibrate and measure on the held-out frames as well."""
    parser = argparse.ArgumentParser(prog="python -m models.train export", description="Write the detector as ONNX.")
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--frames", type=Path, help="folder with frames/ and labels.json: calibrate and measure")
    parser.add_argument("--out", type=Path, default=MODELS / "detector.onnx")
    parser.add_argument("--state", type=Path, help="keep the averaged weights here, to train on from another day")
    parser.add_argument("--floor", type=float, default=0.3, help="confidence below which nothing is reported")
    parser.add_argument("--int8", action="store_true", help="quantise to 8-bit integers: half the time")
    parser.add_argument("--training", action="append", default=[], help="a command that made the checkpoint")
    arguments = parser.parse_args(argv)
    export_onnx(load_average(arguments.checkpoint), arguments.out)
    if arguments.state is not None:
        keep_average(arguments.checkpoint, arguments.state)
    if arguments.int8:
        frames = load_frames(arguments.frames, False) if arguments.frames else []
        maker = SceneMaker(np.random.default_rng(3), frames, slanted=SLANTED)
        quantise(arguments.out, arguments.out, [maker.scene().image for _ in range(CALIBRATION_SCENES)])
    manifest = arguments.out.parent / "manifest.toml"
    before = read_manifest(manifest).get("detector", {})
    training = arguments.training or before.get("training", [])
    calibration = {"slope": 1.0, "offset": 0.0, "floor": arguments.floor}
    write_entry(manifest, "detector", entry_of(arguments.out, calibration, {}, training))
    if arguments.frames is not None:
        from models.train.detector.evaluation import calibrated, measured  # noqa: PLC0415 - it reads the file just written

        calibration = calibrated(arguments.frames, manifest.parent, arguments.floor)
        write_entry(manifest, "detector", entry_of(arguments.out, calibration, {}, training))
        accuracy = measured(arguments.frames, manifest.parent)
        write_entry(manifest, "detector", entry_of(arguments.out, calibration, accuracy, training))
    print(f"{arguments.out}: {arguments.out.stat().st_size / 1e6:.2f} MB, sha256 {sha256_of(arguments.out)[:12]}…")
