"""The terminal view fits its terminal: nothing wraps, nothing is cut off at the edge, nothing is below the last line."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from anpr.cli.terminal_view import Row, TerminalView

CONSOLE = Console(file=io.StringIO())
LONG = "Vehicles of interest to the regional organised crime unit, north and east " * 2
OK = ("cameras", "ok", "Reading from front.")
FAULT = (
    "budget",
    "fault",
    "Frames are older than 250 ms when they have been read. Close other programs on the tablet.",
)
NOTES = ("Screen: http://127.0.0.1:45678/", "Shift 2. The car stands: full view. It drives off in 12 s.", "Try 1: look")


def view(alerts: int, seen: int = 8, marks: tuple[tuple[str, str, str], ...] = (OK, FAULT)) -> TerminalView:
    rows = [Row(f"12:00:{n:02d}   90  AB{n:02d}CDE    99 %  ", LONG, "  confirmed") for n in range(min(alerts, 40))]
    strip = [Row(f"12:00:{n:02d}  SE{n:02d}EEN   0.99  ", LONG) for n in range(seen)]
    return TerminalView("Demo car: 29.9 frames/s, 12 read, 0 dropped, 9 sightings", NOTES, marks, rows, alerts, strip)


def drawn(shown: TerminalView, width: int = 80, height: int = 24) -> list[str]:
    console = Console(file=io.StringIO(), width=width, height=height, record=True)
    console.print(shown)
    return console.export_text().rstrip("\n").split("\n")


@pytest.mark.parametrize("alerts", [0, 3, 30])
def test_it_fits_a_terminal_of_80_by_24(alerts: int) -> None:
    lines = drawn(view(alerts))
    assert len(lines) <= 23
    assert all(cell_len(line) <= 80 for line in lines)
    shown = [line for line in lines if line.rstrip().endswith("confirmed")]
    assert all(" 99 % " in line and "…" in line for line in shown)
    more = f", {alerts - len(shown)} more on the screen" if alerts > len(shown) else ""
    assert f"Alerts: {alerts} waiting{more}" in lines
    assert len(shown) == min(alerts, 7)
    assert sum("SE" in line and "EEN" in line for line in lines) >= 4
    said = " ".join(line.strip() for line in lines)
    assert FAULT[2] in said
    assert all(note in said for note in NOTES)


def test_what_is_well_takes_one_line_and_leaves_room() -> None:
    lines = drawn(view(3, seen=30, marks=(OK, ("gps", "ok", "Position is current."))))
    assert "● cameras  ● gps" in [line.rstrip() for line in lines]
    assert len(lines) == 23
    assert not any("Reading from" in line for line in lines)


@settings(deadline=None)
@given(
    alerts=st.integers(0, 50), seen=st.integers(0, 40), width=st.integers(40, 120), height=st.integers(16, 60),
    marks=st.lists(
        st.tuples(st.sampled_from(["cameras", "gps"]), st.sampled_from(["ok", "warning", "fault"]), st.text(st.characters(exclude_categories=["C", "Z"], include_characters=" "), max_size=300)),
        max_size=7,
    ),
)  # fmt: skip
def test_it_fits_any_terminal(
    alerts: int, seen: int, width: int, height: int, marks: list[tuple[str, str, str]]
) -> None:
    lines = view(alerts, seen, tuple(marks)).lines(CONSOLE, width, height)
    assert len(lines) < height
    assert all(line.cell_len <= width and "\n" not in line.plain for line in lines)
    if any(words.split() for _, level, words in marks if level == "fault"):
        assert any("✖" in line.plain for line in lines)


def test_wide_letters_count_as_wide() -> None:
    line = TerminalView("car", alerts=[Row("12:00  ", "名" * 60, "  raised")], waiting=1).lines(CONSOLE, 80, 24)[3]
    assert line.cell_len <= 80
    assert line.plain.endswith("  raised")
