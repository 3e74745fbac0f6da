from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from anpr.alerting.board import AlertBoard, AlertSettings
from anpr.errors import InputError
from anpr.evidence import spell
from anpr.values import AlertState, Fault, Hit, HotlistEntry, HotlistInfo, Position, Sighting, StepKind
from tests.builders.read import read_of

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def sighting(
    track: int = 1, reads: int = 1, *, final: bool = False, at: datetime = NOW, latitude: float = 51.0
) -> Sighting:
    return Sighting(
        track, "front", 0, final, "AB12CDE", 0.9, (("AB12CDE", 0.9),), spell("AB12CDE"),
        tuple(read_of("AB12CDE", i / 30) for i in range(reads)), 0, 0, at, at,
        position=Position(latitude, 0.0, at, 0.2, stale=False),
    )  # fmt: skip


def hit(p: float, vrm: str = "AB12CDE", list_name: str = "stolen", priority: int = 80) -> Hit:
    info = HotlistInfo(list_name, 1, NOW, NOW, priority=priority, threshold=0.8)
    return Hit(sighting(), HotlistEntry(vrm, list_name), info, p, vrm == "AB12CDE", "AB12CDE", 60.0)


def consider(board: AlertBoard, s: Sighting, *hits: Hit, after_s: float = 0.0) -> list[tuple[AlertState, float]]:
    changed = board.consider(s, hits, now_utc=NOW + timedelta(seconds=after_s), frame_age_ms=40)
    return [(a.state, a.probability) for a in changed]


def test_the_first_frame_above_the_threshold_raises() -> None:
    board = AlertBoard()
    assert consider(board, sighting(), hit(0.7)) == []
    assert consider(board, sighting(), hit(0.85)) == [(AlertState.RAISED, 0.85)]
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
    assert consider(board, sighting(final=True), hit(0.9)) == [(AlertState.CONFIRMED_BY_EVIDENCE, 0.9)]


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


def test_a_vehicle_seen_again_is_folded_into_its_alert_until_the_window_is_over() -> None:
    board = AlertBoard()
    consider(board, sighting(1), hit(0.9))
    later = sighting(2, at=NOW + timedelta(seconds=500))
    consider(board, later, hit(0.95), after_s=500)
    assert [(a.repeats, a.probability) for a in board.queue()] == [(1, 0.95)]
    consider(board, sighting(3, at=NOW + timedelta(seconds=1200)), hit(0.9), after_s=1200)
    assert [a.repeats for a in board.queue()] == [1, 0]


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
    assert len(board.finished()) == 5
    assert len(board.queue()) == 15


def test_a_vehicle_seen_again_far_away_is_a_new_alert() -> None:
    board = AlertBoard()
    consider(board, sighting(1, latitude=51.0), hit(0.9))
    consider(board, sighting(2, latitude=51.01), hit(0.9), after_s=60)
    assert [a.repeats for a in board.queue()] == [1]
    consider(board, sighting(3, latitude=51.2), hit(0.9), after_s=120)
    assert [a.repeats for a in board.queue()] == [1, 0]
