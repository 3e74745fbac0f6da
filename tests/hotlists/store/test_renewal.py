"""Every way in which a hotlists file was found damaged: the car has one again into which lists can come."""

import os
import random
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from anpr import sqlite
from anpr.set_aside import files_set_aside
from hotlists.matching.matcher import HotlistMatcher
from hotlists.store.database import index_path
from hotlists.store.renewal import damage, ready_hotlists
from hotlists.store.store import HotlistStore
from tests.hotlists.made import import_vrms, vrms_of

NOW = datetime(2026, 11, 29, 2, 45, tzinfo=UTC)


def spoil(path: Path, start: int, end: int) -> None:
    content = bytearray(path.read_bytes())
    content[start:end] = random.Random(start).randbytes(len(content[start:end]))
    path.write_bytes(content)


def write(path: Path, statement: str) -> None:
    with closing(sqlite.connect(path)) as one:
        one.execute(statement)


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES: dict[str, Callable[[Path], None]] = {
    "header": lambda path: spoil(path, 0, 100),
    "cut": lambda path: os.truncate(path, path.stat().st_size // 2),
    "lists missing": lambda path: write(path, "DROP TABLE lists"),
    "entries missing": lambda path: write(path, "DROP TABLE entries_1"),
    "settings that are rubbish": lambda path: write(path, "UPDATE lists SET settings = '{\"'"),
    "a time that is rubbish": lambda path: write(path, "UPDATE revisions SET received_utc = 'noon'"),
    "a folder in its place": folder,
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with HotlistStore(tmp_path / "hotlists.db") as store:
        import_vrms(store, tmp_path, ["AB12CDE", "CD34EFG"])
    return tmp_path / "hotlists.db"


@pytest.mark.parametrize("kind", DAMAGES)
def test_whatever_is_damaged_is_set_aside_and_lists_can_come_again(kind: str, path: Path, tmp_path: Path) -> None:
    DAMAGES[kind](path)
    assert ready_hotlists(path, NOW) == ""
    (aside,) = files_set_aside(path)
    assert aside.path.name == "hotlists-damaged-20261129T024500Z.db"
    with closing(HotlistMatcher(path)) as matcher, HotlistStore(path) as store:
        assert matcher.in_force.lists == ()
        import_vrms(store, tmp_path, ["EF56GHJ"])
        matcher.refresh()
        assert [entry.vrm for entry, *_ in matcher.look_up("EF56GHJ")] == ["EF56GHJ"]
    assert ready_hotlists(path, NOW) == ""
    assert files_set_aside(path) == [aside]


def test_whole_lists_stay_and_an_index_that_is_missing_is_made_again(path: Path) -> None:
    index_path(path, 1).unlink()
    assert ready_hotlists(path, NOW) == ""
    assert files_set_aside(path) == []
    with HotlistStore(path) as store:
        assert vrms_of(store) == ["AB12CDE", "CD34EFG"]


def test_rubbish_among_the_entries_is_found_when_all_is_looked_at(path: Path) -> None:
    with closing(sqlite.connect(path)) as one:
        (page,) = one.execute("SELECT rootpage FROM sqlite_master WHERE name = 'entries_1_died'").fetchone()
    spoil(path, (page - 1) * 4096, page * 4096)
    assert damage(path) == ""
    assert damage(path, whole=True) != ""
