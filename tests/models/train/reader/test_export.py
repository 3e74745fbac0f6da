import tomllib
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from anpr.errors import ModelError  # noqa: E402
from anpr.perception.model_files import model_file  # noqa: E402
from anpr.perception.reader import PlateReader  # noqa: E402
from anpr.vrm import ALPHABET  # noqa: E402
from models.train.reader.data import Pool, Renderer  # noqa: E402
from models.train.reader.export import TOLERANCE, difference, export, main  # noqa: E402
from models.train.reader.network import ReaderNetwork  # noqa: E402

pytestmark = pytest.mark.training


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(1)
    path = tmp_path_factory.mktemp("checkpoint") / "reader.pt"
    torch.save({"average": ReaderNetwork().state_dict()}, path)
    return path


def test_exported_model_agrees_with_torch(tmp_path: Path) -> None:
    torch.manual_seed(2)
    network = ReaderNetwork().eval()
    export(network, tmp_path / "reader.onnx")
    pictures = np.random.default_rng(0).integers(0, 256, (5, 48, 160, 3)).astype(np.uint8)
    assert difference(network, tmp_path / "reader.onnx", pictures) < TOLERANCE


def test_command_writes_model_and_manifest_that_the_reader_opens(checkpoint: Path, tmp_path: Path) -> None:
    main([str(checkpoint), str(tmp_path / "reader.onnx"), "--temperature", "0.8", "--training", "a command"])
    entry = tomllib.loads((tmp_path / "manifest.toml").read_text(encoding="utf-8"))["reader"]
    assert entry["alphabet"] == ALPHABET
    assert entry["calibration"]["temperature"] == 0.8
    assert model_file("reader", tmp_path).open(alphabet=ALPHABET).outputs == ("log_posteriors",)
    with pytest.raises(ModelError, match="no model 'reader_wide'"):
        PlateReader(hidden=False, models=tmp_path)
    torch.save({"average": ReaderNetwork("reader_wide").state_dict(), "shape": "reader_wide"}, tmp_path / "wide.pt")
    main([str(tmp_path / "wide.pt"), str(tmp_path / "reader_wide.onnx"), "--sharpness", "1.5"])
    assert model_file("reader_wide", tmp_path).calibration["sharpness"] == 1.5
    assert len(PlateReader(hidden=False, models=tmp_path).read_crops([np.zeros((30, 90, 3), np.uint8)])) == 1


def test_eight_bit_version_is_smaller_and_close(checkpoint: Path, tmp_path: Path) -> None:
    pool, source = Pool.open(tmp_path / "pool"), Renderer(1, (), kept=10)
    for slot in range(32):
        pool.write(slot, slot + 1, source.photograph(0.3))
    main([str(checkpoint), str(tmp_path / "reader.onnx"), "--int8", "--pictures", str(tmp_path / "pool")])
    assert (tmp_path / "reader.onnx").stat().st_size < 1_800_000
    network = ReaderNetwork()
    network.load_state_dict(torch.load(checkpoint, weights_only=True)["average"])
    pictures = np.array(pool.samples["picture"][:32])
    assert difference(network.eval(), tmp_path / "reader.onnx", pictures) < 0.1
