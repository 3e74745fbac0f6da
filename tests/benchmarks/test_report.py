"""Reports: tables, page, pictures of failures, comparison; through the command line as a developer runs it."""

import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner
from rich.console import Console

from anpr.cli.bench import bench
from anpr.errors import InputError
from benchmarks.accuracy.clips import ClipJob
from benchmarks.accuracy.failures import worst_failures
from benchmarks.accuracy.many import run_jobs
from benchmarks.accuracy.truth_file import truths_in
from benchmarks.drives.camera import Camera
from benchmarks.drives.generate import generate, truth_path
from benchmarks.drives.plan import Drive, Mover
from benchmarks.report.compare import compare, load_report
from benchmarks.report.page import page
from benchmarks.report.plots import histogram
from benchmarks.report.sections import clip_section, new_report
from benchmarks.report.tables import print_changes, print_report
from tests.benchmarks.made_clips import FAKE_COMMAND, plate, sighting, summary, vehicle, write_clip


def make_clips(folder: Path, right: int, count: int = 30) -> None:
    """One clip with `count` vehicles, the first `right` of them read right, the others wrong."""
    folder.mkdir(exist_ok=True)
    marks = [f"AB{n:02d}CDE" for n in range(count)]
    said = [sighting(m if k < right else m[:-1] + "F", [2, 3], 100.0 * k) for k, m in enumerate(marks)]
    vehicles = [
        vehicle(m, [plate(f, 100.0 * k) for f in range(1, 5)], closing_mph=10.0 * (k % 7)) for k, m in enumerate(marks)
    ]
    write_clip(folder, "day-000", vehicles, [*said, summary()])


def run(folder: Path, *more: str) -> tuple[int, str]:
    result = CliRunner().invoke(
        bench, ["clips", str(folder), "--program", FAKE_COMMAND, "--out", str(folder / "out"), *more]
    )
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout


def test_a_run_writes_table_report_and_page_and_compares(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    make_clips(before, 12)
    make_clips(after, 29)
    assert run(before, "--report", str(tmp_path / "one.json"))[0] == 0
    code, out = run(
        after,
        "--report",
        str(tmp_path / "two.json"),
        "--html",
        str(tmp_path / "page.html"),
        "--compare",
        str(tmp_path / "one.json"),
    )
    assert code == 0
    assert "read rate" in out
    assert "better" in out
    changes = compare(load_report(tmp_path / "one.json"), load_report(tmp_path / "two.json"))
    verdicts = {change.name: change.verdict for change in changes if change.where == "clips"}
    assert verdicts["read_rate"] == "better"
    assert verdicts["misreads_per_1000"] == "better"
    assert verdicts["capture_rate"] == "same"
    backwards = compare(load_report(tmp_path / "two.json"), load_report(tmp_path / "one.json"))
    assert {c.verdict for c in backwards if c.name == "read_rate" and c.where == "clips"} == {"worse"}


def test_json_is_one_object_and_nothing_else(tmp_path: Path) -> None:
    make_clips(tmp_path / "clips", 3, 4)
    code, out = run(tmp_path / "clips", "--json")
    report = json.loads(out)
    assert code == 0
    assert report["sections"]["clips"]["accuracy"]["read_rate"]["value"] == 0.75
    assert report["machine"]["threads"] >= 1


def test_the_page_is_whole_and_names_nothing_outside(tmp_path: Path) -> None:
    make_clips(tmp_path, 20)
    results, _ = run_jobs([ClipJob(p, FAKE_COMMAND, "1") for p in truths_in(tmp_path)], tmp_path / "out", workers=1)
    report = new_report(1, False)
    report["sections"]["clips"] = clip_section("Clips <of> me", results, ["a & b"])
    text = page(report)

    class Checker(HTMLParser):
        plots = 0

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.plots += tag == "svg"
            assert tag not in {"script", "link"}
            assert not any(value and value.startswith("http") for _, value in attrs)

    checker = Checker()
    checker.feed(text)
    assert checker.plots >= 4
    assert "Clips &lt;of&gt; me" in text
    assert "a &amp; b" in text
    console = Console(width=160, record=True, file=io.StringIO())
    print_report(report, console)
    assert "by closing speed" in console.export_text()


def test_errors_are_in_the_report_and_the_exit_code(tmp_path: Path) -> None:
    make_clips(tmp_path / "clips", 3, 4)
    (tmp_path / "clips" / "bad.truth.json").write_text("{", encoding="utf-8")
    code, out = run(tmp_path / "clips")
    assert code == 1
    assert "bad.truth.json" in out
    assert "75.0 %" in out


def test_an_empty_folder_and_a_wrong_report_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="bench label"):
        run(tmp_path)
    with pytest.raises(InputError, match="no report"):
        load_report(tmp_path / "nothing.json")


def test_failures_are_shown_where_they_could_be_read_best(tmp_path: Path) -> None:
    mover = Mover("AB46 CDE", "current", "following", 0, 0.0, 8.0)
    drive = Drive(
        "small", 2, (mover,), own_mph=10, seconds=0.1, camera=Camera(width_px=640, height_px=360, focal_px=900.0)
    )
    clip = generate(drive, tmp_path, codec="mjpeg")
    clip.with_name(clip.name + ".lines").write_text(json.dumps(summary(3)) + "\n", encoding="utf-8")
    truths = [truth_path(clip)]
    results, _ = run_jobs([ClipJob(truths[0], FAKE_COMMAND, "1")], tmp_path / "out", workers=1)
    worst = worst_failures(truths, results)
    assert len(worst) == 1
    assert "AB46CDE: not seen" in worst[0]["text"]
    assert len(worst[0]["jpeg"]) > 1000


def test_a_histogram_of_one_value_and_of_none() -> None:
    assert histogram("a", "s", []) == ""
    assert "svg" in histogram("a", "s", [0.5])


def test_a_comparison_without_changes_says_so(tmp_path: Path) -> None:
    make_clips(tmp_path / "clips", 3, 4)
    run(tmp_path / "clips", "--report", str(tmp_path / "one.json"))
    report = load_report(tmp_path / "one.json")
    console = Console(width=120, record=True, file=io.StringIO())
    print_changes(compare(report, report), console)
    assert "0 of" in console.export_text()


def test_the_markdown_names_plots_that_are_there(tmp_path: Path) -> None:
    make_clips(tmp_path / "clips", 20)
    code, _ = run(tmp_path / "clips", "--markdown", str(tmp_path / "REPORT.md"))
    text = (tmp_path / "REPORT.md").read_text(encoding="utf-8")
    named = re.findall(r"\]\((report_plots/[^)]+)\)", text)
    assert code == 0
    assert len(named) >= 4
    for name in named:
        assert ET.parse(tmp_path / name).getroot().tag.endswith("svg")  # noqa: S314 - written just above
    assert "| capture rate | 100.0 % |" in text
