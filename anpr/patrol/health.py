"""The always visible marks: cameras, GPS, clock, lists, disk, budget. Green only while it is known to be true.

A mark shows the most important standing fault of its own (`anpr.faults.FaultKind` says which that are), unless its
own measurement is worse.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from anpr.errors import AnprError
from anpr.faults import Mark, kind_of
from anpr.screen.port import HealthMark
from anpr.values import Fault, Level, Position

CLOCK_TOLERANCE_S: Final = 2.0
"""Difference between the tablet's clock and that of the satellites beyond which record times are in doubt."""

FRAME_SILENCE_S: Final = 2.0
"""Without a frame for so long a camera is not reading."""


class ListAge(Protocol):
    """What is known of a list's age."""

    @property
    def name(self) -> str:
        """Name of the list."""

    @property
    def stale(self) -> bool:
        """Whether it is older than it may be."""

    @property
    def age_s(self) -> float | None:
        """Seconds since it was last known to be up to date; None when it has no revision."""

    @property
    def made_age_s(self) -> float | None:
        """Seconds since its publisher made what is in it; None when it has no revision."""


@dataclass(frozen=True, slots=True)
class HealthSources:
    """Where the marks come from; each is asked anew every time and must answer at once.

    `faults` are those that stand, `holding` those of them whose condition holds at this moment. `frame_silence_s`: for how long nothing of each camera was read. `slowest_ms`: age of the slowest frame of the last
    second when it had been read, by which the fault of the budget goes as well.
    """

    faults: Callable[[], Sequence[Fault]]
    holding: Callable[[], Sequence[Fault]]
    frame_silence_s: Callable[[], dict[str, float | None]]
    undocked: Callable[[], bool]
    position: Callable[[], Position | None]
    gps_enabled: bool
    clock_offset_s: Callable[[], float | None]
    date_doubt: Callable[[], str]
    lists: Callable[[], Sequence[ListAge]]
    free_mb: Callable[[], float]
    least_free_mb: float
    slowest_ms: Callable[[], float | None]
    budget_ms: float


def health_marks(sources: HealthSources) -> tuple[HealthMark, ...]:
    """Return the six marks."""
    worst = _worst_of_each(sources.faults(), sources.holding())
    return tuple(_mark(mark, worst.get(mark), measure, sources) for mark, measure in _MEASURED.items())


def _worst_of_each(faults: Sequence[Fault], holding: Sequence[Fault]) -> dict[Mark, Fault]:
    """Return the worst fault of each mark; what holds now goes before what is over and stands only a little longer."""
    now = {(fault.name, fault.subject) for fault in holding}
    worst: dict[Mark, Fault] = {}
    for fault in sorted(
        faults, key=lambda f: (kind_of(f).level is Level.FAULT, (f.name, f.subject) in now, f.priority)
    ):
        worst[kind_of(fault).mark] = fault
    return worst


def _mark(
    mark: Mark, fault: Fault | None, measure: Callable[[HealthSources], HealthMark], sources: HealthSources
) -> HealthMark:
    if fault is None:
        return measure(sources)
    level = kind_of(fault).level
    if level is not Level.FAULT:
        measured = measure(sources)
        if measured.level == Level.FAULT:
            return measured
    return HealthMark(mark.value, level.value, fault.text, fault.remedy)


def _cameras(sources: HealthSources) -> HealthMark:
    if sources.undocked():
        return HealthMark("cameras", "warning", "Undocked: not reading plates.", "Dock the tablet to read again.")
    silence = sources.frame_silence_s()
    waiting = [camera for camera, silent in silence.items() if silent is None]
    if waiting or not silence:
        return HealthMark("cameras", "warning", f"Waiting for {', '.join(waiting) or 'a camera'}.", "Wait a moment.")
    silent = [camera for camera, s in silence.items() if s is not None and s > FRAME_SILENCE_S]
    if silent:
        return HealthMark("cameras", "fault", f"No frames from {', '.join(silent)}.", "Check the camera's cable.")
    return HealthMark("cameras", "ok", f"Reading from {', '.join(silence)}.")


def _gps(sources: HealthSources) -> HealthMark:
    if not sources.gps_enabled:
        return HealthMark("gps", "warning", "Switched off: places are not recorded.", "Set gps.enabled = true.")
    position = sources.position()
    if position is None:
        return HealthMark("gps", "warning", "No position yet.", "Wait for a clear view of the sky.")
    if position.stale:
        return HealthMark(
            "gps", "warning", f"Position is {position.age_s:.0f} s old.", "Wait for a clear view of the sky."
        )
    return HealthMark("gps", "ok", "Position is current.")


def _clock(sources: HealthSources) -> HealthMark:
    doubt = sources.date_doubt()
    if doubt:
        return HealthMark(
            "clock", "fault", f"The date cannot be trusted: {doubt}.",
            "Set the tablet's clock, or, if it is right, wait for a GPS fix or a sync. Nothing is erased meanwhile.",
        )  # fmt: skip
    offset = sources.clock_offset_s()
    if offset is None:
        return HealthMark("clock", "warning", "The clock was not compared with GPS time yet.", "Wait for a GPS fix.")
    if abs(offset) > CLOCK_TOLERANCE_S:
        return HealthMark(
            "clock", "fault", f"The clock is {abs(offset):.0f} s off GPS time.", "Set the tablet's clock."
        )
    return HealthMark("clock", "ok", "The clock agrees with GPS time.")


def _lists(sources: HealthSources) -> HealthMark:
    try:
        lists = sources.lists()
    except AnprError:
        return HealthMark("lists", "fault", "It cannot be told which lists are in the car.", "Check the disk.")
    if not lists:
        return HealthMark("lists", "warning", "There are no hotlists in the car.", "Import or sync lists.")
    stale = [one.name for one in lists if one.stale]
    if stale:
        return HealthMark("lists", "fault", f"Too old: {', '.join(stale)}.", "Sync the lists.")
    checked, made = max(one.age_s or 0.0 for one in lists), max(one.made_age_s or 0.0 for one in lists)
    text = f"{len(lists)} lists, checked {_age(checked)} ago, the oldest made {_age(made)} ago."
    return HealthMark("lists", "ok", text)


def _disk(sources: HealthSources) -> HealthMark:
    free = sources.free_mb()
    if free < sources.least_free_mb:
        return HealthMark("disk", "fault", f"{free:.0f} MB left.", "Free disk space.")
    return HealthMark("disk", "ok", f"{free / 1000:.0f} GB free.")


def _budget(sources: HealthSources) -> HealthMark:
    slowest_ms = sources.slowest_ms()
    if slowest_ms is None:
        return HealthMark("budget", "warning", "No frame was measured in the last second.", "Wait for the next frames.")
    text = f"Slowest frame of the last second: {slowest_ms:.0f} of {sources.budget_ms:.0f} ms."
    if slowest_ms > sources.budget_ms:  # a fault only when it lasts
        return HealthMark("budget", "warning", text, "The engine sheds load by itself.")
    return HealthMark("budget", "ok", text)


def _age(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h" if seconds < 172_800 else f"{seconds / 86_400:.0f} days"


_MEASURED: Final = {
    Mark.CAMERAS: _cameras,
    Mark.GPS: _gps,
    Mark.CLOCK: _clock,
    Mark.LISTS: _lists,
    Mark.DISK: _disk,
    Mark.BUDGET: _budget,
}
"""What each mark measures by itself, in the order in which the marks are shown."""
