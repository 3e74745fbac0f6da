"""How reliable the reader is where plates are fixed: for each character that it reads, how often it is another one, and which.

`python -m models.train.hidden.reliability anpr/perception/fixings.toml`. Plates are rendered, fixed with screws and caps as
`models/train/optics/fixings.py` draws them, photographed and read, and each as well without any. What the network of hidden characters says of each
character is measured with it: of `Q` it may be too sure. The file holds for each character the shares that are wrong with and without
fixings, what is added to the network's log odds so that on average it says as much as is wrong, and what was meant instead.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click
import cv2
import numpy as np

from anpr.perception.character_places import places_of
from anpr.perception.hidden_characters import HiddenCharacters, Looked
from anpr.perception.hidden_cut import COLUMNS, HIDDEN_SIZE, hidden_matrix
from anpr.perception.reader import PlateReader
from anpr.perception.rectification import by_matrix, cut_matrix
from anpr.perception.second_looks import INPUT_SIZE, WIDE_BELOW
from anpr.vrm import ALPHABET, MAX_LENGTH, fold
from models.train.hidden.samples import RenderedPlates, columns_of, detection_of, fix, laid_over
from models.train.optics.camera import sensor
from models.train.optics.light import lighten
from models.train.optics.photograph import random_cut
from models.train.scenes.drives import made_drive_frames

USUAL: Final = 300.0
"""As many characters, as reliable as all are together, are counted to those of each kind, so that a few make no rule."""

MOST_ADDED: Final = 3.0
LEAST_MEANT: Final = 0.02
"""A character that was meant more seldom than this, as a share of what is wrong, isn't written."""

SURE: Final = 0.5
"""Of reads below this nobody needs to be told that they are doubtful."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A character as it was read, what was meant ("" for none), the network's log odds that it's wrong, and whether the plate has fixings."""

    read: str
    meant: str
    log_odds: float
    fixed: bool

    @property
    def wrong(self) -> bool:
        """Whether another character was meant; O and 0, I and 1 are alike."""
        return fold(self.read) != fold(self.meant)


def seen_characters(count: int, seed: int, models: Path | None = None, made_frames: int = 24) -> Iterator[Seen]:
    """Yield the characters of so many rendered plates, each photographed with fixings and without."""
    rng = np.random.default_rng(seed)
    plates = RenderedPlates([one.half for one in made_drive_frames(made_frames, seed)])
    reader, network = PlateReader(hidden=False, models=models), HiddenCharacters(models=models)
    for _ in range(count):
        posed = plates.pose(rng)
        if posed.rows.any():
            continue
        detection = detection_of(random_cut(rng, posed.corners, 0.5))
        for fixed in (True, False):
            scene = posed.scene.copy()
            if fixed:
                fix(rng, scene, posed, bool(rng.random() < 0.5))
            scene = lighten(rng, scene, posed.corners, 0.7)
            picture = sensor(rng, scene, posed.height, 0.7, corners=posed.corners)
            to_cut = cut_matrix(detection, INPUT_SIZE)
            cut = by_matrix(picture, to_cut, INPUT_SIZE)
            steps, read = reader.look(cut, detection)
            if read.confidence < WIDE_BELOW:
                steps, read = reader.look(cut, detection, wide=True)
            if read.confidence < SURE or len(read.text) > MAX_LENGTH:
                continue
            (doubts,) = network.doubts([Looked(picture, to_cut, steps, read)])
            truth = cv2.perspectiveTransform(posed.boxes.reshape(1, -1, 2), hidden_matrix(to_cut)).reshape(-1, 4, 2)
            truth_x = truth[:, :, 0].mean(axis=1) / HIDDEN_SIZE[0] * COLUMNS
            columns = columns_of(places_of(steps, read.text))
            for t, r in laid_over(posed.text, truth_x, posed.rows, read.text, columns):
                if r is not None:
                    chance = float(np.clip(doubts.wrong[r], 1e-6, 1 - 1e-6))
                    odds = float(np.log(chance / (1 - chance)))
                    yield Seen(read.text[r], posed.text[t] if t is not None else "", odds, fixed)


def measured(seen: Iterable[Seen]) -> dict[str, dict[str, object]]:
    """Return for each character read: `count`, `wrong` and `wrong_unfixed` (shares), `added` (log odds) and `meant` (shares)."""
    by_read: dict[str, list[Seen]] = defaultdict(list)
    for one in seen:
        by_read[one.read].append(one)
    every = [one for ones in by_read.values() for one in ones if one.fixed]
    usual = _added(np.array([one.log_odds for one in every]), sum(one.wrong for one in every), 0.0)
    table: dict[str, dict[str, object]] = {}
    for character in ALPHABET:
        fixed = [one for one in by_read[character] if one.fixed]
        bare = [one for one in by_read[character] if not one.fixed]
        wrong = [one for one in fixed if one.wrong]
        meant = Counter(one.meant for one in wrong if one.meant)
        kept = {c: round(n / max(len(wrong), 1), 3) for c, n in meant.most_common() if n > LEAST_MEANT * len(wrong)}
        added = _added(np.array([one.log_odds for one in fixed]), len(wrong), usual)
        table[character] = {
            "count": len(fixed),
            "wrong": round(len(wrong) / max(len(fixed), 1), 5),
            "wrong_unfixed": round(sum(one.wrong for one in bare) / max(len(bare), 1), 5),
            "added": round(float(np.clip(added, 0.0, MOST_ADDED)), 2),
            "meant": kept,
        }
    return table


def _added(log_odds: np.ndarray, wrong: int, usual: float) -> float:
    """Return what is added to the log odds so that as much is said to be wrong as was, held to what is usual by USUAL characters."""
    if not len(log_odds):
        return usual
    low, high = -6.0, 6.0
    share = float((1 / (1 + np.exp(-log_odds - usual))).mean())
    for _ in range(40):
        middle = (low + high) / 2
        said = float((1 / (1 + np.exp(-log_odds - middle))).sum()) + USUAL * float(
            1 / (1 + np.exp(-np.log(share / (1 - share)) - (middle - usual)))
        )
        low, high = (middle, high) if said < wrong + USUAL * share else (low, middle)
    return (low + high) / 2


def as_toml(table: dict[str, dict[str, object]], command: str) -> str:
    """Return the table as a file."""
    lines = [
        "# How reliable the reader is on plates with screws and caps, by the character that it read: see anpr/perception/fixings.py.",
        f"# Made by: {command}",
        "# count: characters; wrong, wrong_unfixed: shares of them, with and without fixings; added: to the log odds that the character is",
        "# wrong; meant: what it was instead, shares of what was wrong.",
    ]
    for character, row in table.items():
        meant = ", ".join(f"{c} = {share}" for c, share in dict(row["meant"]).items())  # type: ignore[call-overload]
        lines.append(
            f"[{character}]\ncount = {row['count']}\nwrong = {row['wrong']}\nwrong_unfixed = {row['wrong_unfixed']}\n"
            f"added = {row['added']}\nmeant = {{ {meant} }}\n"
        )
    return "\n".join(lines)


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--count", default=12000, show_default=True, help="Plates, each seen with fixings and without.")
@click.option("--seed", default=71, show_default=True)
@click.option(
    "--models", type=click.Path(path_type=Path, exists=True), help="Folder of other models than the shipped ones."
)
def write(out: Path, count: int, seed: int, models: Path | None) -> None:
    """Measure, and write the file OUT."""
    cv2.setNumThreads(1)
    table = measured(seen_characters(count, seed, models))
    out.write_text(
        as_toml(table, f"python -m models.train.hidden.reliability OUT --count {count} --seed {seed}"), encoding="utf-8"
    )
    for character, row in table.items():
        print(character, row)


if __name__ == "__main__":
    write()
