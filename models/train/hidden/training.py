"""Trains the network of hidden characters on written samples, calibrates it, and writes it as ONNX with its manifest entry.

`python -m models.train hidden OUT.onnx SAMPLES.npy … --minutes M`. The last tenth of each file is kept back; the loss is that of the
places that matter: each gap between characters that were read, and each character. Every two minutes everything that the training
needs to go on is written beside OUT (`.checkpoint`); `--resume` goes on from there, with the time that was left. All of it is in single
precision: the processors at hand have no half-precision arithmetic.
"""

import json
import time
import warnings
from pathlib import Path
from typing import Any, Final

import click
import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor
from torch.nn import functional as F

from models.train.hidden.network import ANSWERS, COLUMNS, SAID, HiddenNetwork, gap_logs
from models.train.hidden.samples import KINDS, UNKNOWN
from models.train.manifest import read_manifest, sha256_of, write_entry

BATCH: Final = 48
KEPT_BACK: Final = 0.1
NAME: Final = "hidden"
SURE: Final = 0.9
AVERAGED: Final = 0.999
"""Share of the running average of the weights that stays at each step: the average of about a thousand steps ships."""

MOST_JUDGED: Final = 4000
"""About so many of the samples kept back are looked at for the temperature and the report."""

SMOOTH: Final = 0.99
SAVED_EVERY_S: Final = 120.0
LOCAL: Final = 0.3
"""Weight of the loss of single columns beside that of gaps and characters."""


class Samples:
    """Samples of several files, those that are written; with a part kept back."""

    def __init__(self, files: tuple[Path, ...]) -> None:
        self._files = [np.load(path, mmap_mode="r") for path in files]
        self.refresh()

    def refresh(self) -> None:
        """Look again how much is written."""
        self.train, self.kept_back = [], []
        for number, file in enumerate(self._files):
            written = np.flatnonzero(np.asarray(file["length"]) > 0)
            back = (written // 200) % round(1 / KEPT_BACK) == 0
            self.kept_back += [(number, int(i)) for i in written[back]]
            self.train += [(number, int(i)) for i in written[~back]]

    def batch(self, chosen: list[tuple[int, int]]) -> NDArray[np.void]:
        """Return a copy of some samples."""
        return np.array([self._files[number][i] for number, i in chosen])


def mirrored(batch: NDArray[np.void], rng: np.random.Generator, share: float = 0.35) -> NDArray[np.void]:
    """Return the batch with a share of its plates of one line seen in a mirror: what stands before them is as good there."""
    out = batch.copy()
    for one in out:
        length = int(one["length"])
        if one["row"][:length].any() or rng.random() >= share:
            continue
        for name, axis in (("picture", 1), ("said", 0), ("missing", 1), ("wrong", 1), ("covered", 1)):
            one[name] = np.flip(one[name], axis).copy()
        one["column"][:length] = COLUMNS - one["column"][:length][::-1]
        for name, count in (("is_wrong", length), ("top", length), ("gap", length + 1)):
            one[name][:count] = one[name][:count][::-1].copy()
    return out


def tensors(batch: NDArray[np.void]) -> dict[str, Tensor]:
    """Return what the loss needs, as tensors."""
    place = batch["column"].astype(np.float32) + COLUMNS * batch["row"].astype(np.float32)
    return {
        "picture": torch.from_numpy(batch["picture"].copy()),
        "said": torch.from_numpy(batch["said"].astype(np.float32)),
        "missing": torch.from_numpy(batch["missing"].astype(np.int64)),
        "wrong": torch.from_numpy(batch["wrong"].astype(np.int64)),
        "covered": torch.from_numpy(batch["covered"].astype(np.float32) / 255),
        "places": torch.from_numpy(place),
        "length": torch.from_numpy(batch["length"].astype(np.int64)),
        "is_wrong": torch.from_numpy(batch["is_wrong"].astype(np.float32)),
        "gap": torch.from_numpy((batch["gap"] > 0).astype(np.float32)),
    }


def character_logits(wrong: Tensor, places: Tensor) -> Tensor:
    """Return the logit of each character read to be wrong, (N, L), of logits (N, 2, 40): that of its column."""
    cells = places.floor().long().clamp(0, 2 * COLUMNS - 1)
    return wrong.reshape(wrong.shape[0], -1).gather(1, cells)


def losses(answers: Tensor, t: dict[str, Tensor]) -> Tensor:
    """Return the loss of a batch."""
    missing, wrong, covered = answers[:, 0], answers[:, 1], answers[:, 2]
    none = gap_logs(missing, t["places"], t["length"])
    at = torch.arange(t["places"].shape[1])[None]
    is_character = at < t["length"][:, None]
    is_gap = torch.arange(none.shape[1])[None] <= t["length"][:, None]
    some = torch.log(-torch.expm1(none.clamp(max=-1e-6)))
    of_gaps = -(t["gap"] * some + (1 - t["gap"]) * none)
    of_gaps = (of_gaps * is_gap).sum(dim=1).mean()
    logits = character_logits(wrong, t["places"])
    of_characters = F.binary_cross_entropy_with_logits(logits, t["is_wrong"], reduction="none")
    of_characters = (of_characters * is_character).sum(dim=1).mean()
    known = (t["missing"] != UNKNOWN).float()
    local = F.binary_cross_entropy_with_logits(missing, (t["missing"] == 1).float(), reduction="none") * known
    cover = F.binary_cross_entropy_with_logits(covered, t["covered"], reduction="none")
    return of_gaps + of_characters + LOCAL * (local.sum(dim=(1, 2)).mean() + 0.3 * cover[:, 0].sum(dim=1).mean())


def answers_of(network: HiddenNetwork, batch: NDArray[np.void]) -> Tensor:
    """Return the network's logits for samples."""
    t = tensors(batch)
    with torch.no_grad():
        return torch.cat(
            [network(t["picture"][i : i + 256], t["said"][i : i + 256]) for i in range(0, len(batch), 256)]
        )


def judged(answers: Tensor, batch: NDArray[np.void], temperature: float = 1.0) -> NDArray[np.float64]:
    """Return the confidence of each read as the engine forms it of these answers."""
    t = tensors(batch)
    none = gap_logs(answers[:, 0] / temperature, t["places"], t["length"])
    is_gap = torch.arange(none.shape[1])[None] <= t["length"][:, None]
    whole = (none * is_gap).sum(dim=1).exp().numpy().astype(np.float64)
    right = 1 - torch.sigmoid(character_logits(answers[:, 1], t["places"]) / temperature).numpy().astype(np.float64)
    top = batch["top"].astype(np.float64)
    counted = np.arange(top.shape[1])[None] < batch["length"][:, None]
    kept = np.where(counted, np.minimum(top, right) / np.maximum(top, 1e-3), 1.0).prod(axis=1)
    return np.asarray(batch["confidence"] * whole * np.minimum(kept, 1.0))


def report(network: HiddenNetwork, batch: NDArray[np.void], temperature: float) -> None:
    """Print, by kind of sample, what is sure and wrong, and what is sure and right, before and after."""
    network.eval()
    now = judged(answers_of(network, batch), batch, temperature)
    right = batch["right"] > 0
    for kind, name in enumerate(KINDS):
        here = batch["kind"] == kind
        if here.any():
            told = [
                f"sure and {word}: {100 * np.mean((said[here] >= SURE) & (ok[here])):5.1f} %"
                for said in (batch["confidence"], now)
                for word, ok in (("right", right), ("wrong", ~right))
            ]
            print(f"  {name:18s} {here.sum():5d}  before {told[0]}, {told[1]}; now {told[2]}, {told[3]}", flush=True)


def fitted_temperature(network: HiddenNetwork, batch: NDArray[np.void]) -> float:
    """Return the temperature at which the confidences' cross entropy is least."""
    network.eval()
    answers, right = answers_of(network, batch), batch["right"] > 0

    def entropy(temperature: float) -> float:
        said = np.clip(judged(answers, batch, temperature), 1e-6, 1 - 1e-6)
        return float(-np.where(right, np.log(said), np.log(1 - said)).mean())

    return min((round(0.5 + 0.05 * k, 2) for k in range(40)), key=entropy)


def export(network: HiddenNetwork, out: Path) -> None:
    """Write the network, its weights as half floats, which the runtime makes floats once as it loads."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network.eval(),
            (torch.zeros((2, 48, 160, 3), dtype=torch.uint8), torch.zeros((2, COLUMNS, SAID))),
            str(out), opset_version=17, dynamo=False, input_names=["pictures", "said"], output_names=["answers"],
            dynamic_axes={"pictures": {0: "n"}, "said": {0: "n"}, "answers": {0: "n"}},
        )  # fmt: skip
    model = onnx.load(str(out))
    graph = model.graph
    casts = []
    for tensor in list(graph.initializer):
        values = numpy_helper.to_array(tensor)
        if values.dtype == np.float32 and values.size > 256:
            graph.initializer.remove(tensor)
            graph.initializer.append(numpy_helper.from_array(values.astype(np.float16), tensor.name + "_half"))
            casts.append(helper.make_node("Cast", [tensor.name + "_half"], [tensor.name], to=TensorProto.FLOAT))
    nodes = casts + list(graph.node)
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    onnx.save(model, str(out))


def entry(out: Path, temperature: float, training: list[str], before: dict[str, Any]) -> dict[str, Any]:
    """Return the manifest's entry of the file."""
    return {
        "file": out.name,
        "sha256": sha256_of(out),
        "licence": "Apache-2.0",
        "origin": "made by models/train of this project from random weights; architecture: models/train/hidden/network.py; "
        "says where a character is hidden or a read is wrong",
        "training": training or before.get("training", []),
        "data": [
            "plates rendered by models/train, things drawn before them by models/train/optics/occluders.py and fixings.py",
            "frames of made drives (benchmarks/drives) as streets",
        ],
        "input": {"name": "pictures", "shape": ["n", 48, 160, 3], "dtype": "uint8", "colour": "BGR"},
        "outputs": [{"name": "answers", "shape": ["n", len(ANSWERS), 2, COLUMNS]}],
        "calibration": {"temperature": temperature},
        "accuracy": dict(before.get("accuracy", {})),
    }


def averaged(average: Tensor, now: Tensor, steps: Tensor | int) -> Tensor:
    """Return the running average of a weight; of few steps it is that of their last tenth."""
    kept = min(AVERAGED, (1.0 + float(steps)) / (10.0 + float(steps)))
    return average * kept + now * (1.0 - kept) if average.is_floating_point() else now


class Training:
    """A network in training, with all that it needs to go on another time: see `save` and `resume`."""

    def __init__(self, peak: float, seed: int) -> None:
        torch.manual_seed(seed)
        self.network = HiddenNetwork()
        self.rng = np.random.default_rng(seed)
        self.peak = peak
        self.optimiser = torch.optim.AdamW(self.network.parameters(), peak, weight_decay=0.02)
        self.average = torch.optim.swa_utils.AveragedModel(self.network, avg_fn=averaged, use_buffers=True)
        self.steps, self.seconds, self.loss = 0, 0.0, 0.0

    def step(self, samples: Samples, done: float) -> None:
        """Learn from one batch; `done` is how much of the training is over, 0 to 1."""
        began = time.monotonic()
        rate = self.peak * min(self.steps / 40 + 0.05, 1.0) * (0.5 * (1 + np.cos(np.pi * done)) + 0.005)
        for group in self.optimiser.param_groups:
            group["lr"] = float(rate)
        chosen = [samples.train[int(i)] for i in self.rng.integers(len(samples.train), size=BATCH)]
        t = tensors(mirrored(samples.batch(chosen), self.rng))
        self.network.train()
        loss = losses(self.network(t["picture"], t["said"]), t)
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
        self.optimiser.step()
        self.average.update_parameters(self.network)
        self.steps += 1
        self.loss = SMOOTH * self.loss + (1 - SMOOTH) * float(loss.detach())
        self.seconds += time.monotonic() - began

    def save(self, path: Path) -> None:
        """Write all of it, in place of what was there, at once."""
        part = path.with_suffix(".part")
        torch.save(
            {
                "network": self.network.state_dict(), "average": self.average.state_dict(),
                "optimiser": self.optimiser.state_dict(), "rng": json.dumps(self.rng.bit_generator.state),
                "steps": self.steps, "seconds": self.seconds, "loss": self.loss,
            },
            part,
        )  # fmt: skip
        part.replace(path)

    def resume(self, path: Path) -> None:
        """Take up what `save` wrote."""
        saved = torch.load(path, weights_only=True)
        self.network.load_state_dict(saved["network"])
        self.average.load_state_dict(saved["average"])
        self.optimiser.load_state_dict(saved["optimiser"])
        self.rng.bit_generator.state = json.loads(saved["rng"])
        self.steps, self.seconds, self.loss = saved["steps"], saved["seconds"], saved["loss"]


def written(training: Training, samples: Samples, out: Path, commands: tuple[str, ...]) -> None:
    """Calibrate the average of the weights on what was kept back, write it as ONNX, its state, and the manifest's entry."""
    best: HiddenNetwork = training.average.module
    torch.save(
        {k: v.half() if v.is_floating_point() else v for k, v in best.state_dict().items()}, out.with_suffix(".pt")
    )
    back = samples.batch(samples.kept_back[:: max(len(samples.kept_back) // MOST_JUDGED, 1)])
    temperature = fitted_temperature(best, back)
    print(f"{training.steps} steps; temperature {temperature}")
    report(best, back, temperature)
    export(best, out)
    manifest = out.parent / "manifest.toml"
    before = read_manifest(manifest).get(NAME, {})
    write_entry(manifest, NAME, entry(out, temperature, list(commands), before))
    print(f"{out}  {out.stat().st_size / 1e3:.0f} kB")


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--minutes", default=15.0, show_default=True, help="Time spent on steps; or --steps.")
@click.option("--steps", "most", type=click.IntRange(1), help="So many steps instead.")
@click.option("--peak", default=3e-3, show_default=True, help="Highest learning rate.")
@click.option("--seed", default=1, show_default=True)
@click.option("--start", type=click.Path(path_type=Path, exists=True), help="Weights to begin with.")
@click.option("--resume", is_flag=True, help="Go on from OUT's .checkpoint, if there is one.")
@click.option("--training", multiple=True, help="A command that made it, for the manifest.")
def train(
    out: Path,
    files: tuple[Path, ...],
    minutes: float,
    most: int | None,
    peak: float,
    seed: int,
    start: Path | None,
    resume: bool,
    training: tuple[str, ...],
) -> None:
    """Train on the samples in FILES for some minutes, write OUT (.onnx), its state beside it, and the manifest's entry."""
    torch.set_num_threads(1)
    going, samples = Training(peak, seed), Samples(files)
    checkpoint = out.with_suffix(".checkpoint")
    if resume and checkpoint.exists():
        going.resume(checkpoint)
    elif start is not None:
        going.network.load_state_dict(torch.load(start, weights_only=True))
    shown = saved = time.monotonic()
    while (done := going.steps / most if most else going.seconds / 60 / minutes) < 1:
        going.step(samples, done)
        if time.monotonic() - shown > 60:
            shown = time.monotonic()
            samples.refresh()
            loss = going.loss / (1 - SMOOTH**going.steps)
            print(f"{done:5.1%} step {going.steps} loss {loss:.4f} samples {len(samples.train)}", flush=True)
        if time.monotonic() - saved > SAVED_EVERY_S:
            saved = time.monotonic()
            going.save(checkpoint)
    going.save(checkpoint)
    written(going, samples, out, training)


def main(argv: list[str]) -> None:
    """Run the command with these arguments."""
    train.main(args=argv, prog_name="hidden", standalone_mode=False)


if __name__ == "__main__":
    train()
