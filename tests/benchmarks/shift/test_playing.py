"""A shift's agenda: what is live, what is skipped, and what is done at which second."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from benchmarks.shift.playing import Shift
from benchmarks.shift.script import Act, Event, full_script


@pytest.fixture
def shift() -> Shift:
    nothing = cast(Any, SimpleNamespace())
    made = Shift(full_script(), nothing, nothing, nothing, nothing, nothing, nothing, nothing, nothing)
    made._plan()
    return made


def test_every_pass_change_failure_and_act_is_live_and_on_the_agenda_in_order(shift: Shift) -> None:
    times = [at_s for at_s, _ in shift.agenda]
    assert times == sorted(times)
    script = shift.script
    acts = [one for one in script.passes if one.act is not Act.NOTHING]
    lasting = [one for one in script.happenings if one.lasts_s]
    assert len(times) == len(script.passes) + len(acts) + len(script.phases) - 1 + len(script.happenings) + len(lasting)
    assert all(shift._is_live(at_s - 1.0) and shift._is_live(at_s + 1.0) for at_s in times)
    lost = next(one for one in script.happenings if one.event is Event.CAMERA_LOST)
    assert all(shift._is_live(lost.at_s + second) for second in range(int(lost.lasts_s) + 8))


def test_most_of_the_hour_is_skipped(shift: Shift) -> None:
    live = sum(shift._is_live(float(second)) for second in range(3600))
    assert 300 < live < 900
