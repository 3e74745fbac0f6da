"""Training of the reader on a GPU: every sample stays in its memory, and a wider teacher learns beside the reader.

`python -m models.train distil FOLDER --pool POOL --renderers N --minutes 9` trains three networks on the same batches:

    teacher     twice the channels; factored (`reader_factoring`), it reads again what the first is unsure of
    reader      the one that ships, from the weights of `--start`
    held_out    the same network from scratch; like the teacher it never sees the vehicles of fold 1, so that its figures on
                these say what the recipe reads of unseen vehicles

As soon as the teacher is ahead, the other two learn from its probabilities at each step as well as from the truth
(Hinton et al., 2015): the alignment of both is held by the stepwise cross entropy, so steps can be compared.
A GPU draws a sample about ten times before the renderers have replaced it, so each time it is jittered anew.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from anpr.vrm import MAX_LENGTH
from models.train.optics.photograph import INPUT_SIZE
from models.train.reader.data import REAL_OF_FOLD, ROWS, STEPS, Pool
from models.train.reader.network import ReaderNetwork, take_weights
from models.train.reader.training import TEACHING, Average, Schedule, Targets, divergence, losses

HELD_OUT_FOLD: Final = 1
DECAY: Final = 0.999
_CHUNK: Final = 512


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Samples of a step; the first `held_out` are vehicles of HELD_OUT_FOLD.

    pictures: float (N, 48, 160, 3), 0..255.
    """

    pictures: Tensor
    targets: Targets
    held_out: int


class Memory:
    """All that the renderers have written into a pool, copied to the device as it comes."""

    def __init__(self, pool: Pool, renderers: int, device: torch.device, seed: int) -> None:
        size = len(pool.samples)
        self._pool = pool
        self._rng = np.random.default_rng(seed)
        self._next = np.arange(renderers)
        self._device = device
        self._pictures = torch.empty((size, INPUT_SIZE[1], INPUT_SIZE[0], 3), dtype=torch.uint8, device=device)
        self._codes = torch.empty((size, MAX_LENGTH), dtype=torch.uint8, device=device)
        self._dense = torch.empty((size, ROWS * STEPS), dtype=torch.uint8, device=device)
        self._lengths = torch.empty(size, dtype=torch.long)
        self._held_out = np.zeros(size, bool)
        self.count = 0

    def take_new(self) -> int:
        """Copy what is new in the pool; return how many samples there are now."""
        renderers = len(self._next)
        for part in range(renderers):
            slots = np.arange(
                self._next[part], min(self._next[part] + _CHUNK * renderers, len(self._pool.samples)), renderers
            )
            serials = np.asarray(self._pool.samples["serial"][slots])
            ready = len(slots) if serials.all() else int(np.argmin(serials > 0))
            if ready == 0:
                continue
            new = np.array(self._pool.samples[slots[:ready]])
            self._next[part] += ready * renderers
            here = slice(self.count, self.count + ready)
            for kept, name in ((self._pictures, "picture"), (self._codes, "codes"), (self._dense, "dense")):
                kept[here] = torch.from_numpy(np.ascontiguousarray(new[name])).to(self._device)
            self._lengths[here] = torch.from_numpy(new["length"].astype(np.int64))
            self._held_out[here] = new["real"] == REAL_OF_FOLD[HELD_OUT_FOLD]
            self.count += ready
        return self.count

    def draw(self, size: int) -> Batch:
        """Return `size` samples drawn from all that there are, alike."""
        known = self._held_out[: self.count]
        apart, others = np.flatnonzero(known), np.flatnonzero(~known)
        held_out = min(size // 20, len(apart))
        drawn = np.concatenate((self._rng.choice(apart, held_out), self._rng.choice(others, size - held_out)))
        on_device = torch.from_numpy(drawn).to(self._device)
        targets = Targets(
            self._codes[on_device].long(), self._lengths[torch.from_numpy(drawn)], self._dense[on_device].long()
        )
        return Batch(self._pictures[on_device].float(), targets, held_out)


def jitter(pictures: Tensor, generator: torch.Generator) -> Tensor:
    """Return float pictures (N, 48, 160, 3) a little shifted, scaled, brighter or darker, tinted and noisier.

    Along the plate the shift is under a pixel, so that the known places of characters still hold.
    """
    n, device = len(pictures), pictures.device

    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator, device=device)

    moved = torch.zeros((n, 2, 3), device=device)
    moved[:, 0, 0] = 1 + 0.006 * normal(n).clamp(-2, 2)
    moved[:, 1, 1] = 1 + 0.05 * normal(n).clamp(-2, 2)
    moved[:, 1, 0] = 0.02 * normal(n).clamp(-2, 2)
    moved[:, 0, 2] = 0.5 * normal(n).clamp(-2, 2) / INPUT_SIZE[0]
    moved[:, 1, 2] = 2.0 * normal(n).clamp(-2, 2) / INPUT_SIZE[1]
    planes = pictures.permute(0, 3, 1, 2)
    grid = F.affine_grid(moved, list(planes.shape), align_corners=False)
    planes = F.grid_sample(planes, grid, padding_mode="border", align_corners=False)
    gain = torch.exp(0.12 * normal(n, 1, 1, 1) + 0.03 * normal(n, 3, 1, 1))
    noise = normal(*planes.shape) * (2.5 * normal(n, 1, 1, 1)).abs()
    mixed = (planes * gain + noise).clamp(0, 255)
    plain = torch.rand((n, 1, 1, 1), generator=generator, device=device) < 0.4
    return torch.where(plain, pictures.permute(0, 3, 1, 2), mixed).permute(0, 2, 3, 1)


def teaching(done: float) -> float:
    """Return the share of the teacher's word against the truth's: none at first, half from 0.4 of the training on."""
    return TEACHING * min(max((done - 0.2) / 0.2, 0.0), 1.0)


class Pupil:
    """A network in training."""

    def __init__(
        self, name: str, network: ReaderNetwork, plan: Schedule, device: torch.device, *, sees_all: bool
    ) -> None:
        self.name = name
        self.plan = plan
        self.sees_all = sees_all
        self.network = network.to(device).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.network.train()
        self.optimizer = torch.optim.AdamW(self.network.parameters(), lr=plan.peak, weight_decay=0.02, fused=True)
        self.average = Average(self.network, DECAY)
        self.recent = torch.zeros((), device=device)
        self.loss = float("inf")

    def step(self, batch: Batch, pictures: Tensor, done: float, teacher: Tensor | None, share: float) -> Tensor:
        """Learn from the batch; return the log probabilities of those samples that all pupils see, detached.

        `teacher` holds another network's for the same samples, whose word counts by `share`.
        """
        first = 0 if self.sees_all else batch.held_out
        targets = batch.targets.since(first)
        with torch.autocast(pictures.device.type, torch.bfloat16):
            scores = self.network(pictures[first:])
        each, dense = losses(scores, targets)
        ctc = each.mean()
        loss = self.plan.dense_weight(done) * dense
        common = scores[batch.held_out - first :]
        if teacher is None or share == 0:
            loss = loss + ctc
        else:
            word = divergence(teacher, common, batch.targets.lengths[batch.held_out :])
            loss = loss + (1 - share) * ctc + share * word
        for group in self.optimizer.param_groups:
            group["lr"] = self.plan.rate(done)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 2.0)
        self.optimizer.step()
        self.average.update(self.network)
        self.recent.lerp_(ctc.detach(), 0.02)
        return common.detach()

    def save(self, folder: Path) -> None:
        """Write the averaged weights, those of a wider network in half precision, in one step for whoever reads them."""
        state = {k: v.cpu() for k, v in self.average.state.items()}
        if self.network.shape != "reader":
            state = {k: v.half() if v.dtype.is_floating_point else v for k, v in state.items()}
        fresh = folder / f"{self.name}.new"
        torch.save({"average": state, "shape": self.network.shape}, fresh)
        fresh.replace(folder / f"{self.name}.pt")


def train_together(
    pupils: Sequence[Pupil], memory: Memory, folder: Path, total_s: float, batch_size: int, seed: int
) -> None:
    """Train the first pupil, the teacher, and those that learn from it, for `total_s` seconds; print how it goes."""
    device = pupils[0].recent.device
    generator = torch.Generator(device)
    generator.manual_seed(seed)
    started = shown = saved = time.monotonic()
    step = last = 0
    while (now := time.monotonic()) - started < total_s:
        done = (now - started) / total_s
        if step % 10 == 0:
            memory.take_new()
            for pupil in pupils:
                pupil.loss = pupil.recent.item()
        batch = memory.draw(batch_size)
        pictures = jitter(batch.pictures, generator)
        taught = pupils[0].step(batch, pictures, done, None, 0.0)
        for pupil in pupils[1:]:
            ahead = pupils[0].loss < pupil.loss
            pupil.step(batch, pictures, done, taught, teaching(done) if ahead else 0.0)
        step += 1
        if now - shown > 15:
            figures = "  ".join(f"{p.name} {p.loss:.4f}" for p in pupils)
            print(
                f"{(now - started) / 60:5.1f} min  step {step}  {figures}  of {memory.count} samples"
                f"  {(now - shown) / (step - last) * 1e3:.0f} ms a step",
                flush=True,
            )
            shown, last = now, step
        if now - saved > 90:
            for pupil in pupils:
                pupil.save(folder)
            saved = now
    for pupil in pupils:
        pupil.save(folder)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--pool", type=click.Path(path_type=Path, exists=True), required=True, help="Pool that renderers are filling."
)
@click.option("--renderers", default=1, show_default=True, help="How many they are (their --share).")
@click.option("--minutes", default=9.0, show_default=True, help="Length of the training, on the wall clock.")
@click.option("--batch", default=512, show_default=True)
@click.option("--start", type=click.Path(path_type=Path, exists=True), help="Weights that the reader starts from.")
@click.option("--peak", default=1e-3, show_default=True, help="Highest rate of the reader when it has a start.")
@click.option("--peak-new", default=2e-3, show_default=True, help="Highest rate of what starts from scratch.")
@click.option("--least", default=20000, show_default=True, help="Samples to wait for.")
@click.option("--seed", default=1, show_default=True)
@click.option("--device", default="cuda", show_default=True)
def distil(
    folder: Path,
    pool: Path,
    renderers: int,
    minutes: float,
    batch: int,
    start: Path | None,
    peak: float,
    peak_new: float,
    least: int,
    seed: int,
    device: str,
) -> None:
    """Train teacher, reader and the reader of held-out vehicles; write teacher.pt, reader.pt and held_out.pt to FOLDER."""
    torch.manual_seed(seed)
    torch.backends.cudnn.benchmark = True  # every batch has the same shape
    folder.mkdir(parents=True, exist_ok=True)
    on = torch.device(device)
    opened = Pool.open(pool)
    opened.control[0] = 1.0
    memory = Memory(opened, renderers, on, seed)
    new = Schedule(peak=peak_new)
    reader = ReaderNetwork()
    if start is not None:
        take_weights(reader, torch.load(start, weights_only=True)["average"])
    pupils = (
        Pupil("teacher", ReaderNetwork("reader_teacher"), new, on, sees_all=False),
        Pupil("reader", reader, Schedule(peak=peak, dense_from=0.2) if start else new, on, sees_all=True),
        Pupil("held_out", ReaderNetwork(), new, on, sees_all=False),
    )
    while memory.take_new() < least:
        time.sleep(0.2)
    train_together(pupils, memory, folder, minutes * 60, batch, seed)


def main(argv: list[str]) -> None:
    """Run the command with these arguments."""
    distil.main(args=argv, prog_name="distil", standalone_mode=False)


if __name__ == "__main__":
    distil()
