from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camera.nmea import NmeaReader
from tests.camera.nmea_log import START, metres_apart, place, second_of_drive, sentence, spoiled

NOW = datetime(2026, 11, 22, 23, 58, 0, tzinfo=UTC)
S = 1_000_000_000


def fed(*pieces: bytes) -> NmeaReader:
    reader = NmeaReader()
    for piece in pieces:
        reader.feed(piece, S, NOW)
    return reader


@pytest.mark.parametrize("talker", ["GP", "GN", "GL", "GA", "GB", "BD"])
def test_one_second_of_any_talker(talker: str) -> None:
    reader = fed(*second_of_drive(5, talker))
    assert reader.fix is not None
    assert metres_apart((reader.fix.latitude_deg, reader.fix.longitude_deg), place(5)) < 0.5
    assert reader.fix.speed_mps == pytest.approx(20.0, abs=0.02)
    assert reader.fix.heading_deg == 12.5
    assert reader.fix.fixed_utc == START + timedelta(seconds=5)
    assert reader.clock_offset_s == 5.0
    assert reader.dated == (START + timedelta(seconds=5), S)
    assert reader.satellites == 9
    assert reader.fix_dimensions == 3
    assert (reader.counts.good, reader.counts.damaged) == (6, 0)


def test_south_and_west_are_negative() -> None:
    reader = fed(sentence("GPGLL,3351.50,S,15112.60,W,225444.00,A,A"))
    assert reader.fix is not None
    assert reader.fix.latitude_deg == pytest.approx(-33.85833, abs=1e-4)
    assert reader.fix.longitude_deg == pytest.approx(-151.21, abs=1e-4)


def test_gga_alone_gives_a_position_dated_by_the_system() -> None:
    reader = NmeaReader()
    reader.feed(sentence("GPGGA,000001.00,5130.00,N,00007.00,W,1,09,0.9,35,M,47,M,,"), S, NOW)
    assert reader.fix is not None
    assert reader.fix.fixed_utc == datetime(2026, 11, 23, 0, 0, 1, tzinfo=UTC)
    assert reader.fix.speed_mps is None


def test_without_a_fix_there_is_no_position() -> None:
    reader = fed(*second_of_drive(5, status="V"))
    assert reader.fix is None
    assert reader.counts.good == 6
    assert reader.fix_dimensions == 1


def test_an_empty_rmc_of_a_receiver_that_just_woke_up() -> None:
    reader = fed(sentence("GPRMC,,V,,,,,,,,,,N"), sentence("GPGGA,,,,,,0,00,99.99,,,,,,"), sentence("GPVTG,,,,,,,,,N"))
    assert reader.fix is None
    assert (reader.counts.good, reader.counts.damaged) == (3, 0)


def test_standing_still_has_a_speed_and_no_heading() -> None:
    reader = fed(sentence("GNRMC,120000.00,A,5130.0,N,00007.0,W,0.004,,221126,,,A"))
    assert reader.fix is not None
    assert reader.fix.speed_mps == pytest.approx(0.002, abs=0.001)
    assert reader.fix.heading_deg is None


def test_sentences_without_checksum_or_with_a_wrong_one_are_damaged() -> None:
    whole = second_of_drive(1)[0]
    reader = fed(whole[: whole.index(b"*")] + b"\r\n", whole.replace(b"*", b"*0", 1), whole[:-4] + b"00\r\n")
    assert reader.fix is None
    assert (reader.counts.good, reader.counts.damaged) == (0, 3)


@pytest.mark.parametrize(
    "body",
    [
        "GPRMC,120000.00,A,9930.0,N,00007.0,W,10.0,20.0,221126,,,A",
        "GPRMC,120000.00,A,5130.0,N,19007.0,W,10.0,20.0,221126,,,A",
        "GPRMC,120000.00,A,,N,00007.0,W,10.0,20.0,221126,,,A",
        "GPRMC,996000.00,A,5130.0,N,00007.0,W,10.0,20.0,221126,,,A",
        "GPRMC,120000.00,A,5130.0,N,00007.0,W,10.0,20.0,993126,,,A",
        "GPRMC,120000.00,A,abcd.e,N,00007.0,W,10.0,20.0,221126,,,A",
        "GPRMC",
        "GPGGA,120000.00,5130.0,N,00007.0,W,x,09,0.9,35,M,47,M,,",
    ],
)
def test_nonsense_under_a_right_checksum_gives_no_position(body: str) -> None:
    reader = fed(sentence(body))
    assert reader.fix is None


def test_a_jump_is_not_believed_until_it_repeats_itself() -> None:
    reader = fed(*second_of_drive(0))
    jump = sentence("GPRMC,235801.00,A,4830.0,N,00207.0,E,10.0,20.0,221126,,,A")
    reader.feed(jump, 2 * S, NOW)
    assert reader.fix is not None
    assert reader.fix.latitude_deg == pytest.approx(51.5, abs=0.01)
    assert reader.counts.jumps == 1
    reader.feed(second_of_drive(2)[0], 3 * S, NOW)
    for n in range(4, 8):
        reader.feed(jump, n * S, NOW)
    assert reader.fix.latitude_deg == pytest.approx(48.5, abs=0.01)


def test_a_fix_grows_old_and_is_marked_stale() -> None:
    reader = fed(second_of_drive(0)[0])
    assert reader.fix is not None
    fresh, old = reader.fix.position(S + 2 * S, 3.0), reader.fix.position(S + 4 * S, 3.0)
    assert (fresh.age_s, fresh.stale) == (2.0, False)
    assert (old.age_s, old.stale) == (4.0, True)


@pytest.mark.parametrize("piece_size", [1, 7, 64, 4096])
def test_a_long_log_with_cut_altered_and_interleaved_sentences(piece_size: int) -> None:
    whole = [piece for second in range(400) for piece in second_of_drive(second, ("GP", "GN")[second % 2])]
    chosen = list(spoiled(whole, seed=4))
    wire = b"".join(piece for piece, _ in chosen)
    reader = NmeaReader()
    believed = 0
    for at in range(0, len(wire), piece_size):
        reader.feed(wire[at : at + piece_size], S + at * 1000, NOW)
        fix = reader.fix
        if fix is None:
            continue
        second = round((fix.fixed_utc - START).total_seconds())
        assert metres_apart((fix.latitude_deg, fix.longitude_deg), place(second)) < 0.5
        believed = max(believed, second)
    # A sentence that follows one that was cut off (no line end) still starts at its own "$" and survives.
    expected = sum(survives for _, survives in chosen)
    assert reader.counts.good == expected
    assert reader.counts.damaged >= sum(not survives for _, survives in chosen)
    assert reader.counts.stray_bytes > 1000
    assert believed >= 395
    assert reader.fix is not None
    assert reader.fix.fixed_utc.date() == datetime(2026, 11, 23, tzinfo=UTC).date()


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(st.binary(max_size=200), st.sampled_from(second_of_drive(1))), max_size=12))
def test_nothing_on_the_wire_raises_and_memory_stays_small(pieces: list[bytes]) -> None:
    reader = fed(*pieces, *[b"$" + b"x" * 300] * 3)
    assert len(reader._rest) <= 400
    reader.feed(b"\r\n" + second_of_drive(9)[0], 2 * S, NOW)
    assert reader.fix is not None
