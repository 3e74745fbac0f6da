"""The marks on a real board, watch and desk: every fault turns its own mark, no other, and turns it back."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anpr.alerting.board import AlertBoard
from anpr.alerting.fault_keeper import FaultKeeper
from anpr.desk.desk import EngineDesk
from anpr.desk.surroundings import DeskSurroundings
from anpr.engine.governor import Effort, Governor, GovernorSettings
from anpr.errors import StoreError
from anpr.faults import FaultKind, Mark
from anpr.patrol.health import HealthSources, ListAge, health_marks
from anpr.patrol.watch import LISTS_S, CarWatch
from anpr.screen.port import DrivingView, HealthMark
from anpr.values import Level, Position
from tests.anpr.real_desk import RealDesk
from tests.anpr.test_faults import FIGURES

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PARTS = [
    FaultKind.PERCEPTION_FAILED,
    FaultKind.RECORDS_FAILED,
    FaultKind.LOOK_BACK_FAILED,
    FaultKind.GPS_FAILED,
    FaultKind.WATCH_FAILED,
]


class Car:
    """A board, a desk and a watch in a car where all is well; `lists` is what the mark measures."""

    def __init__(self, folder: Path) -> None:
        self.board = AlertBoard()
        self.matcher = SimpleNamespace(status=lambda now=None: [], trouble=None)
        self.lists: Sequence[ListAge] = [a_list("Stolen")]
        around = DeskSurroundings(
            self.marks, lambda: DrivingView(None, False), (), lambda _: None, lambda: 0.0, lambda: NOW
        )
        self.parts = RealDesk(folder)
        self.desk = EngineDesk(self.board, self.parts.desk.lists, self.parts.desk.records, around)
        self.ns = 0
        keeper = FaultKeeper(self.board, lambda: self.ns, lambda: NOW)
        self.watch = CarWatch(keeper, self.matcher, self.desk, {}, frozenset())  # type: ignore[arg-type]
        self.sources = HealthSources(
            faults=self.watch.faults,
            holding=keeper.holding,
            frame_silence_s=lambda: {"front": 0.1},
            undocked=lambda: self.watch.undocked,
            position=lambda: Position(51.5, -0.1, NOW, 0.5, False),
            gps_enabled=True,
            clock_offset_s=lambda: 0.0,
            date_doubt=lambda: "",
            lists=lambda: self.lists,
            free_mb=lambda: 1e5,
            least_free_mb=500,
            slowest_ms=lambda: 90.0,
            budget_ms=250,
        )

    def look(self, second: float) -> None:
        """Have the watch look at that second of the car's clock."""
        self.ns = round(second * 1e9)
        self.watch.check(self.ns, NOW)

    def marks(self) -> tuple[HealthMark, ...]:
        return health_marks(self.sources)

    def levels(self) -> dict[str, str]:
        return {mark.name: mark.level for mark in self.desk.state().health}


def a_list(name: str, *, stale: bool = False, age_s: float | None = 60.0) -> ListAge:
    return SimpleNamespace(name=name, stale=stale, age_s=age_s, made_age_s=9 * 86_400.0)


@pytest.fixture
def car(tmp_path: Path) -> Iterator[Car]:
    made = Car(tmp_path)
    yield made
    made.parts.close()


GREEN = dict.fromkeys(Mark, "ok")


@pytest.mark.parametrize("kind", list(FaultKind))
def test_every_fault_turns_its_mark_and_no_other_and_turns_it_back(kind: FaultKind, car: Car) -> None:
    car.watch.check(0, NOW)
    assert car.levels() == GREEN
    fault = kind.fault(NOW, "front", "why", **FIGURES)
    car.desk.announce(car.board.raise_fault(fault, NOW))
    assert car.levels() == GREEN | {kind.mark: kind.level}
    (mark,) = [mark for mark in car.desk.state().health if mark.name == kind.mark]
    assert (mark.text, mark.remedy) == (fault.text, fault.remedy)
    car.desk.announce(car.board.clear_fault(kind.id, "front", NOW))
    assert car.levels() == GREEN


@pytest.mark.parametrize("kind", PARTS)
def test_a_part_that_failed_turns_its_mark_until_it_has_held_for_a_while(kind: FaultKind, car: Car) -> None:
    car.watch.part_failed(kind, KeyError("AB51CDE"))
    assert car.levels() == GREEN | {kind.mark: "fault"}
    assert "KeyError" in car.watch.faults()[0].text
    assert "AB51CDE" not in car.watch.faults()[0].text
    car.look(kind.clear_after_s - 1)
    assert car.levels() == GREEN | {kind.mark: "fault"}
    car.watch.part_failed(kind, KeyError("AB51CDE"))
    car.look(kind.clear_after_s + 1)
    assert car.levels() == GREEN | {kind.mark: "fault"}
    car.look(2 * kind.clear_after_s)
    assert car.levels() == GREEN


def test_lists_whose_age_cannot_be_told_are_no_green_mark_and_no_failing_watch(car: Car) -> None:
    def unreadable(now: datetime | None = None) -> list[object]:
        raise StoreError("the hotlists file cannot be read")

    car.matcher.status = unreadable
    car.watch.check(0, NOW)
    assert [fault.name for fault in car.watch.faults()] == ["hotlist_ages_unknown"]
    assert car.levels() == GREEN | {"lists": "fault"}
    car.matcher.status = lambda now=None: []
    car.look(LISTS_S)
    assert car.levels() == GREEN | {"lists": "fault"}  # held for a while: it may come again
    car.look(LISTS_S + FaultKind.HOTLIST_AGES_UNKNOWN.clear_after_s)
    assert car.levels() == GREEN


def test_the_worst_fault_of_a_mark_shows_first(car: Car) -> None:
    for kind in (FaultKind.EFFORT_LOWERED, FaultKind.BUDGET_MISSED):
        car.board.raise_fault(kind.fault(NOW, **FIGURES), NOW)
    assert car.levels()["budget"] == "fault"
    car.board.clear_fault(FaultKind.BUDGET_MISSED.id, "", NOW)
    assert car.levels()["budget"] == "warning"


def test_a_fault_that_holds_shows_before_one_that_is_over_and_only_held(car: Car) -> None:
    car.watch.keeper.found(FaultKind.CAMERA_FROZEN.fault(NOW, "front"))
    car.watch.keeper.over(FaultKind.CAMERA_FROZEN, "front")
    car.watch.keeper.found(FaultKind.CAMERA_BLACK.fault(NOW, "front"))
    assert measured(car, "cameras") == ("fault", FaultKind.CAMERA_BLACK.fault(NOW, "front").text)


def test_a_warning_does_not_hide_a_worse_measurement(car: Car) -> None:
    car.board.raise_fault(FaultKind.LOG_FAILED.fault(NOW), NOW)
    car.sources = replace(car.sources, free_mb=lambda: 1.0)
    (disk,) = [mark for mark in car.desk.state().health if mark.name == Mark.DISK]
    assert (disk.level, disk.text) == ("fault", "1 MB left.")


def measured(car: Car, name: str) -> tuple[str, str]:
    (mark,) = [mark for mark in car.desk.state().health if mark.name == name]
    return mark.level, mark.text


@pytest.mark.parametrize(
    ("offset_s", "level", "text"),
    [
        (None, "warning", "The clock was not compared with GPS time yet."),
        (2.0, "ok", "The clock agrees with GPS time."),
        (-2.0, "ok", "The clock agrees with GPS time."),
        (2.6, "fault", "The clock is 3 s off GPS time."),
        (-2.6, "fault", "The clock is 3 s off GPS time."),  # ahead is as wrong as behind
    ],
)
def test_the_clock_mark_measures_how_far_it_is_off(offset_s: float | None, level: str, text: str, car: Car) -> None:
    car.sources = replace(car.sources, clock_offset_s=lambda: offset_s)
    assert measured(car, "clock") == (level, text)


@pytest.mark.parametrize(
    ("silence", "undocked", "level", "text"),
    [
        ({"front": 2.0, "rear": 0.0}, False, "ok", "Reading from front, rear."),
        ({"front": 0.1, "rear": 2.1}, False, "fault", "No frames from rear."),
        ({"front": None, "rear": 9.0}, False, "warning", "Waiting for front."),
        ({}, False, "warning", "Waiting for a camera."),
        ({"front": 9.0}, True, "warning", "Undocked: not reading plates."),
    ],
)
def test_the_cameras_mark_names_those_that_are_silent(
    silence: dict[str, float | None], undocked: bool, level: str, text: str, car: Car
) -> None:
    car.sources = replace(car.sources, frame_silence_s=lambda: silence, undocked=lambda: undocked)
    assert measured(car, "cameras") == (level, text)


def test_the_gps_mark_measures_whether_the_position_is_current(car: Car) -> None:
    old = Position(51.5, -0.1, NOW, 12.4, stale=True)
    car.sources = replace(car.sources, position=lambda: old)
    assert measured(car, "gps") == ("warning", "Position is 12 s old.")
    car.sources = replace(car.sources, position=lambda: None)
    assert measured(car, "gps") == ("warning", "No position yet.")
    car.sources = replace(car.sources, gps_enabled=False)
    assert measured(car, "gps") == ("warning", "Switched off: places are not recorded.")


def test_the_disk_mark_measures_what_is_left(car: Car) -> None:
    car.sources = replace(car.sources, free_mb=lambda: 500.0)
    assert measured(car, "disk") == ("ok", "0 GB free.")
    car.sources = replace(car.sources, free_mb=lambda: 499.0)
    assert measured(car, "disk") == ("fault", "499 MB left.")


@pytest.mark.parametrize(
    ("slowest_ms", "level", "text"),
    [
        (90.0, "ok", "Slowest frame of the last second: 90 of 250 ms."),
        (250.0, "ok", "Slowest frame of the last second: 250 of 250 ms."),
        (251.0, "warning", "Slowest frame of the last second: 251 of 250 ms."),
        (None, "warning", "No frame was measured in the last second."),
    ],
)
def test_the_budget_marks_level_and_figure_are_of_the_same_second(
    slowest_ms: float | None, level: str, text: str, car: Car
) -> None:
    car.sources = replace(car.sources, slowest_ms=lambda: slowest_ms)
    assert measured(car, "budget") == (level, text)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ages_ms=st.lists(st.tuples(st.integers(1, 40), st.sampled_from([40, 120, 200, 260, 400])), max_size=12))
def test_a_budget_mark_that_is_green_names_a_figure_within_the_budget(car: Car, ages_ms: list[tuple[int, int]]) -> None:
    """On a real governor and watch, at any moment of any drive; `ages_ms` are frames and how old they come out."""
    governor = Governor(GovernorSettings(budget_ms=250))
    keeper = FaultKeeper(AlertBoard(), lambda: car.ns, lambda: NOW)
    watch = CarWatch(keeper, car.matcher, car.desk, {}, frozenset(), governor=governor)  # type: ignore[arg-type]
    car.ns = 0
    sources = replace(car.sources, faults=watch.faults, slowest_ms=lambda: governor.slowest_ms(car.ns))
    for frames, age_ms in ages_ms:
        for _ in range(frames):
            car.ns += 100_000_000
            governor.observe(car.ns, age_ms)
            watch.check(car.ns, NOW)
            (mark,) = [mark for mark in health_marks(sources) if mark.name == Mark.BUDGET]
            figure = re.search(r"(\d+) of 250 ms", mark.text)
            if mark.level == "ok":
                assert figure is not None
                assert int(figure[1]) <= 250
            if mark.level == "fault":
                assert figure is None
                assert [fault.name for fault in watch.faults() if fault.text == mark.text] == [
                    FaultKind.BUDGET_MISSED.id
                ]


def test_a_budget_that_is_missed_for_two_seconds_is_a_fault_until_it_was_met_for_ten(car: Car) -> None:
    governor = Governor(GovernorSettings(budget_ms=250, efforts=(Effort(640),)))
    car.watch.governor = governor
    levels = []
    for tenth in range(250):
        governor.observe(tenth * 100_000_000, 300 if tenth < 60 else 40)
        car.look(tenth / 10)
        levels.append(bool(car.watch.faults()))
    assert levels.index(True) == 20
    assert levels[20:].index(False) + 20 == 170  # the last late frame counts for a second, then ten must pass
    assert sum(a != b for a, b in pairwise(levels)) == 2


@pytest.mark.parametrize(
    ("age_s", "text"),
    [
        (119, "119 s"),
        (120, "2 min"),
        (7199, "120 min"),
        (7200, "2 h"),
        (172_799, "48 h"),
        (172_800, "2 days"),
    ],
)
def test_the_lists_mark_tells_apart_when_lists_were_checked_and_when_they_were_made(
    age_s: float, text: str, car: Car
) -> None:
    car.lists = [a_list("Stolen", age_s=age_s), a_list("No tax", age_s=1.0), a_list("By hand", age_s=None)]
    assert measured(car, "lists") == ("ok", f"3 lists, checked {text} ago, the oldest made 9 days ago.")


def test_lists_that_cannot_be_told_are_a_fault(car: Car) -> None:
    def unreadable() -> Sequence[ListAge]:
        raise StoreError("the hotlists file cannot be read")

    car.sources = replace(car.sources, lists=unreadable)
    assert measured(car, "lists") == ("fault", "It cannot be told which lists are in the car.")


def test_the_lists_mark_measures_ages(car: Car) -> None:
    car.lists = [a_list("Stolen", stale=True), a_list("No tax")]
    (lists,) = [mark for mark in car.desk.state().health if mark.name == Mark.LISTS]
    assert (lists.level, lists.text) == (Level.FAULT, "Too old: Stolen.")
    car.lists = []  # covert ones are not handed to it: test_covert.py
    (lists,) = [mark for mark in car.desk.state().health if mark.name == Mark.LISTS]
    assert (lists.level, lists.text) == (Level.WARNING, "There are no hotlists in the car.")


def test_every_mark_is_measured(car: Car) -> None:
    assert [mark.name for mark in car.desk.state().health] == list(Mark)
