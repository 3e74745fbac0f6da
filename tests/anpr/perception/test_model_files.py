import shutil
from pathlib import Path

import pytest

from anpr.errors import ModelError
from anpr.perception.model_files import MANIFEST, model_file, models_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped detector with its manifest."""
    for name in (MANIFEST, model_file("detector").path.name):
        shutil.copy(models_folder() / name, tmp_path / name)
    return tmp_path


def change(folder: Path, old: str, new: str) -> None:
    manifest = folder / MANIFEST
    text = manifest.read_text(encoding="utf-8")
    assert old in text
    manifest.write_text(text.replace(old, new), encoding="utf-8")


def test_the_shipped_detector_is_what_its_manifest_says() -> None:
    model = model_file("detector")
    session = model.open()
    assert session.outputs == model.outputs
    assert model.input.colour == "BGR"
    assert model.licence == "Apache-2.0"
    assert set(model.calibration) == {"slope", "offset", "floor"}
    assert model.path.stat().st_size < 2.5e6


def test_all_weights_together_stay_small() -> None:
    sizes = [model_file(name).path.stat().st_size for name in ("detector", "reader", "reader_wide", "hidden")]
    assert sum(sizes) <= 8_000_000


def test_an_altered_file_is_refused(folder: Path) -> None:
    path = folder / "detector.onnx"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(ModelError, match="was altered"):
        model_file("detector", folder).open()


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "detector.onnx").unlink()
    with pytest.raises(ModelError, match=r"detector\.onnx cannot be read"):
        model_file("detector", folder).open()


def test_a_missing_manifest_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"manifest\.toml cannot be read"):
        model_file("detector", tmp_path)


def test_an_unknown_model_is_named() -> None:
    with pytest.raises(ModelError, match="no model 'speaker'"):
        model_file("speaker")


def test_a_wrong_input_shape_is_refused(folder: Path) -> None:
    change(folder, '"width", 3]', '"width", 4]')
    with pytest.raises(ModelError, match="its manifest says picture"):
        model_file("detector", folder).open()


def test_a_wrong_output_is_refused(folder: Path) -> None:
    change(folder, 'name = "maps"', 'name = "other"')
    with pytest.raises(ModelError, match="its manifest says"):
        model_file("detector", folder).open()


def test_another_alphabet_is_refused() -> None:
    with pytest.raises(ModelError, match="alphabet"):
        model_file("detector").open(alphabet="0123456789")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("sha256 =", "checksum =", "lacks the key 'sha256'"),
        ("slope =", "slope = 'steep' #", "wrong value"),
        ("[detector]", "[detector", "cannot be understood"),
    ],
)
def test_a_damaged_manifest_is_refused(folder: Path, old: str, new: str, message: str) -> None:
    change(folder, old, new)
    with pytest.raises(ModelError, match=message):
        model_file("detector", folder)
