"""The documents' figures: the pages are what is kept, what is kept is in the table, and the table finds its figures."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from anpr.errors import Failure, InputError
from benchmarks.accuracy.programs import Run
from benchmarks.report import figures
from benchmarks.report.figure_table import FIGURES, HEADLINES, Figure
from benchmarks.report.figures import Measured, Store, chosen_commands, headlines, measure, page, write_pages

STAMP = {"measured": "2026-11-28", "commit": "abc1234", "machine": "2 cores, a processor"}


def figure(name: str, program: str, *, minutes: float = 0.5) -> Figure:
    return Figure(name, "Made up", f"what {name} is", "5", f'python -c "{program}"', lambda run: run.lines[0], minutes)


def run_of(*lines: str) -> Run:
    return Run(list(lines), 1.0, 11.0, 206_000_000)


def by_name(name: str) -> Figure:
    return next(one for one in FIGURES if one.name == name)


def test_the_page_is_what_is_kept() -> None:
    assert figures.PAGE.read_text(encoding="utf-8") == page(Store.load().figures.values())


def test_the_headlines_of_the_readme_are_what_is_kept() -> None:
    assert headlines(Store.load().figures) in figures.README.read_text(encoding="utf-8")


def test_all_that_is_kept_is_in_the_table_under_the_same_command() -> None:
    known = {one.name: one for one in FIGURES}
    assert len(known) == len(FIGURES)
    for name, kept in Store.load().figures.items():
        assert (kept.section, kept.what, kept.floor, kept.command, kept.needs) == (
            known[name].section, known[name].what, known[name].floor, known[name].command, known[name].needs,
        ), name  # fmt: skip
        assert kept.figure
        assert re.fullmatch(r"[0-9a-f]{7,}\+?", kept.commit), name
    assert set(HEADLINES) <= set(known)


def test_a_figure_is_measured_and_kept_with_commit_and_machine(tmp_path: Path) -> None:
    one = figure("one", "print('7 of 8')")
    (found,) = measure(one.command, [one], STAMP)
    assert (found.figure, found.commit, found.machine) == ("7 of 8", "abc1234", "2 cores, a processor")
    store = Store(tmp_path / "figures.json")
    store.keep([found])
    store.keep([replace(found, figure="8 of 8")])
    again = Store.load(tmp_path / "figures.json")
    assert again.figures == {"one": replace(found, figure="8 of 8")}


def test_commands_run_one_after_the_other_in_one_folder() -> None:
    joined = Figure(
        "two", "", "", "", "python -c \"open('{folder}/a', 'w').write('kept')\" && python -c \"print(open('{folder}/a').read())\"",
        lambda run: run.lines[-1], 0.5,
    )  # fmt: skip
    assert measure(joined.command, [joined], STAMP)[0].figure == "kept"


@pytest.mark.parametrize("program", ["print()", "raise SystemExit(3)"])
def test_a_command_that_fails_or_says_nothing_gives_no_figure(program: str) -> None:
    one = replace(figure("one", program), take=lambda run: run.lines[5])
    with pytest.raises(Failure):
        measure(one.command, [one], STAMP)


def test_what_is_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quick, slow, beside = figure("quick", "1"), figure("slow", "2", minutes=9), figure("beside", "2", minutes=9)
    monkeypatch.setattr(figures, "FIGURES", (quick, slow, beside))
    store = Store(tmp_path / "figures.json")

    def names(*only: str, minutes: float = 1.0, everything: bool = False) -> list[str]:
        chosen = chosen_commands(store, only, minutes, everything, STAMP)
        return [one.name for group in chosen.values() for one in group]

    assert names() == ["quick"]
    assert names(minutes=10) == ["quick", "slow", "beside"]
    assert names("slow") == ["slow", "beside"]
    assert names(everything=True) == ["quick", "slow", "beside"]
    store.keep(
        Measured(n, "", "", "1", "", "", "", STAMP["measured"], STAMP["commit"], STAMP["machine"])
        for n in ("slow", "beside")
    )
    assert names(everything=True) == ["quick"]  # the rest was measured at this commit on this machine
    with pytest.raises(InputError, match="no figure nosuch"):
        names("nosuch")


def test_a_broken_command_leaves_the_others_and_the_old_figure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"# Name\n{figures._BEGIN}\nold\n{figures._END}\nrest\n", encoding="utf-8")
    monkeypatch.setattr(figures, "FIGURES", (figure("broken", "raise SystemExit(1)"), figure("sound", "print(1)")))
    monkeypatch.setattr(figures, "README", readme)
    for name in ("STORE", "PAGE"):
        monkeypatch.setattr(figures, name, tmp_path / name)
    store = Store(tmp_path / "STORE")
    store.keep([Measured("broken", "Made up", "", "5", "", "", "", "then", "abc1234", "")])
    monkeypatch.setattr(Store, "load", lambda: store)
    monkeypatch.setattr(figures, "write_pages", lambda kept: write_pages(kept, tmp_path / "PAGE", readme))
    result = CliRunner().invoke(figures.main, [])
    assert result.exit_code == 1
    assert "not measured: broken" in result.stderr
    kept = {
        one["name"]: one["figure"] for one in json.loads((tmp_path / "STORE").read_text(encoding="utf-8"))["figures"]
    }
    assert kept == {"broken": "5", "sound": "1"}
    assert "| `sound` | what sound is | 1 | 5 |" in (tmp_path / "PAGE").read_text(encoding="utf-8")
    assert readme.read_text(encoding="utf-8").startswith("# Name\n<!-- figures")
    assert "old" not in readme.read_text(encoding="utf-8")


READER = (
    "CPU time of a plate on one thread, drive: mean 1.83 ms, median 1.41 ms (327)",
    "CPU time of a plate on one thread, crops: mean 2.71 ms, median 1.40 ms (372)",
    "crops GB         50  right  96.0%  O=0 I=1  98.0%  calibration error 0.039",
    "crops other     322  right  96.0%  O=0 I=1  96.9%  calibration error 0.020",
    "drive clear     134  right 100.0%  O=0 I=1 100.0%  calibration error 0.003",
    "drive hard       37  right  86.5%  O=0 I=1  86.5%  calibration error 0.119",
    "rendered GB    2000  right  95.8%  O=0 I=1  96.2%  calibration error 0.010",
    "    legible    1930  right  96.8%",
    "calibration error, all crops: 0.020",
)
DETECTOR = (
    "held out                 found  106 /  107  loosely  106  extras   9 in 94 frames",
    "held out, clear          found   81 /   81  loosely   81  extras   9 in 94 frames",
    "1280x720 frame, one thread: median 6.4 ms, 95th percentile 7.0 ms",
)
REPLAY = json.dumps({
    "type": "summary", "frames": 450, "dropped": 0, "sightings": 14, "alerts": 5,
    "ms": {stage: {"p50": 8.04, "p95": 9.0, "p99": 30.2} for stage in ("detect", "read", "track", "match", "grab_to_alert")},
})  # fmt: skip


@pytest.mark.parametrize(
    ("name", "lines", "shown"),
    [
        ("crops-british", READER, "48 of 50 (96.0 %)"),
        ("crops-other", READER, "309 of 322 (96.0 %)"),
        ("crops-calibration", READER, "0.020"),
        ("rendered", READER, "95.8 % of 2,000; 96.8 % of 1,930"),
        ("plate-time-drive", READER, "1.4 / 1.8 ms"),
        ("drive-unseen", READER, "134 of 134 (100.0 %) / 32 of 37 (86.5 %)"),
        ("plates-found", DETECTOR, "106 of 107 (99.1 %)"),
        ("finding-time", DETECTOR, "6.4 ms"),
        ("alert-delay", (REPLAY,), "8 / 30 ms"),
        ("dropped", (REPLAY,), "0 of 450"),
        ("stages", (REPLAY,), "8.0 / 8.0 / 8.0 / 8.0 ms"),
        ("processor", (REPLAY,), "11.0 s for 15 s of video (about 73 % of one core)"),
        ("memory", (REPLAY,), "206 MB"),
        ("alerts", (REPLAY,), "5 alerts, 14 sightings in 450 frames"),
        ("record-kills", ('{"kills": 200, "committed": 7983, "lost": 0, "file": "ok"}',), "0 of 7,983"),
        (
            "import-1m",
            ('{"type": "figure", "measure": "import of 1,000,000 rows", "value": 7.31, "unit": "s"}',),
            "7.31 s",
        ),
    ],
)
def test_figures_are_found_in_what_commands_write(name: str, lines: tuple[str, ...], shown: str) -> None:
    assert by_name(name).take(run_of(*lines)) == shown
