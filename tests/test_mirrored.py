"""Tests mirror the tree: what a module does is tested in the file of its name, in the folder of its name."""

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
TESTS: Final = ROOT / "tests"
PACKAGES: Final = ("anpr", "camera", "hotlists", "models", "benchmarks")

WITHOUT_A_TEST_FILE: Final = 48
"""How many modules may have no test file of their name: values, data, wiring. It only ever goes down.

Lower it whenever it can be lowered; a new module comes with its tests.
"""

NAMED_SO_BY_CHANCE: Final = frozenset(("tests/anpr/screen/test_queue.py", "tests/mutation/test_places.py"))
"""Test files that are about something else than the module of their name: one is about the page in a browser, the other about places
where a bug can be put."""


def modules() -> list[Path]:
    """The modules of all packages, as paths from the root."""
    found = (path.relative_to(ROOT) for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))
    return [path for path in found if path.name != "__init__.py"]


def file_for(module: Path) -> Path:
    """Where the tests of a module stand, as a path from the root."""
    return Path("tests") / module.parent / f"test_{module.name}"


def test_test_file_that_is_named_after_a_module_stands_in_the_mirrored_folder() -> None:
    right = {file_for(module) for module in modules()}
    names = {path.name for path in right}
    present = [path.relative_to(ROOT) for path in sorted(TESTS.rglob("test_*.py"))]
    strayed = [str(path) for path in present if path.name in names and path not in right]
    assert [path for path in strayed if path not in NAMED_SO_BY_CHANCE] == []


def test_modules_without_a_file_for_their_name_become_fewer() -> None:
    without = [str(module) for module in modules() if not (ROOT / file_for(module)).exists()]
    listed = "\n".join(without)
    assert len(without) <= WITHOUT_A_TEST_FILE, (
        f"{len(without)} modules have no test file of their name, {WITHOUT_A_TEST_FILE} may; write the tests:\n{listed}"
    )
