from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from anpr.errors import ModelError
from anpr.perception.model_files import model_file
from anpr.perception.onnx_session import OnnxSession


@pytest.fixture(scope="module")
def session() -> OnnxSession:
    return OnnxSession(model_file("detector").path)


def test_inputs_and_outputs_are_described(session: OnnxSession) -> None:
    assert session.inputs == {"picture": ((1, "height", "width", 3), "tensor(uint8)")}
    assert session.outputs == ("maps",)


def test_the_same_picture_gives_the_same_bits_from_several_threads(session: OnnxSession) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (1, 64, 96, 3), np.uint8)
    session.warm_up({"picture": picture})
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: session.run({"picture": picture})[0], range(4)))
    assert all(np.array_equal(answers[0], answer) for answer in answers[1:])
    assert answers[0].shape == (1, 13, 8, 12)


def test_a_wrong_input_is_a_model_error(session: OnnxSession) -> None:
    with pytest.raises(ModelError, match="failed on inputs"):
        session.run({"picture": np.zeros((1, 64, 96, 4), np.uint8)})


def test_a_file_that_is_no_model_is_a_model_error(tmp_path: Path) -> None:
    path = tmp_path / "broken.onnx"
    path.write_bytes(b"not a model")
    with pytest.raises(ModelError, match="cannot be loaded"):
        OnnxSession(path)


def test_no_threads_is_refused() -> None:
    with pytest.raises(ValueError, match="threads is 0"):
        OnnxSession(model_file("detector").path, threads=0)
