"""One table of faults: nothing makes a fault beside it, every row of it is raised somewhere, every name is in it."""

import ast
import string
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import anpr
from anpr.faults import FaultKind, Mark, kind_of
from anpr.values import Level

ROOT = Path(anpr.__file__).parents[1]
NOW = datetime(2026, 1, 1, tzinfo=UTC)
FIGURES: dict[str, Any] = {"budget_ms": 250.0}


def product() -> Iterator[tuple[Path, ast.Module]]:
    for room in ("anpr", "camera", "hotlists", "benchmarks"):
        for file in sorted((ROOT / room).rglob("*.py")):
            yield file.relative_to(ROOT), ast.parse(file.read_text(encoding="utf-8"))


def test_nothing_but_the_table_makes_a_fault() -> None:
    makers = {
        str(file)
        for file, tree in product()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "Fault"
    }
    assert makers == {"anpr/faults.py"}


def test_every_row_is_raised_somewhere_and_no_row_is_missing() -> None:
    named = {
        node.attr
        for file, tree in product()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "FaultKind" and str(file) != "anpr/faults.py"
    }
    assert named == {kind.name for kind in FaultKind}


def test_no_fault_is_named_by_a_text() -> None:
    ids = {kind.id for kind in FaultKind}
    texts = [
        (str(file), node.value)
        for file, tree in product()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value in ids
    ]
    assert texts == []


@pytest.mark.parametrize("kind", list(FaultKind))
def test_words_and_remedy_are_whole_sentences(kind: FaultKind) -> None:
    made = kind.fault(NOW, "front", **FIGURES)
    assert made.name == kind.name.lower()
    assert kind_of(made) is kind
    assert made.text.endswith(".")
    assert not made.text.endswith("..")
    assert made.remedy.endswith(".")
    assert "{" not in made.text + made.remedy
    assert 0 < made.priority <= 100
    assert kind.level is not Level.OK
    assert kind.fault(NOW, "front", "a detail.", **FIGURES).text.endswith("(a detail).")


def test_figures_that_are_missing_are_an_error() -> None:
    fields = {name for kind in FaultKind for _, name, *_ in string.Formatter().parse(kind.value.words) if name}
    assert fields - {"subject"} == set(FIGURES)
    with pytest.raises(KeyError):
        FaultKind.BUDGET_MISSED.fault(NOW)


@pytest.mark.parametrize(
    ("mark", "ids"),
    [
        (Mark.LISTS, "hotlists_unreadable hotlist_stale hotlist_sync_failed hotlist_reload_failed look_back_failed"),
        (Mark.DISK, "disk_full records_unwritable records_failed log_failed"),
        (Mark.BUDGET, "budget_missed effort_lowered"),
        (Mark.GPS, "gps_unplugged gps_silent gps_no_fix gps_failed"),
        (Mark.CAMERAS, "camera_unplugged camera_frozen perception_failed watch_failed"),
    ],
)
def test_faults_turn_the_mark_under_which_a_crew_looks_for_them(mark: Mark, ids: str) -> None:
    assert {kind.id for kind in FaultKind if kind.mark is mark} >= set(ids.split())
