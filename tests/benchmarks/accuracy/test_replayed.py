"""The JSON lines of a replay as the benchmarks read them."""

import pytest

from anpr.errors import InputError
from benchmarks.accuracy.replayed import AlertAt, parse
from tests.benchmarks.made_clips import lines, sighting, summary


def test_sightings_alerts_and_the_summary_are_read() -> None:
    said = parse(
        lines([
            sighting("ab46 cde", [3, 4], 10, 0.75),
            {"type": "alert", "vrm": "AB46 CDE", "state": "raised", "at_s": 0.5},
            {"type": "alert", "vrm": "AB46CDE", "state": "confirmed_by_evidence", "at_s": 0.6},
            {"type": "alert", "vrm": None, "state": "raised", "at_s": 0.7},
            {"type": "weather", "says": "more may come"},
            summary(7),
        ])
    )  # fmt: skip
    (one,) = said.sightings
    assert (one.text, one.confidence, one.first_s, one.last_s) == ("AB46CDE", 0.75, 0.3, 0.4)
    assert [(read.frame, read.text, read.box) for read in one.reads] == [
        (3, "AB46CDE", (11.0, 101.0, 89.0, 119.0)), (4, "AB46CDE", (11.0, 101.0, 89.0, 119.0)),
    ]  # fmt: skip
    assert said.alerts == [AlertAt("AB46CDE", 0.5)]
    assert said.summary["frames"] == 7


@pytest.mark.parametrize(
    "bad",
    [
        "[]",
        "7",
        '"text"',
        '{"no": "type"}',
        '{"type": "sighting", "text": "A1"}',
        '{"type": "alert", "vrm": "A", "state": "raised"}',
    ],
)
def test_the_first_line_that_is_not_as_agreed_is_named(bad: str) -> None:
    with pytest.raises(InputError, match="line 3 of the replay") as refused:
        parse([*lines([sighting("AB46CDE", [3], 10)]), "", bad, *lines([summary()])])
    assert bad in str(refused.value)


def test_a_replay_without_its_summary_did_not_finish() -> None:
    with pytest.raises(InputError, match="without its summary"):
        parse(lines([sighting("AB46CDE", [3], 10)]))
