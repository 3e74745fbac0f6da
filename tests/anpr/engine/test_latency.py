"""Percentiles of each stage over its latest samples."""

import pytest

from anpr.engine.latency import KEPT_SAMPLES, LatencyBook


def test_percentiles_count_and_order_of_stages() -> None:
    book = LatencyBook()
    for number in range(101):
        book.add("read", float(number))
    book.add("detect", 7.0)
    found = book.percentiles()
    assert list(found) == ["read", "detect"]
    read = found["read"]
    assert (read.p50_ms, read.p95_ms, read.p99_ms, read.count) == pytest.approx((50.0, 95.0, 99.0, 101))
    assert (found["detect"].p50_ms, found["detect"].p99_ms, found["detect"].count) == (7.0, 7.0, 1)
    assert LatencyBook().percentiles() == {}


def test_old_samples_are_forgotten_but_counted() -> None:
    book = LatencyBook()
    for _ in range(10):
        book.add("read", 1000.0)
    for _ in range(KEPT_SAMPLES):
        book.add("read", 1.0)
    found = book.percentiles()["read"]
    assert (found.p99_ms, found.count) == (1.0, KEPT_SAMPLES + 10)
