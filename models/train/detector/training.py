"""Trains the detector: `python -m models.train detector --frames DIR --minutes 28`.

Two cores suffice: bfloat16 on the CPU's matrix units (torch autocast), channels last, a second process that makes scenes.
The schedule follows the wall clock. A checkpoint is written every few minutes and `--resume` goes on from it.
"""

import argparse
import multiprocessing
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn

from models.train.detector.data import ScenePool, Targets, augmented, fill_pool, targets_of
from models.train.detector.network import STRIDE, DetectorNetwork

SMALL: Final = (448, 256)
WHOLE: Final = (640, 384)
"""Sizes (width, height) of the pictures in the first part of the training and in the rest."""

FAR_PX: Final = 20.0
"""Real frames' plates below this width in the input are mostly unlabelled: heat there is hardly punished."""


def new_network() -> DetectorNetwork:
    """Return the network that is shipped, untrained."""
    return DetectorNetwork()


def take_weights(network: DetectorNetwork, state: dict[str, Tensor]) -> None:
    """Load weights, also those of a shallower network: blocks that the state lacks begin as the identity.

    Raises RuntimeError when the state holds weights that the network has no place for.
    """
    missing, unknown = network.load_state_dict(state, strict=False)
    if unknown:
        raise RuntimeError(f"the weights are of another network: it has no place for {', '.join(unknown)}")
    for name in missing:
        if name.endswith("mix.1.weight"):
            nn.init.zeros_(network.get_parameter(name))


def geometry(maps: Tensor) -> tuple[Tensor, Tensor]:
    """Turn raw maps (N, 13, h, w) into boxes (N, 4, h, w) xyxy px and corners (N, 8, h, w) px."""
    _, _, rows, columns = maps.shape
    cell_x = (torch.arange(columns, dtype=maps.dtype) + 0.5)[None, None, :]
    cell_y = (torch.arange(rows, dtype=maps.dtype) + 0.5)[None, :, None]
    x, y = (maps[:, 1] + cell_x) * STRIDE, (maps[:, 2] + cell_y) * STRIDE
    half_w = torch.exp(maps[:, 3].clamp(-2, 5)) * STRIDE / 2
    half_h = torch.exp(maps[:, 4].clamp(-2, 5)) * STRIDE / 2
    boxes = torch.stack([x - half_w, y - half_h, x + half_w, y + half_h], dim=1)
    corners = []
    for corner, (sx, sy) in enumerate(((-1, -1), (1, -1), (1, 1), (-1, 1))):
        corners.append(x + half_w * (sx + maps[:, 5 + 2 * corner]))
        corners.append(y + half_h * (sy + maps[:, 6 + 2 * corner]))
    return boxes, torch.stack(corners, dim=1)


def box_loss(boxes: Tensor, wanted: Tensor) -> Tensor:
    """Return 1 - GIoU for boxes (N, 4, …) (Rezatofighi et al., 2019)."""
    x0, y0, x1, y1 = boxes.unbind(1)
    u0, v0, u1, v1 = wanted.unbind(1)
    overlap = (torch.minimum(x1, u1) - torch.maximum(x0, u0)).clamp(min=0)
    overlap = overlap * (torch.minimum(y1, v1) - torch.maximum(y0, v0)).clamp(min=0)
    union = (x1 - x0) * (y1 - y0) + (u1 - u0) * (v1 - v0) - overlap
    hull = (torch.maximum(x1, u1) - torch.minimum(x0, u0)) * (torch.maximum(y1, v1) - torch.minimum(y0, v0))
    return 1.0 - overlap / union.clamp(min=1e-3) + (hull - union) / hull.clamp(min=1e-3)


@dataclass(frozen=True, slots=True, eq=False)
class Losses:
    """The parts of the loss, each a scalar."""

    heat: Tensor
    box: Tensor
    corners: Tensor

    def total(self) -> Tensor:
        """Return the sum that is minimised."""
        return self.heat + 1.5 * self.box + 1.5 * self.corners


def losses_of(maps: Tensor, targets: Targets, real: np.ndarray) -> Losses:
    """Compare the network's maps with the targets."""
    heat, weight = torch.from_numpy(targets.heat), torch.from_numpy(targets.weight)
    boxes, corners = geometry(maps)
    logits = maps[:, 0]
    p = torch.sigmoid(logits.detach()).clamp(1e-4, 1 - 1e-4)
    centre = heat == 1.0
    background = torch.from_numpy(targets.background)
    far = (boxes[:, 2] - boxes[:, 0]).detach() < FAR_PX
    background = torch.where(far & torch.from_numpy(real)[:, None, None], 0.15 * background, background)
    found = -((1 - p) ** 2) * nn.functional.logsigmoid(logits) * centre
    quiet = -((1 - heat) ** 4) * p**2 * nn.functional.logsigmoid(-logits) * background * ~centre
    plates = centre.sum().clamp(min=1)
    cells = weight.sum().clamp(min=1)
    wanted = torch.from_numpy(targets.boxes)
    box = (box_loss(boxes, wanted) * weight).sum() / cells
    exact = weight * torch.from_numpy(targets.exact)
    size = (wanted[:, 2:] - wanted[:, :2]).clamp(min=1.0)
    error = (corners - torch.from_numpy(targets.corners)) / size.repeat(1, 4, 1, 1)
    corner = (error.abs().mean(dim=1) * exact).sum() / exact.sum().clamp(min=1) * 4
    return Losses((found.sum() + quiet.sum()) / plates, box, corner)


class Average:
    """Exponential moving average of a network's weights and statistics."""

    def __init__(self, network: nn.Module, decay: float = 0.998) -> None:
        self.decay = decay
        self.state = {name: value.detach().clone() for name, value in network.state_dict().items()}
        self.steps = 0

    @torch.no_grad()
    def update(self, network: nn.Module) -> None:
        """Take in the network as it is now."""
        self.steps += 1
        decay = min(self.decay, self.steps / (self.steps + 20))
        for name, value in network.state_dict().items():
            if value.dtype.is_floating_point:
                self.state[name].lerp_(value, 1 - decay)
            else:
                self.state[name].copy_(value)


def learning_rate(share: float, top: float) -> float:
    """Return the rate at a share of the time: a short rise, then half a cosine."""
    if share < 0.02:
        return top * (0.1 + 0.9 * share / 0.02)
    return top * (0.01 + 0.99 * 0.5 * (1 + float(np.cos(np.pi * min(1.0, (share - 0.02) / 0.98)))))


def train(arguments: argparse.Namespace, writer_alive: Callable[[], bool]) -> None:
    """Train for the given minutes, writing checkpoints; RuntimeError when the process that makes scenes died."""
    torch.manual_seed(arguments.seed)
    torch.set_num_threads(arguments.threads)
    precision = torch.float32 if arguments.float32 else torch.bfloat16
    rng = np.random.default_rng(arguments.seed)
    network = new_network()
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # missing in its annotations
    optimiser = torch.optim.AdamW(network.parameters(), lr=arguments.rate, weight_decay=0.02)
    average = Average(network)
    if arguments.resume is not None:
        state = torch.load(arguments.resume, weights_only=True)
        take_weights(network, state.get("network", state["average"]))
        average = Average(network)
        if "optimiser" in state:
            average.state, average.steps = state["average"], int(state["steps"])
            optimiser.load_state_dict(state["optimiser"])
    pool = ScenePool(arguments.pool, arguments.capacity)
    while pool.filled() < min(arguments.capacity, 300):
        if not writer_alive():
            raise RuntimeError("the process that makes scenes ended; its own message is above")
        time.sleep(0.5)
    begun = saved = time.monotonic()
    network.train()
    step, sums = 0, np.zeros(3)
    while (share := (time.monotonic() - begun) / (arguments.minutes * 60)) < 1.0:
        size, batch = (SMALL, 2 * arguments.batch) if share < arguments.small_share else (WHOLE, arguments.batch)
        images, labels, real = pool.draw(rng, batch)
        images, labels = augmented(rng, images, labels, size)
        targets = targets_of(labels, size)
        pictures = torch.from_numpy(images).permute(0, 3, 1, 2).to(precision)
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(share, arguments.rate)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == torch.bfloat16):
            maps = network(pictures)
        losses = losses_of(maps.float(), targets, real)
        optimiser.zero_grad(set_to_none=True)
        losses.total().backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()
        average.update(network)
        step += 1
        sums += [losses.heat.item(), losses.box.item(), losses.corners.item()]
        if step % 50 == 0:
            minutes = (time.monotonic() - begun) / 60
            heat, box, corners = sums / 50
            print(
                f"{minutes:5.1f} min  step {step}  heat {heat:.3f}  box {box:.3f}  corners {corners:.3f}  "
                f"pool {pool.filled()} v{int(pool.versions.max()) // 2}",
                flush=True,
            )
            sums[:] = 0
        if time.monotonic() - saved > arguments.save_minutes * 60:
            saved = time.monotonic()
            save(arguments.out, network, average, optimiser)
    save(arguments.out, network, average, optimiser)


def save(path: Path, network: nn.Module, average: Average, optimiser: torch.optim.Optimizer) -> None:
    """Write a checkpoint; a crash in between leaves the last one whole."""
    state = {
        "network": network.state_dict(),
        "average": average.state,
        "steps": average.steps,
        "optimiser": optimiser.state_dict(),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    torch.save(state, new)
    new.replace(path)


def keep_average(checkpoint: Path, path: Path) -> None:
    """Write only the averaged weights of a checkpoint, a quarter of its size; `--resume` takes them as well."""
    state = torch.load(checkpoint, weights_only=True)
    torch.save({"average": state["average"], "steps": state["steps"]}, path)


def load_average(path: Path) -> DetectorNetwork:
    """Return the averaged network of a checkpoint, ready for use."""
    network = new_network()
    network.load_state_dict(torch.load(path, weights_only=True)["average"])
    return network.eval()


def main(argv: Sequence[str]) -> None:
    """Parse the command's arguments, start the process that makes scenes, and train."""
    parser = argparse.ArgumentParser(prog="python -m models.train detector", description="Train the plate detector.")
    parser.add_argument("--frames", type=Path, help="folder with frames/ and labels.json; without it, made-up scenes")
    parser.add_argument("--out", type=Path, default=Path("checkpoints/detector.pt"))
    parser.add_argument("--resume", type=Path, help="checkpoint to go on from")
    parser.add_argument("--minutes", type=float, default=28.0)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--small-share", type=float, default=0.4, help="share of the time spent on small cuts")
    parser.add_argument("--save-minutes", type=float, default=2.5)
    parser.add_argument("--pool", type=Path, default=Path("checkpoints/pool"), help="folder for scenes, 2.2 GB")
    parser.add_argument("--capacity", type=int, default=3000)
    parser.add_argument("--made-drives", type=int, default=240, help="frames of the drive generator to learn from")
    parser.add_argument(
        "--slanted", type=float, default=0.45, help="share of scenes that are turned, or seen from the side"
    )
    parser.add_argument("--pause", type=float, default=0.06, help="seconds between scenes once the pool is filled")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--batch", type=int, default=16, help="whole pictures in a step; twice as many small cuts")
    parser.add_argument("--float32", action="store_true", help="for processors without bfloat16")
    parser.add_argument("--no-writer", action="store_true", help="train on the scenes that the pool already holds")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args(argv)
    # oneDNN takes the newest instructions that the processor names, some of which not every hypervisor lets through:
    # set the variable to AVX512_CORE_AMX where the matrix units can be used, it's 2 to 5 times as fast
    os.environ.setdefault("ONEDNN_MAX_CPU_ISA", "AVX512_CORE_BF16")
    context = multiprocessing.get_context("spawn")
    writer = context.Process(
        target=fill_pool,
        args=(
            arguments.pool,
            arguments.capacity,
            arguments.frames,
            arguments.seed,
            arguments.pause,
            arguments.made_drives,
            arguments.slanted,
        ),
        daemon=True,
    )
    if arguments.no_writer:
        train(arguments, lambda: True)
        return
    writer.start()
    try:
        train(arguments, writer.is_alive)
    finally:
        writer.terminate()
