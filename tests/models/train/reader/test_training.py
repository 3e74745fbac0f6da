from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from models.train.reader.data import Pool, Renderer  # noqa: E402
from models.train.reader.network import CLASSES, ROWS, STEPS, load_network  # noqa: E402
from models.train.reader.training import Average, Schedule, Targets, losses, main  # noqa: E402

pytestmark = pytest.mark.training


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pool")
    opened, source = Pool.open(folder), Renderer(1, (), kept=20)
    for slot in range(48):
        opened.write(slot, slot + 1, source.photograph(0.2))
    return folder


def test_rate_rises_then_falls_to_the_end() -> None:
    plan = Schedule()
    rates = [plan.rate(done) for done in np.linspace(0, 1, 101)]
    assert int(np.argmax(rates)) <= 3
    assert rates[-1] < 0.02 * plan.peak
    assert plan.strength(0.0) == pytest.approx(0.2)
    assert plan.strength(0.5) == 1.0
    assert plan.dense_weight(1.0) < plan.dense_weight(0.0)


def test_losses_fall_where_the_scores_are_right(pool: Path) -> None:
    batch = np.array(Pool.open(pool).samples[:8])
    right = torch.full((8, ROWS * STEPS, CLASSES), -9.0)
    target = batch["dense"].astype(np.int64)
    target[target > 36] = 36
    right.scatter_(2, torch.from_numpy(target).unsqueeze(2), 9.0)
    flat = torch.zeros((8, ROWS * STEPS, CLASSES))
    good, bad = (losses(torch.log_softmax(s, dim=2), Targets.of(batch)) for s in (right, flat))
    assert good[0].mean() < 0.1 * bad[0].mean()
    assert good[1] < 0.1 * bad[1]


def test_average_follows_the_weights() -> None:
    network = torch.nn.Linear(2, 2)
    average = Average(network)
    with torch.no_grad():
        network.weight.fill_(1.0)
    for _ in range(60):
        average.update(network)
    assert average.state["weight"].numpy() == pytest.approx(np.ones((2, 2)), abs=0.05)


def test_training_writes_a_checkpoint_resumes_and_can_be_started_from(pool: Path, tmp_path: Path) -> None:
    command = [str(tmp_path / "a"), "--pool", str(pool), "--batch", "4"]
    main([*command, "--minutes", "0.03"])
    first = torch.load(tmp_path / "a" / "reader.pt", weights_only=True)["facts"]
    assert first["step"] >= 1
    main([*command, "--minutes", "0.06", "--resume"])
    second = torch.load(tmp_path / "a" / "reader.pt", weights_only=True)["facts"]
    assert second["step"] > first["step"]
    start = ["--start", str(tmp_path / "a" / "reader.pt")]
    main([str(tmp_path / "b"), "--pool", str(pool), "--batch", "4", "--minutes", "0.02", *start])
    assert load_network(tmp_path / "b" / "reader.pt").training is False
    teacher = ["--teacher", str(tmp_path / "a" / "reader.pt"), "--shape", "reader_wide"]
    main([str(tmp_path / "c"), "--pool", str(pool), "--batch", "2", "--minutes", "0.02", *teacher])
    assert load_network(tmp_path / "c" / "reader.pt").shape == "reader_wide"
