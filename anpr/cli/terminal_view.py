"""A patrol in as many lines and columns as a terminal has: nothing wraps, nothing scrolls, what does not fit is counted.

Faults come whole before anything else gets a line; alerts and sightings share what is left.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from rich.cells import cell_len, set_cell_size
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

COLOURS: Final = {"ok": "green", "warning": "yellow", "fault": "red"}

LEAST_ROWS: Final = 2
"""Rows that alerts and sightings have each, however many faults there are."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line: columns that are always shown whole, and `what`, which is shortened to what is left of the line."""

    before: str
    what: str
    after: str = ""


@dataclass(frozen=True, slots=True)
class TerminalView:
    """What is shown: `head` counts, `notes` whole lines, `marks` (name, level, words), `alerts` of `waiting`, `seen`."""

    head: str
    notes: Sequence[str] = ()
    marks: Sequence[tuple[str, str, str]] = ()
    alerts: Sequence[Row] = ()
    waiting: int = 0
    seen: Sequence[Row] = field(default=())

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Give one line after the other, none wider than the console and not more than it has."""
        lines = self.lines(console, options.max_width, options.size.height)
        yield Text("\n").join(lines)

    def lines(self, console: Console, width: int, height: int) -> list[Text]:
        """Return the lines, each at most `width` columns, at most `height - 1` of them: the cursor has the last one."""
        lines = [part for text in (self.head, *self.notes) for part in Text(text).wrap(console, width)]
        lines.append(self._signs())
        left = height - 1 - len(lines)
        troubles = [
            part
            for name, level, words in self.marks
            if level != "ok"
            for part in Text(f"{name}: {words}", COLOURS[level]).wrap(console, width)
        ]
        for_tables = min(left, 2 * (1 + LEAST_ROWS))
        if len(troubles) > left - for_tables:
            kept = max(left - for_tables - 1, 0)
            troubles = [*troubles[:kept], Text(f"and {len(troubles) - kept} lines more on the screen", "red")]
        lines += troubles
        left = height - 1 - len(lines)
        rows = max(left - 2, 0)
        shown = min(len(self.alerts), max(rows - min(len(self.seen), rows // 2), 0))
        more = f", {self.waiting - shown} more on the screen" if self.waiting > shown else ""
        lines.append(Text(f"Alerts: {self.waiting} waiting{more}", "bold"))
        lines += [_line(row, width) for row in self.alerts[:shown]]
        lines.append(Text("Latest sightings" if self.seen else "No sighting yet", "bold"))
        lines += [_line(row, width) for row in self.seen[: rows - shown]]
        for line in lines:
            line.truncate(width)
        return lines[: height - 1]

    def _signs(self) -> Text:
        line = Text()
        for name, level, _ in self.marks:
            line.append({"ok": "● ", "warning": "▲ ", "fault": "✖ "}[level] + name + "  ", COLOURS[level])
        return line


def _line(row: Row, width: int) -> Text:
    room = max(width - cell_len(row.before) - cell_len(row.after), 0)
    what = row.what if cell_len(row.what) <= room else set_cell_size(row.what, max(room - 1, 0)) + "…"
    return Text(row.before + set_cell_size(what, room) + row.after)
