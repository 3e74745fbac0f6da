from pathlib import Path

import click
import numpy as np
import pytest

torch = pytest.importorskip("torch")

from models.train.reader.data import Pool, Renderer  # noqa: E402
from models.train.reader.factoring import factored, main, output_statistics  # noqa: E402
from models.train.reader.network import SHAPES, ReaderNetwork, load_network  # noqa: E402

pytestmark = pytest.mark.training


def teacher(rank: int) -> ReaderNetwork:
    """A random teacher whose context's kernels have this rank and whose normalisations are no identities."""
    torch.manual_seed(1)
    network: ReaderNetwork = ReaderNetwork("reader_teacher").eval()
    with torch.no_grad():
        for block in network.context:
            convolution, norm = block.body[0][0], block.body[0][1]
            left, right = torch.randn(384, rank), torch.randn(rank, 384 * 5) * 1e-3
            convolution.weight.copy_((left @ right).reshape(convolution.weight.shape))
            norm.running_mean.normal_()
            norm.running_var.uniform_(0.5, 2.0)
            norm.bias.normal_()
    return network


def test_kernels_of_a_small_rank_are_factored_without_loss() -> None:
    rank = SHAPES["reader_wide"].rank
    assert rank is not None
    whole = teacher(rank - 60)
    pictures = np.random.default_rng(0).integers(0, 256, (40, 48, 160, 3), np.uint8)
    wide, kept = factored(whole, pictures)
    assert min(kept) > 0.9999
    with torch.no_grad():
        expected, found = (n(torch.from_numpy(pictures[:8])) for n in (whole, wide))
    assert torch.allclose(expected, found, atol=2e-2, rtol=1e-3)
    assert sum(p.numel() for p in wide.parameters()) < 0.85 * sum(p.numel() for p in whole.parameters())


def test_statistics_are_those_of_each_blocks_output() -> None:
    pictures = np.random.default_rng(1).integers(0, 256, (4, 48, 160, 3), np.uint8)
    statistics = output_statistics(teacher(100), pictures)
    assert [(len(mean), tuple(c.shape)) for mean, c in statistics] == [(384, (384, 384))] * 5
    for _, covariance in statistics:
        assert torch.allclose(covariance, covariance.T)
        assert float(torch.linalg.eigvalsh(covariance).min()) > -1e-6 * float(covariance.diagonal().max())


def test_command_factors_a_teacher_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pool, source = Pool.open(tmp_path / "pool", 8), Renderer(1, (), kept=4)
    for slot in range(8):
        pool.write(slot, 1, source.photograph(0.2))
    torch.save({"average": ReaderNetwork().state_dict(), "shape": "reader"}, tmp_path / "fast.pt")
    with pytest.raises(click.UsageError, match="only a reader_teacher"):
        main([str(tmp_path / "fast.pt"), str(tmp_path / "out.pt"), "--pool", str(tmp_path / "pool")])
    torch.save({"average": teacher(100).state_dict(), "shape": "reader_teacher"}, tmp_path / "teacher.pt")
    main([str(tmp_path / "teacher.pt"), str(tmp_path / "out.pt"), "--pool", str(tmp_path / "pool")])
    assert "are kept" in capsys.readouterr().out
    assert load_network(tmp_path / "out.pt").shape == "reader_wide"
