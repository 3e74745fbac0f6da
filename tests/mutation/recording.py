"""A pytest plugin (`-p tests.mutation.recording`): notes which lines each test executes, and how long it takes.

Writes JSON to the file in MUTATION_MAP. What runs in another process that a test starts is not seen.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import coverage
import pytest

_MEASURED = coverage.Coverage(data_file=None, source=["anpr", "hotlists"], context="import", messages=False)
_SECONDS: dict[str, float] = {}
_SKIPPED: set[str] = set()
_FAILED: set[str] = set()


def pytest_configure() -> None:
    """Begin before anything of the product is imported."""
    _MEASURED.start()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Count what runs from here on for this test, its fixtures included."""
    _MEASURED.switch_context(item.nodeid)
    try:
        return (yield)
    finally:
        _MEASURED.switch_context("")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add up setup, call and teardown."""
    _SECONDS[report.nodeid] = _SECONDS.get(report.nodeid, 0.0) + report.duration
    if report.failed:
        _FAILED.add(report.nodeid)
    elif report.skipped:
        _SKIPPED.add(report.nodeid)


def pytest_sessionfinish() -> None:
    """Write the map: file -> line -> numbers of tests."""
    _MEASURED.stop()
    data = _MEASURED.get_data()
    tests = sorted(_SECONDS.keys() - _FAILED - _SKIPPED)
    number = {f"import|{test}": at for at, test in enumerate(tests)}
    files: dict[str, dict[int, list[int]]] = {}
    for file in data.measured_files():
        lines = {
            line: sorted(number[context] for context in contexts if context in number)
            for line, contexts in data.contexts_by_lineno(file).items()
        }
        files[Path(file).relative_to(Path.cwd()).as_posix()] = lines
    content = {
        "tests": tests,
        "seconds": [round(_SECONDS[test], 3) for test in tests],
        "failed": sorted(_FAILED),
        "files": files,
    }
    Path(os.environ["MUTATION_MAP"]).write_text(json.dumps(content), encoding="utf-8")
