from dataclasses import replace
from datetime import timedelta

from anpr.alerting.board import AlertBoard
from anpr.values import AlertState, Hit, HotlistEntry, StepKind
from tests.builders.hit import hit, hotlist
from tests.builders.sighting import NOW, sighting


def consider(
    board: AlertBoard, track: int, mark: str, after_s: float, *hits: Hit, first_s: float | None = None
) -> None:
    at = NOW + timedelta(seconds=after_s)
    seen = replace(sighting(mark, track, at=at, last_s=after_s), first_utc=NOW + timedelta(seconds=first_s or after_s))
    board.consider(seen, [replace(one, sighting=seen) for one in hits], now_utc=at, frame_age_ms=40.0)


def wild(reading: str) -> Hit:
    """A hit on an entry that fits every mark from AB12 on."""
    return Hit(sighting(), HotlistEntry("AB12*", "partial"), hotlist("partial"), 0.95, False, reading, 60.0)


def test_two_vehicles_that_fit_one_entry_are_two_alerts() -> None:
    board = AlertBoard()
    consider(board, 1, "AB12CDE", 0, wild("AB12CDE"))
    consider(board, 2, "AB12XYZ", 5, wild("AB12XYZ"))
    consider(board, 3, "AB12CDE", 10, wild("AB12CDE"))
    assert [(a.hits[0].reading, a.repeats) for a in board.queue()] == [("AB12CDE", 1), ("AB12XYZ", 0)]
    assert [a.seen_before for a in board.queue()] == [None, None]


def test_another_reading_of_an_entry_with_wildcards_is_a_correction_and_after_a_decision_an_alert_of_its_own() -> None:
    board = AlertBoard()
    consider(board, 1, "AB12CDE", 0, wild("AB12CDE"))
    consider(board, 1, "AB12CDF", 1, wild("AB12CDF"))
    (alert,) = board.queue()
    step = alert.steps[-1]
    assert (step.kind, step.from_vrm, step.to_vrm) == (StepKind.CORRECTED, "AB12CDE", "AB12CDF")
    board.decide(alert.alert_id, "no_action", NOW)
    consider(board, 1, "AB12CDG", 2, wild("AB12CDG"))
    assert [a.hits[0].reading for a in board.queue()] == ["AB12CDG"]


def test_an_entry_and_one_with_wildcards_that_fits_it_are_one_vehicle() -> None:
    board = AlertBoard()
    consider(board, 1, "AB12CDE", 0, hit(0.95), wild("AB12CDE"))
    consider(board, 2, "AB12CDE", 5, wild("AB12CDE"), hit(0.95))
    (alert,) = board.queue()
    assert (alert.repeats, {h.entry.vrm for h in alert.hits}) == (1, {"AB12CDE", "AB12*"})


def test_an_alert_whose_track_turns_out_to_be_one_with_a_later_one_of_the_same_vehicle_stands_as_it_is() -> None:
    board = AlertBoard()
    consider(board, 1, "AB12CDE", 0, hit(0.9))
    consider(board, 2, "AB12CDE", 61, hit(0.95))
    first = board.get(1)
    board.join_tracks(1, 2)
    consider(board, 2, "AB12CDE", 62, hit(0.99))
    assert board.get(1) is first
    assert board.get(2).hits[0].probability == 0.99


def test_looking_back_finds_nothing_that_an_alert_of_that_sighting_shows_already() -> None:
    board = AlertBoard()
    consider(board, 1, "AB12CDE", 5, hit(0.9))
    recorded = replace(sighting(track_id=-7), first_utc=NOW + timedelta(seconds=5))
    assert board.look_back(hit(0.9, of=recorded), NOW) == ()
    further = hit(0.9, list_name="new", of=recorded)
    assert [a.past for a in board.look_back(further, NOW)] == [True]
    assert board.look_back(further, NOW) == ()  # it was found before
    other_camera = replace(recorded, camera_id="rear", track_id=-8)
    assert len(board.look_back(hit(0.9, of=other_camera), NOW)) == 1
    assert len(board.look_back(hit(0.9, of=replace(recorded, track_id=-9)), NOW)) == 0
    another = replace(recorded, track_id=-9, first_utc=NOW)
    assert len(board.look_back(hit(0.9, of=another), NOW)) == 1


def test_two_recorded_sightings_that_began_in_one_instant_are_two_alerts() -> None:
    board = AlertBoard()
    for track in (-7, -9):
        assert len(board.look_back(hit(0.9, of=sighting(track_id=track)), NOW)) == 1
    assert board.counts() == (2, 0)


def test_looking_back_finds_what_was_withdrawn_while_it_was_in_view() -> None:
    board = AlertBoard()
    consider(board, 1, "AB12CDE", 5, hit(0.9))
    consider(board, 1, "AB12CDE", 6, hit(0.1), first_s=5)
    assert board.get(1).state is AlertState.WITHDRAWN
    recorded = replace(sighting(track_id=-7), first_utc=NOW + timedelta(seconds=5))
    assert len(board.look_back(hit(0.9, of=recorded), NOW)) == 1


def test_alerts_keep_of_pictures_the_name_alone() -> None:
    board = AlertBoard()
    seen = sighting(pictures=True, reads=3)
    board.consider(seen, [hit(0.9, of=seen)], now_utc=NOW, frame_age_ms=40.0)
    shown = board.get(1).hits[0].sighting
    assert (shown.plate_image, shown.overview_image, shown.pictures_id) == (None, None, "pictures1v0")
    assert shown.reads == seen.reads[-1:]


def test_a_vehicle_that_is_in_view_when_its_alert_is_closed_is_a_new_alert() -> None:
    board = AlertBoard()
    consider(board, 1, "AB12CDE", 0, hit(0.9))
    (closed,) = board.close_undecided(NOW + timedelta(days=1), NOW + timedelta(days=8))
    assert (closed.state, closed.steps[-1].kind) == (AlertState.NOT_DECIDED, StepKind.NOT_DECIDED)
    consider(board, 1, "AB12CDE", 1, hit(0.9))
    consider(board, 2, "AB12CDE", 2, hit(0.9))
    assert [(a.alert_id, a.repeats, a.seen_before and a.seen_before.times) for a in board.queue()] == [(2, 1, 1)]
    assert board.get(1) is closed
