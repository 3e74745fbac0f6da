from pathlib import Path

import cv2
import numpy as np
import pytest

from anpr.values import Detection
from models.train.detector.evaluation import contact_sheet, logistic_fit
from models.train.detector.judging import Truth, at_rate, extras_of, judged, overlap, share_found, table_of

PLATE = Truth((100.0, 100.0, 200.0, 125.0), "clear", "AB12CDE")
UNREADABLE = Truth((500.0, 100.0, 560.0, 115.0), "unreadable", "")


def found(x0: float, y0: float, x1: float, y1: float, *, confidence: float = 0.9) -> Detection:
    return Detection((x0, y0, x1, y1), confidence)


def test_overlap_is_intersection_over_union() -> None:
    assert overlap((0, 0, 10, 10), (0, 0, 10, 10)) == 1.0
    assert overlap((0, 0, 10, 10), (5, 0, 15, 10)) == pytest.approx(1 / 3)
    assert overlap((0, 0, 10, 10), (20, 0, 30, 10)) == 0.0
    assert overlap((0, 0, 0, 0), (0, 0, 0, 0)) == 0.0


def test_a_box_is_a_hit_a_loose_hit_or_an_extra() -> None:
    result = judged(
        "d1_0900.jpg",
        True,
        [PLATE, UNREADABLE],
        [
            found(101, 101, 199, 124),
            found(110, 105, 190, 118, confidence=0.95),  # overlap 0.42: loose only
            found(500, 100, 560, 115),  # an unreadable plate is no extra
            found(700, 300, 800, 325, confidence=0.4),
            found(10, 10, 30, 15, confidence=0.8),  # far
        ],
    )
    assert result.hits == (0.9, 0.9)
    assert result.loose_hits == (0.95, 0.9)
    assert [(round(extra.confidence, 2), far) for extra, far in result.extras] == [(0.4, False), (0.8, True)]
    assert share_found([result], 0.5) == (1, 1)
    assert share_found([result], 0.92) == (0, 1)
    assert share_found([result], 0.92, loose=True) == (1, 1)
    assert share_found([result], 0.5, width=(0, 60)) == (0, 0)
    assert extras_of([result], 0.3, far=False) == 1
    assert extras_of([result], 0.5, far=False) == 0
    assert extras_of([result], 0.5, far=True) == 1


def test_the_threshold_keeps_the_rate_of_extras() -> None:
    results = [judged("d1_0900.jpg", True, [], [found(0, 0, 90, 20, confidence=c / 100)]) for c in range(40, 60)]
    threshold = at_rate(results, 0.1)
    assert extras_of(results, threshold, far=False) == 2
    assert table_of(results)[0]["extras_a_frame"] == 1.0


def test_the_logistic_fit_recovers_a_known_curve() -> None:
    rng = np.random.default_rng(0)
    logits = rng.uniform(-4, 4, 20000)
    labels = (rng.random(20000) < 1 / (1 + np.exp(-(1.7 * logits + 0.6)))).astype(np.float64)
    slope, offset = logistic_fit(logits, labels)
    assert slope == pytest.approx(1.7, abs=0.1)
    assert offset == pytest.approx(0.6, abs=0.1)


def test_misses_and_extras_are_shown(tmp_path: Path) -> None:
    (tmp_path / "frames").mkdir()
    cv2.imwrite(str(tmp_path / "frames" / "d1_0900.jpg"), np.full((720, 1280, 3), 99, np.uint8))
    result = judged("d1_0900.jpg", True, [PLATE], [found(700, 300, 800, 325)])
    sheet = contact_sheet(tmp_path, [result], 0.5)
    assert sheet.shape == (200, 1500, 3)
    assert (sheet[:, :300, 2].max(), sheet[:, 600:].max()) == (255, 0)
