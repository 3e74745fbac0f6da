from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from anpr.perception.detector import _decoded  # noqa: E402
from models.train.detector import training as detector_training  # noqa: E402
from models.train.detector.data import ScenePool, Targets, labels_of, targets_of  # noqa: E402
from models.train.detector.network import OUTPUTS, STRIDE, DetectorNetwork  # noqa: E402
from models.train.detector.training import Average, box_loss, geometry, learning_rate, losses_of, take_weights  # noqa: E402
from models.train.scenes.frames import Scene  # noqa: E402
from models.train.scenes.scene_maker import SceneMaker  # noqa: E402

pytestmark = pytest.mark.training

SIZE = (160, 96)


def test_training_and_program_decode_the_same_geometry() -> None:
    maps = torch.randn(1, OUTPUTS, 12, 20, generator=torch.Generator().manual_seed(1)) * 0.7
    boxes, corners = geometry(maps)
    _, (seen_corners, seen_boxes) = _decoded(maps[0].numpy(), -1e9)
    order = np.argsort(-maps[0, 0].flatten().numpy(), kind="stable")
    assert np.allclose(boxes[0].flatten(1).T.numpy()[order], seen_boxes, atol=1e-3)
    assert np.allclose(corners[0].flatten(1).T.numpy()[order].reshape(-1, 4, 2), seen_corners, atol=1e-3)


def test_the_network_is_fully_convolutional() -> None:
    network = DetectorNetwork().eval()
    with torch.no_grad():
        for height, width in ((96, 160), (64, 32), (384, 640)):
            maps = network(torch.zeros(1, 3, height, width))
            assert maps.shape == (1, OUTPUTS, height // STRIDE, width // STRIDE)


def test_blocks_that_a_shallower_state_lacks_begin_as_the_identity() -> None:
    shallow, deep = DetectorNetwork(depths=(2, 3, 3)).eval(), DetectorNetwork(depths=(2, 4, 4)).eval()
    take_weights(deep, shallow.state_dict())
    picture = torch.randn(1, 3, 64, 96, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        assert torch.allclose(deep(picture), shallow(picture), atol=1e-5)
    with pytest.raises(RuntimeError, match="no place"):
        take_weights(shallow, deep.state_dict())


def test_the_box_loss_is_zero_for_the_same_box_and_grows_with_distance() -> None:
    wanted = torch.tensor([[10.0, 10.0, 50.0, 20.0]])
    near = box_loss(wanted + 2, wanted)
    far = box_loss(wanted + 60, wanted)
    assert box_loss(wanted, wanted).item() == pytest.approx(0.0, abs=1e-6)
    assert 0 < near.item() < 1 < far.item()


def perfect_maps(targets: Targets, rows: int, columns: int) -> Any:
    """Maps that say what the targets want."""
    maps = torch.zeros(1, OUTPUTS, rows, columns)
    maps[0, 0] = torch.where(torch.from_numpy(targets.heat[0]) == 1.0, 12.0, -12.0)
    boxes, corners = torch.from_numpy(targets.boxes[0]), torch.from_numpy(targets.corners[0])
    xs = (torch.arange(columns) + 0.5)[None].expand(rows, columns)
    ys = (torch.arange(rows) + 0.5)[:, None].expand(rows, columns)
    centre, half = (boxes[:2] + boxes[2:]) / 2, ((boxes[2:] - boxes[:2]) / 2).clamp(min=1)
    maps[0, 1], maps[0, 2] = centre[0] / STRIDE - xs, centre[1] / STRIDE - ys
    maps[0, 3:5] = torch.log(half * 2 / STRIDE)
    for i, (sx, sy) in enumerate(((-1, -1), (1, -1), (1, 1), (-1, 1))):
        maps[0, 5 + 2 * i] = (corners[2 * i] - centre[0]) / half[0] - sx
        maps[0, 6 + 2 * i] = (corners[2 * i + 1] - centre[1]) / half[1] - sy
    return maps


def test_saying_what_is_wanted_costs_next_to_nothing() -> None:
    quad = np.array([[[40, 40], [90, 44], [90, 58], [40, 52]]], np.float32)
    scene = Scene(np.zeros((96, 160, 3), np.uint8), quad, np.array([True]), np.array([False]), real=False)
    targets = targets_of(labels_of(scene)[None], SIZE)
    maps = perfect_maps(targets, 12, 20)
    losses = losses_of(maps, targets, np.array([False]))
    assert losses.heat.item() < 0.2
    assert losses.box.item() < 1e-3
    assert losses.corners.item() < 1e-3
    wrong = maps.clone()
    wrong[0, 0] = -wrong[0, 0]
    wrong[0, 1] += 1.0
    worse = losses_of(wrong, targets, np.array([False]))
    assert worse.heat.item() > 10
    assert worse.box.item() > 0.05
    assert worse.corners.item() > 0.05


def test_far_heat_in_real_frames_is_hardly_punished() -> None:
    empty = Scene(
        np.zeros((96, 160, 3), np.uint8),
        np.zeros((0, 4, 2), np.float32),
        np.zeros(0, bool),
        np.zeros(0, bool),
        real=True,
    )
    targets = targets_of(labels_of(empty)[None], SIZE)
    maps = torch.zeros(1, OUTPUTS, 12, 20)  # every cell: half sure of a plate of 8 px
    made_up = losses_of(maps, targets, np.array([False])).heat.item()
    real = losses_of(maps, targets, np.array([True])).heat.item()
    assert real == pytest.approx(0.15 * made_up, rel=1e-3)
    maps[:, 3] = 2.0  # of 59 px
    assert losses_of(maps, targets, np.array([True])).heat.item() == pytest.approx(made_up, rel=1e-3)


def test_the_average_follows_the_weights() -> None:
    network = DetectorNetwork()
    average = Average(network, decay=0.9)
    with torch.no_grad():
        network.head.bias += 1.0
    before = average.state["head.bias"].clone()
    average.update(network)
    moved = (average.state["head.bias"] - before).mean().item()
    assert 0.05 < moved <= 1.0


def test_the_rate_rises_then_falls() -> None:
    rates = [learning_rate(share, 1.0) for share in (0.0, 0.02, 0.5, 1.0)]
    assert rates[0] < rates[1] == pytest.approx(1.0)
    assert rates[1] > rates[2] > rates[3] > 0


@pytest.mark.filterwarnings("ignore:TF32 acceleration")
def test_training_runs_saves_and_goes_on(tmp_path: Path) -> None:
    pool = ScenePool(tmp_path / "pool", 4)
    maker = SceneMaker(np.random.default_rng(1), [], bank=6)
    for index in range(4):
        pool.write(index, maker.scene())
    common = ["--pool", str(tmp_path / "pool"), "--capacity", "4", "--minutes", "0.03", "--threads", "1"]
    common += ["--batch", "2", "--no-writer"]

    network = detector_training.new_network()
    average = Average(network)
    average.update(network)
    detector_training.save(tmp_path / "a.pt", network, average, torch.optim.AdamW(network.parameters()))
    # without oneDNN, which chooses its instructions once for the whole process
    with torch.backends.mkldnn.flags(enabled=False):
        detector_training.main(
            [*common, "--resume", str(tmp_path / "a.pt"), "--out", str(tmp_path / "b.pt"), "--float32"]
        )
    detector_training.keep_average(tmp_path / "b.pt", tmp_path / "kept.pt")
    assert (tmp_path / "kept.pt").stat().st_size < 0.4 * (tmp_path / "b.pt").stat().st_size
    detector_training.load_average(tmp_path / "kept.pt")
    second = torch.load(tmp_path / "b.pt", weights_only=True)
    assert second["steps"] > 1
    network = detector_training.load_average(tmp_path / "b.pt")
    assert not network.training
    assert not torch.equal(average.state["head.bias"], second["average"]["head.bias"])
