from pathlib import Path

import click
import numpy as np
import pytest

torch = pytest.importorskip("torch")

from models.train.reader.average import average, main, measure_statistics  # noqa: E402
from models.train.reader.data import Pool, Renderer  # noqa: E402
from models.train.reader.network import ReaderNetwork, load_network  # noqa: E402

pytestmark = pytest.mark.training


def test_weights_are_the_mean_by_shares() -> None:
    first, second = ReaderNetwork(), ReaderNetwork()
    mean = average([first.state_dict(), second.state_dict()], [0.25, 0.75])
    expected = 0.25 * first.head.weight + 0.75 * second.head.weight
    assert torch.allclose(mean.head.weight, expected, atol=1e-6)
    with pytest.raises(ValueError, match="sum to 1"):
        average([first.state_dict(), second.state_dict()], [0.5, 0.6])


def test_statistics_are_those_of_the_pictures() -> None:
    network = ReaderNetwork()
    pictures = np.random.default_rng(0).integers(0, 256, (8, 48, 160, 3), np.uint8)
    measure_statistics(network, pictures)
    with torch.no_grad():
        reading = network(torch.from_numpy(pictures))
        learning = network.train()(torch.from_numpy(pictures))
    assert torch.allclose(reading.exp(), learning.exp(), atol=0.02)


def test_command_writes_a_state_that_loads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pool, source = Pool.open(tmp_path / "pool"), Renderer(1, (), kept=4)
    for slot in range(8):
        pool.write(slot, slot + 1, source.photograph(0.2))
    state = tmp_path / "one.pt"
    torch.save({"average": ReaderNetwork().state_dict()}, state)
    out = tmp_path / "mean.pt"
    with pytest.raises(click.UsageError, match="share"):
        main([str(out), "--pool", str(tmp_path / "pool"), "missing.pt=0.5"])
    main([str(out), "--pool", str(tmp_path / "pool"), f"{state}=0.5", f"{state}=0.5", "--half"])
    assert "2 states" in capsys.readouterr().out
    with torch.no_grad():
        scores = load_network(out)(torch.zeros((1, 48, 160, 3), dtype=torch.uint8))
    assert bool(torch.isfinite(scores).all())


def test_states_of_one_shape_are_averaged_and_of_two_refused(tmp_path: Path) -> None:
    pool, source = Pool.open(tmp_path / "pool"), Renderer(1, (), kept=4)
    pool.write(0, 1, source.photograph(0.2))
    wide, fast, out = tmp_path / "wide.pt", tmp_path / "fast.pt", tmp_path / "mean.pt"
    torch.save({"average": ReaderNetwork("reader_wide").state_dict(), "shape": "reader_wide"}, wide)
    torch.save({"average": ReaderNetwork().state_dict(), "shape": "reader"}, fast)
    main([str(out), "--pool", str(tmp_path / "pool"), f"{wide}=0.25", f"{wide}=0.75"])
    assert load_network(out).shape == "reader_wide"
    with pytest.raises(click.UsageError, match="shapes reader and reader_wide"):
        main([str(out), "--pool", str(tmp_path / "pool"), f"{wide}=0.5", f"{fast}=0.5"])
