"""Runs an ONNX model on the CPU: a given number of threads, no spinning, the same answer every time."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from anpr.errors import ModelError

Array = NDArray[np.generic]

WARNINGS_AND_WORSE: Final = 3
"""Severity from which onnxruntime writes to stderr: errors; its warnings are about graph clean-up."""


class OnnxSession:
    """A loaded model. Safe to call from several threads at once.

    Spinning is off: a thread that waits for work by spinning takes a core of a two-core tablet from the rest of the
    program, which costs more than it gains.
    """

    def __init__(self, path: Path, *, threads: int = 1) -> None:
        if threads < 1:
            raise ValueError(f"threads is {threads}, must be 1 or more")
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
        options.log_severity_level = WARNINGS_AND_WORSE
        options.use_deterministic_compute = True
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.add_session_config_entry("session.inter_op.allow_spinning", "0")
        self.path = path
        try:
            self._session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's own classes have no common root but Exception
            raise ModelError(f"the model {path} cannot be loaded ({_first_line(error)}): install it again") from error

    @property
    def inputs(self) -> dict[str, tuple[tuple[int | str | None, ...], str]]:
        """Shape (names stand for free sizes) and onnxruntime type of each input, by name."""
        return {node.name: (tuple(node.shape), node.type) for node in self._session.get_inputs()}

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the outputs, in the order in which `run` returns them."""
        return tuple(node.name for node in self._session.get_outputs())

    def run(self, feeds: Mapping[str, Array]) -> list[Array]:
        """Return all outputs for the given inputs; raises ModelError when they don't fit the model."""
        try:
            outputs: list[Array] = self._session.run(None, dict(feeds))
        except Exception as error:  # see the constructor
            shapes = {name: value.shape for name, value in feeds.items()}
            raise ModelError(f"the model {self.path} failed on inputs {shapes} ({_first_line(error)})") from error
        return outputs

    def warm_up(self, feeds: Mapping[str, Array], times: int = 2) -> None:
        """Run a few times, so that memory is laid out before the first frame counts."""
        for _ in range(times):
            self.run(feeds)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
