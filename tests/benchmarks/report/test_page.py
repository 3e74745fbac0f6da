"""The report as a page that needs nothing else."""

import io
from html.parser import HTMLParser
from pathlib import Path

from rich.console import Console

from benchmarks.accuracy.clips import ClipJob
from benchmarks.accuracy.many import run_jobs
from benchmarks.accuracy.truth_file import truths_in
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
