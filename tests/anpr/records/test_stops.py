"""Stops in the records file: kept, finished, added to, removed with their age."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from anpr.errors import InputError
from anpr.records.holds import hold
from anpr.records.moments import KEEP_PICTURE
from anpr.records.retention import Retention
from anpr.records.stops import (
    Addition,
    add_to_stop,
    additions_of,
    begin_stop,
    discard_stop,
    finish_stop,
    finished_stops,
    keep_turn,
    open_stops,
    set_card,
    set_place,
    stop_row,
    stops_of_alert,
    turns_of,
)
from anpr.records.store import RecordStore
from anpr.stops.field_texts import Turn
from anpr.trust.chain import AuditWriter

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
TURN = Turn(1, "tablet", "1234 A", "Kowalski", 3)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RecordStore]:
    with closing(RecordStore(tmp_path / "records.db", "run")) as opened:
        yield opened


def begin(store: RecordStore, at: datetime = NOW, alert_id: int | None = None, pictures: str = "") -> int:
    return store.within(
        lambda connection: begin_stop(
            connection, card="stolen", at_utc=at, actor="1234 A", alert_id=alert_id, pictures_id=pictures,
            origin={"from": ""}, place={"at_utc": "now"},
        )
    )  # fmt: skip


def test_a_stop_is_kept_turn_by_turn(store: RecordStore) -> None:
    number = begin(store, alert_id=4)
    store.within(lambda c: keep_turn(c, number, "name", TURN, NOW))
    store.within(lambda c: keep_turn(c, number, "name", replace(TURN, answer="Kowalska", sent=4), NOW))
    store.within(lambda c: keep_turn(c, number, "powers", replace(TURN, answer=("stop", "seize"), aside=True), NOW))
    store.within(lambda c: set_place(c, number, {"at_utc": "later"}))
    store.within(lambda c: set_card(c, number, "wanted"))
    row = stop_row(store.connection, number)
    assert (row.card, row.place, row.revision, row.finished_utc) == ("wanted", {"at_utc": "later"}, 6, "")
    assert turns_of(store.connection, number) == {
        "name": (replace(TURN, answer="Kowalska", sent=4),),
        "powers": (replace(TURN, answer=("stop", "seize"), aside=True),),
    }
    assert [one.stop_id for one in open_stops(store.connection)] == [number]
    assert stops_of_alert(store.connection, 4) == [number]


def finish(store: RecordStore, number: int) -> None:
    store.within(lambda c: finish_stop(c, number, record="{}", signature="s", actor="1234 A", at_utc=NOW))


def test_a_finished_stop_is_added_to_and_never_changed(store: RecordStore) -> None:
    number = begin(store)
    store.within(lambda c: keep_turn(c, number, "name", TURN, NOW))
    with pytest.raises(InputError, match="not finished"):
        store.within(lambda c: add_to_stop(c, number, Addition("late", "1234 A", "now", "s")))
    finish(store, number)
    assert turns_of(store.connection, number) == {}
    for change in (
        lambda c: keep_turn(c, number, "name", TURN, NOW), lambda c: set_place(c, number, {}), lambda c: set_card(c, number, "x"),
        lambda c: discard_stop(c, number),
        lambda c: finish_stop(c, number, record="{1}", signature="t", actor="x", at_utc=NOW),
    ):  # fmt: skip
        with pytest.raises(InputError, match="is finished"):
            store.within(change)
    store.within(lambda c: add_to_stop(c, number, Addition("late", "1234 A", "now", "s")))
    assert additions_of(store.connection, number) == [Addition("late", "1234 A", "now", "s")]
    assert [one.record for one in finished_stops(store.connection, None, 9)] == ["{}"]
    assert finished_stops(store.connection, number, 9) == []


def test_a_discarded_stop_leaves_nothing_and_its_number_is_not_given_again(store: RecordStore) -> None:
    number = begin(store)
    store.within(lambda c: keep_turn(c, number, "name", TURN, NOW))
    store.within(lambda c: discard_stop(c, number))
    with pytest.raises(InputError, match="no such stop"):
        stop_row(store.connection, number)
    assert store.connection.execute("SELECT count(*) FROM stop_texts").fetchone() == (0,)
    assert begin(store) > number


def rows(store: RecordStore) -> list[int]:
    return [
        store.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
        for table in ("stops", "stop_texts", "stop_additions", "moment_pictures")
    ]


def purge(store: RecordStore, days: float, **kept: float) -> None:
    while store.purge(NOW + timedelta(days=days), Retention(**kept)):
        pass


def test_a_stop_goes_with_its_retention_and_its_pictures_with_it(store: RecordStore) -> None:
    number = begin(store, pictures="abc")
    store.within(lambda c: c.executemany(KEEP_PICTURE, [("abc", "plate", NOW.isoformat(), b"jpeg")]))
    store.within(lambda c: keep_turn(c, begin_of(c), "name", TURN, NOW))
    finish(store, number)
    store.within(lambda c: add_to_stop(c, number, Addition("late", "1234 A", "now", "s")))
    assert rows(store) == [2, 1, 1, 1]
    purge(store, 20, stops_days=31)
    assert rows(store) == [2, 1, 1, 1]  # pictures of others would be gone after 7 days
    purge(store, 32, stops_days=31)
    purge(store, 32, stops_days=31)
    assert rows(store) == [0, 0, 0, 0]


def begin_of(connection: object) -> int:
    return begin_stop(
        connection, card="stolen", at_utc=NOW, actor="1234 A", alert_id=None, pictures_id="", origin={}, place={},  # type: ignore[arg-type]
    )  # fmt: skip


def test_the_stop_of_a_held_alert_stays(store: RecordStore) -> None:
    store.connection.execute(
        "INSERT INTO alerts(id, kind, state, raised_utc, steps) VALUES (4, 'hit', 'decided', ?, '[]')",
        (NOW.isoformat(),),
    )
    begin(store, alert_id=4)
    store.within(lambda c: hold(c, AuditWriter(), 4, "trial", "5678 B"))
    purge(store, 99, stops_days=31)
    assert rows(store)[0] == 1
