"""What is known of the bugs that were tried: a file of JSON lines, and a summary."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Lock
from typing import Final

from tests.mutation.draw import room_of
from tests.mutation.trial import Verdict

NOTICED: Final = frozenset({Verdict.CAUGHT, Verdict.TIMED_OUT})
COUNTED: Final = NOTICED | {Verdict.SURVIVED, Verdict.UNTESTED}
"""Verdicts that go into the share; what is stale or broken has none."""


@dataclass(frozen=True, slots=True)
class Result:
    """One bug and what became of it; `tree` names the state of code and tests that it was tried on."""

    key: str
    tree: str
    path: str
    line: int
    kind: str
    before: str
    after: str
    verdict: Verdict
    by: str
    seconds: float

    @property
    def is_noticed(self) -> bool:
        """Whether a test noticed the bug."""
        return self.verdict in NOTICED


@dataclass(slots=True)
class Results:
    """Results of one run and of those before it, on disk after each; safe from several threads."""

    file: Path
    _known: dict[str, Result] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        if self.file.exists():
            for line in self.file.read_text(encoding="utf-8").splitlines():
                try:
                    fields = json.loads(line)
                    result = Result(**fields | {"verdict": Verdict(fields["verdict"])})
                except (ValueError, TypeError, KeyError):  # a run that was killed may leave half a line
                    continue
                self._known[result.key] = result

    def known(self, key: str, tree: str) -> Result | None:
        """Return what holds still: every result of this tree, and of earlier ones what a test noticed.

        The key stands for the file with the bug, so a test that noticed it once would do so again; a survivor may
        have been caught since.
        """
        result = self._known.get(key)
        if result is None or result.verdict is Verdict.BROKEN:
            return None
        return result if result.is_noticed or result.tree == tree else None

    def add(self, result: Result) -> None:
        """Keep a result."""
        with self._lock:
            self._known[result.key] = result
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with self.file.open("a", encoding="utf-8") as out:
                out.write(json.dumps(asdict(result), ensure_ascii=False) + "\n")


def summary(results: Iterable[Result]) -> str:
    """Return the survivors, then a table of the rooms."""
    results = list(results)
    lines = []
    for one in sorted(results, key=lambda one: (one.verdict, one.path, one.line)):
        if not one.is_noticed:
            lines += [f"{one.verdict}: {one.path}:{one.line} ({one.kind})", f"  - {one.before}", f"  + {one.after}"]
            lines += [f"  {one.by}"] if one.by else []
    lines.append(f"{'room':<10}{'tried':>7}{'caught':>8}{'timed out':>11}{'survived':>10}{'share':>8}")
    by_room: dict[str, list[Result]] = {}
    for one in results:
        by_room.setdefault(room_of(one.path), []).append(one)
    for room, some in [*sorted(by_room.items()), ("all", results)]:
        counts = Counter(one.verdict for one in some)
        survived = counts[Verdict.SURVIVED] + counts[Verdict.UNTESTED]
        lines.append(
            f"{room:<10}{len(some):>7}{counts[Verdict.CAUGHT]:>8}{counts[Verdict.TIMED_OUT]:>11}{survived:>10}"
            f"{share(some):>8.1%}"
        )
    return "\n".join(lines)


def share(results: Iterable[Result]) -> float:
    """Return which part of the bugs that were tried was noticed; 1 when none was tried."""
    counted = [one.is_noticed for one in results if one.verdict in COUNTED]
    return sum(counted) / len(counted) if counted else 1.0
