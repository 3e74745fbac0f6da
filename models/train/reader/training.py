"""Training of the reader: a schedule on the wall clock, averaged weights, checkpoints that resume.

The loss is CTC, and beside it the cross entropy of each step against the places of the characters that the
renderer knows. The second makes the network learn at once (from hard pictures CTC alone learns nothing for a long
time); its weight falls as the training proceeds. Real pictures have no known places and count by CTC alone.
"""

import json
import math
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

import click
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from models.train.reader.data import UNKNOWN, Drawer, Pool
from models.train.reader.network import BLANK, ROWS, SHAPES, STEPS, ReaderNetwork, load_network, take_weights

TEACHING: Final = 0.5
"""Share of a teacher's word against the truth's."""
SAVE_EVERY_S: Final = 120.0
SHOW_EVERY_S: Final = 20.0


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


@dataclass(slots=True, eq=False)
class Training:
    """A network under training with all that a checkpoint holds of it."""

    network: ReaderNetwork
    optimizer: torch.optim.Optimizer
    average: Average
    plan: Schedule
    checkpoint: Path
    bf16: bool = False
    teacher: ReaderNetwork | None = None
    facts: dict[str, float] = field(default_factory=lambda: {"step": 0.0, "spent_s": 0.0, "samples": 0.0})

    def resume(self) -> None:
        """Go on where the checkpoint was written."""
        state = torch.load(self.checkpoint, weights_only=True)
        self.network.load_state_dict(state["network"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.average.state, self.facts = state["average"], state["facts"]
        self.average.updates = int(self.facts["step"])

    def save(self) -> None:
        """Write the checkpoint, in one step for whoever reads it."""
        state = {
            "network": self.network.state_dict(),
            "average": self.average.state,
            "optimizer": self.optimizer.state_dict(),
            "facts": self.facts,
            "shape": self.network.shape,
        }
        fresh = self.checkpoint.with_suffix(".new")
        torch.save(state, fresh)
        fresh.replace(self.checkpoint)

    def step(self, batch: NDArray[np.void], done: float) -> tuple[NDArray[np.float32], float]:
        """Learn from a batch, `done` (0..1) of the training being over; return each sample's CTC loss and the stepwise one."""
        for group in self.optimizer.param_groups:
            group["lr"] = self.plan.rate(done)
        pictures, targets = torch.from_numpy(batch["picture"]), Targets.of(batch)
        with torch.autocast("cpu", torch.bfloat16, enabled=self.bf16):
            scores = self.network(pictures)
        each, dense = losses(scores, targets)
        loss = self.plan.dense_weight(done) * dense
        if self.teacher is None:
            loss = loss + each.mean()
        else:
            with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=self.bf16):
                said = self.teacher(pictures)
            loss = loss + (1 - TEACHING) * each.mean() + TEACHING * divergence(said, scores, targets.lengths)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 2.0)
        self.optimizer.step()
        self.average.update(self.network)
        self.facts["step"] += 1
        self.facts["samples"] += len(batch)
        return each.detach().numpy(), dense.item()

    def run(self, pool: Pool, drawer: Drawer, *, batch_size: int, total_s: float) -> None:
        """Train until `total_s` seconds are spent, those of earlier sittings included; a checkpoint every two minutes."""
        started = time.monotonic() - self.facts["spent_s"]
        progress, saved = _Progress(), time.monotonic()
        self.network.train()
        while (spent := time.monotonic() - started) < total_s:
            done = spent / total_s
            pool.control[0] = self.plan.strength(done)
            batch = drawer.batch(batch_size)
            if len(batch) < batch_size:
                time.sleep(0.5)
                continue
            each, dense = self.step(batch, done)
            drawer.note(each)
            self.facts["spent_s"] = spent
            rates = f"rate {self.plan.rate(done):.2e}  strength {self.plan.strength(done):.2f}"
            progress.add(each, dense, f"{spent / 60:6.1f} min  step {self.facts['step']:6.0f}", rates, drawer)
            if time.monotonic() - saved > SAVE_EVERY_S:
                self.save()
                saved = time.monotonic()
        self.save()


class _Progress:
    """Prints what the last batches lost, every 20 s."""

    def __init__(self) -> None:
        self._losses: list[tuple[float, float]] = []
        self._samples = 0
        self._shown = time.monotonic()

    def add(self, each: NDArray[np.float32], dense: float, when: str, rates: str, drawer: Drawer) -> None:
        """Take down a step's losses, and print a line when it is time."""
        self._losses.append((float(each.mean()), dense))
        self._samples += len(each)
        since = time.monotonic() - self._shown
        if since > SHOW_EVERY_S:
            ctc, stepwise = np.mean(self._losses, axis=0)
            print(
                f"{when}  ctc {ctc:.4f}  dense {stepwise:.4f}  {rates}  new {drawer.fresh / self._samples:.2f}"
                f"  {since / len(self._losses) * 1e3:.0f} ms a step",
                flush=True,
            )
            self._losses, self._samples, self._shown, drawer.fresh = [], 0, time.monotonic(), 0


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
    training = Training(
        network,
        torch.optim.AdamW(network.parameters(), lr=peak, weight_decay=0.02, fused=True),
        Average(network),
        plan,
        folder / "reader.pt",
        bf16,
        load_network(teacher).to(memory_format=torch.channels_last) if teacher is not None else None,  # type: ignore[call-overload]
    )
    if resume:
        training.resume()
    (folder / "schedule.json").write_text(json.dumps(asdict(plan) | {"minutes": minutes, "batch": batch, "seed": seed}))
    opened = Pool.open(pool)
    drawer = Drawer(opened, np.random.default_rng(seed + int(training.facts["step"])), hard_share)
    training.run(opened, drawer, batch_size=batch, total_s=minutes * 60)


def main(argv: list[str]) -> None:
    """Run the command with these arguments."""
    train.main(args=argv, prog_name="reader", standalone_mode=False)


if __name__ == "__main__":
    train()
