"""Training of the network of hidden characters: it learns a plain rule, is written as ONNX, and the manifest knows it."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from anpr.perception.hidden_cut import COLUMNS  # noqa: E402
from anpr.perception.model_files import model_file  # noqa: E402
from models.train.hidden.network import HiddenNetwork  # noqa: E402
from models.train.hidden.samples import SAMPLE  # noqa: E402
from models.train.hidden.training import Samples, Training, export, judged, losses, main, mirrored, tensors  # noqa: E402

pytestmark = pytest.mark.training


@pytest.fixture
def samples(tmp_path: Path) -> Path:
    """Plates of three characters; where a red post stands, one is missing."""
    rng = np.random.default_rng(0)
    made = np.zeros(2400, SAMPLE)
    for one in made:
        one["picture"] = rng.integers(100, 140, (48, 160, 3))
        one["length"] = 3
        one["column"][:3] = (14, 20, 26)
        one["top"][:3] = 0.99
        one["confidence"], one["right"] = 0.97, 1
        if rng.random() < 0.5:
            place = int(rng.integers(4))
            column = (10, 17, 23, 30)[place]
            one["picture"][:, column * 4 - 6 : column * 4 + 6] = (20, 20, 220)
            one["missing"][0, column], one["gap"][place], one["right"] = 1, 1, 0
    np.save(tmp_path / "samples.npy", made)
    return tmp_path / "samples.npy"


def test_it_learns_where_a_post_hides_a_character(samples: Path, tmp_path: Path) -> None:
    out = tmp_path / "hidden.onnx"
    main([str(out), str(samples), "--steps", "150", "--training", "a command"])
    entry = tomllib.loads((tmp_path / "manifest.toml").read_text(encoding="utf-8"))["hidden"]
    assert entry["training"] == ["a command"]
    assert 0.5 <= entry["calibration"]["temperature"] <= 2.5
    kept = Samples((samples,))
    batch = kept.batch(kept.kept_back)
    session = model_file("hidden", tmp_path).open()
    fed = {"pictures": batch["picture"], "said": batch["said"].astype(np.float32)}
    answers = torch.from_numpy(np.asarray(session.run(fed)[0]))
    sure = judged(answers, batch)
    assert sure[batch["right"] == 1].mean() > sure[batch["right"] == 0].mean() + 0.3
    assert out.stat().st_size < 300_000


def test_a_training_goes_on_where_it_was_saved(samples: Path, tmp_path: Path) -> None:
    kept = Samples((samples,))
    whole, begun = Training(3e-3, 4), Training(3e-3, 4)
    for step in range(6):
        whole.step(kept, step / 6)
    for step in range(3):
        begun.step(kept, step / 6)
    begun.save(tmp_path / "a.checkpoint")
    going = Training(3e-3, 9)
    going.resume(tmp_path / "a.checkpoint")
    for step in range(3, 6):
        going.step(kept, step / 6)
    assert going.steps == 6
    for name, weight in whole.average.module.state_dict().items():
        assert torch.allclose(weight.float(), going.average.module.state_dict()[name].float(), atol=1e-6), name


def test_a_mirror_turns_places_and_targets(samples: Path) -> None:
    batch = np.load(samples)[:200]
    turned = mirrored(batch, np.random.default_rng(1), share=1.0)
    assert (turned["picture"] == batch["picture"][:, :, ::-1]).all()
    assert (turned["gap"][:, :4] == batch["gap"][:, :4][:, ::-1]).all()
    assert turned["column"][0][:3].astype(float) == pytest.approx([COLUMNS - 26, COLUMNS - 20, COLUMNS - 14])
    two_lines = batch.copy()
    two_lines["row"][:, 2] = 1
    assert (mirrored(two_lines, np.random.default_rng(1), share=1.0)["picture"] == two_lines["picture"]).all()


def test_the_loss_is_least_for_the_truth(samples: Path) -> None:
    t = tensors(np.load(samples)[:50])
    right = torch.full((50, 3, 2, COLUMNS), -9.0)
    right[:, 0][t["missing"] == 1] = 6.0
    blind = torch.full((50, 3, 2, COLUMNS), -9.0)
    assert float(losses(right, t)) < float(losses(blind, t)) / 5


def test_half_floats_change_the_answers_hardly(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = HiddenNetwork().eval()
    export(network, tmp_path / "hidden.onnx")
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 256, (3, 48, 160, 3)).astype(np.uint8)
    said = rng.random((3, COLUMNS, 74)).astype(np.float32)
    with torch.no_grad():
        expected = network(torch.from_numpy(pictures), torch.from_numpy(said)).numpy()
    from anpr.perception.onnx_session import OnnxSession  # noqa: PLC0415

    found = OnnxSession(tmp_path / "hidden.onnx").run({"pictures": pictures, "said": said})[0]
    assert np.abs(found - expected).max() < 0.02
