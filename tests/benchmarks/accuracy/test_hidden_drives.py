"""What is alerted of vehicles with a character hidden: the counting, and two passes through the whole engine."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from anpr.errors import InputError
from anpr.values import AlertState, Hit
from benchmarks.accuracy.hidden_drives import HiddenOutcome, hidden_section, outcome, planned, run_hidden_drives
from benchmarks.drives.hidden import NOTHING, HiddenPass, plan_pass
from tests.builders.alert import alert
from tests.builders.hit import hit as made_hit


def hit(mark: str, *, possible: bool = False, probability: float = 0.99) -> Hit:
    return replace(made_hit(probability, mark), possible=possible, offer=2.0 if possible else 0.0)


@pytest.fixture
def one() -> HiddenPass:
    return plan_pass("post", 0, 1)


def test_what_counts_is_the_worst_and_the_best_that_alerts_came_to(one: HiddenPass) -> None:
    short, own = hit(one.shortened), hit(one.vrm, possible=True, probability=0.3)
    possible_short = hit(one.shortened, possible=True)
    told = outcome(one, "a.mp4", 5, [alert(possible_short, own)], (one.shortened, 0.4))
    assert (told.told, told.possible, told.confirmed_other, told.raised_other) == (True, True, False, False)
    wrong = outcome(
        one, "a.mp4", 5, [alert(possible_short, own), alert(short, state=AlertState.CONFIRMED_BY_EVIDENCE), alert(possible_short)],
        (one.shortened, 0.99),
    )  # fmt: skip
    assert (wrong.told, wrong.confirmed_other, wrong.raised_other) == (True, True, True)
    raised_only = outcome(one, "a.mp4", 5, [alert(short)], (one.shortened, 0.99))
    assert (raised_only.told, raised_only.confirmed_other, raised_only.raised_other) == (False, False, True)
    right = outcome(one, "a.mp4", 5, [alert(hit(one.vrm), state=AlertState.CONFIRMED_BY_EVIDENCE)], (one.vrm, 1.0))
    assert (right.told, right.possible, right.confirmed_true, right.confirmed_other) == (True, False, True, False)
    unread = outcome(one, "a.mp4", 1, [], ("", 0.0))
    assert not unread.counts
    assert (unread.told, unread.confirmed_other, unread.confirmed_true) == (False, False, False)


def test_the_section_keeps_whole_plates_apart_and_names_what_was_confirmed(one: HiddenPass) -> None:
    base = HiddenOutcome("post", one.vrm, one.shortened, "a", 9, one.shortened, 0.9, False, False, True, True, False)
    outcomes = [base, replace(base, confirmed_other=True), replace(base, hider=NOTHING), replace(base, legible=0)]
    section = hidden_section("t", outcomes)
    by_hider = {row["hider"]: row for row in section["figures"]}
    assert by_hider["hidden, together"]["confirmed on another mark"]["value"] == 0.5
    assert by_hider["hidden, together"]["confirmed on another mark"]["count"] == 2
    assert by_hider[NOTHING]["confirmed on another mark"]["value"] == 0.0
    assert len(section["confirmed_on_another"]) == 1
    assert section["rows"][-1]["passes"] == 2
    with pytest.raises(InputError, match="no hider"):
        planned(3, 1, ())


def test_passes_go_through_the_whole_engine_and_clips_are_kept(tmp_path: Path) -> None:
    passes = [p for p in planned(24, 4, (NOTHING, "post")) if p.drive.movers[0].lane == "following"]
    whole = next(p for p in passes if p.hider == NOTHING)
    behind = next(p for p in passes if p.hider == "post")
    chosen = [replace(one, drive=replace(one.drive, seconds=1.2)) for one in (whole, behind)]
    first, second = run_hidden_drives(chosen, tmp_path)
    assert first.legible > 5
    assert first.told
    assert not first.confirmed_other
    assert second.hider == "post"
    assert second.read
    assert np.isfinite(second.confidence)
    kept = {path: path.stat().st_mtime_ns for path in tmp_path.glob("*.mp4")}
    assert len(kept) == 2
    assert run_hidden_drives(chosen, tmp_path) == [first, second]
    assert kept == {path: path.stat().st_mtime_ns for path in tmp_path.glob("*.mp4")}
