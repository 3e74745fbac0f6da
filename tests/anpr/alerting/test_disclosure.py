"""What may be shown of a covert list: by value, and that nothing else in the program asks whether a list is one."""

import ast
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from anpr.alerting.board import AlertBoard
from anpr.alerting.disclosure import Audience, ListNames, is_covert, may_show, shown_entries, shown_hits
from anpr.values import HotlistEntry, HotlistInfo
from tests.anpr.alerting.test_board import NOW, consider, hit, sighting
from tests.anpr.real_desk import COVERT, NO_TAX, STOLEN

HIDDEN_INFO = HotlistInfo("Op Kestrel", 1, NOW, NOW, priority=90, covert=True)
OPEN_INFO = HotlistInfo("Stolen", 1, NOW, NOW, priority=80)
CREW = ListNames.of([COVERT, STOLEN, NO_TAX])
SUPERVISOR = ListNames.of([COVERT, STOLEN, NO_TAX], Audience.SUPERVISOR)

MAY_READ_COVERT = {
    "anpr/alerting/disclosure.py": "the one place that decides by it",
    "hotlists/store/status.py": "carries it",
    "hotlists/matching/in_force.py": "carries it",
    "hotlists/sync/publish.py": "names no covert list where its withdrawal is refused",
    "hotlists/sync/withdrawal.py": "wants a second signature for a list that becomes covert",
    "benchmarks/shift/judge.py": "judges that nothing of it is shown",
    "benchmarks/shift/witness.py": "tells the judge of the shift what must never be shown",
}


def test_the_crew_is_shown_open_lists_and_a_supervisor_all() -> None:
    assert [may_show(one) for one in (HIDDEN_INFO, OPEN_INFO)] == [False, True]
    assert [may_show(one, Audience.SUPERVISOR) for one in (HIDDEN_INFO, OPEN_INFO)] == [True, True]
    assert (is_covert(HIDDEN_INFO), is_covert(OPEN_INFO)) == (True, False)
    found = [(HotlistEntry("AB12CDE", info.name), info, 5.0) for info in (HIDDEN_INFO, OPEN_INFO)]
    assert shown_entries(found) == found[1:]
    assert shown_entries(found, Audience.SUPERVISOR) == found
    open_hit = hit(0.9)
    assert shown_hits([open_hit]) == [open_hit]


def test_the_audiences_are_told_apart_by_their_names() -> None:
    assert {one.value: may_show(HIDDEN_INFO, one) for one in Audience} == {"crew": False, "supervisor": True}


def test_nothing_covert_comes_onto_the_board() -> None:
    board = AlertBoard()
    covert = replace(hit(0.9, priority=90), hotlist=HIDDEN_INFO)
    assert consider(board, sighting(1), covert) == []
    assert board.look_back(covert, NOW) == ()
    assert board.queue() == ()
    assert len(consider(board, sighting(2), covert, hit(0.9, priority=80))) == 1
    (alert,) = board.queue()
    assert ([h.hotlist.name for h in alert.hits], alert.priority) == (["stolen"], 80)
    earlier = replace(sighting(-3), first_utc=NOW - timedelta(hours=1), last_utc=NOW - timedelta(hours=1))
    assert board.look_back(replace(hit(0.9), sighting=earlier), NOW)[0].past


@pytest.mark.parametrize(
    ("text", "told"),
    [("revision 3 of the hotlist 'Op Kestrel' is refused", "one failed"), ("op kestrel", "one failed"),
     ("Stolen is refused", "Stolen is refused"), ("Op Kestrels", "Op Kestrels"), ("", "")],
)  # fmt: skip
def test_a_text_that_names_a_hidden_list_is_replaced(text: str, told: str) -> None:
    assert CREW.text(text, "one failed") == told
    assert SUPERVISOR.text(text, "one failed") == text


def test_what_is_hidden_at_one_of_two_moments_stays_hidden() -> None:
    later = ListNames.of([STOLEN, COVERT.changed(covert=False)])
    both = CREW.with_those_of(later)
    assert both.only_shown(["Op Kestrel", "Stolen", "unknown"]) == ("Stolen", "unknown")
    assert "Op Kestrel" not in both.shown


@pytest.mark.parametrize(
    ("detail", "withheld"),
    [({"list": "Op Kestrel", "vrm": "AB12CDE"}, True), ({"list": "Stolen", "vrm": "AB12CDE"}, False),
     ({"list": "erased since"}, True), ({"updated": "Stolen, Op Kestrel", "erased": ""}, True),
     ({"updated": "Stolen, No tax", "erased": ""}, False), ({"lists": "all", "rollbacks": ""}, False),
     ({"updated": "", "erased": "gone"}, True), ({"note": "as on op kestrel"}, True), ({"vrm": "AB12CDE"}, False), ({}, False)],
)  # fmt: skip
def test_an_audit_entry_that_names_a_hidden_or_unknown_list_is_withheld(detail: dict[str, str], withheld: bool) -> None:
    assert CREW.may_show_audit(detail) is not withheld
    assert SUPERVISOR.may_show_audit(detail)


def test_nothing_else_asks_whether_a_list_is_covert() -> None:
    readers = set()
    for room in ("anpr", "hotlists", "camera", "benchmarks", "models"):
        for file in Path(room).rglob("*.py"):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            for node in ast.walk(tree):
                read = isinstance(node, ast.Attribute) and node.attr == "covert"
                asked = isinstance(node, ast.Call) and any(
                    isinstance(a, ast.Constant) and a.value == "covert" for a in node.args[1:2]
                )
                if read or asked:
                    readers.add(file.as_posix())
    assert readers == set(MAY_READ_COVERT)
