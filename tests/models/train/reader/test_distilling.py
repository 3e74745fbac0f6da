from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from models.train.optics.photograph import Photograph  # noqa: E402
from models.train.reader.data import Pool, Renderer  # noqa: E402
from models.train.reader.distilling import Memory, jitter, main, teaching  # noqa: E402
from models.train.reader.network import load_network  # noqa: E402
from models.train.reader.training import divergence  # noqa: E402

pytestmark = pytest.mark.training

PROCESSOR = torch.device("cpu")


def sample(text: str, grey: int) -> Photograph:
    places = np.array([[10 + 20 * i, 14, 0] for i in range(len(text))], np.float32).reshape(-1, 3)
    return Photograph(np.full((48, 160, 3), grey, np.uint8), text, places)


def test_memory_takes_what_each_renderer_has_finished(tmp_path: Path) -> None:
    pool = Pool.open(tmp_path, 12)
    for slot in (0, 2, 4, 1, 7):  # of two renderers: three of the even slots, and 1; 7 follows a gap
        pool.write(slot, 1, sample("A", slot))
    memory = Memory(pool, 2, PROCESSOR, seed=1)
    assert memory.take_new() == 4
    assert memory.take_new() == 4
    pool.write(3, 1, sample("A", 3))
    pool.write(5, 1, sample("A", 5))
    assert memory.take_new() == 7
    greys = set(memory.draw(400).pictures[:, 0, 0, 0].tolist())
    assert greys == {0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 7.0}


def test_held_out_vehicles_come_first_and_pictures_keep_their_truth(tmp_path: Path) -> None:
    pool = Pool.open(tmp_path, 8)
    texts = ["A", "BC", "DEF", "GHIJ"]
    for slot, text in enumerate(texts):
        pool.write(slot, 1, sample(text, slot), fold=(None, 0, 1, 1)[slot])
    memory = Memory(pool, 1, PROCESSOR, seed=2)
    memory.take_new()
    batch = memory.draw(64)
    greys = batch.pictures[:, 0, 0, 0].long()
    assert set(greys[: batch.held_out].tolist()) == {2, 3}
    assert set(greys[batch.held_out :].tolist()) == {0, 1}
    assert batch.targets.lengths.tolist() == [len(texts[g]) for g in greys]
    assert (batch.targets.since(batch.held_out).lengths <= 2).all()


def test_jitter_moves_little_and_leaves_some_alone() -> None:
    generator = torch.Generator().manual_seed(3)
    picture = torch.full((64, 48, 160, 3), 60.0)
    picture[:, :, 78:82] = 200.0
    out = jitter(picture, generator)
    assert out.shape == picture.shape
    same = (out == picture).flatten(1).all(dim=1)
    assert 5 < int(same.sum()) < 50
    bright = (out - out.amin(dim=(1, 2), keepdim=True))[:, 24].mean(dim=2)
    middle = (bright * torch.arange(160)).sum(dim=1) / bright.sum(dim=1)
    assert float((bright.argmax(dim=1) - 79.5).abs().max()) <= 4
    assert torch.isfinite(middle).all()


def test_divergence_is_nothing_for_the_same_and_grows() -> None:
    scores = torch.log_softmax(torch.randn(3, 160, 37, generator=torch.Generator().manual_seed(4)), dim=2)
    flat = torch.log_softmax(torch.zeros(3, 160, 37), dim=2)
    lengths = torch.tensor([7, 0, 3])
    assert float(divergence(scores, scores, lengths)) == pytest.approx(0.0, abs=1e-5)
    assert float(divergence(scores, flat, lengths)) > 1.0


def test_the_teacher_is_not_heard_at_first() -> None:
    assert teaching(0.1) == 0.0
    assert teaching(0.3) == pytest.approx(0.25)
    assert teaching(1.0) == 0.5


def test_command_trains_three_networks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pool, source = Pool.open(tmp_path / "pool", 32), Renderer(1, (), kept=8)
    for slot in range(24):
        pool.write(slot, 1, source.photograph(0.2))
    command = [str(tmp_path / "run"), "--pool", str(tmp_path / "pool"), "--batch", "4", "--device", "cpu"]
    main([*command, "--least", "24", "--minutes", "0.05"])
    read = {name: load_network(tmp_path / "run" / f"{name}.pt") for name in ("teacher", "reader", "held_out")}
    assert read["reader"].shape == "reader"
    assert read["teacher"].shape == "reader_teacher"
    assert not torch.equal(read["reader"].head.weight, read["held_out"].head.weight)
