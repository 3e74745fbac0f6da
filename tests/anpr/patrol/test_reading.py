"""What the crew is told of reading: that it reads only while it does, and else why not."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpr.faults import FaultKind
from anpr.patrol.reading import ReadingSources, reading_view
from anpr.screen.port import ReadingState
from anpr.values import Fault

NOW = datetime(2026, 1, 1, tzinfo=UTC)
GONE = FaultKind.CAMERA_UNPLUGGED.fault(NOW, "front", "no such device")
FROZEN = FaultKind.CAMERA_FROZEN.fault(NOW, "front")
SMEARED = FaultKind.CAMERA_SMEARED.fault(NOW, "front")
UNMATCHED = FaultKind.HOTLISTS_UNREADABLE.fault(NOW)
BROKEN = FaultKind.PERCEPTION_FAILED.fault(NOW)
NO_GPS = FaultKind.GPS_UNPLUGGED.fault(NOW)


def told(
    silence: dict[str, float | None], *standing: Fault, over: tuple[Fault, ...] = (), undocked: bool = False
) -> tuple[ReadingState, str]:
    """What is told while these faults stand, of which those `over` do not hold any more."""
    view = reading_view(
        ReadingSources(
            lambda: silence, lambda: [f for f in standing if f not in over], lambda: standing, lambda: undocked
        )
    )
    return view.state, view.text


READING = (ReadingState.READING, "")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (told({"front": 0.1}), READING),
        (told({"front": 0.1}, SMEARED, NO_GPS), READING),
        (told({"front": 9.0, "rear": 0.1}, GONE), READING),
        (told({"front": 0.1}, GONE, over=(GONE,)), READING),  # back already, the fault is held a little longer
        (told({"front": 0.1}, BROKEN, over=(BROKEN,)), READING),  # one frame failed, the next was read
        (told({"front": 9.0}, BROKEN, over=(BROKEN,)), (ReadingState.BLIND, BROKEN.text)),
        (told({"front": None}), (ReadingState.WAITING, "Waiting for front.")),
        (told({}), (ReadingState.WAITING, "Waiting for a camera.")),
        (told({"front": None}, GONE), (ReadingState.BLIND, GONE.text)),
        (told({"front": 2.1}, NO_GPS), (ReadingState.BLIND, "No frames from front.")),
        (told({"front": 0.1}, FROZEN), (ReadingState.BLIND, FROZEN.text)),  # frames come, and say nothing
        (told({"front": 0.1}, UNMATCHED), (ReadingState.BLIND, UNMATCHED.text)),
        (told({"front": 9.0}, undocked=True), (ReadingState.UNDOCKED, "Plates are not read.")),
        (told({"front": 9.0, "roof": 0.1}, undocked=True), READING),  # a camera that stays
    ],
)
def test_what_is_told(answer: tuple[ReadingState, str], expected: tuple[ReadingState, str]) -> None:
    assert answer == expected


faults = st.builds(
    lambda kind, subject: kind.fault(NOW, subject, budget_ms=250),
    st.sampled_from(FaultKind),
    st.sampled_from(["", "front", "rear"]),
)


@given(
    st.dictionaries(st.sampled_from(["front", "rear"]), st.none() | st.floats(0, 10)),
    st.lists(faults, max_size=4),
    st.booleans(),
)
def test_reading_is_never_said_without_a_frame_that_was_read(
    silence: dict[str, float | None], standing: list[Fault], undocked: bool
) -> None:
    state, text = told(silence, *standing, undocked=undocked)
    read = {name for name, quiet_s in silence.items() if quiet_s is not None and quiet_s <= 2.0}
    if state is ReadingState.READING:
        assert read
        assert not any(FaultKind[f.name.upper()].blinds and read <= {f.subject} for f in standing)
    else:
        assert text
    if read and not any(FaultKind[f.name.upper()].blinds for f in standing):
        assert state is ReadingState.READING
