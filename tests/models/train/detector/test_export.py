from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from anpr.perception.model_files import model_file  # noqa: E402
from anpr.perception.onnx_session import OnnxSession  # noqa: E402
from models.train.__main__ import main  # noqa: E402
from models.train.detector import export as detector_export  # noqa: E402
from models.train.detector.network import DetectorNetwork  # noqa: E402
from models.train.detector.quantising import quantise  # noqa: E402
from models.train.manifest import read_manifest, sha256_of, write_entry  # noqa: E402
from models.train.scenes.backgrounds import street  # noqa: E402

pytestmark = pytest.mark.training


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(1)
    path = tmp_path_factory.mktemp("checkpoint") / "detector.pt"
    torch.save({"average": DetectorNetwork().state_dict()}, path)
    return path


def test_an_exported_checkpoint_opens_with_its_manifest(checkpoint: Path, tmp_path: Path) -> None:
    out = tmp_path / "detector.onnx"
    assert main(["export", "--checkpoint", str(checkpoint), "--out", str(out), "--training", "how it was made"]) == 0
    model = model_file("detector", tmp_path)
    session = model.open()
    maps = session.run({"picture": np.zeros((1, 64, 96, 3), np.uint8)})[0]
    assert maps.shape == (1, 13, 8, 12)
    assert model.sha256 == sha256_of(out)
    assert read_manifest(tmp_path / "manifest.toml")["detector"]["training"] == ["how it was made"]


def test_a_model_that_differs_from_torch_is_not_kept(
    checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "detector.onnx"
    monkeypatch.setattr(detector_export, "TOLERANCE", -1.0)
    with pytest.raises(ValueError, match="differs from torch"):
        detector_export.export_onnx(DetectorNetwork(), out)
    assert list(tmp_path.iterdir()) == []


def test_the_shipped_model_has_the_promised_opset() -> None:
    path = model_file("detector").path
    onnx = pytest.importorskip("onnx")
    assert [each.version for each in onnx.load(path).opset_import if not each.domain] == [detector_export.OPSET]


def test_the_8_bit_model_says_nearly_the_same(tmp_path: Path) -> None:
    torch.manual_seed(2)
    network = DetectorNetwork()
    with torch.no_grad():
        network.head.weight.normal_(0.0, 0.3)
    exact, small = tmp_path / "exact.onnx", tmp_path / "small.onnx"
    detector_export.export_onnx(network, exact)
    rng = np.random.default_rng(1)
    pictures = [street(rng, 192, 96) for _ in range(6)]
    quantise(exact, small, pictures)
    assert small.stat().st_size < 0.4 * exact.stat().st_size
    seen = street(rng, 192, 96)[None]
    wanted, found = (OnnxSession(path).run({"picture": seen})[0] for path in (exact, small))
    assert found.shape == wanted.shape
    assert np.corrcoef(found.ravel().astype(float), wanted.ravel().astype(float))[0, 1] > 0.99


@pytest.mark.filterwarnings("ignore")
def test_a_model_with_another_beginning_is_not_quantised(tmp_path: Path) -> None:
    class Bare(torch.nn.Module):  # type: ignore[name-defined, misc]
        def __init__(self) -> None:
            super().__init__()
            self.one, self.two = torch.nn.Conv2d(3, 4, 3), torch.nn.Conv2d(4, 4, 3)

        def forward(self, picture: Any) -> Any:
            return self.two(self.one(picture.permute(0, 3, 1, 2).float()))

    path = tmp_path / "bare.onnx"
    torch.onnx.export(
        Bare(),
        (torch.zeros(1, 32, 32, 3, dtype=torch.uint8),),
        str(path),
        opset_version=17,
        dynamo=False,
        input_names=["picture"],
    )
    with pytest.raises(ValueError, match="the detector begins with"):
        quantise(path, tmp_path / "out.onnx", [np.zeros((32, 32, 3), np.uint8)])
    assert not (tmp_path / "out.onnx").exists()


def test_entries_are_written_beside_each_other_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "manifest.toml"
    entry = {
        "file": 'a "quoted".onnx',
        "numbers": [1, 2.5, True],
        "input": {"name": "x", "shape": [1, "height"]},
        "outputs": [{"name": "y"}, {"name": "z"}],
        "accuracy": {"drive, held out": {"found": 0.5}},
    }
    write_entry(path, "detector", entry)
    write_entry(path, "reader", {"file": "b.onnx", "alphabet": "ÄÖ"})
    assert read_manifest(path) == {"detector": entry, "reader": {"file": "b.onnx", "alphabet": "ÄÖ"}}
    with pytest.raises(TypeError, match="no place in the manifest"):
        write_entry(path, "reader", {"file": None})


def test_the_command_line_lists_its_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "train the plate detector" in capsys.readouterr().out
    assert main(["--help"]) == 0
