"""Two reports side by side: which figures became better or worse beyond noise."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from anpr.errors import InputError
from benchmarks.accuracy.intervals import Estimate, apart
from benchmarks.report.sections import FORMAT

Verdict = Literal["better", "worse", "same"]
HIGHER_IS_BETTER: Final = frozenset(
    {"capture_rate", "read_rate", "read_rate_exact", "vehicles_read_right", "character_rate", "right"}
)


@dataclass(frozen=True, slots=True)
class Change:
    """One figure in both reports."""

    where: str
    name: str
    before: Estimate
    after: Estimate

    @property
    def verdict(self) -> Verdict:
        """Whether it changed beyond noise, and which way."""
        if not apart(self.before, self.after):
            return "same"
        rose = self.after.value > self.before.value
        return "better" if rose == (self.name in HIGHER_IS_BETTER) else "worse"


def load_report(path: Path) -> dict[str, Any]:
    """Read a report; raises InputError that names the file."""
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: no report that can be read ({error}); name a file written with --report") from error
    if not isinstance(report, dict) or report.get("format") != FORMAT:
        raise InputError(f"{path}: no report of this program; name a file written with --report")
    return report


def compare(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """Return every figure that both reports have, in the order of the later one."""
    old = {(where, name): figure for where, name, figure in _figures(before)}
    return [
        Change(where, name, old[where, name], figure) for where, name, figure in _figures(after) if (where, name) in old
    ]


def _figures(report: dict[str, Any]) -> Iterator[tuple[str, str, Estimate]]:
    for title, section in report["sections"].items():
        for name, figure in section.get("accuracy", {}).items():
            yield title, name, Estimate.from_json(figure)
        for name, figure in section.get("cost", {}).items():
            yield title, name, Estimate.from_json(figure)
        for by, groups in section.get("breakdowns", {}).items():
            for group, figures in groups.items():
                for name in ("capture_rate", "read_rate"):
                    yield f"{title}, {by} {group}", name, Estimate.from_json(figures[name])
        yield from _of_levels(title, section)
        for reader, figures in section.get("readers", {}).items():
            for name in ("read_rate", "character_rate"):
                if name in figures:
                    yield f"{title}, {reader}", name, Estimate.from_json(figures[name])


def _of_levels(title: str, section: dict[str, Any]) -> Iterator[tuple[str, str, Estimate]]:
    for level in section.get("levels", []):
        for name in ("right", "sure_and_wrong"):
            yield f"{title}, {level['kind']} {level['level']}", name, Estimate.from_json(level[name])
