"""Turns the exported detector into 8-bit integers: `python -m models.train export … --int8`.

Static quantisation by onnxruntime (weights by channel, in 7 bits: processors without VNNI add products of 8-bit numbers in
16 bits, which overflow otherwise); the head stays in float, since its numbers have very different ranges. The picture is
8-bit already, so its way to the first convolution is cut short: no step in float is left before it.
"""

import logging
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import ModelProto, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from anpr.values import Image

HALF_RANGE = 127.5
"""The network sees (pixel - 127.5) / 127.5."""


class Pictures(CalibrationDataReader):  # type: ignore[misc]  # onnxruntime has no annotations
    """Feeds pictures of equal size, and one of noise that holds black and white, to the calibration."""

    def __init__(self, pictures: Sequence[Image]) -> None:
        noise = np.random.default_rng(0).integers(0, 256, pictures[0].shape, np.uint8)
        self._left: Iterator[Image] = iter([*pictures, noise])

    def get_next(self) -> dict[str, Any] | None:
        """Return the next picture, None after the last."""
        picture = next(self._left, None)
        return None if picture is None else {"picture": picture[None]}


def quantise(source: Path, out: Path, pictures: Sequence[Image]) -> None:
    """Write the 8-bit model of `source` to `out`, its ranges taken from the pictures (H, W, 3)."""
    logging.getLogger().setLevel(logging.ERROR)  # onnxruntime logs advice to the root logger
    with tempfile.TemporaryDirectory() as folder:
        ready, rough = Path(folder) / "ready.onnx", Path(folder) / "rough.onnx"
        quant_pre_process(str(source), str(ready), skip_symbolic_shape=True)
        head = [node.name for node in onnx.load(ready).graph.node if node.op_type == "Conv"][-1]
        quantize_static(
            str(ready),
            str(rough),
            Pictures(pictures),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=[head],
            op_types_to_quantize=["Conv", "Add", "Relu", "Resize"],
        )
        model = onnx.load(rough)
    _take_pixels(model)
    onnx.checker.check_model(model)
    onnx.save(model, out)


def _take_pixels(model: ModelProto) -> None:
    """Let the first convolution take the pixels as they are, in place of normalising and quantising them again.

    A pixel x is quantised to x - 127.5 + zero point, rounded: x itself but for half a step, which the bias makes good.
    """
    graph = model.graph
    nodes = {node.output[0]: node for node in graph.node}
    values = {each.name: each for each in graph.initializer}
    conv = next(node for node in graph.node if node.op_type == "Conv")
    unpack = nodes[conv.input[0]]
    chain = [nodes[unpack.input[0]]]
    while chain[-1].op_type != "Transpose":
        chain.append(nodes[chain[-1].input[0]])
    if [node.op_type for node in chain] != ["QuantizeLinear", "Sub", "Mul", "Cast", "Transpose"]:
        raise ValueError(f"the detector begins with {[node.op_type for node in chain]}, which this step doesn't know")
    scale = float(_array(values, unpack.input[1]))
    if abs(scale * HALF_RANGE - 1.0) > 0.01:
        raise ValueError(f"the pixels' scale is {scale:.5f}, expected 1/127.5: calibrate with black and white pixels")
    shift = float(_array(values, unpack.input[2])) - HALF_RANGE
    weights = _array(values, nodes[conv.input[1]].input[0]).astype(np.float64)
    name = nodes[conv.input[2]].input[0]
    bias = _array(values, name) + np.round(shift * weights.sum(axis=(1, 2, 3))).astype(np.int32)
    values[name].CopyFrom(numpy_helper.from_array(bias.astype(np.int32), name))
    unpack.input[0] = chain[-1].output[0]
    for node in chain[:-1]:
        graph.node.remove(node)


def _array(values: dict[str, Any], name: str) -> NDArray[Any]:
    return np.asarray(numpy_helper.to_array(values[name]))
