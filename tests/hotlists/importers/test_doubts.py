"""What can be read and is put in force only when it is asked for."""

from pathlib import Path

import numpy as np
import pytest

from anpr.errors import ImportRefused
from hotlists.importers.doubts import SteadyFile, check_length, check_rejects
from hotlists.importers.import_list import ImportOptions, import_list
from hotlists.importers.options import Understood
from hotlists.importers.tally import Tally
from hotlists.store.entries import EntryBatch, Reject
from hotlists.store.settings import ListSettings
from hotlists.store.store import HotlistStore
from tests.hotlists.made import entry_batch, import_vrms, police_row, random_vrms, vrms_of, write_rows


def tally(entries: int, rejected: int) -> Tally:
    made = Tally()
    made.add(entry_batch([{"vrm": f"AB{n}CDE"} for n in range(entries)]))
    made.add(EntryBatch([], np.zeros(0, dtype=np.uint64), [], [Reject(n, "why") for n in range(rejected)]))
    return made


@pytest.mark.parametrize(
    ("entries", "rejected", "is_taken"),
    [
        (1, 0, True), (1, 1, False), (3, 1, True), (2, 1, False), (5, 1, True), (5, 2, False), (9, 3, True), (9, 4, False),
        (30, 3, True), (30, 4, False), (95, 5, True), (94, 6, False), (0, 1, False),
    ],
)  # fmt: skip
def test_a_small_list_may_have_a_bad_row(entries: int, rejected: int, is_taken: bool) -> None:
    if is_taken:
        check_rejects(Path("list.csv"), tally(entries, rejected), None)
    else:
        with pytest.raises(ImportRefused, match=f"{rejected} of {entries + rejected} rows of list.csv were rejected"):
            check_rejects(Path("list.csv"), tally(entries, rejected), None)


def test_a_limit_that_was_named_is_the_limit() -> None:
    with pytest.raises(ImportRefused, match="limit of 0%"):
        check_rejects(Path("list.csv"), tally(99, 1), 0.0)
    check_rejects(Path("list.csv"), tally(1, 9), 0.9)


@pytest.mark.parametrize(
    ("entries", "in_force", "is_taken"),
    [
        (500, 5000, False),
        (2500, 5000, True),
        (2499, 5000, False),
        (1, 10, True),
        (1, 11, False),
        (0, 9, True),
        (9, 0, True),
    ],
)
def test_a_list_that_is_far_shorter_is_asked_for(entries: int, in_force: int, is_taken: bool) -> None:
    if is_taken:
        check_length("stolen", entries, in_force)
    else:
        with pytest.raises(ImportRefused, match="add --shorter if it is meant to be so"):
            check_length("stolen", entries, in_force)


def test_shorter_lists_leave_the_one_in_force_until_they_are_asked_for(store: HotlistStore, tmp_path: Path) -> None:
    import_vrms(store, tmp_path, random_vrms(40))
    path = write_rows(tmp_path / "short.csv", [police_row("AB51CDE")])
    with pytest.raises(ImportRefused, match="would have 1 entries instead of 40"):
        import_list(store, path, ListSettings("stolen"))
    assert len(vrms_of(store)) == 40
    import_list(store, path, ListSettings("stolen"), ImportOptions(shorter=True))
    assert vrms_of(store) == ["AB51CDE"]


ROWS = [police_row(f"AB{n}CDE") for n in range(51, 71)]
CUTS = {
    "csv": "\n".join([*ROWS, police_row("CD52EFG")[:12]]),
    "quoted": "\n".join([*ROWS, police_row("CD52EFG").replace("FORD", '"FO')]),
    "json": "\n".join([*(f'{{"vrm": "AB{n}CDE"}}' for n in range(51, 71)), '{"vrm": "CD5']),
}


@pytest.mark.parametrize("kind", CUTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_a_file_that_ends_within_its_last_row_is_asked_for(
    store: HotlistStore, tmp_path: Path, kind: str, encoding: str
) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(CUTS[kind].encode(encoding))
    with pytest.raises(ImportRefused, match=r"ends within its last row \(line 21: .*\): copy it again, or add --yes"):
        import_list(store, path, ListSettings("stolen"))
    assert store.find("stolen") is None
    assert import_list(store, path, ListSettings("stolen"), ImportOptions(unfinished=True)).entries == 20
    path.write_bytes((CUTS[kind] + "\n").encode(encoding))
    assert import_list(store, path, ListSettings("stolen")).entries == 20


@pytest.mark.parametrize("end", ["", "\n", "\r\n\x1a", "\n" + "\0" * 500, "\nTotal: 20 records"])
def test_files_end_in_many_ways(store: HotlistStore, tmp_path: Path, end: str) -> None:
    (tmp_path / "list.csv").write_bytes(("\r\n".join(ROWS) + end).encode())
    assert import_list(store, tmp_path / "list.csv", ListSettings("stolen")).entries == 20


def test_a_file_that_grows_or_is_replaced_while_it_is_read_is_refused(store: HotlistStore, tmp_path: Path) -> None:
    path = write_rows(tmp_path / "list.csv", ROWS)

    def grow(rows: int) -> None:
        if rows > len(ROWS):
            return
        with path.open("a") as file:
            file.write(police_row("CD52EFG") + "\n")

    def replace(rows: int) -> None:
        if rows == len(ROWS):
            write_rows(tmp_path / "new.csv", ROWS).replace(path)

    for change in (grow, replace):
        write_rows(path, ROWS)
        with pytest.raises(ImportRefused, match="changed while it was read: wait until it is written"):
            import_list(store, path, ListSettings("stolen"), ImportOptions(progress=change))
    assert store.find("stolen") is None
    SteadyFile(path).check()


def test_what_was_understood_is_told_before_it_is_in_force(store: HotlistStore, tmp_path: Path) -> None:
    told: list[tuple[int, int, int | None]] = []

    def tell(understood: Understood, counted: Tally) -> None:
        found = store.find("stolen")
        assert found is not None
        assert found.current is None
        told.append((counted.entries, counted.undated, understood.heading_line))

    path = write_rows(tmp_path / "list.csv", ["VRM;Weed date", "AB51CDE;", "CD52EFG;22/11/2030"])
    import_list(store, path, ListSettings("stolen"), ImportOptions(before_in_force=tell))
    assert told == [(2, 1, 1)]
