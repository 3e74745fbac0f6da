import threading
from pathlib import Path

import pytest

from anpr.errors import UserError
from hotlists.matching.matcher import open_matcher
from hotlists.store.database import index_path
from hotlists.store.store import HotlistStore
from tests.hotlists.made import current, import_vrms, random_vrms, sighting, vrms_of
from tests.residue import residue


def test_new_revision_replaces_the_old_and_can_be_undone(store: HotlistStore, tmp_path: Path) -> None:
    import_vrms(store, tmp_path, ["AB51CDE"])
    import_vrms(store, tmp_path, ["CD52EFG"])
    stored = store.get("stolen")
    assert stored.previous is not None
    assert (current(store).number, stored.previous.number) == (2, 1)
    assert vrms_of(store) == ["CD52EFG"]
    store.put_back("stolen")
    assert current(store).number == 1
    assert vrms_of(store) == ["AB51CDE"]
    store.put_back("stolen")
    assert current(store).number == 2
    import_vrms(store, tmp_path, ["EF53GHJ"])
    import_vrms(store, tmp_path, ["GH54JKL"])
    tables = [t for t in store.database.table_names() if t.startswith("entries_")]
    assert len(tables) == 2
    assert len(list((store.path.parent / "hotlists.index").iterdir())) == 2


def test_nothing_to_put_back(store: HotlistStore, tmp_path: Path) -> None:
    import_vrms(store, tmp_path, ["AB51CDE"])
    with pytest.raises(UserError, match="no previous revision"):
        store.put_back("stolen")
    with pytest.raises(UserError, match="no hotlist named 'x'"):
        store.put_back("x")


def test_erased_list_is_gone_from_the_files(store: HotlistStore, tmp_path: Path) -> None:
    vrms = random_vrms(500)
    import_vrms(store, tmp_path, vrms)
    store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert residue(store.path.parent, vrms)
    store.erase("stolen")
    assert residue(store.path.parent, vrms) == {}
    assert not list((store.path.parent / "hotlists.index").iterdir())


def test_damaged_index_is_made_again(store: HotlistStore, tmp_path: Path) -> None:
    import_vrms(store, tmp_path, random_vrms(300))
    revision = current(store)
    before = store.index(revision).marks()[0].tolist()
    path = index_path(store.path, revision.id)
    for damage in (
        path.unlink,
        lambda: path.write_bytes(b"x"),
        lambda: path.write_bytes(path.read_bytes()[:-4]),
    ):
        damage()
        assert store.index(revision).marks()[0].tolist() == before


def test_crew_switches_only_what_it_may(store: HotlistStore, tmp_path: Path) -> None:
    import_vrms(store, tmp_path, ["AB51CDE"])
    with pytest.raises(UserError, match="may not be switched off"):
        store.switch("stolen", off=True)


def test_lookups_beside_swaps_see_whole_lists(store: HotlistStore, tmp_path: Path) -> None:
    """Each revision lists all of one half of the marks: a lookup that saw parts of two would find a mark of each."""
    vrms = random_vrms(400)
    halves = vrms[:200], vrms[200:]
    import_vrms(store, tmp_path, halves[0])
    matcher = open_matcher(store.path, reload_every_s=None)
    seen: list[tuple[int, bool]] = []
    done, looked = threading.Event(), threading.Event()

    def look() -> None:
        probe = [sighting(halves[i % 2][i]) for i in range(40)]
        turn = 0
        while not done.is_set():
            before = matcher.in_force.generation
            hits = [bool(matcher.match(one)) for one in probe]
            if matcher.in_force.generation == before:
                seen.append((sum(hits), hits[turn % 2]))
                looked.set()
            turn += 1

    thread = threading.Thread(target=look)
    thread.start()
    try:
        assert looked.wait(30)
        for round_ in range(6):
            import_vrms(store, tmp_path, halves[(round_ + 1) % 2])
            matcher.refresh()
            looked.clear()
            assert looked.wait(30)
    finally:
        done.set()
        thread.join()
        matcher.close()
    # exactly the 20 probes of one half, or none while a pool that was replaced twice is being given up
    assert {count for count, _ in seen} <= {20, 0}
    assert any(count == 20 for count, _ in seen)


def test_index_of_an_erased_list_is_overwritten(store: HotlistStore, tmp_path: Path) -> None:
    import_vrms(store, tmp_path, random_vrms(500))
    path = index_path(store.path, current(store).id)
    left = path.with_suffix(".part")
    left.write_bytes(path.read_bytes())
    with path.open("rb") as index, left.open("rb") as unfinished:
        store.erase("stolen")
        assert not path.exists()
        assert not left.exists()
        assert set(index.read()) == set(unfinished.read()) == {0}
