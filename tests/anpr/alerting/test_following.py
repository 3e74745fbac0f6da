from dataclasses import replace
from datetime import timedelta

from anpr.alerting.board import AlertBoard
from anpr.alerting.steps import was_seen
from anpr.values import AlertState, Fault, Hit, HotlistEntry, StepKind
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


def possible(vrm: str, probability: float = 0.3, offer: float = 5.0, list_name: str = "stolen") -> Hit:
    """A hit on a mark of which a character was not seen."""
    return replace(hit(probability, vrm, list_name), exact=False, possible=True, offer=offer, reading=f"▯{vrm[1:]}")


def told(board: AlertBoard) -> list[tuple[str, AlertState, bool, list[StepKind]]]:
    return [(a.hits[0].entry.vrm, a.state, a.hits[0].possible, [step.kind for step in a.steps]) for a in board.queue()]


def test_a_possible_hit_is_raised_and_never_confirmed_by_evidence() -> None:
    board = AlertBoard()
    for n in range(5):
        consider(board, 1, "K64AGY", n, possible("RK64AGY", 0.999))
    seen = replace(sighting("K64AGY", 1, reads=9, final=True, last_s=5.0), first_utc=NOW)
    board.consider(seen, [replace(possible("RK64AGY", 0.999), sighting=seen)], now_utc=NOW, frame_age_ms=40.0)
    assert told(board) == [("RK64AGY", AlertState.RAISED, True, [StepKind.RAISED])]


def test_what_was_possible_becomes_an_ordinary_hit_when_its_end_is_seen_and_asks_to_be_seen() -> None:
    board = AlertBoard()
    consider(board, 1, "K64AGY", 0, possible("RK64AGY"))
    board.acknowledge(1, NOW)
    consider(board, 1, "K64AGY", 1, possible("RK64AGY", 0.35))
    assert board.get(1).seen
    consider(board, 1, "RK64AGY", 2, hit(0.97, "RK64AGY"))
    steps = [StepKind.RAISED, StepKind.ACKNOWLEDGED, StepKind.SEEN_WHOLE]
    assert told(board) == [("RK64AGY", AlertState.RAISED, False, steps)]
    assert (board.get(1).seen, was_seen(board.get(1).steps)) == (False, False)
    consider(board, 1, "RK64AGY", 3, hit(0.97, "RK64AGY"))
    assert len(board.get(1).steps) == 3  # said once


def test_what_was_possible_is_withdrawn_or_corrected_when_the_end_shows_another_mark() -> None:
    board = AlertBoard()
    consider(board, 1, "K64AGY", 0, possible("RK64AGY"), possible("K64AGY", 0.2))
    consider(board, 2, "K64AGX", 0, possible("RK64AGX"))
    consider(board, 1, "K64AGY", 1, hit(0.97, "K64AGY"))
    consider(board, 2, "BK64AGX", 1)
    assert told(board) == [
        ("K64AGY", AlertState.RAISED, False, [StepKind.RAISED, StepKind.CORRECTED]),
        ("RK64AGX", AlertState.WITHDRAWN, True, [StepKind.RAISED, StepKind.WITHDRAWN]),
    ]


def test_a_possible_hit_that_is_offered_a_little_less_does_not_flap() -> None:
    board = AlertBoard()
    for n, offer in enumerate((1.0, 0.9, 1.1, 0.51, 1.0, 0.6)):
        consider(board, 1, "K64AGY", n, possible("RK64AGY", 0.02, offer))
    assert told(board) == [("RK64AGY", AlertState.RAISED, True, [StepKind.RAISED])]
    consider(board, 1, "K64AGY", 7, possible("RK64AGY", 0.02, 0.49))
    assert board.get(1).state is AlertState.WITHDRAWN
    consider(board, 2, "K64AGX", 7, possible("RK64AGX", 0.02, 0.99))
    assert len(board.queue()) == 1  # recorded, not offered


def test_a_vehicle_that_was_decided_as_possible_is_an_alert_of_its_own_once_it_is_seen_whole() -> None:
    for decision in ("no_action", "wrong_plate", "wrong_vehicle", "confirmed"):
        for track in (1, 2):
            board = AlertBoard()
            consider(board, 1, "K64AGY", 0, possible("RK64AGY"))
            board.decide(1, decision, NOW)
            consider(board, 1, "K64AGY", 1, possible("RK64AGY", 0.4))
            assert not board.queue()
            consider(board, track, "RK64AGY", 2, hit(0.97, "RK64AGY"))
            expected = [] if decision == "confirmed" else [("RK64AGY", AlertState.RAISED, False, [StepKind.RAISED])]
            assert told(board) == expected, (decision, track)


def test_a_possible_hit_takes_nothing_from_what_was_seen_whole() -> None:
    board = AlertBoard()
    consider(board, 1, "RK64AGY", 0, hit(0.97, "RK64AGY"))
    consider(board, 2, "K64AGY", 5, possible("RK64AGY", 0.4), possible("K64AGY", 0.3, list_name="no tax"))
    (alert,) = board.queue()
    assert (alert.repeats, alert.hits[0].possible, alert.probability, len(alert.hits)) == (1, False, 0.97, 1)
    board.decide(1, "no_action", NOW)
    consider(board, 1, "K64AGY", 6, possible("RK64AGY", 0.4), possible("K64AGY", 0.3, list_name="no tax"))
    assert not board.queue()


def test_a_covert_list_s_possible_hit_is_on_no_board() -> None:
    board = AlertBoard()
    covert = replace(possible("RK64AGY"), hotlist=hotlist("watch", covert=True))
    consider(board, 1, "K64AGY", 0, covert)
    assert not board.queue()
    assert board.look_back(covert, NOW) == ()


def test_only_a_confirmed_possible_hit_counts_as_met_before() -> None:
    for decision, times in (("", None), ("no_action", None), ("confirmed", 1)):
        board = AlertBoard()
        consider(board, 1, "K64AGY", 0, possible("RK64AGY"))
        if decision:
            board.decide(1, decision, NOW)
        consider(board, 2, "RK64AGY", 90, hit(0.97, "RK64AGY"))
        before = board.get(2).seen_before
        assert (before.times if before else None) == times


def test_hits_go_before_possible_hits_and_those_before_faults() -> None:
    board = AlertBoard()
    consider(board, 1, "K64AGY", 0, replace(possible("RK64AGY"), hotlist=hotlist(priority=100)))
    consider(board, 2, "AB12CDE", 1, hit(0.97, priority=10))
    board.raise_fault(Fault("camera_frozen", "front", "", "", NOW, 100), NOW)
    assert [a.alert_id for a in board.queue()] == [2, 1, 3]
    consider(board, 1, "RK64AGY", 2, replace(hit(0.97, "RK64AGY"), hotlist=hotlist(priority=100)))
    assert [a.alert_id for a in board.queue()] == [1, 2, 3]
