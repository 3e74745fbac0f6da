"""Joining networks of hidden characters: the greater doubt counts, each at its own temperature."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from click.testing import CliRunner  # noqa: E402

from anpr.perception.hidden_cut import COLUMNS  # noqa: E402
from anpr.perception.model_files import model_file  # noqa: E402
from models.train.hidden.joining import join  # noqa: E402
from models.train.hidden.network import HiddenNetwork  # noqa: E402
from models.train.hidden.training import entry, export  # noqa: E402
from models.train.manifest import write_entry  # noqa: E402

pytestmark = pytest.mark.training


def test_the_greater_doubt_counts(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 256, (3, 48, 160, 3)).astype(np.uint8)
    said = rng.random((3, COLUMNS, 74)).astype(np.float32)
    expected, files = [], []
    for number, temperature in enumerate((0.8, 1.5)):
        torch.manual_seed(number)
        network = HiddenNetwork().eval()
        torch.nn.init.normal_(network.head.weight)
        file = tmp_path / str(number) / "hidden.onnx"
        file.parent.mkdir()
        export(network, file)
        write_entry(file.parent / "manifest.toml", "hidden", entry(file, temperature, [f"command {number}"], {}))
        files.append(str(file))
        with torch.no_grad():
            expected.append(network(torch.from_numpy(pictures), torch.from_numpy(said)).numpy() / temperature)
    out = tmp_path / "hidden.onnx"
    done = CliRunner().invoke(join, [str(out), *files])
    assert done.exit_code == 0, done.output
    made = tomllib.loads((tmp_path / "manifest.toml").read_text(encoding="utf-8"))["hidden"]
    assert made["calibration"]["temperature"] == 1.0
    assert made["training"] == ["command 0", "command 1"]
    found = model_file("hidden", tmp_path).open().run({"pictures": pictures, "said": said})[0]
    assert np.abs(found - np.maximum(*expected)).max() < 0.05
    assert np.abs(expected[0] - expected[1]).max() > 0.5
