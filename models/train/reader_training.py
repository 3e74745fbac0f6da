"""Training of the reader: a schedule on the wall clock, averaged weights, checkpoints that resume.

The loss is CTC, and beside it the cross entropy of each step against the places of the characters that the
renderer knows. The second makes the network learn at once (from hard pictures CTC alone learns nothing for a long
time); its weight falls as the training proceeds. Real pictures have no known places and count by CTC alone.
"""

import json
import math
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import click
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from models.train.reader_data import UNKNOWN, Drawer, Pool
from models.train.reader_network import BLANK, ROWS, SHAPES, STEPS, ReaderNetwork, load_network, take_weights

TEACHING: Final = 0.5
"""Share of a teacher's word against the truth's."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Rates and weights over the course of a training, `done` running from 0 to 1."""

    peak: float = 2e-3
    warm_up: float = 0.02
    strength_from: float = 0.2
    strength_until: float = 0.15
    dense_from: float = 1.0
    dense_to: float = 0.2

    def rate(self, done: float) -> float:
        """Return the learning rate: a linear rise, then half a cosine down to 1 % of the peak."""
        if done < self.warm_up:
            return self.peak * max(done / self.warm_up, 0.02)
        along = (done - self.warm_up) / (1 - self.warm_up)
        return self.peak * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(along, 1.0))))

    def strength(self, done: float) -> float:
        """Return how hard the pictures are to be, for the renderers."""
        return min(1.0, self.strength_from + (1 - self.strength_from) * done / max(self.strength_until, 1e-6))

    def dense_weight(self, done: float) -> float:
        """Return the weight of the stepwise cross entropy."""
        return self.dense_from + (self.dense_to - self.dense_from) * min(done / 0.5, 1.0)


class Average:
    """Exponential moving average of the weights and of the normalisations' statistics."""

    def __init__(self, network: ReaderNetwork, decay: float = 0.998) -> None:
        self.decay = decay
        self.updates = 0
        self.state = {k: v.detach().clone() for k, v in network.state_dict().items()}

    @torch.no_grad()
    def update(self, network: ReaderNetwork) -> None:
        """Move the average towards the network; faster while few updates have been seen."""
        self.updates += 1
        decay = min(self.decay, (1 + self.updates) / (10 + self.updates))
        for name, value in network.state_dict().items():
            kept = self.state[name]
            if kept.dtype.is_floating_point:
                kept.lerp_(value, 1 - decay)
            else:
                kept.copy_(value)


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """What a batch's pictures show, int64: codes (N, 10), lengths (N, on the processor) and the steps' classes (N, 160)."""

    codes: Tensor
    lengths: Tensor
    dense: Tensor

    @classmethod
    def of(cls, batch: NDArray[np.void]) -> "Targets":
        """Return the targets of samples of a pool."""
        return cls(*(torch.from_numpy(batch[name].astype(np.int64)) for name in ("codes", "length", "dense")))

    def since(self, first: int) -> "Targets":
        """Return those of the samples from `first` on."""
        return Targets(self.codes[first:], self.lengths[first:], self.dense[first:])


def losses(scores: Tensor, targets: Targets) -> tuple[Tensor, Tensor]:
    """Return each sample's CTC loss a character (N) and the mean stepwise cross entropy of log probabilities (N, 160, 37)."""
    lengths, dense = targets.lengths, targets.dense
    steps = torch.full_like(lengths, ROWS * STEPS)
    ctc = F.ctc_loss(
        scores.transpose(0, 1), targets.codes, steps, lengths, blank=BLANK, reduction="none", zero_infinity=True
    )
    ctc = (ctc / lengths.clamp(min=1).to(ctc.device)).clamp(max=20.0)
    known = dense != UNKNOWN
    picked = scores.gather(2, dense.clamp(max=BLANK).unsqueeze(2)).squeeze(2)
    return ctc, -(picked * known).sum() / known.sum().clamp(min=1)


def divergence(teacher: Tensor, scores: Tensor, lengths: Tensor) -> Tensor:
    """Return how far log probabilities (N, 160, 37) are from the teacher's: Kullback-Leibler, a character."""
    each = (teacher.exp() * (teacher - scores)).sum(dim=(1, 2))
    return (each / lengths.clamp(min=1).to(scores.device)).clamp(max=20.0).mean()


def save(
    path: Path, network: ReaderNetwork, average: Average, optimizer: torch.optim.Optimizer, facts: dict[str, float]
) -> None:
    """Write a checkpoint, in one step for whoever reads it."""
    state = {
        "network": network.state_dict(),
        "average": average.state,
        "optimizer": optimizer.state_dict(),
        "facts": facts,
        "shape": network.shape,
    }
    fresh = path.with_suffix(".new")
    torch.save(state, fresh)
    fresh.replace(path)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--pool", type=click.Path(path_type=Path), required=True, help="Pool that renderers are filling.")
@click.option("--minutes", default=75.0, show_default=True, help="Length of the training, on the wall clock.")
@click.option("--batch", default=128, show_default=True)
@click.option("--peak", default=2e-3, show_default=True, help="Highest learning rate.")
@click.option(
    "--start", type=click.Path(path_type=Path, exists=True), help="Checkpoint whose averaged weights to start from."
)
@click.option(
    "--teacher", type=click.Path(path_type=Path, exists=True), help="Checkpoint of a wider one to learn from."
)
@click.option("--shape", type=click.Choice(list(SHAPES)), default="reader", show_default=True, help="Which network.")
@click.option("--strength-from", default=0.2, show_default=True)
@click.option("--dense-from", default=1.0, show_default=True)
@click.option(
    "--hard-share", default=0.0, show_default=True, help="Share of samples drawn again because they are hard."
)
@click.option("--seed", default=1, show_default=True)
@click.option("--bf16", is_flag=True, help="16 bit convolutions: several times faster on processors with AMX.")
@click.option("--resume", is_flag=True, help="Go on with FOLDER's checkpoint; the minutes already spent count.")
def train(
    folder: Path,
    pool: Path,
    minutes: float,
    batch: int,
    peak: float,
    start: Path | None,
    teacher: Path | None,
    shape: str,
    strength_from: float,
    dense_from: float,
    hard_share: float,
    seed: int,
    bf16: bool,
    resume: bool,
) -> None:
    """Train the reader and keep checkpoints in FOLDER."""
    torch.manual_seed(seed)
    folder.mkdir(parents=True, exist_ok=True)
    plan = Schedule(peak=peak, strength_from=strength_from, dense_from=dense_from)
    network = ReaderNetwork(shape).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    if start is not None:
        take_weights(network, torch.load(start, weights_only=True)["average"])
    optimizer = torch.optim.AdamW(network.parameters(), lr=peak, weight_decay=0.02, fused=True)
    average = Average(network)
    facts = {"step": 0.0, "spent_s": 0.0, "samples": 0.0}
    checkpoint = folder / "reader.pt"
    if resume:
        state = torch.load(checkpoint, weights_only=True)
        network.load_state_dict(state["network"])
        optimizer.load_state_dict(state["optimizer"])
        average.state, facts = state["average"], state["facts"]
        average.updates = int(facts["step"])
    (folder / "schedule.json").write_text(json.dumps(asdict(plan) | {"minutes": minutes, "batch": batch, "seed": seed}))
    _loop(
        network,
        optimizer,
        average,
        plan,
        facts,
        Pool.open(pool),
        checkpoint,
        minutes * 60,
        batch,
        hard_share,
        seed,
        bf16,
        load_network(teacher).to(memory_format=torch.channels_last) if teacher is not None else None,  # type: ignore[call-overload]
    )


def _loop(
    network: ReaderNetwork,
    optimizer: torch.optim.Optimizer,
    average: Average,
    plan: Schedule,
    facts: dict[str, float],
    pool: Pool,
    checkpoint: Path,
    total_s: float,
    batch_size: int,
    hard_share: float,
    seed: int,
    bf16: bool,
    teacher: ReaderNetwork | None,
) -> None:
    drawer = Drawer(pool, np.random.default_rng(seed + int(facts["step"])), hard_share)
    started = time.monotonic() - facts["spent_s"]
    saved = shown = time.monotonic()
    sums = np.zeros(3)
    network.train()
    while (spent := time.monotonic() - started) < total_s:
        done = spent / total_s
        pool.control[0] = plan.strength(done)
        for group in optimizer.param_groups:
            group["lr"] = plan.rate(done)
        batch = drawer.batch(batch_size)
        if len(batch) < batch_size:
            time.sleep(0.5)
            continue
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            scores = network(torch.from_numpy(batch["picture"]))
        targets = Targets.of(batch)
        each, dense = losses(scores, targets)
        ctc = each.mean()
        loss = plan.dense_weight(done) * dense
        if teacher is None:
            loss = loss + ctc
        else:
            with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=bf16):
                said = teacher(torch.from_numpy(batch["picture"]))
            loss = loss + (1 - TEACHING) * ctc + TEACHING * divergence(said, scores, targets.lengths)
        drawer.note(each.detach().numpy())
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 2.0)
        optimizer.step()
        average.update(network)
        facts["step"] += 1
        facts["samples"] += len(batch)
        facts["spent_s"] = spent
        sums += (ctc.item(), dense.item(), 1)
        now = time.monotonic()
        if now - shown > 20:
            print(
                f"{spent / 60:6.1f} min  step {facts['step']:6.0f}  ctc {sums[0] / sums[2]:.4f}  dense {sums[1] / sums[2]:.4f}"
                f"  rate {plan.rate(done):.2e}  strength {plan.strength(done):.2f}  new {drawer.fresh / max(sums[2] * batch_size, 1):.2f}"
                f"  {(now - shown) / sums[2] * 1e3:.0f} ms a step",
                flush=True,
            )
            sums[:], shown, drawer.fresh = 0, now, 0
        if now - saved > 120:
            save(checkpoint, network, average, optimizer, facts)
            saved = now
    save(checkpoint, network, average, optimizer, facts)


def main(argv: list[str]) -> None:
    """Run the command with these arguments."""
    train.main(args=argv, prog_name="reader", standalone_mode=False)


if __name__ == "__main__":
    train()
