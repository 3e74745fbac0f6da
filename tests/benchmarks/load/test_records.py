"""Hotlists and records as parts of the one report."""

from benchmarks.load.records import records_section


def test_records_are_kept_and_found() -> None:
    section = records_section(quick=True)
    assert set(section["stage_ms"]) == {"keep one with pictures", "find by mark"}
    assert section["stage_ms"]["keep one with pictures"]["p50"] > 0
