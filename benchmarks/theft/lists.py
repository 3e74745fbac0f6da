"""Lists of made-up marks with made-up names, imported as a force's are."""

import random
import string
from pathlib import Path
from typing import Final

from anpr.config.data_folder import hotlists_db
from benchmarks.hotlist_scale.made_up_lists import distinct_vrms, write_police_csv
from benchmarks.theft.searching import FEWEST_CHARACTERS
from hotlists.importers.import_list import ImportOptions, import_list
from hotlists.store.settings import ListSettings
from hotlists.store.store import HotlistStore

LIST: Final = "Stolen"
_NAME_LETTERS: Final = 12


def made_marks(count: int, seed: int) -> list[str]:
    """Return different made-up marks that are long enough to be searched for."""
    return [mark for mark in distinct_vrms(2 * count + 50, seed) if len(mark) >= FEWEST_CHARACTERS][:count]


def made_names(count: int, seed: int) -> list[str]:
    """Return names that nothing else has: letters at random."""
    chance = random.Random(seed)
    return ["".join(chance.choices(string.ascii_uppercase, k=_NAME_LETTERS)) for _ in range(count)]


def list_file(path: Path, marks: list[str], names: list[str], seed: int = 1) -> Path:
    """Write a list in which every mark has one of the names in its information."""
    write_police_csv(path, marks, seed)
    lines = path.read_text("utf-8").splitlines()
    with path.open("w", encoding="utf-8") as file:
        for number, line in enumerate(lines):
            cells = line.split(",")
            cells[6] = f"KEEPER {names[number % len(names)]}" if names else cells[6]
            file.write(",".join(cells) + "\n")
    return path


def import_marks(folder: Path, marks: list[str], outside: Path, names: tuple[str, ...] = ()) -> None:
    """Import marks into the lists of a data folder; the file that they come in, in another folder, is removed again."""
    file = list_file(outside / "list.csv", marks, list(names))
    try:
        with HotlistStore(hotlists_db(folder)) as store:
            import_list(store, file, ListSettings(LIST), ImportOptions())
    finally:
        file.unlink()
