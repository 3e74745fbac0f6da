"""Made-up rows and sightings for the tests."""

import csv
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from anpr.values import CharacterProbabilities, Sighting
from hotlists.columns import POLICE_COLUMNS, VRM, WEED_DATE
from hotlists.dates import end_of_day_s, weed_day
from hotlists.importers.import_list import ImportOptions, ImportReport, import_list
from hotlists.importers.options import ReadOptions
from hotlists.keys import pack
from hotlists.store.entries import EntryBatch
from hotlists.store.revision import Revision
from hotlists.store.settings import ListSettings
from hotlists.store.store import HotlistStore
from tests.builders import evidence as builders
from tests.builders.sighting import sighting as build_sighting

soup = st.text(st.sampled_from('A1,;\t|"\n\r\0é "?*\ufeffЖ'), max_size=300)
"""Texts of what breaks tables: delimiters, quotes, line ends, a mark of byte order, NUL."""

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


def police_row(vrm: str, **columns: str) -> str:
    values = dict.fromkeys(POLICE_COLUMNS, "") | {"make": "FORD", "colour": "BLUE", "action": "STOP"} | columns
    return ",".join([vrm, *(values[c] for c in POLICE_COLUMNS[1:])])


def write_rows(path: Path, rows: Iterable[str]) -> Path:
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def import_vrms(
    store: HotlistStore, folder: Path, vrms: Iterable[str], name: str = "stolen", **settings: object
) -> ImportReport:
    path = write_rows(folder / f"{name}.csv", [police_row(vrm) for vrm in vrms])
    return import_list(store, path, ListSettings(name).changed(**settings), ImportOptions(most_rejects=0.5))


def vrms_of(store: HotlistStore, name: str = "stolen") -> list[str]:
    current = store.get(name).current
    return [] if current is None else [row[1] for row in store.rows(current)]


def evidence(
    text: str, doubts: dict[int, dict[str, float]] | None = None, certainty: float = 0.999
) -> CharacterProbabilities:
    """Evidence as sure as matching mostly meets it."""
    return builders.evidence(text, doubts, certainty)


def sighting(
    probabilities: CharacterProbabilities | str,
    at: datetime = NOON,
    place: tuple[float, float] | None = None,
    track_id: int = 1,
) -> Sighting:
    """A finished sighting."""
    table = evidence(probabilities) if isinstance(probabilities, str) else probabilities
    return build_sighting(table, track_id, reads=0, final=True, at=at, place=place)


def entry_batch(rows: Iterable[dict[str, str]]) -> EntryBatch:
    """Entries as an importer gives them, from some of their columns (VRMs that are clean already)."""
    made = [[row.get(column, "") for column in POLICE_COLUMNS] for row in rows]
    entries: list[list[str | int | None]] = [[*row, end_of_day_s(weed_day(row[WEED_DATE]))] for row in made]
    keys, _ = pack([row[VRM] for row in made])
    return EntryBatch(entries, keys, range(1, len(made) + 1))


def random_vrms(count: int, seed: int = 1) -> list[str]:
    """Distinct marks of the current layout."""
    rng = np.random.default_rng(seed)
    letters = list("ABCDEFGHJKLMNPRSTUVWXY")
    made: dict[str, None] = {}
    while len(made) < count:
        parts = rng.choice(letters, (count, 5))
        ages = rng.integers(51, 77, count)
        for five, age in zip(parts, ages, strict=True):
            made["".join(five[:2]) + str(age) + "".join(five[2:])] = None
    return list(made)[:count]


def current(store: HotlistStore, name: str = "stolen") -> Revision:
    """The revision of a list that is in force."""
    revision = store.get(name).current
    assert revision is not None
    return revision


def imported(store: HotlistStore, path: Path, most_rejects: float = 0.5, **read: object) -> ImportReport:
    return import_list(
        store,
        path,
        ListSettings("stolen"),
        ImportOptions(ReadOptions(**read), most_rejects=most_rejects),  # type: ignore[arg-type]
    )


def outcomes(report: ImportReport) -> list[tuple[str, str, str]]:
    assert report.rejects_file is not None
    with report.rejects_file.open(encoding="utf-8", newline="") as file:
        return [(row["line"], row["outcome"], row["reason"]) for row in csv.DictReader(file)]
