import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anpr.evidence import is_from_afar, k_best, level_box, small_by, spell
from anpr.values import Detection
from anpr.vrm import ALPHABET, NOTHING
from tests.builders.read import read_of
from tests.builders.sighting import sighting


def table(rows: list[dict[str, float]]) -> np.ndarray:
    out = np.zeros((len(rows), NOTHING + 1), np.float32)
    for position, row in enumerate(rows):
        for character, p in row.items():
            out[position, NOTHING if character == "_" else ALPHABET.index(character)] = p
    return out


def test_best_readings_in_order_with_their_products() -> None:
    readings = k_best(table([{"A": 0.9, "B": 0.1}, {"1": 0.6, "7": 0.4}]), coverage=1.0)
    assert [text for text, _ in readings] == ["A1", "A7", "B1", "B7"]
    assert [p for _, p in readings] == pytest.approx([0.54, 0.36, 0.06, 0.04], abs=1e-6)


def test_paths_that_spell_the_same_text_are_summed() -> None:
    readings = dict(k_best(table([{"1": 0.5, "_": 0.5}, {"1": 0.5, "_": 0.5}]), coverage=1.0))
    assert readings == pytest.approx({"1": 0.5, "11": 0.25, "": 0.25})


def test_stops_at_the_coverage() -> None:
    assert len(k_best(table([{"A": 0.9995, "B": 0.0005}]))) == 1


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.floats(0.01, 1.0), min_size=4, max_size=4), min_size=1, max_size=4), st.integers(1, 30))
def test_agrees_with_trying_everything(weights: list[list[float]], k: int) -> None:
    rows = [{c: w / sum(row) for c, w in zip("AB1_", row, strict=True)} for row in weights]
    paths = sorted(
        (
            (float(np.prod([row[c] for row, c in zip(rows, path, strict=True)])), "".join(path))
            for path in itertools.product("AB1_", repeat=len(rows))
        ),
        reverse=True,
    )[:k]
    readings = k_best(table(rows), k=k, coverage=1.1)
    assert sum(p for _, p in readings) == pytest.approx(sum(p for p, _ in paths), rel=1e-4)


def test_spell_is_read_back() -> None:
    assert k_best(spell("AB12CDE"))[0] == ("AB12CDE", 1.0)
    assert k_best(spell("AB12CDE", 0.9))[0][0] == "AB12CDE"
    assert spell("AB", 0.9).sum(axis=1) == pytest.approx([1, 1], abs=1e-5)


@pytest.mark.parametrize(
    ("widths", "apart_s", "from_afar"),
    [
        ([30.0], 0.0, True),
        ([30.0, 31.0, 32.0], 0.1, True),
        ([30.0, 40.0], 0.1, False),  # near enough once
        ([30.0, 30.5], 0.6, False),  # borne out later
        ([], 0.0, False),  # typed, or looked at again: nothing says that it was far
    ],
)
def test_a_vehicle_is_seen_from_afar_until_it_is_near_or_the_reads_bear_each_other_out(
    widths: list[float], apart_s: float, from_afar: bool
) -> None:
    reads = [read_of("AB51CDE", n * apart_s, (0.0, 0.0, width, width / 4.5)) for n, width in enumerate(widths)]
    assert is_from_afar(replace(sighting(), text="AB51CDE", reads=tuple(reads))) is from_afar


@pytest.mark.parametrize(
    ("texts", "from_afar"),
    [
        (["AB51CDE", "AB51CDE"], False),
        (["4B51CDE", "AB51CDE"], True),  # the first read was of something else
        (["AB51CDE", "4B51CDE"], True),
        (["AB51CDE", "4B51CDE", "AB51CDE"], False),
        (["A851CDE", "4B51CDE"], True),  # no read says what all together say
        (["A8510DE", "AB51ODE"], True),
    ],
)
def test_only_reads_of_its_text_bear_a_text_out(texts: list[str], from_afar: bool) -> None:
    reads = [read_of(text, n * 0.6, (0.0, 0.0, 30.0, 7.0)) for n, text in enumerate(texts)]
    assert is_from_afar(replace(sighting(), text="AB51CDE", reads=tuple(reads))) is from_afar
    assert not is_from_afar(replace(sighting(), text="AB51CDE", reads=tuple(reads), typed_by="PC 1"))


def test_o_and_0_are_one_reading_of_a_far_plate() -> None:
    reads = [read_of(text, n * 0.6, (0.0, 0.0, 30.0, 7.0)) for n, text in enumerate(["AO51CDE", "A051CDE"])]
    assert not is_from_afar(replace(sighting(), text="A051CDE", reads=tuple(reads)))


def leaning(degrees: float, width: float = 30.0, height: float = 7.0) -> Detection:
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    flat = np.array([[-width, -height], [width, -height], [width, height], [-width, height]]) / 2
    corners = (flat @ np.array([[c, s], [-s, c]]) + (100.0, 50.0)).astype(np.float32)
    (x0, y0), (x1, y1) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    return Detection((x0, y0, x1, y1), 0.9, corners)


@given(st.floats(-89.0, 89.0))
def test_a_plate_is_as_small_leaning_as_level(degrees: float) -> None:
    detection = leaning(degrees)
    x0, y0, x1, y1 = level_box(detection)
    if abs(degrees) > 11.0:
        assert (x0, y0, x1, y1) == pytest.approx((85.0, 46.5, 115.0, 53.5), abs=1e-3)
    assert small_by(level_box(detection)) == 1.0


def test_a_level_plate_keeps_its_box() -> None:
    detection = leaning(5.0)
    assert level_box(detection) is detection.box_px
    assert level_box(replace(detection, corners_px=None)) is detection.box_px
