"""Looking back on a real records file, lists and board, while the recorder goes on writing."""

from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from anpr import sqlite
from anpr.clock import utc_now
from anpr.desk.records import FoundLookingBack, record_item
from anpr.patrol.queued_work import LookBack
from anpr.values import Alert
from hotlists.store.settings import ListSettings
from tests.anpr.real_desk import COVERT, RealDesk, import_marks

NEW = ListSettings("New", priority=70)


def look_back(car: RealDesk, put: list[object]) -> tuple[list[Alert], list[tuple[object, object]]]:
    """Look back on what each change of the lists brings, with a store of its own; returns alerts and changes."""
    announced: list[Alert] = []
    changes: list[tuple[object, object]] = []
    car.matcher.on_change = lambda before, after: changes.append((before, after))
    car.matcher.refresh()
    path = car.store.path
    work = LookBack(car.matcher, car.engine, path, announced.extend, timedelta(hours=12), put.append, busy_ms=1)
    for change in changes:
        work.take(change)
    return announced, changes


@pytest.fixture(autouse=True)
def _real_time(car: RealDesk) -> None:
    car.now = utc_now() - timedelta(hours=1)


def test_what_looking_back_finds_has_its_time_place_and_pictures_and_outlives_a_restart(car: RealDesk) -> None:
    for track in range(1, 4):
        car.see(f"GG7{track}GGG", track, final=True, camera="rear")
    seen = {one.sighting_id: one for one in car.store.sightings_since(car.now - timedelta(hours=1))}
    import_marks(car.folder, NEW, *(f"GG7{track}GGG" for track in range(1, 4)))
    put: list[object] = []
    announced, _ = look_back(car, put)
    assert (len(announced), put) == (3, [])
    shown = {a.read_vrm: a for a in car.desk.queue(0, 9)}
    later = car.again()
    for alert in later.desk.queue(0, 9):
        assert replace(alert.moment, cells=()) == replace(shown[alert.read_vrm].moment, cells=())
        record = seen[int(alert.read_vrm[3])]
        assert alert.past
        assert alert.moment.seen_utc == record.sighting.last_utc.isoformat(timespec="milliseconds")
        assert (alert.moment.camera_id, alert.moment.place is not None) == ("rear", True)
        for one, kind in ((alert.plate_picture, "plate"), (alert.moment.overview_picture, "overview")):
            assert later.desk.picture(one) == later.store.picture(record.sighting_id, kind) != None  # noqa: E711
    later.close()


def test_looking_back_finishes_while_nothing_can_be_written_and_what_it_found_is_written_later(car: RealDesk) -> None:
    for track in range(1, 4):
        car.see(f"GG7{track}GGG", track, final=True)
    import_marks(car.folder, NEW, *(f"GG7{track}GGG" for track in range(1, 4)))
    put: list[object] = []
    with closing(sqlite.connect(car.store.path)) as other:
        other.execute("BEGIN IMMEDIATE")
        announced, _ = look_back(car, put)
        other.execute("ROLLBACK")
    assert len(announced) == len(put) == 3
    assert all(isinstance(one, FoundLookingBack) for one in put)
    for one in put:
        record_item(car.recorder, one)
    later = car.again()
    assert [bool(later.desk.picture(a.plate_picture)) for a in later.desk.queue(0, 9)] == [True] * 3
    later.close()


def test_looking_back_goes_on_while_sightings_are_recorded(car: RealDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    for track in range(1, 7):
        car.see("GG77GGG", track, final=True)
        car.pass_time(70)
    import_marks(car.folder, NEW, "GG77GGG")
    match, passing = car.matcher.match, iter(range(100, 200))

    def busy(sighting: object) -> object:
        number = next(passing)
        car.recorder.store.record_sighting(replace(car.seen[0], track_id=number))  # a car passes meanwhile
        return match(sighting)  # type: ignore[arg-type]

    monkeypatch.setattr(type(car.matcher), "match", lambda _, sighting: busy(sighting))
    announced, _ = look_back(car, [])
    assert [a.past for a in announced] == [True] * 6


def test_nothing_covert_is_found_looking_back_but_it_is_recorded(car: RealDesk) -> None:
    car.see("GG77GGG", 1, final=True)
    import_marks(car.folder, COVERT, "AA11AAA", "BB22BBB", "GG77GGG")
    put: list[object] = []
    announced, _ = look_back(car, put)
    assert (announced, put, car.desk.queue(0, 9)) == ([], [], ())
    assert car.store.connection.execute("SELECT list_name FROM hits").fetchall() == [("Op Kestrel",)]
