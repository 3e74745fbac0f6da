from dataclasses import replace
from pathlib import Path

import pytest

from tests.mutation.known import Known, Stale
from tests.mutation.results import Result, Results, share, summary
from tests.mutation.trial import Verdict

ONE = Result("k1", "t1", "anpr/desk/desk.py", 7, "comparison", "a < b", "a <= b", Verdict.CAUGHT, "tests::t", 1.5)


def test_results_are_read_again_even_after_a_run_that_was_killed(tmp_path: Path) -> None:
    file = tmp_path / "state" / "results.jsonl"
    Results(file).add(ONE)
    with file.open("a") as out:
        out.write('{"key": "k2", "tre')
    assert Results(file).known("k1", "t1") == ONE
    assert Results(file).known("k2", "t1") is None


def test_survivors_are_tried_again_when_the_tree_changed_and_the_caught_are_not(tmp_path: Path) -> None:
    results = Results(tmp_path / "results.jsonl")
    results.add(ONE)
    results.add(replace(ONE, key="k2", verdict=Verdict.SURVIVED))
    results.add(replace(ONE, key="k3", verdict=Verdict.BROKEN))
    assert [key for key in ("k1", "k2", "k3") if results.known(key, "t1")] == ["k1", "k2"]
    assert [key for key in ("k1", "k2", "k3") if results.known(key, "t2")] == ["k1"]


def test_the_share_counts_hangs_as_noticed_and_leaves_out_what_has_no_verdict() -> None:
    made = [replace(ONE, verdict=verdict) for verdict in Verdict]
    assert share(made) == pytest.approx(2 / 4)
    assert share([]) == 1.0


def test_the_summary_names_survivors_with_both_lines_and_each_room() -> None:
    text = summary([ONE, replace(ONE, path="anpr/records/store.py", verdict=Verdict.SURVIVED)])
    assert "survived: anpr/records/store.py:7 (comparison)\n  - a < b\n  + a <= b" in text
    shares = {line.split()[0]: line.split()[-1] for line in text.splitlines()[-3:]}
    assert shares == {"desk": "100.0%", "records": "0.0%", "all": "50.0%"}


def test_a_hand_made_bug_has_its_place_or_is_stale(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("a = 1\nif a:\n    b = 2\n    c = 3\n")
    made = Known("it is wrong", "one.py", "    b = 2\n    c = 3", "    b = 3").mutant(tmp_path)
    assert made.lines == (3, 4)
    assert made.applied((tmp_path / "one.py").read_bytes()).decode() == "a = 1\nif a:\n    b = 3\n\n"
    for find, path in (("d = 4", "one.py"), (" = ", "one.py"), ("a = 1", "gone.py")):
        with pytest.raises(Stale):
            Known("it is wrong", path, find, "").mutant(tmp_path)
