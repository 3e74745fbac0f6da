"""Averages the weights of readers that were trained on from the same state: one network, better than each of them.

`python -m models.train average OUT.pt --pool POOL STATE=SHARE STATE=SHARE …` (model soups; Wortsman et al., 2022). States may
be of shallower networks (`take_weights`). Means and deviations of the normalisations are no weights: they are
measured anew, on the pictures of the pool.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import click
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from models.train.reader.data import Pool
from models.train.reader.network import ReaderNetwork, take_weights

PICTURES: Final = 8192
BATCH: Final = 128


def average(states: Sequence[Mapping[str, Tensor]], shares: Sequence[float], shape: str = "reader") -> ReaderNetwork:
    """Return the network of a `shape` whose weights are the mean of the states' by shares.

    Raises ValueError unless the shares are one for each state and sum to 1.
    """
    if abs(sum(shares) - 1.0) > 1e-6 or len(shares) != len(states):
        raise ValueError(f"the shares must be one for each state and sum to 1, not {sum(shares):g}")
    mean: dict[str, Tensor] = {}
    for state, share in zip(states, shares, strict=True):
        network = ReaderNetwork(shape)
        take_weights(network, dict(state))
        for name, value in network.state_dict().items():
            mean[name] = mean.get(name, torch.zeros_like(value, dtype=torch.float64)) + share * value.double()
    network = ReaderNetwork(shape)
    network.load_state_dict({name: mean[name].to(value.dtype) for name, value in network.state_dict().items()})
    return network


@torch.no_grad()
def measure_statistics(network: ReaderNetwork, pictures: NDArray[np.uint8]) -> None:
    """Set the normalisations' statistics to those of the pictures (N, 48, 160, 3), and the network to reading."""
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.reset_running_stats()
            module.momentum = None  # a plain mean over all batches
    network.train()
    for start in range(0, len(pictures), BATCH):
        network(torch.from_numpy(pictures[start : start + BATCH]))
    network.eval()


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.argument("parts", nargs=-1, required=True, metavar="STATE=SHARE...")
@click.option("--pool", type=click.Path(path_type=Path, exists=True), required=True, help="Pool of pictures.")
@click.option("--half", is_flag=True, help="Write half precision, to be kept in the repository.")
def run(out: Path, parts: tuple[str, ...], pool: Path, half: bool) -> None:
    """Write the mean of the averaged weights of each STATE."""
    paths, shares = [], []
    for part in parts:
        path, _, share = part.rpartition("=")
        if not Path(path).is_file() or not share.replace(".", "", 1).isdigit():
            raise click.UsageError(f"{part}: give a checkpoint and its share, such as RUN/reader.pt=0.5")
        paths.append(Path(path))
        shares.append(float(share))
    kept = [torch.load(path, weights_only=True) for path in paths]
    shapes = sorted({state.get("shape", "reader") for state in kept})
    if len(shapes) > 1:
        raise click.UsageError(f"the states are of the shapes {' and '.join(shapes)}: average those of one")
    try:
        network = average([state["average"] for state in kept], shares, shapes[0])
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    opened = Pool.open(pool)
    written = np.flatnonzero(np.asarray(opened.samples["serial"]) > 0)[:PICTURES]
    if len(written) == 0:
        raise click.UsageError(f"{pool} holds no pictures: run `python -m models.train.reader.data {pool}` first")
    measure_statistics(network, np.array(opened.samples["picture"][written]))
    state = network.state_dict()
    if half:
        state = {k: v.half() if v.dtype.is_floating_point else v for k, v in state.items()}
    torch.save({"average": state, "shape": network.shape}, out)
    print(f"{out}: {len(paths)} states, statistics of {len(written)} pictures")


def main(argv: list[str]) -> None:
    """Run the command with these arguments."""
    run.main(args=argv, prog_name="average", standalone_mode=False)


if __name__ == "__main__":
    run()
