import json
import os
import time
from pathlib import Path

import pytest

from tests.mutation.covering import CoverMap, cover_map, tree_hash
from tests.mutation.mutant import Mutant
from tests.mutation.trial import Trial, Verdict, Workshop, judged

SOURCE = """\
LIMIT = 3


def is_short(text):
    return len(text) <= LIMIT


def shortened(text):
    while not is_short(text):
        text = text[1:]
    return text


def unknown(text):
    return text + text
"""
TESTS = """\
from anpr.short import is_short, shortened


def test_length():
    assert is_short("abc") and not is_short("abcd")


def test_shortened():
    assert shortened("abcde") == "cde"


def test_that_never_passes():
    assert not shortened("ab")
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small product with one room and its tests."""
    tree = tmp_path / "product"
    for file, text in {
        "anpr/__init__.py": "",
        "anpr/short.py": SOURCE,
        "hotlists/__init__.py": "",
        "tests/anpr/test_short.py": TESTS,
    }.items():
        (tree / file).parent.mkdir(parents=True, exist_ok=True)
        (tree / file).write_text(text)
    return tree


def bug(before: str, after: str) -> Mutant:
    at = SOURCE.index(before)
    line = SOURCE.count("\n", 0, at) + 1
    return Mutant("anpr/short.py", "known", at, at + len(before), after, (line, line))


def test_bugs_are_caught_and_survive_and_the_copy_is_mended(tree: Path, tmp_path: Path) -> None:
    workshop = Workshop.of(tree, tmp_path / "job")
    length, shortened = (f"tests/anpr/test_short.py::test_{name}" for name in ("length", "shortened"))

    def tried(before: str, after: str, *tests: str) -> Trial:
        return workshop.try_out(bug(before, after), tests, 120.0)

    caught = tried("<= LIMIT", "<  LIMIT", length, shortened)
    assert (caught.verdict, caught.by) == (Verdict.CAUGHT, length)
    assert tried("text + text", "text - text", length).verdict is Verdict.SURVIVED
    assert tried("LIMIT = 3", "LIMIT = 1 / 0", length).verdict is Verdict.CAUGHT
    assert tried("text + text", "text - text").verdict is Verdict.UNTESTED
    assert tried("<= LIMIT", "<  LIMIT", "tests/anpr/test_short.py::test_gone").verdict is Verdict.BROKEN
    assert (workshop.folder / "anpr/short.py").read_text() == SOURCE
    assert (tree / "anpr/short.py").read_text() == SOURCE


def test_what_a_hanging_test_started_is_ended_with_it(tree: Path, tmp_path: Path) -> None:
    if os.name != "posix":
        pytest.skip("processes are ended as a group on POSIX alone")
    note = tmp_path / "pid"
    (tree / "tests/anpr/test_child.py").write_text(
        "import subprocess, sys, pathlib\n\n\ndef test_child():\n"
        "    child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"    pathlib.Path({str(note)!r}).write_text(str(child.pid))\n"
        "    child.wait()\n"
    )
    workshop = Workshop.of(tree, tmp_path / "job")
    assert workshop.run(["tests/anpr/test_child.py"], 15.0).verdict is Verdict.TIMED_OUT
    pid = int(note.read_text())
    until = time.monotonic() + 10
    while _runs(pid) and time.monotonic() < until:
        os.sched_yield()
    assert not _runs(pid)


def _runs(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_the_map_knows_who_executes_a_line_and_is_made_once_for_a_tree(tree: Path, tmp_path: Path) -> None:
    # The plugin is found in this tree; the product under test is found in its own.
    (tree / "tests/mutation").symlink_to(Path(__file__).parent)
    cache = tmp_path / "cache"
    cover = cover_map(tree, cache)
    assert cover.failed == ["tests/anpr/test_short.py::test_that_never_passes"]
    length, shortened = sorted(cover.tests)
    assert set(cover.covering("anpr/short.py", (5, 5), most_s=60)) == {length, shortened}
    assert cover.covering("anpr/short.py", (10, 10), most_s=60) == [shortened]
    assert set(cover.covering("anpr/short.py", (1, 1), most_s=60)) == {length, shortened}
    assert cover.covering("anpr/none.py", (1, 1), most_s=60) == []
    (kept,) = cache.iterdir()
    kept.write_text(json.dumps(json.loads(kept.read_text()) | {"failed": ["kept"]}))
    assert cover_map(tree, cache).failed == ["kept"]
    before = tree_hash(tree)
    (tree / "anpr/short.py").write_text(SOURCE + "\n")
    assert tree_hash(tree) != before


def test_the_fastest_tests_are_asked_within_the_time() -> None:
    cover = CoverMap(["a", "b", "c"], [3.0, 1.0, 2.0], {"one.py": {"1": [0, 1, 2], "2": [0]}}, [])
    assert cover.covering("one.py", (1, 1), most_s=60) == ["b", "c", "a"]
    assert cover.covering("one.py", (1, 1), most_s=3) == ["b", "c"]
    assert cover.covering("one.py", (2, 2), most_s=1) == ["a"]
    assert cover.seconds_of(["b", "a"]) == 4.0


@pytest.mark.parametrize(
    ("code", "said", "verdict"),
    [
        (0, "3 passed", Verdict.SURVIVED),
        (1, "FAILED tests/a.py::test_a - assert 1", Verdict.CAUGHT),
        (2, "ERROR tests/a.py - NameError", Verdict.CAUGHT),
        (4, "ERROR tests/a.py - NameError\nERROR: found no collectors for tests/a.py::test_a", Verdict.CAUGHT),
        (4, "ImportError while loading conftest 'tests/conftest.py'.", Verdict.CAUGHT),
        (-11, "", Verdict.CAUGHT),
        (4, "ERROR: not found: tests/a.py::test_gone", Verdict.BROKEN),
        (5, "no tests ran", Verdict.BROKEN),
    ],
)
def test_what_pytest_says_is_judged(code: int, said: str, verdict: Verdict) -> None:
    assert judged(code, said)[0] is verdict
