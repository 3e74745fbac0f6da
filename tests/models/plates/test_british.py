import re

import numpy as np
import pytest

from models.plates.british import TEXTS, british_plate

LAYOUTS = {
    "GB current": r"[A-HJ-PR-Y]{2}\d\d[A-HJ-PR-Z]{3}",
    "GB prefix": r"[A-HJ-NPR-TV-Y]\d{1,3}[A-Z]{3}",
    "GB suffix": r"[A-Z]{3}[1-9]\d{0,2}[A-HJ-NPR-TV-Y]",
    "GB dateless": r"([A-Z]{1,3}[1-9]\d{0,3}|[1-9]\d{0,3}[A-Z]{1,3})",
    "GB Northern Ireland": r"([A-Z]{2,3}\d{1,4}|\d{1,4}[A-Z]{2,3})",
    "GB Q": r"Q[1-9]\d{0,2}[A-Z]{3}",
    "GB diplomatic": r"\d{3}[DX]\d{3}",
    "GB military": r"[A-Z]{2}\d\d[A-Z]{2}",
    "GB trade": r"[1-9]\d{0,2}[A-Z]{2}",
    "GB dependency": r"[A-Z0-9]{1,7}",
    "GB random": r"[A-Z0-9]{1,8}",
}


@pytest.mark.parametrize("kind", TEXTS)
def test_texts_follow_their_layout(kind: str) -> None:
    rng = np.random.default_rng(2)
    for _ in range(40):
        text = british_plate(rng, kind).text
        assert re.fullmatch(LAYOUTS[kind], text), text


def test_northern_irish_marks_hold_i_or_z() -> None:
    rng = np.random.default_rng(4)
    assert all(set(TEXTS["GB Northern Ireland"][1](rng)) & set("IZ") for _ in range(100))


def test_shares_sum_to_one_and_a_third_is_random() -> None:
    assert sum(share for share, _ in TEXTS.values()) == pytest.approx(1.0)
    assert TEXTS["GB random"][0] == pytest.approx(0.3)


def test_both_colours_both_line_counts_and_dark_plates_come_up() -> None:
    rng = np.random.default_rng(6)
    plates = [british_plate(rng, "GB current") for _ in range(150)]
    grounds = [np.median(p.image.reshape(-1, 3), axis=0) for p in plates]
    assert sum(g[0] < 90 and g[2] > 150 for g in grounds) > 20, "yellow"
    assert sum(g.min() > 180 for g in grounds) > 20, "white"
    assert {p.lines for p in plates} == {1, 2}
    silver = [british_plate(rng, "GB suffix") for _ in range(60)]
    assert sum(np.median(p.image) < 60 for p in silver) > 5


def test_two_line_plates_have_their_boxes_in_two_rows() -> None:
    rng = np.random.default_rng(8)
    seen = 0
    while seen < 5:
        plate = british_plate(rng, "GB current")
        if plate.lines == 2:
            seen += 1
            tops = plate.character_boxes_px[:, 1]
            assert tops[:4].max() < tops[4:].min()
