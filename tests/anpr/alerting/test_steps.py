import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anpr.alerting.board import AlertBoard
from anpr.alerting.steps import raised_at, shown_steps, steps_json, steps_of, times_asked, was_corrected, was_seen
from anpr.values import AlertStep, StepKind
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


def test_being_seen_ends_with_whatever_changes_what_an_alert_says() -> None:
    seen = AlertStep(StepKind.ACKNOWLEDGED, NOW)
    asks = {
        kind for kind in StepKind if was_seen((seen, AlertStep(kind, NOW))) is False
    }  # fmt: skip
    assert asks == {
        StepKind.RAISED, StepKind.RAISED_LOOKING_BACK, StepKind.RAISED_AGAIN, StepKind.CORRECTED, StepKind.WITHDRAWN,
        StepKind.FURTHER_LIST,
        StepKind.SEEN_WHOLE,
    }  # fmt: skip
    assert not was_seen(())
    assert was_seen((AlertStep(StepKind.RAISED, NOW), seen))


def test_each_time_that_an_alert_asks_to_be_seen_is_counted() -> None:
    board = AlertBoard()
    consider(board, sighting(), hit(0.9))
    assert times_asked(board.get(1).steps) == 1
    board.acknowledge(1, NOW)
    consider(board, sighting(reads=2), hit(0.9))
    consider(board, sighting(2, final=True), hit(0.9))
    assert times_asked(board.get(1).steps) == 1
    consider(board, sighting(reads=3), hit(0.9), hit(0.9, list_name="wanted"))
    assert (times_asked(board.get(1).steps), words(board)[-1]) == (2, "On a further list as well (90 %)")


def test_only_the_moment_of_raising_counts_as_raised() -> None:
    steps = (AlertStep(StepKind.RAISED, NOW), AlertStep(StepKind.CONFIRMED, NOW))
    assert raised_at(steps, NOW)
    assert not raised_at(steps, NOW.replace(second=1))
    assert not raised_at((), NOW)


OLD = [
    ("raised 0.850", AlertStep(StepKind.RAISED, NOW, 0.85)),
    ("raised", AlertStep(StepKind.RAISED, NOW)),
    ("raised looking back 0.970", AlertStep(StepKind.RAISED_LOOKING_BACK, NOW, 0.97)),
    ("confirmed 1.000", AlertStep(StepKind.CONFIRMED, NOW, 1.0)),
    ("withdrawn 0.210", AlertStep(StepKind.WITHDRAWN, NOW, 0.21)),
    ("raised again 0.900", AlertStep(StepKind.RAISED_AGAIN, NOW, 0.9)),
    ("seen again 0.950", AlertStep(StepKind.SEEN_AGAIN, NOW, 0.95)),
    ("acknowledged", AlertStep(StepKind.ACKNOWLEDGED, NOW)),
    ("cleared", AlertStep(StepKind.CLEARED, NOW)),
    ("corrected from AB51CDE to AB51* 0.973", AlertStep(StepKind.CORRECTED, NOW, 0.973, "AB51CDE", "AB51*")),
    ("decided wrong_plate", AlertStep(StepKind.DECIDED, NOW, decision="wrong_plate")),
    ("turned over by hand 0.500", AlertStep(StepKind.OTHER, NOW, 0.5, words="turned over by hand")),
]


@pytest.mark.parametrize(("phrase", "step"), OLD)
def test_the_phrases_of_the_first_version_are_read(phrase: str, step: AlertStep) -> None:
    stored = f"{NOW.isoformat(timespec='milliseconds')} {phrase}"
    assert steps_of(json.dumps([stored])) == (step,)


@pytest.mark.parametrize(
    ("odd", "shown"), [("Corrected by hand", "Corrected by hand"), ("", ""), ("x nan", "x nan"), ("x 1.5", "x 1.5"),
                       ("y 0.5", "y (50 %)"), ("2026-11-22 x", "x")],
)  # fmt: skip
def test_a_phrase_of_any_other_form_is_kept_as_it_is(odd: str, shown: str) -> None:
    assert [step.words for step in shown_steps(steps_of(json.dumps([odd])))] == [shown]


def test_no_more_than_the_last_six_are_shown() -> None:
    steps = [AlertStep(StepKind.OTHER, NOW, words=f"note {n}") for n in range(100)]
    assert [step.words for step in shown_steps(steps)] == [f"note {n}" for n in range(94, 100)]


def test_a_kind_of_a_later_version_is_kept_as_words() -> None:
    stored = json.dumps([{"kind": "handed_over", "at_utc": NOW.isoformat(), "to": "station"}])
    assert steps_of(stored) == (AlertStep(StepKind.OTHER, NOW, words="handed_over"),)


@pytest.mark.parametrize("damaged", ["", "{}", "[7]", '[{"kind": "raised", "at_utc": "soon"}]', "[{", "null"])
def test_what_no_version_has_written_is_said(damaged: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of whatever kind
        steps_of(damaged)


texts = st.text(max_size=12)
steps_strategy = st.lists(
    st.builds(
        AlertStep, st.sampled_from(StepKind), st.none() | st.datetimes(timezones=st.just(UTC)),
        st.none() | st.floats(0.0, 1.0), texts, texts, texts, texts,
    )
)  # fmt: skip


@settings(deadline=None)
@given(steps_strategy)
def test_any_steps_survive_being_stored(steps: list[AlertStep]) -> None:
    text = steps_json(steps)
    assert text.isascii()
    assert steps_of(text) == tuple(steps)


@settings(deadline=None)
@given(st.lists(st.text(max_size=40)))
def test_any_phrases_are_read(phrases: list[str]) -> None:
    steps = steps_of(json.dumps(phrases))
    assert len(steps) == len(phrases)
    shown_steps(steps)
