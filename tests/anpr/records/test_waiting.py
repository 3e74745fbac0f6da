"""What waits for room is written in order: a later version is never followed by an earlier one, whatever the disk lets through."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from anpr.alerting.board import AlertBoard
from anpr.alerting.fault_keeper import FaultKeeper
from anpr.engine.engine import MatchedSighting, Step
from anpr.errors import StoreError
from anpr.records.full_disk import with_room
from anpr.records.recorder import Recorder
from anpr.records.store import RecordStore
from anpr.records.waiting import WaitingWrites, Write
from anpr.values import AlertState
from tests.anpr.records.test_store import NOW, made_sighting
from tests.builders.alert import alert
from tests.builders.hit import hit

FULL = StoreError("the disk is full")
KEYS = st.sets(st.tuples(st.sampled_from(("track", "alert")), st.integers(0, 2)), min_size=1, max_size=2)


@dataclass
class Disk:
    """Lets a write through as its next answer says, and always once there is none left."""

    answers: Iterator[bool]

    def write(self) -> None:
        if not next(self.answers, True):
            raise FULL


@given(st.lists(KEYS, max_size=12), st.lists(st.booleans(), max_size=60))
def test_what_is_about_one_thing_is_written_in_its_order_and_nothing_is_lost(
    about: list[set[tuple[str, int]]], answers: list[bool]
) -> None:
    disk, waiting = Disk(iter(answers)), WaitingWrites()
    written: list[int] = []

    def write(number: int) -> None:
        disk.write()
        written.append(number)

    for number, keys in enumerate(about):
        waiting.put(Write(lambda number=number: write(number), frozenset(keys)))  # type: ignore[misc]
        trouble = waiting.try_all()
        assert (trouble is None) == (len(waiting) == 0)
    while len(waiting):
        waiting.try_all()
    assert sorted(written) == list(range(len(about)))
    for earlier, later in ((a, b) for place, a in enumerate(written) for b in written[place + 1 :]):
        assert earlier < later or about[earlier].isdisjoint(about[later])


def test_a_passing_version_that_waits_gives_way_to_the_next_one_and_no_room_leaves_the_lighter_one() -> None:
    waiting, written = WaitingWrites(), list[str]()
    is_full = True

    def write(what: str) -> None:
        if is_full:
            raise FULL
        written.append(what)

    def version(name: str, *, passing: bool) -> Write:
        key = ("track", 1)
        return Write(lambda: write(name), frozenset((key,)), lambda: write(f"{name}, lighter"), key, passing)

    for name, passing in (("first", True), ("with its alert", False), ("second", True), ("third", True)):
        waiting.put(version(name, passing=passing))
        assert waiting.try_all() is FULL or name != "first"
    assert len(waiting) == 2
    is_full = False
    assert waiting.try_all() is None
    assert written == ["with its alert, lighter", "third, lighter"]


def test_a_write_that_puts_another_has_it_tried_next_time() -> None:
    waiting, written = WaitingWrites(), list[int]()

    def first() -> None:
        waiting.put(Write(lambda: written.append(2), frozenset((("other", 0),))))
        assert waiting.try_all() is None
        assert len(waiting) > 0
        written.append(1)

    waiting.put(Write(first, frozenset((("other", 0),))))
    assert waiting.try_all() is None
    assert written == [1]
    assert waiting.try_all() is None
    assert written == [1, 2]


@settings(max_examples=150)
@given(
    st.lists(st.tuples(st.integers(1, 2), st.sampled_from(("SH91HHT", "SV95HKO", "SV95HK0"))), min_size=1, max_size=8),
    st.lists(st.integers(0, 3), max_size=40),
)
def test_records_say_in_the_end_what_was_told_last_whatever_the_disk_let_through(
    versions: list[tuple[int, str]], refusals: list[int]
) -> None:
    """Each write of the store fails as often as the next of `refusals` says."""
    with TemporaryDirectory() as folder:
        store = RecordStore(Path(folder) / "records.db", "run")
        recorder = Recorder(
            store, FaultKeeper(AlertBoard(), lambda: 0), lambda: NOW, lambda _: None, least_free_bytes=0
        )
        left, waits = iter(refusals), [0]

        def refusing(*arguments: Any) -> Any:
            if waits[0] == 0:
                waits[0] = next(left, 0)
            if waits[0]:
                waits[0] -= 1
                raise FULL
            return with_room(*arguments)

        with patch("anpr.records.store.with_room", refusing):
            told = told_of(versions, recorder)
        recorder.retry()
        rows = store.connection.execute("SELECT track_id, vrm, final FROM sightings ORDER BY track_id").fetchall()
        assert rows == [(track, text, 1) for track, text in sorted(told.items())]
        states = store.connection.execute("SELECT id, state FROM alerts ORDER BY id").fetchall()
        assert states == [(track, AlertState.CONFIRMED_BY_EVIDENCE.value) for track in sorted(told)]
        store.close()


def told_of(versions: list[tuple[int, str]], recorder: Recorder) -> dict[int, str]:
    """Have the recorder told of these versions, two seconds apart, and then of each track's end; returns the last texts."""
    told: dict[int, str] = {}
    second = 0
    for track, text in versions:
        second += 2
        told[track] = text
        recorder.record(step(track, text, second, AlertState.RAISED, final=False))
    for track, text in told.items():
        recorder.record(step(track, text, second + 2, AlertState.CONFIRMED_BY_EVIDENCE, final=True))
    return told


def step(track: int, text: str, second: float, state: AlertState, *, final: bool) -> Step:
    sighting = replace(
        made_sighting(track, text=text, final=final), last_ns=round(second * 1e9), confidence=0.9, plate_image=None,
        overview_image=None,
    )  # fmt: skip
    found = hit(vrm=text, of=sighting)
    told = alert(found, alert_id=track, state=state)
    return Step(None, (MatchedSighting(sighting, (found,), (told,)),), (), {})
