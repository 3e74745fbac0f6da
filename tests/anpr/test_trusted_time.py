"""Which date may be believed, by a clock whose hands the test turns."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpr.trusted_time import EARLIEST, GPS_ROUND, MOST_UNSEEN, TOLERANCE, TrustedTime, keep_latest, read_latest

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)


class Hands:
    """A clock: `wall` and `ns` are set by the test."""

    def __init__(self, wall: datetime = NOW) -> None:
        self.wall = wall
        self.ns = 1_000_000_000

    def monotonic_ns(self) -> int:
        return self.ns

    def utc(self) -> datetime:
        return self.wall

    def wait(self, event: threading.Event, timeout_s: float) -> bool:
        del event, timeout_s
        return False

    def run(self, seconds: float) -> None:
        self.ns += round(seconds * 1e9)
        self.wall += timedelta(seconds=seconds)


def test_a_first_run_believes_its_clock_unless_that_cannot_be() -> None:
    assert TrustedTime(Hands()).look().trusted
    look = TrustedTime(Hands(datetime(1970, 1, 1, tzinfo=UTC))).look()
    assert not look.trusted
    assert look.at_utc >= EARLIEST
    assert "56 years behind what was recorded already" in look.why


@pytest.mark.parametrize(
    ("later", "trusted"),
    [
        (timedelta(hours=8), True),
        (MOST_UNSEEN, True),
        (MOST_UNSEEN + timedelta(minutes=1), False),
        (timedelta(days=13 * 365), False),
        (-TOLERANCE, True),
        (-TOLERANCE - timedelta(seconds=1), False),
        (timedelta(days=-400), False),
    ],
)
def test_a_further_run_is_held_against_the_earlier_ones(later: timedelta, trusted: bool) -> None:
    look = TrustedTime(Hands(NOW + later), NOW).look()
    assert look.trusted is trusted
    assert bool(look.why) is not trusted
    assert look.at_utc == (NOW + later if trusted else NOW)


def test_a_clock_that_is_set_within_a_run_is_noticed_and_believed_again_when_it_is_right() -> None:
    hands = Hands()
    time = TrustedTime(hands, NOW)
    hands.run(600)
    assert time.look().trusted
    hands.wall += timedelta(days=5000)
    look = time.look()
    assert (look.trusted, look.at_utc) == (False, NOW + timedelta(seconds=600))
    hands.run(60)
    assert time.utc() == NOW + timedelta(seconds=660)  # the latest trusted time goes on
    hands.wall -= timedelta(days=5000)
    assert time.look().trusted


def test_satellites_settle_it_also_hours_after_they_were_heard() -> None:
    hands = Hands(NOW + timedelta(days=100))
    heard: list[tuple[datetime, int]] = []
    time = TrustedTime(hands, NOW, lambda: heard[-1] if heard else None)
    assert not time.look().trusted
    heard.append((hands.wall, hands.ns))
    assert time.look().trusted
    hands.run(3 * 3600)
    assert time.look().trusted
    hands.wall = datetime(2040, 1, 1, tzinfo=UTC)
    look = time.look()
    assert not look.trusted
    assert "ahead of the satellites' time" in look.why
    assert look.at_utc == NOW + timedelta(days=100, hours=3)


def test_a_receiver_whose_weeks_rolled_over_is_put_right_and_the_tablet_believed() -> None:
    hands = Hands()
    time = TrustedTime(hands, NOW, lambda: (NOW - GPS_ROUND, 1_000_000_000))
    assert time.look().trusted
    assert time.gps_offset_s() == 0.0
    hands.wall = NOW + timedelta(minutes=10)  # and it tells how far the tablet is off all the same
    assert time.gps_offset_s() == -600.0


def test_a_receiver_that_tells_any_other_old_date_is_not_asked() -> None:
    time = TrustedTime(Hands(), NOW, lambda: (NOW - timedelta(days=3000), 1_000_000_000))
    assert time.look().trusted
    assert time.gps_offset_s() is None


def test_a_signed_time_bears_a_long_pause_out() -> None:
    time = TrustedTime(Hands(NOW + timedelta(days=40)), NOW)
    assert not time.look().trusted
    time.bear_out(NOW + timedelta(days=39, hours=20))
    assert time.look().trusted
    time.bear_out(NOW)  # an old manifest says nothing new
    assert time.look().trusted


def test_whoever_may_can_confirm_the_clock() -> None:
    time = TrustedTime(Hands(NOW + timedelta(days=40)), NOW)
    time.confirm()
    assert time.look().trusted
    assert time.latest_utc == NOW + timedelta(days=40)


@given(st.lists(st.tuples(st.floats(0, 1e6), st.integers(-(10**9), 10**9), st.booleans()), min_size=1, max_size=20))
def test_the_latest_trusted_time_never_goes_back_and_never_ahead_of_what_can_be(
    moves: list[tuple[float, int, bool]],
) -> None:
    hands = Hands()
    time = TrustedTime(hands, NOW)
    before, run_s, jumps = time.latest_utc, 0.0, timedelta()
    for seconds, jump, set_it in moves:
        hands.run(seconds)
        run_s += seconds
        if set_it:
            hands.wall += timedelta(seconds=max(min(jump, 10**8), -(10**8)))
        latest = time.latest_utc
        assert latest >= before + timedelta(seconds=seconds) - timedelta(milliseconds=1)
        jumps += MOST_UNSEEN
        assert latest <= NOW + timedelta(seconds=run_s) + jumps
        before = latest


def test_the_latest_time_is_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "latest-date"
    assert read_latest(path) is None
    keep_latest(path, NOW)
    assert read_latest(path) == NOW
    (tmp_path / "latest-date.part").mkdir()  # cannot be written
    keep_latest(path, NOW + timedelta(days=1))
    assert read_latest(path) == NOW
    for broken in ("", "yesterday", "2027-03-01T12:00:00", "\x00\x00"):
        path.write_text(broken, encoding="ascii")
        assert read_latest(path) is None
