import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.plates.drawings import BRITISH
from models.plates.strokes import Pen, draw


@settings(max_examples=60, deadline=None)
@given(
    stroke=st.floats(6, 16),
    corner=st.floats(0, 18),
    width=st.floats(34, 60),
    character=st.sampled_from(sorted(BRITISH)),
)
def test_drawing_fits_its_box_whatever_the_pen(stroke: float, corner: float, width: float, character: str) -> None:
    mask = draw(BRITISH[character], Pen(width, 79.0, stroke, corner), 40)
    assert mask.shape == (40, round(width * 40 / 79))
    assert mask[:2].max() > 100, "ink reaches the top"
    assert mask[-2:].max() > 100, "ink reaches the bottom"


def test_a_horizontal_bar_has_exactly_its_area() -> None:
    mask = draw("+0,.5 1,.5+", Pen(50.0, 80.0, 16.0, 0.0), 80)
    assert mask.sum() / 255 == pytest.approx(50 * 16, rel=0.04)


def test_a_mitred_corner_is_full_and_a_rounded_one_is_not() -> None:
    pen = Pen(60.0, 60.0, 10.0, 20.0)
    sharp, round_ = (draw(f"0,1 0,0{k} 1,0", pen, 60) for k in ("", ",1"))
    assert sharp[1, 1] == 255
    assert round_[1, 1] == 0
