from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from anpr.alerting.board import AlertBoard
from anpr.alerting.lifecycle import AlertSettings
from anpr.errors import InputError
from anpr.evidence import spell
from anpr.values import AlertState, Fault, Hit, HotlistEntry, HotlistInfo, Position, SeenBefore, Sighting, StepKind
from tests.builders.alert import alert
from tests.builders.read import read_of

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def sighting(
    track: int = 1, reads: int = 1, *, final: bool = False, at: datetime = NOW, latitude: float = 51.0
) -> Sighting:
    at_ns = round((at - NOW).total_seconds() * 1e9)
    return Sighting(
        track, "front", 0, final, "AB12CDE", 0.9, (("AB12CDE", 0.9),), spell("AB12CDE"),
        tuple(read_of("AB12CDE", i / 30) for i in range(reads)), at_ns, at_ns, at, at,
        position=Position(latitude, 0.0, at, 0.2, stale=False),
    )  # fmt: skip


def hit(p: float, vrm: str = "AB12CDE", list_name: str = "stolen", priority: int = 80) -> Hit:
    info = HotlistInfo(list_name, 1, NOW, NOW, priority=priority, threshold=0.8)
    return Hit(sighting(), HotlistEntry(vrm, list_name), info, p, vrm == "AB12CDE", "AB12CDE", 60.0)


def consider(board: AlertBoard, s: Sighting, *hits: Hit, after_s: float = 0.0) -> list[tuple[AlertState, float]]:
    of_it = [replace(one, sighting=s) for one in hits]
    changed = board.consider(s, of_it, now_utc=NOW + timedelta(seconds=after_s), frame_age_ms=40)
    return [(a.state, a.probability) for a in changed]


def test_the_first_frame_above_the_threshold_raises() -> None:
    board = AlertBoard()
    assert consider(board, sighting(), hit(0.7999)) == []
    assert consider(board, sighting(), hit(0.8)) == [(AlertState.RAISED, 0.8)]
    assert board.queue()[0].frame_age_ms == 40


def test_growing_evidence_confirms_and_falling_evidence_withdraws_and_both_are_kept() -> None:
    board = AlertBoard()
    consider(board, sighting(), hit(0.85))
    assert consider(board, sighting(reads=3), hit(0.995)) == [(AlertState.CONFIRMED_BY_EVIDENCE, 0.995)]
    assert consider(board, sighting(reads=4), hit(0.3)) == [(AlertState.WITHDRAWN, 0.3)]
    assert [step.kind for step in board.queue()[0].steps] == ["raised", "confirmed", "withdrawn"]
    assert consider(board, sighting(reads=5), hit(0.9)) == [(AlertState.RAISED, 0.9)]


def test_a_small_fall_below_the_threshold_does_not_withdraw() -> None:
    board = AlertBoard()
    consider(board, sighting(), hit(0.85))
    assert consider(board, sighting(reads=2), hit(0.7)) == [(AlertState.RAISED, 0.7)]


def test_a_vehicle_that_passed_with_its_evidence_standing_is_confirmed() -> None:
    board = AlertBoard()
    consider(board, sighting(), hit(0.85))
    assert consider(board, sighting(final=True), hit(0.96)) == [(AlertState.CONFIRMED_BY_EVIDENCE, 0.96)]


def test_a_vehicle_that_passed_in_doubt_is_not_confirmed_though_its_list_s_threshold_is_low() -> None:
    board = AlertBoard()
    consider(board, sighting(), hit(0.85))
    assert consider(board, sighting(final=True), hit(0.94)) == [(AlertState.RAISED, 0.94)]


def test_another_entry_is_a_correction_that_asks_again() -> None:
    board = AlertBoard()
    consider(board, sighting(), hit(0.85, "AB12CDF"))
    board.acknowledge(1, NOW)
    assert consider(board, sighting(reads=2), hit(0.9, "AB12CDE")) == [(AlertState.RAISED, 0.9)]
    step = board.queue()[0].steps[-1]
    assert (step.kind, step.from_vrm, step.to_vrm, step.probability) == (StepKind.CORRECTED, "AB12CDF", "AB12CDE", 0.9)
    assert len(board.queue()) == 1


def test_all_lists_of_one_vehicle_are_one_alert_with_the_highest_priority() -> None:
    board = AlertBoard()
    consider(board, sighting(), hit(0.9, list_name="no insurance", priority=20), hit(0.9, priority=90))
    (alert,) = board.queue()
    assert (len(alert.hits), alert.priority) == (2, 90)


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_a_vehicle_seen_on_and_off_is_one_alert_until_it_was_not_seen_for_a_minute() -> None:
    board = AlertBoard()
    consider(board, sighting(1, final=True), hit(0.9))
    consider(board, sighting(2, at=at(50), final=True), hit(0.95))
    consider(board, sighting(3, at=at(110), final=True), hit(0.9))
    assert [(a.repeats, a.seen_before) for a in board.queue()] == [(2, None)]
    consider(board, sighting(4, at=at(171)), hit(0.9))
    again = board.queue()[1]
    assert (again.repeats, again.seen_before) == (0, SeenBefore(1, at(110)))


def test_no_change_of_the_clock_makes_an_encounter_longer() -> None:
    board = AlertBoard()
    consider(board, sighting(1, final=True), hit(0.9))
    set_back = replace(sighting(2, at=at(90)), last_utc=at(-3600))  # the tablet's clock was set back by an hour
    consider(board, set_back, hit(0.9))
    without_ns = replace(sighting(3, at=at(540)), last_ns=set_back.last_ns)
    consider(board, without_ns, hit(0.9))
    assert [a.repeats for a in board.queue()] == [0, 0, 0]


def test_each_list_says_how_long_an_encounter_lasts() -> None:
    board = AlertBoard()
    long = replace(hit(0.9).hotlist, encounter_s=600.0)
    consider(board, sighting(1, final=True), replace(hit(0.9), hotlist=long))
    consider(board, sighting(2, at=at(599)), replace(hit(0.9), hotlist=long))
    assert [a.repeats for a in board.queue()] == [1]


@pytest.mark.parametrize("decision", ["wrong_plate", "wrong_vehicle"])
def test_a_misread_that_was_decided_covers_no_later_vehicle(decision: str) -> None:
    board = AlertBoard()
    consider(board, sighting(1, final=True), hit(0.85))
    board.decide(1, decision, at(5))
    consider(board, sighting(1, at=at(6)), hit(0.85))
    consider(board, sighting(2, at=at(10)), hit(0.99))
    (alert,) = [a for a in board.queue() if a.hits[0].sighting.track_id == 2]
    assert alert.seen_before is None  # what was met before was another vehicle
    assert not alert.seen


@pytest.mark.parametrize("decision", ["confirmed", "no_action"])
def test_a_vehicle_that_was_decided_on_stays_so_while_it_is_about(decision: str) -> None:
    board = AlertBoard()
    consider(board, sighting(1, final=True), hit(0.9))
    board.decide(1, decision, at(5))
    consider(board, sighting(2, at=at(30), final=True), hit(0.9))
    assert board.queue() == ()
    consider(board, sighting(3, at=at(95)), hit(0.9))
    assert [a.seen_before for a in board.queue()] == [SeenBefore(1, at(30))]


def test_a_vehicle_that_was_merely_seen_alerts_when_it_comes_back() -> None:
    board = AlertBoard()
    consider(board, sighting(1, final=True), hit(0.9))
    board.acknowledge(1, at(1))
    consider(board, sighting(2, at=at(30), final=True), hit(0.9))
    assert [a.seen for a in board.queue()] == [True]
    consider(board, sighting(3, at=at(540)), hit(0.9))
    assert [a.seen for a in board.queue()] == [True, False]


def test_another_vehicle_that_is_misread_for_a_moment_leaves_a_confirmed_hit_alone() -> None:
    board = AlertBoard()
    consider(board, sighting(1), hit(0.9))
    consider(board, sighting(1, final=True), hit(0.995))
    before = board.get(1)
    consider(board, sighting(2, at=at(5)), hit(0.85))
    consider(board, sighting(2, reads=3, at=at(6)), hit(0.1))
    consider(board, sighting(2, reads=4, at=at(7)), hit(0.95, "XY99ZZZ"))
    alert, other = board.get(1), board.get(2)
    assert alert.state is AlertState.CONFIRMED_BY_EVIDENCE
    assert (alert.hits, alert.probability) == (before.hits, before.probability)
    assert other.hits[0].entry.vrm == "XY99ZZZ"


def test_a_track_that_turns_out_to_be_another_listed_vehicle_leaves_what_another_track_holds_up() -> None:
    board = AlertBoard()
    consider(board, sighting(1), hit(0.9))
    consider(board, sighting(2), hit(0.9))
    consider(board, sighting(2, reads=2), hit(0.9, "XY99ZZZ"))
    shown = [(a.hits[0].entry.vrm, a.hits[0].sighting.track_id, a.repeats, a.state) for a in board.queue()]
    assert shown == [("AB12CDE", 1, 0, AlertState.RAISED), ("XY99ZZZ", 2, 0, AlertState.RAISED)]


def test_an_alert_of_an_earlier_run_takes_nothing_in_and_is_met_before() -> None:
    board = AlertBoard(first_id=10)
    board.restore(alert(hit(0.9), alert_id=3))
    consider(board, sighting(1, at=at(5)), hit(0.9))
    assert [(a.alert_id, a.repeats) for a in board.queue()] == [(3, 0), (10, 0)]
    assert board.get(10).seen_before == SeenBefore(1, NOW)


def test_an_alert_that_fell_takes_no_later_vehicle_in_and_was_no_meeting() -> None:
    board = AlertBoard()
    consider(board, sighting(1), hit(0.9))
    consider(board, sighting(1, reads=2, final=True), hit(0.3))
    consider(board, sighting(2, at=at(5)), hit(0.9))
    assert [(a.state, a.repeats, a.seen_before) for a in board.queue()] == [
        (AlertState.WITHDRAWN, 0, None),
        (AlertState.RAISED, 0, None),
    ]


def test_an_alert_takes_in_only_its_leading_mark() -> None:
    board = AlertBoard()
    consider(board, sighting(1), hit(0.9), hit(0.85, "AB12CDF"))
    consider(board, sighting(2, at=at(5)), hit(0.9, "AB12CDF"))
    assert [(a.hits[0].entry.vrm, a.repeats, a.seen_before) for a in board.queue()] == [
        ("AB12CDE", 0, None),
        ("AB12CDF", 0, None),
    ]


def test_a_vehicle_is_of_its_earlier_alert_where_the_later_was_of_another() -> None:
    board = AlertBoard()
    consider(board, sighting(1, final=True), hit(0.9))
    board.decide(1, "confirmed", at(1))
    consider(board, sighting(2, at=at(2), final=True), hit(0.9), hit(0.9, list_name="no tax", priority=20))
    board.decide(2, "wrong_vehicle", at(3))
    consider(board, sighting(3, at=at(4)), hit(0.9))
    assert board.queue() == ()
    assert [(a.alert_id, a.repeats) for a in board.finished()] == [(2, 0), (1, 1)]


def test_sure_from_exactly_the_confirming_probability_on_and_not_from_one_read() -> None:
    board = AlertBoard()
    consider(board, sighting(1), hit(0.99))
    assert board.queue()[0].state is AlertState.RAISED
    consider(board, sighting(1, reads=2), hit(0.9899))
    assert board.queue()[0].state is AlertState.RAISED
    consider(board, sighting(1, reads=2), hit(0.99))
    assert board.queue()[0].state is AlertState.CONFIRMED_BY_EVIDENCE


def test_what_was_decided_and_is_still_followed_is_not_forgotten() -> None:
    board = AlertBoard(AlertSettings(kept=1))
    for track in (1, 2, 3):
        consider(board, sighting(track), hit(0.9, f"AB{track}"))
        board.decide(track, "confirmed", NOW)
    consider(board, sighting(2, reads=2), hit(0.95, "AB2"))
    assert [(a.alert_id, a.probability) for a in board.finished()] == [(3, 0.9), (2, 0.95), (1, 0.9)]
    for track in (1, 2, 3):
        consider(board, sighting(track, reads=3, final=True), hit(0.9, f"AB{track}"))
    assert [a.alert_id for a in board.finished()] == [3]


def test_what_an_absorbed_track_had_raised_may_be_forgotten_before_the_other_is_seen_again() -> None:
    board = AlertBoard(AlertSettings(kept=0))
    consider(board, sighting(1), hit(0.85, "AB12CDF"))
    consider(board, sighting(2), hit(0.95, "AB12CDE"))
    board.decide(1, "wrong_plate", NOW)
    board.join_tracks(1, 2)
    consider(board, sighting(3))
    assert board.finished() == ()
    consider(board, sighting(2, reads=3), hit(0.99, "AB12CDE"))
    assert [(a.alert_id, a.state) for a in board.queue()] == [(2, AlertState.CONFIRMED_BY_EVIDENCE)]


def test_a_live_track_that_falls_does_not_withdraw_what_another_holds_up() -> None:
    board = AlertBoard()
    consider(board, sighting(1), hit(0.9))
    consider(board, sighting(2), hit(0.95))
    consider(board, sighting(2, reads=2), hit(0.1))
    assert [(a.state, a.hits[0].sighting.track_id) for a in board.queue()] == [(AlertState.RAISED, 1)]
    consider(board, sighting(1, reads=2), hit(0.1))
    assert [a.state for a in board.queue()] == [AlertState.WITHDRAWN]


def test_what_is_shown_is_of_one_moment_also_when_it_is_withdrawn() -> None:
    board = AlertBoard()
    consider(board, sighting(1), hit(0.9))
    later = sighting(1, reads=2, at=at(1), latitude=52.0)
    consider(board, later)
    (alert,) = board.queue()
    assert alert.state is AlertState.WITHDRAWN
    assert alert.probability == alert.hits[0].probability == 0.0
    assert alert.hits[0].sighting is later


def test_a_hit_on_a_further_list_asks_again_and_is_an_alert_of_its_own_where_the_crew_had_decided() -> None:
    board = AlertBoard()
    consider(board, sighting(1), hit(0.9, list_name="no insurance", priority=20))
    board.acknowledge(1, NOW)
    consider(board, sighting(1, reads=2), hit(0.9, list_name="no insurance", priority=20), hit(0.9, list_name="wanted"))
    (alert,) = board.queue()
    assert (alert.seen, alert.priority, len(alert.hits)) == (False, 80, 2)
    board.decide(1, "no_action", NOW)
    both = hit(0.9, list_name="no insurance", priority=20), hit(0.9, list_name="wanted")
    consider(board, sighting(1, reads=3), *both, hit(0.9, list_name="firearms", priority=99))
    assert [(a.priority, len(a.hits)) for a in board.queue()] == [(99, 3)]


def test_a_vehicle_seen_again_on_a_further_list_asks_again_and_on_the_same_lists_does_not() -> None:
    board = AlertBoard()
    consider(board, sighting(1, final=True), hit(0.9, list_name="no insurance", priority=20))
    board.acknowledge(1, NOW)
    consider(board, sighting(2, at=at(5), final=True), hit(0.9, list_name="no insurance", priority=20))
    assert [(a.seen, a.state) for a in board.queue()] == [(True, AlertState.ACKNOWLEDGED)]
    both = hit(0.9, list_name="wanted"), hit(0.9, list_name="no insurance", priority=20)
    consider(board, sighting(3, at=at(10)), *both)
    (alert,) = board.queue()
    assert (alert.seen, alert.state, alert.priority, alert.repeats) == (False, AlertState.RAISED, 80, 2)


def test_a_further_list_that_comes_and_goes_asks_once_and_makes_no_alert_after_a_decision() -> None:
    board = AlertBoard()
    for turn in range(3):
        consider(board, sighting(1, reads=2 * turn + 1), hit(0.9), hit(0.79, list_name="wanted"))
        consider(board, sighting(1, reads=2 * turn + 2), hit(0.9), hit(0.81, list_name="wanted"))
        assert board.get(1).seen == (turn > 0)
        board.acknowledge(1, NOW)
    assert [step.kind for step in board.get(1).steps].count(StepKind.FURTHER_LIST) == 1
    board.decide(1, "no_action", NOW)
    consider(board, sighting(1, reads=9), hit(0.9))
    consider(board, sighting(1, reads=10), hit(0.9), hit(0.9, list_name="wanted"))
    assert board.queue() == ()


def test_a_list_that_was_not_shown_when_the_crew_decided_makes_an_alert_of_its_own_though_it_was_before() -> None:
    board = AlertBoard()
    consider(board, sighting(1), hit(0.9), hit(0.9, list_name="wanted"))
    consider(board, sighting(1, reads=2), hit(0.9))
    board.decide(1, "no_action", NOW)
    consider(board, sighting(1, reads=3), hit(0.9), hit(0.9, list_name="wanted"))
    assert [{h.hotlist.name for h in a.hits} for a in board.queue()] == [{"stolen", "wanted"}]


@pytest.mark.parametrize("final", [False, True])
def test_what_evidence_makes_of_an_alert_while_it_is_decided_is_an_alert_of_its_own_at_once(final: bool) -> None:
    board = AlertBoard()
    consider(board, sighting(1), hit(0.9, "AB12CDF"))
    seen = board.get(1)
    consider(board, sighting(1, reads=2, final=final), hit(0.95, "AB12CDE"))
    changed = board.decide(1, "no_action", NOW, on=seen)
    assert [(a.state, a.hits[0].entry.vrm) for a in changed] == [
        (AlertState.DECIDED, "AB12CDF"),
        (AlertState.RAISED, "AB12CDE"),
    ]
    if not final:
        consider(board, sighting(1, reads=3), hit(0.97, "AB12CDE"))
    assert [(a.alert_id, a.hits[0].entry.vrm, a.repeats) for a in board.queue()] == [(2, "AB12CDE", 0)]
    assert board.get(1).hits[0].entry.vrm == "AB12CDF"


@pytest.mark.parametrize("decision", ["wrong_plate", "wrong_vehicle", "no_action"])
def test_what_was_hit_on_another_mark_goes_with_no_wrong_plate(decision: str) -> None:
    board = AlertBoard()
    both = hit(0.9, "AB12CDF"), hit(0.85, "AB12CDE", "no insurance", 20)
    consider(board, sighting(1), *both)
    board.decide(1, decision, NOW)
    mine = [] if decision == "no_action" else [("AB12CDE", "no insurance")]
    assert [(a.hits[0].entry.vrm, a.hits[0].hotlist.name) for a in board.queue()] == mine
    consider(board, sighting(1, reads=2, final=True), *both)
    assert [(a.hits[0].entry.vrm, a.repeats) for a in board.queue()] == [(mark, 0) for mark, _ in mine]


def test_what_a_person_types_of_a_sighting_is_no_second_time_that_it_was_seen() -> None:
    board = AlertBoard()
    consider(board, sighting(1), hit(0.9))
    consider(board, replace(sighting(-1, final=True), typed_by="1234"), hit(1.0))
    assert [a.repeats for a in board.queue()] == [0]
    consider(board, sighting(2, at=at(5), final=True), hit(0.9))
    assert [a.repeats for a in board.queue()] == [1]


def test_a_correction_of_what_was_decided_is_a_new_alert() -> None:
    board = AlertBoard()
    consider(board, sighting(1), hit(0.85, "AB12CDF"))
    board.decide(1, "wrong_plate", NOW)
    consider(board, sighting(1, reads=2), hit(0.95, "AB12CDE"))
    assert board.get(1).hits[0].entry.vrm == "AB12CDF"
    assert [a.hits[0].entry.vrm for a in board.queue()] == ["AB12CDE"]


def test_a_track_that_turns_out_to_be_a_vehicle_which_has_an_alert_joins_it() -> None:
    board = AlertBoard()
    consider(board, sighting(1), hit(0.9, "AB12CDE"))
    consider(board, sighting(2), hit(0.85, "AB12CDF"))
    consider(board, sighting(2, reads=2), hit(0.97, "AB12CDE"))
    assert [(a.hits[0].entry.vrm, a.state, a.repeats) for a in board.queue()] == [
        ("AB12CDE", AlertState.RAISED, 1),
        ("AB12CDF", AlertState.WITHDRAWN, 0),
    ]


def test_what_an_absorbed_track_had_raised_is_withdrawn_unless_the_whole_bears_it_out() -> None:
    board = AlertBoard()
    consider(board, sighting(1), hit(0.85, "AB12CDF"))
    consider(board, sighting(2), hit(0.95, "AB12CDE"))
    board.join_tracks(1, 2)
    consider(board, sighting(2, reads=3), hit(0.99, "AB12CDE"))
    assert [(a.hits[0].entry.vrm, a.state) for a in board.queue()] == [
        ("AB12CDF", AlertState.WITHDRAWN),
        ("AB12CDE", AlertState.CONFIRMED_BY_EVIDENCE),
    ]


def test_the_queue_is_by_priority_then_time_and_keeps_everything() -> None:
    board = AlertBoard()
    for track, (priority, vrm) in enumerate([(20, "A1"), (90, "A2"), (20, "A3"), (50, "A4")], start=1):
        consider(board, sighting(track), hit(0.9, vrm, priority=priority), after_s=track)
    assert [a.hits[0].entry.vrm for a in board.queue()] == ["A2", "A4", "A1", "A3"]


def test_decisions_take_alerts_out_of_the_queue_and_are_kept() -> None:
    board = AlertBoard()
    consider(board, sighting(), hit(0.9))
    board.decide(1, "wrong_plate", NOW)
    assert board.queue() == ()
    step = board.finished()[0].steps[-1]
    assert (step.kind, step.decision) == (StepKind.DECIDED, "wrong_plate")
    consider(board, sighting(reads=3), hit(0.2))
    assert board.finished()[0].state is AlertState.DECIDED


def test_a_fault_stands_once_and_is_cleared() -> None:
    board = AlertBoard()
    fault = Fault("camera_frozen", "front", "The front camera stands still.", "Unplug it.", NOW)
    assert len(board.raise_fault(fault, NOW)) == 1
    assert board.raise_fault(fault, NOW) == ()
    assert board.raise_fault(replace(fault, text="It stands still, 9 s."), NOW) == ()
    assert [one.text for one in board.standing_faults()] == ["It stands still, 9 s."]
    assert [len(alert.steps) for alert in board.queue()] == [1]
    assert board.raise_fault(replace(fault, subject="rear"), NOW) != ()
    board.acknowledge(1, NOW)
    assert board.clear_fault("camera_frozen", "front", NOW)[0].state is AlertState.CLEARED
    assert board.clear_fault("camera_frozen", "front", NOW) == ()
    with pytest.raises(InputError):
        board.decide(2, "confirmed", NOW)


def test_an_unknown_alert_is_the_callers_mistake() -> None:
    with pytest.raises(InputError, match="no alert 7"):
        AlertBoard().acknowledge(7, NOW)


def test_a_past_sighting_is_marked() -> None:
    board = AlertBoard()
    assert board.look_back(hit(0.9), NOW)[0].past


def test_finished_alerts_are_forgotten_beyond_the_limit_but_waiting_ones_never() -> None:
    board = AlertBoard(AlertSettings(kept=5))
    for track in range(1, 31):
        consider(board, sighting(track), hit(0.9, f"AB{track}"), after_s=track)
        consider(board, sighting(track, final=True), hit(0.9, f"AB{track}"), after_s=track)
        if track % 2:
            board.decide(track, "no_action", NOW)
    assert [a.alert_id for a in board.finished()] == [29, 27, 25, 23, 21]  # the latest are kept
    assert len(board.queue()) == 15


def test_a_new_shift_has_met_nobody_and_keeps_what_it_is_told_to() -> None:
    board = AlertBoard()
    board.raise_fault(Fault("disk_full", "", "Disk full", "Free space.", NOW), NOW)
    consider(board, sighting(1, final=True), hit(0.9))
    consider(board, sighting(2, final=True, at=NOW + timedelta(seconds=200)), hit(0.9))
    older, newer = (alert.alert_id for alert in board.queue() if alert.hits)
    board.begin_shift(lambda alert: alert.alert_id == newer)
    assert [alert.alert_id for alert in board.queue() if alert.hits] == [newer]
    assert len(board.standing_faults()) == 1
    assert board.first_id > newer > older
    # within the encounter of the shift before, and yet a vehicle that is met for the first time
    consider(board, sighting(3, at=NOW + timedelta(seconds=201)), hit(0.9))
    fresh = max(board.queue(), key=lambda alert: alert.alert_id)
    assert (fresh.alert_id, fresh.repeats, fresh.seen_before) == (board.first_id, 0, None)
    assert board.get(newer).repeats == 0
    board.decide(newer, "confirmed", NOW)
    board.begin_shift(lambda _: False)
    assert [alert.fault is not None for alert in board.queue()] == [True]
    assert board.finished() == ()


def test_what_is_confirmed_and_comes_into_doubt_is_not_called_confirmed() -> None:
    board = AlertBoard()
    assert consider(board, sighting(reads=3), hit(0.995)) == [(AlertState.CONFIRMED_BY_EVIDENCE, 0.995)]
    assert consider(board, sighting(reads=4), hit(0.6)) == [(AlertState.RAISED, 0.6)]
    assert board.queue()[0].steps[-1].kind is StepKind.IN_DOUBT
    assert consider(board, sighting(reads=5, final=True), hit(0.6)) == [(AlertState.RAISED, 0.6)]
    assert [step.kind for step in board.queue()[0].steps].count(StepKind.IN_DOUBT) == 1


def test_a_vehicle_that_has_passed_confirms_only_what_still_holds() -> None:
    board = AlertBoard()
    assert consider(board, sighting(), hit(0.85)) == [(AlertState.RAISED, 0.85)]
    assert consider(board, sighting(final=True), hit(0.7)) == [(AlertState.RAISED, 0.7)]
