from datetime import UTC, datetime

from anpr.screen.steps import shown_steps, was_corrected

from anpr.alerting.board import AlertBoard
from tests.anpr.alerting.test_board import NOW, consider, hit, sighting


def words(board: AlertBoard) -> list[str]:
    return [step.words for step in shown_steps(board.queue()[0].steps)]


def test_what_the_board_keeps_is_told_in_words() -> None:
    board = AlertBoard()
    consider(board, sighting(), hit(0.85, "AB12CDF"))
    assert words(board) == []  # raised: the alert itself says so
    assert not was_corrected(board.queue()[0].steps)
    consider(board, sighting(reads=2), hit(0.9, "AB12CDE"))
    assert words(board) == ["Corrected: later frames read AB12CDE, not AB12CDF"]
    assert was_corrected(board.queue()[0].steps)
    consider(board, sighting(reads=3), hit(0.219))
    assert words(board)[1:] == ["Withdrawn: later frames do not fit (21 %)"]
    board.acknowledge(1, NOW)
    consider(board, sighting(reads=4), hit(0.91))
    assert words(board)[2:] == ["Raised again: later frames fit after all (91 %)"]
    assert datetime.fromisoformat(shown_steps(board.queue()[0].steps)[0].at_utc) == NOW


def test_of_many_repeats_the_last_is_shown_and_it_is_no_alarm() -> None:
    board = AlertBoard()
    for track in range(1, 6):
        consider(board, sighting(track, final=True), hit(0.9), after_s=track)
    (step,) = shown_steps(board.queue()[0].steps)
    assert (step.words, step.alarm) == ("Seen again", False)
    assert datetime.fromisoformat(step.at_utc) == NOW.replace(second=5)


def test_a_step_of_any_other_form_is_shown_as_it_is() -> None:
    odd = ("Corrected by hand", "", "2026-11-22 x", "x nan", "x 1.5", "y 0.5")
    assert [step.words for step in shown_steps(odd)] == ["Corrected by hand", "", "x", "x nan", "x 1.5", "y (50 %)"]
    assert len(shown_steps([f"{datetime.now(UTC).isoformat()} note {n}" for n in range(100)])) == 6
