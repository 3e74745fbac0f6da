"""The demonstration's drive: what the receiver makes of its sentences is what the script says."""

import threading
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpr.demo.drive import DRIVES_S, ROAD, SPEED_MPS, STANDS_S, DemoDrive, driven_m, moment_at, sentences, speed_at
from anpr.geodesy import great_circle_m
from anpr.screen.driving import DrivingLimits, DrivingRule
from camera.gps import GpsReceiver
from camera.nmea import NmeaReader
from tests.camera.parts import START_UTC, HandClock

DAY_S = 86_400.0


def test_the_full_view_is_seen_first_then_the_driver_view_and_so_on() -> None:
    rule = DrivingRule(DrivingLimits())
    seen = [rule.update(speed_at(second / 4), trustworthy=True, now_s=second / 4) for second in range(4 * 120)]
    changes = [second / 4 for second, (before, after) in enumerate(pairwise(seen)) if before != after]
    # moving until it was seen to stand, then standing, moving, standing, moving
    assert changes == pytest.approx([2.75, 32.75, 62.25, 92.75], abs=1.5)
    assert speed_at(0.0) == speed_at(STANDS_S) == speed_at(STANDS_S + DRIVES_S) == 0.0


@given(second=st.floats(0.0, DAY_S))
def test_places_follow_from_speeds_and_stay_on_the_road(second: float) -> None:
    before, after = moment_at(second), moment_at(second + 0.1)
    moved = great_circle_m(before.latitude_deg, before.longitude_deg, after.latitude_deg, after.longitude_deg)
    assert moved <= SPEED_MPS * 0.1 + 0.01
    assert driven_m(second + 0.1) - driven_m(second) == pytest.approx(speed_at(second + 0.05) * 0.1, abs=0.1)
    assert min(lat for lat, _ in ROAD) - 1e-9 <= before.latitude_deg <= max(lat for lat, _ in ROAD) + 1e-9
    assert 0 <= before.heading_deg < 360


@given(second=st.floats(0.0, DAY_S))
def test_the_sentences_say_the_moment(second: float) -> None:
    reader, moment = NmeaReader(), moment_at(second)
    assert reader.feed(sentences(moment, START_UTC), 0, START_UTC) == 2
    assert (reader.counts.damaged, reader.counts.stray_bytes) == (0, 0)
    fix = reader.fix
    assert fix is not None
    assert fix.latitude_deg == pytest.approx(moment.latitude_deg, abs=1e-5)
    assert fix.longitude_deg == pytest.approx(moment.longitude_deg, abs=1e-5)
    assert fix.speed_mps == pytest.approx(moment.speed_mps, abs=0.1)


def test_a_receiver_follows_the_script_once_it_has_begun() -> None:
    clock = HandClock()
    drive = DemoDrive(clock)
    gps = GpsReceiver(clock, port="demo", baud=9600, open_port=lambda _name, _baud: drive)

    def after(seconds: float) -> float:
        ends = clock.monotonic_ns() + round(seconds * 1e9)
        while clock.monotonic_ns() < ends:
            gps.step()
        here = gps.current(clock.monotonic_ns())
        assert here is not None
        assert not here.stale
        return here.speed_mps or 0.0

    assert after(2.0 * STANDS_S) == 0.0  # it waits for its beginning
    drive.begin()
    assert drive.words == "The car stands: full view. It drives off in 30 s."
    assert after(STANDS_S - 2) == 0.0
    assert after(12.0) == pytest.approx(SPEED_MPS, abs=0.1)
    assert drive.words.startswith("The car drives: driver view. It stands again in 2")
    assert gps.faults(clock.monotonic_ns()) == ()
    gps.close()


def test_closing_ends_a_wait() -> None:
    class Waiting(HandClock):
        def wait(self, event: threading.Event, timeout_s: float) -> bool:
            waited.append(event)
            return super().wait(event, timeout_s)

    waited: list[threading.Event] = []
    drive = DemoDrive(Waiting())
    assert drive.read_some()
    assert drive.read_some() == b""
    drive.close()
    assert waited[0].is_set()
