"""Hidden places of a track: what still stands in front stays hidden, what some frames saw is known."""

from dataclasses import replace

import pytest

from anpr.perception.fusion import EvidenceFuser
from anpr.perception.hidden_characters import whole
from anpr.perception.hidden_places import NEVER_LOOKED, HiddenPlaces, seen_confidence, with_places
from anpr.values import Hidden, Read
from tests.builders.read import read_of


def seen(text: str, second: float, **places: float) -> Read:
    """A read at a second; `at0=0.9` is a hidden place before the first character."""
    read = read_of(text, second, certainty=0.995)
    hidden = tuple(Hidden(int(name[2:]), chance) for name, chance in places.items())
    return replace(read, hidden=hidden, confidence=read.confidence * whole(hidden))


def fused(*reads: Read) -> EvidenceFuser:
    fuser = EvidenceFuser()
    for read in reads:
        fuser.add(read)
    return fuser


def test_a_post_that_stands_still_is_not_seen_past_by_repetition() -> None:
    chances = [0.9, 0.85, 0.95, 0.7, 0.92]
    one = fused(seen("K64AGY", 0.0, at0=0.9)).fused()
    many = fused(*(seen("K64AGY", i / 30, at0=chances[i % 5]) for i in range(200))).fused()
    assert one.whole_confidence < 0.15
    assert many.whole_confidence < 0.35
    assert [place.position for place in many.hidden] == [0]


def test_a_lucky_look_among_many_does_not_clear_a_place() -> None:
    reads = [seen("K64AGY", i / 30, at0=0.9) for i in range(29)]
    assert fused(*reads, seen("K64AGY", 1.0)).fused().whole_confidence < 0.15


def test_a_place_that_was_seen_clearly_in_part_of_the_frames_is_empty() -> None:
    hidden = [seen("K64AGY", i / 30, at0=0.6) for i in range(10)]
    clear = [seen("K64AGY", 0.5 + i / 30) for i in range(10)]
    assert fused(*hidden, *clear).fused().whole_confidence > 0.95


def test_the_text_of_frames_that_saw_all_wins_over_the_shortened_one() -> None:
    hidden = [seen("K64AGY", i / 30, at0=0.95) for i in range(40)]
    clear = [seen("RK64AGY", 2.0 + i / 30) for i in range(3)]
    track = fused(*hidden, *clear).fused()
    assert track.text == "RK64AGY"
    assert track.whole_confidence > 0.9
    assert track.hidden == ()


def test_what_one_frame_hides_another_shows() -> None:
    track = fused(
        *(seen("RK64AG", i / 30, at6=0.9) for i in range(6)), *(seen("RK64AGY", 1 + i / 30, at0=0.9) for i in range(6))
    )
    assert track.fused().text == "RK64AGY"
    assert track.fused().hidden == ()


def test_alternatives_hold_the_doubt_and_no_places_change_nothing() -> None:
    readings = (("K64AGY", 0.9), ("K64AGV", 0.1))
    assert with_places(readings, (Hidden(0, 0.5),)) == (("K64AGY", 0.45), ("K64AGV", 0.05))
    assert with_places(readings, ()) == readings


def test_a_place_of_which_no_read_speaks_is_not_taken_for_empty() -> None:
    places = HiddenPlaces()
    places.add(seen("AB", 0.0))
    places.add(seen("CD", 0.1))
    (between,) = places.of("ABCD")
    assert (between.position, between.probability) == (2, pytest.approx(NEVER_LOOKED))
    assert places.of("") == ()


def test_what_was_seen_is_as_sure_as_without_the_post() -> None:
    plain, behind = seen("K64AGY", 0.0), seen("K64AGY", 0.0, at0=0.97)
    assert seen_confidence(behind) == pytest.approx(plain.confidence)
    assert fused(behind).fused().confidence == pytest.approx(fused(plain).fused().confidence)
