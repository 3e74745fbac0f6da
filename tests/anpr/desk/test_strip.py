"""The strip shows settled reads alone, and nothing in it flickers."""

from dataclasses import replace

from anpr.desk.strip import SETTLED_S, STRIP, Strip
from anpr.values import Hidden, Sighting
from tests.anpr.alerting.test_board import sighting


def version(
    track: int, at_s: float, text: str = "AB12CDE", confidence: float = 0.97, *, final: bool = False, by: str = ""
) -> Sighting:
    made = replace(sighting(track, final=final), text=text, confidence=confidence, typed_by=by)
    return replace(made, last_ns=round(at_s * 1e9))


def shown(strip: Strip) -> list[str]:
    return [view.vrm for view in strip.views]


def test_a_read_is_shown_once_it_has_stood_for_a_while() -> None:
    strip = Strip()
    assert not strip.take(version(1, 0.0))
    assert not strip.take(version(1, SETTLED_S - 0.01))
    assert shown(strip) == []
    assert strip.take(version(1, SETTLED_S))
    assert shown(strip) == ["AB12CDE"]
    assert not strip.take(version(1, 1.0))  # and stays as it is


def test_a_read_that_is_unsure_or_changes_is_not_shown_until_the_vehicle_has_passed() -> None:
    strip = Strip()
    for n in range(20):
        assert not strip.take(version(1, n / 10, confidence=0.89))
        assert not strip.take(version(2, n / 10, "AB12CDE" if n % 2 else "AB12CDF"))
    assert not strip.take(version(3, 2.0, "A419", confidence=0.49, final=True))  # a road sign
    assert strip.take(version(1, 2.0, confidence=0.5, final=True))
    assert shown(strip) == ["AB12CDE"]


def test_half_reads_after_a_settled_one_leave_it_standing_until_another_has_settled() -> None:
    strip = Strip()
    for at_s in (0.0, 0.4):
        strip.take(version(1, at_s))
    assert not strip.take(version(1, 0.5, "AB12C"))
    assert not strip.take(version(1, 0.6))
    assert not strip.take(version(1, 0.7, "AB12CDF"))
    assert shown(strip) == ["AB12CDE"]
    assert strip.take(version(1, 1.0, "AB12CDF"))
    assert shown(strip) == ["AB12CDF"]


def test_what_was_settled_and_proved_to_be_no_read_leaves_the_strip_when_it_has_passed() -> None:
    strip = Strip()
    for at_s in (0.0, 0.4):
        strip.take(version(1, at_s))
    assert not strip.take(version(1, 0.5, confidence=0.4))  # in view, it may come back
    assert strip.take(version(1, 0.6, confidence=0.4, final=True))
    assert shown(strip) == []
    assert strip.find(1) is not None
    for at_s in (1.0, 1.4):
        strip.take(version(2, at_s))
    strip.correct(2, "AB12CDF", "1234")
    assert not strip.take(version(2, 1.5, confidence=0.4, final=True))  # what a person typed stays
    assert shown(strip) == ["AB12CDF"]


def test_vehicles_keep_their_places_whichever_was_seen_last() -> None:
    strip = Strip()
    for at_s in (0.0, 0.4, 0.8):
        for track, text in ((1, "AA11AAA"), (2, "BB22BBB")):
            strip.take(version(track, at_s, text))
    assert strip.take(version(1, 1.0, "AA11AAA", final=True))
    assert shown(strip) == ["BB22BBB", "AA11AAA"]
    for track in range(3, 3 + STRIP):
        strip.take(version(track, 2.0, final=True))
    assert (len(strip.views), "AA11AAA" in shown(strip)) == (STRIP, False)
    assert strip.find(1) is not None  # a sheet that was opened in time can still be sent


def test_two_tracks_of_one_vehicle_stand_there_once_and_in_one_place() -> None:
    strip = Strip()
    for track in (1, 2, 3):
        strip.take(version(track, 1.0, f"AA{track}", final=True))
    assert strip.join(1, 9)
    assert [(view.vrm, view.sighting_id) for view in strip.views] == [("AA3", 3), ("AA2", 2), ("AA1", 9)]
    assert strip.join(9, 2)
    assert shown(strip) == ["AA3", "AA2"]
    assert not strip.join(7, 8)


def test_what_was_typed_stands_whatever_the_engine_reads_afterwards() -> None:
    strip = Strip()
    strip.take(version(1, 0.0, final=True))
    strip.correct(1, "AB12CDF", "1234")
    strip.correct(1, "AB12CDG", "1234")
    for later in (version(1, 1.0, "ZZ99ZZZ", final=True), version(1, 2.0, "", final=True)):
        assert not strip.take(later)
    (view,) = strip.views
    assert (view.vrm, view.moment.engine_read, view.moment.typed_by, view.correctable) == (
        "AB12CDG",
        "AB12CDE",
        "1234",
        True,
    )
    strip.correct(7, "AA11AAA", "1234")  # not there any more
    assert shown(strip) == ["AB12CDG"]


def test_what_the_engine_read_about_a_moment_is_found_by_camera_and_time() -> None:
    strip = Strip()
    rear = replace(version(4, 5.0), camera_id="rear")
    unsure, sure = version(1, 5.2, "AA11AAA", 0.5), version(2, 4.5, "BB22BBB", 0.9)
    for one in (unsure, sure, version(3, 3.9, "CC33CCC"), rear, version(-1, 5.0, "DD44DDD", by="1234")):
        strip.take(one)
    near = strip.read_about(sure.camera_id, 5_000_000_000, 1.0)
    assert [one.sighting.text for one in near] == ["BB22BBB", "AA11AAA"]


def test_a_mark_with_a_hidden_character_is_shown_when_what_was_seen_is_sure() -> None:
    strip = Strip()
    seen = replace(version(1, 0.0, "K64AGY", 0.096), hidden=(Hidden(0, 0.9),))
    assert not strip.take(seen)
    assert strip.take(replace(seen, last_ns=round(SETTLED_S * 1e9)), possible=True)
    (view,) = strip.views
    assert (view.vrm, view.shown_vrm, view.possible) == ("K64AGY", "▯K64AGY", True)
    # its end is seen: another read, that has to stand for a while
    whole = version(1, 1.0, "RK64AGY")
    assert not strip.take(whole)
    assert strip.take(replace(whole, last_ns=whole.last_ns + round(SETTLED_S * 1e9)))
    assert [(one.shown_vrm, one.possible) for one in strip.views] == [("RK64AGY", False)]
    strip.correct(1, "RK64AGX", "1234")
    assert [(one.shown_vrm, one.moment.hidden) for one in strip.views] == [("RK64AGX", "")]
