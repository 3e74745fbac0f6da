from pathlib import Path

import pytest

from anpr import sqlite
from anpr.errors import StoreError
from anpr.records.full_disk import with_room

PATH = Path("records.db")
FULL = sqlite.OperationalError("database or disk is full")


def never(count: int) -> int:
    raise AssertionError(f"{count} pictures are dropped")


def test_what_fits_is_written_once_with_its_pictures() -> None:
    assert with_room(lambda room: room, PATH, never) is True


def test_pictures_of_the_write_go_first_then_older_ones_many_at_a_time_and_at_last_one() -> None:
    tries: list[bool] = []
    asked: list[int] = []

    def write(room: bool) -> str:
        tries.append(room)
        if len(tries) < 4:
            raise FULL
        return "written"

    def shed(count: int) -> int:
        asked.append(count)
        if count > 1 and len(asked) > 1:
            raise FULL
        return count

    assert with_room(write, PATH, shed) == "written"
    assert (tries, asked) == ([True, False, False, False], [200, 200, 1])


@pytest.mark.parametrize("shed", [lambda _: 0, lambda _: (_ for _ in ()).throw(FULL)])
def test_without_pictures_to_drop_it_is_said_that_the_disk_is_full(shed: object) -> None:
    def write(room: bool) -> None:
        raise FULL

    with pytest.raises(StoreError, match="holds no more pictures to drop"):
        with_room(write, PATH, shed)  # type: ignore[arg-type]


@pytest.mark.parametrize("error", [sqlite.OperationalError("database is locked"), sqlite.IntegrityError("UNIQUE")])
def test_whatever_else_is_refused_is_an_error_of_ours(error: sqlite.Error) -> None:
    def write(room: bool) -> None:
        raise error

    with pytest.raises(StoreError, match=str(error)):
        with_room(write, PATH, never)
