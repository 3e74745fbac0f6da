"""The report as a page that needs nothing else."""

import io
from html.parser import HTMLParser
from pathlib import Path

from rich.console import Console

from benchmarks.accuracy.clips import ClipJob
from benchmarks.accuracy.intervals import Estimate
from benchmarks.accuracy.many import run_jobs
from benchmarks.accuracy.truth_file import truths_in
from benchmarks.report.compare import Change
from benchmarks.report.page import page
from benchmarks.report.sections import clip_section, new_report
from benchmarks.report.tables import print_report
from tests.benchmarks.made_clips import (
    FAKE_COMMAND,
    many_vehicles,
)


def test_the_page_is_whole_and_names_nothing_outside(tmp_path: Path) -> None:
    many_vehicles(tmp_path, 20)
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


def test_an_empty_cell_is_empty_and_numbers_have_their_commas() -> None:
    report = new_report(1, False)
    rows = [{"measure": "p50", "value": 1234567, "floor": None}, {"measure": "<b>", "value": 0.5}]
    report["sections"]["hotlists"] = {"kind": "rows", "title": "Lists", "rows": rows}
    text = page(report)
    assert "<tr><td>p50<td>1,234,567<td><tr><td>&lt;b&gt;<td>0.5<td></table>" in text
    assert "None" not in text.partition("<h2>Lists")[2]


def test_changes_beyond_noise_are_listed_and_the_others_counted() -> None:
    low, high = Estimate(0.2, 0.19, 0.21, 500), Estimate(0.8, 0.79, 0.81, 500)
    text = page(new_report(1, False), [Change("a <b>", "read_rate", low, high), Change("c", "read_rate", low, low)])
    assert '<td>a &lt;b&gt;<td>read rate<td>20.0 %<td>80.0 %<td class="better">better' in text
    assert "1 of 2 figures did not change" in text
    assert "<td>c" not in text


def test_a_section_that_failed_says_so_and_pictures_of_failures_are_inside() -> None:
    report = new_report(1, False)
    report["sections"]["screen"] = {"kind": "failed", "title": "Screen", "errors": ["no <browser>"]}
    report["sections"]["latency"] = {
        "kind": "latency",
        "title": "L",
        "stage_ms": {"read": {"p50": 1.5}},
        "worst": [{"text": "A1: <B1>", "jpeg": "aGk="}, {"text": "C3", "jpeg": ""}],
    }
    text = page(report)
    assert "Not measured: no &lt;browser&gt;" in text
    assert "<tr><td>read<td>1.5" in text
    assert 'src="data:image/jpeg;base64,aGk="' in text
    assert "A1: &lt;B1&gt;" in text
