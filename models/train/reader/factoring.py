"""Factors the context's kernels of the teacher: the wide reader that ships, a sixth smaller at hardly any loss.

`python -m models.train factor TEACHER.pt OUT.pt --pool POOL`. What a convolution gives lies nearly in a space of fewer
dimensions. The best such space for the pictures of the pool is that of the largest eigenvectors of its outputs' covariance,
after normalisation; a kernel is projected onto them and led back by a second convolution of kernel 1 (Zhang et al.,
Accelerating very deep convolutional networks, 2015, without their account of the ReLU).
"""

from pathlib import Path
from typing import Any, Final

import click
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from models.train.reader.data import Pool
from models.train.reader.network import SHAPES, ReaderNetwork, load_network

PICTURES: Final = 3000
BATCH: Final = 100


def _parts(block: Any) -> tuple[nn.Conv2d, nn.BatchNorm2d]:
    """Return the convolution and the normalisation of a Residual with one of each."""
    return block.body[0][0], block.body[0][1]


@torch.no_grad()
def output_statistics(network: ReaderNetwork, pictures: NDArray[np.uint8]) -> list[tuple[Tensor, Tensor]]:
    """Return, for each block of the context, mean (C) and covariance (C, C) of what its convolution gives for the pictures."""
    sums: list[tuple[Tensor, Tensor, int]] = [(torch.zeros(0), torch.zeros(0), 0)] * len(network.context)
    hooks = []
    for k, block in enumerate(network.context):

        def add(_module: nn.Module, _given: Any, out: Tensor, k: int = k) -> None:
            rows = out.permute(0, 2, 3, 1).flatten(0, 2).double()
            square, total, count = sums[k]
            sums[k] = (
                (square + rows.T @ rows, total + rows.sum(dim=0), count + len(rows))
                if count
                else (rows.T @ rows, rows.sum(dim=0), len(rows))
            )

        hooks.append(_parts(block)[1].register_forward_hook(add))
    for start in range(0, len(pictures), BATCH):
        network(torch.from_numpy(pictures[start : start + BATCH]))
    for hook in hooks:
        hook.remove()
    return [(total / n, square / n - torch.outer(total / n, total / n)) for square, total, n in sums]


@torch.no_grad()
def factored(teacher: ReaderNetwork, pictures: NDArray[np.uint8]) -> tuple[ReaderNetwork, list[float]]:
    """Return the network of shape `reader_wide`, and the share of each block's variance that its factors keep.

    Normalisations must be at rest (`eval`): they go into the kernels.
    """
    network = ReaderNetwork("reader_wide").eval()
    rank = SHAPES["reader_wide"].rank or 0
    state = {name: value for name, value in teacher.state_dict().items() if not name.startswith("context.")}
    kept = []
    for k, (block, (mean, covariance)) in enumerate(
        zip(teacher.context, output_statistics(teacher, pictures), strict=True)
    ):
        convolution, norm = _parts(block)
        buffers = dict(norm.named_buffers())
        running_mean, running_var = buffers["running_mean"], buffers["running_var"]
        values, vectors = torch.linalg.eigh(covariance)
        main = vectors[:, -rank:].float()
        kept.append(float(values[-rank:].sum() / values.sum()))
        centre = mean.float()
        scale = norm.weight / torch.sqrt(running_var + norm.eps)
        kernel = convolution.weight
        reduced = (main.T * scale) @ kernel.flatten(1)
        own = f"context.{k}.body"
        state[f"{own}.0.weight"] = reduced.reshape(rank, *kernel.shape[1:])
        state[f"{own}.1.0.weight"] = main[:, :, None, None]
        state[f"{own}.1.1.weight"] = torch.ones_like(norm.weight)
        state[f"{own}.1.1.bias"] = main @ (main.T @ (norm.bias - centre)) + centre
        state[f"{own}.1.1.running_mean"] = main @ (main.T @ (scale * running_mean))
        state[f"{own}.1.1.running_var"] = torch.full_like(running_var, 1.0 - norm.eps)
        state[f"{own}.1.1.num_batches_tracked"] = norm.num_batches_tracked
    network.load_state_dict(state)
    return network, kept


@click.command()
@click.argument("teacher", type=click.Path(path_type=Path, exists=True))
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--pool", type=click.Path(path_type=Path, exists=True), required=True, help="Pool of pictures.")
def run(teacher: Path, out: Path, pool: Path) -> None:
    """Write the factored form of TEACHER's averaged weights."""
    network = load_network(teacher)
    if network.shape != "reader_teacher":
        raise click.UsageError(f"{teacher} is of the shape {network.shape}; only a reader_teacher can be factored")
    opened = Pool.open(pool)
    written = np.flatnonzero(np.asarray(opened.samples["serial"]) > 0)[:PICTURES]
    if len(written) == 0:
        raise click.UsageError(f"{pool} holds no pictures: run `python -m models.train.reader.data {pool}` first")
    wide, kept = factored(network, np.array(opened.samples["picture"][written]))
    torch.save({"average": wide.state_dict(), "shape": wide.shape}, out)
    print(f"{out}: of the blocks' variance are kept {', '.join(f'{share:.1%}' for share in kept)}")


def main(argv: list[str]) -> None:
    """Run the command with these arguments."""
    run.main(args=argv, prog_name="factor", standalone_mode=False)


if __name__ == "__main__":
    run()
