"""What killed programs leave is found and removed; what is replaced, withdrawn or erased is in no file any more."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hotlists.store.database import create_pool, index_path
from hotlists.store.leftovers import PARTIAL_KEPT_S, leftovers, sweep, sync_folder
from hotlists.store.store import HotlistStore
from tests.hotlists.made import current, import_vrms, random_vrms, vrms_of
from tests.residue import residue

OLD, NEWER, NEWEST = (random_vrms(400, seed) for seed in (11, 12, 13))
MARKS = {vrm for vrm in OLD if len(vrm) >= 6}

_KILLED = """
import sys
from pathlib import Path
from hotlists.store.store import HotlistStore
from tests.hotlists.made import import_vrms, random_vrms
folder = Path(sys.argv[1])
with HotlistStore(folder / "hotlists.db") as store:
    print("began", flush=True)
    for number in range(1000):
        import_vrms(store, folder.parent, random_vrms(1500, 100 + number), priority=number % 100)
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder without the imported files beside it."""
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


def test_a_list_replaced_twice_is_in_no_file(data: Path, tmp_path: Path) -> None:
    with HotlistStore(data / "hotlists.db") as store:
        for vrms in (OLD, NEWER):
            import_vrms(store, tmp_path, vrms)
        assert residue(data, MARKS) != {}  # what was before can be put back
        import_vrms(store, tmp_path, NEWEST)
        assert residue(data, MARKS - set(NEWER) - set(NEWEST)) == {}


def test_an_erased_list_is_in_no_file(data: Path, tmp_path: Path) -> None:
    with HotlistStore(data / "hotlists.db") as store:
        import_vrms(store, tmp_path, OLD)
        import_vrms(store, tmp_path, NEWER, "other")
        store.erase("stolen")
        assert residue(data, MARKS - set(NEWER)) == {}
        assert vrms_of(store, "other") == sorted(NEWER)


def test_what_a_killed_program_left_goes_at_the_next_start(data: Path, tmp_path: Path) -> None:
    database = data / "hotlists.db"
    with HotlistStore(database) as store:
        import_vrms(store, tmp_path, NEWER)
        create_pool(store.connection, 77)
        store.connection.execute("INSERT INTO entries_77 (vrm) VALUES (?)", (OLD[0],))
        index = index_path(database, current(store).id)
    part = index.with_suffix(".part")
    part.write_bytes(b"\1" * 100)
    sync_folder(database).mkdir()
    now = time.time()
    for name, age_s in (("taken-up.part", PARTIAL_KEPT_S - 60), ("forgotten.part", PARTIAL_KEPT_S + 60)):
        path = sync_folder(database) / name
        path.write_bytes(b"rows")
        os.utime(path, (now - age_s, now - age_s))
    forgotten = sync_folder(database) / "forgotten.part"
    assert leftovers(database, now) == [part, forgotten]
    with HotlistStore(database) as store:
        assert sweep(store, now) == 3
        assert sweep(store, now) == 0
        assert vrms_of(store) == sorted(NEWER)
    assert leftovers(database, now) == []
    assert (sync_folder(database) / "taken-up.part").exists()
    assert residue(data, {OLD[0]}) == {}


def test_nothing_is_taken_from_a_program_that_works_on_a_list(data: Path, tmp_path: Path) -> None:
    with HotlistStore(data / "hotlists.db") as store, HotlistStore(data / "hotlists.db") as other:
        import_vrms(store, tmp_path, NEWER)
        part = index_path(store.path, 99).with_suffix(".part")
        with other.lock(other.get("stolen")):
            part.write_bytes(b"being written")
            assert sweep(store, time.time()) == 0
        assert part.exists()
        assert sweep(store, time.time()) == 1


@pytest.mark.parametrize("after_s", [0.0, 0.1, 0.3])
def test_killed_at_any_moment_of_imports_nothing_of_other_revisions_is_left(
    data: Path, tmp_path: Path, after_s: float
) -> None:
    with subprocess.Popen([sys.executable, "-c", _KILLED, str(data)], stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        program.stdout.readline()
        time.sleep(after_s)  # the moment of the kill is what is tried here
        program.kill()
    with HotlistStore(data / "hotlists.db") as store:
        sweep(store, time.time())
        known = {row[1] for one in store.lists() for at in (one.current, one.previous) if at for row in store.rows(at)}
        unknown = {vrm for number in range(12) for vrm in random_vrms(1500, 100 + number)} - known
        assert residue(data, {vrm for vrm in unknown if len(vrm) >= 6}) == {}
