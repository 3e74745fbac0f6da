"""Readers side by side on the same cut-out plates, with intervals and the ratio to ours."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from anpr.config.car import PatrolConfig
from anpr.errors import ConfigError, Failure, InputError
from anpr.perception.stills import Stills
from anpr.values import Image
from anpr.vrm import fold, normalise
from benchmarks.accuracy.intervals import Estimate, ratio
from benchmarks.accuracy.pairing import distance
from benchmarks.accuracy.peers import Reader, own_reader, plain, reader_named
from camera.sources.pictures import load_picture


@dataclass(frozen=True, slots=True)
class Labelled:
    """A picture of one plate, its text, and where it is from."""

    file: Path
    text: str
    group: str


def labelled(folder: Path) -> list[Labelled]:
    """Return the pictures of a folder by its labels.tsv: file, text and, if it is there, country; with a header line.

    Raises InputError naming the file and line.
    """
    path = folder / "labels.tsv"
    if not path.is_file():
        raise InputError(f"{folder}: holds no labels.tsv; write one with the columns file, text, country")
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        cells = line.split("\t")
        if number == 1 and cells[0].lower() in {"file", "filename"}:
            continue
        if len(cells) < 2:
            raise InputError(f"{path}, line {number}: expected file and text with a tab between them")
        found.append(Labelled(folder / cells[0], normalise(cells[1]), cells[2] if len(cells) > 2 else ""))
    if not found:
        raise InputError(f"{path}: names no pictures")
    return found


def stills_section(
    title: str, pictures: Sequence[Labelled], peers: Sequence[str], tick: Callable[[], None] = lambda: None
) -> dict[str, Any]:
    """Return how our reader and the named peers do on the same pictures."""
    ours: dict[str, Callable[[], Reader]] = {"ours": lambda: own_reader(_open_stills())}
    return score(title, pictures, ours | dict(reader_named(peer) for peer in peers), tick)


def score(
    title: str,
    pictures: Sequence[Labelled],
    makers: Mapping[str, Callable[[], Reader]],
    tick: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """Return how each reader does on the same pictures, the first being ours; a failure on a picture is a wrong read."""
    errors, loaded = [], []
    for one in pictures:
        try:
            loaded.append((one, load_picture(one.file)))
        except InputError as error:
            errors.append(str(error))
    readers: dict[str, dict[str, Any]] = {}
    first: list[bool] | None = None
    for name, make in makers.items():
        try:
            texts, times, troubles = _read_all(make(), loaded, tick)
        except ConfigError as error:
            errors.append(str(error))
            continue
        errors += troubles
        right = [fold(text) == fold(one.text) for text, (one, _) in zip(texts, loaded, strict=True)]
        readers[name] = _figures(texts, times, loaded)
        if first is None:
            first = right
        else:
            readers[name]["ratio"] = _ratio(first, right).as_json()
    return {"kind": "stills", "title": title, "pictures": len(loaded), "readers": readers, "errors": errors}


def _open_stills() -> Stills:
    from anpr.patrol.opening import open_stills  # noqa: PLC0415 - loads the models

    return open_stills(PatrolConfig().perception)


def _read_all(
    reader: Reader, loaded: Sequence[tuple[Labelled, Image]], tick: Callable[[], None]
) -> tuple[list[str], list[float], list[str]]:
    texts, times, troubles = [], [], []
    for one, picture in loaded:
        started = time.perf_counter()
        try:
            texts.append(plain(reader(picture, one.file)))
        except Failure as error:
            texts.append("")
            troubles.append(str(error))
        times.append((time.perf_counter() - started) * 1e3)
        tick()
    return texts, times, troubles


def _figures(texts: list[str], times: list[float], loaded: Sequence[tuple[Labelled, Image]]) -> dict[str, Any]:
    wanted = [one.text for one, _ in loaded]
    ones = np.ones(len(texts))
    right = np.array([fold(a) == fold(b) for a, b in zip(texts, wanted, strict=True)], np.float64)
    lengths = np.array([max(len(b), 1) for b in wanted], np.float64)
    wrong = np.array([min(distance(fold(a), fold(b)), len(b)) for a, b in zip(texts, wanted, strict=True)], np.float64)
    groups = {}
    for group in sorted({one.group for one, _ in loaded}):
        chosen = np.array([one.group == group for one, _ in loaded])
        groups[group] = ratio(right[chosen], ones[chosen]).as_json()
    return {
        "read_rate": ratio(right, ones).as_json(),
        "character_rate": ratio(lengths - wrong, lengths).as_json(),
        "ms_p50": round(float(np.median(times)), 2),
        "groups": groups,
    }


def _ratio(ours: list[bool], theirs: list[bool]) -> Estimate:
    """Return our rate over theirs, drawn again over pictures together, since both read the same ones."""
    pairs = np.array([ours, theirs], np.float64)
    draws = np.random.default_rng(len(ours)).integers(0, len(ours), (1000, len(ours)))
    with np.errstate(divide="ignore", invalid="ignore"):
        values = pairs[0][draws].sum(axis=1) / pairs[1][draws].sum(axis=1)
        value = float(pairs[0].sum() / pairs[1].sum())
    finite = values[np.isfinite(values)]
    if not len(finite) or not np.isfinite(value):
        return Estimate(float("nan"), float("nan"), float("nan"), len(ours))
    low, high = np.percentile(finite, [2.5, 97.5])
    return Estimate(value, float(low), float(high), len(ours))
