import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.plates.canvas import FINISHES, Canvas, Mark, rounded
from models.plates.glyphs import face

FACE = face("din", 0)


def canvas(scale: float = 2.0) -> Canvas:
    return Canvas((200.0, 50.0), scale, (250, 250, 250), "test")


def write(
    on: Canvas, text: str, area_mm: tuple[float, float] = (10.0, 190.0), **options: float
) -> list[tuple[Mark, float, float]]:
    items = [Mark("dash", 8.0) if c == "-" else c for c in text]
    return on.write(items, FACE, area_mm, height_px=60, gap=options.pop("gap", 4.0), top=10.0, **options)  # type: ignore[arg-type]


def test_millimetres_are_pixels_times_the_scale() -> None:
    made = canvas(3.0)
    assert made.image.shape == (150, 600, 3)
    made.rectangle(10.0, 5.0, 20.0, 10.0, (0, 0, 0))
    rows, columns = np.nonzero(made.image[..., 0] == 0)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (15, 44, 30, 89)


@given(st.text("ABH018", min_size=1, max_size=9), st.floats(0.0, 1.0), st.floats(0.0, 30.0))
def test_line_stays_in_its_room_in_the_order_of_its_characters(text: str, align: float, gap: float) -> None:
    made = canvas()
    write(made, text, align=align, gap=gap)
    plate = made.plate(5.0)
    assert (plate.text, plate.lines) == (text, 1)
    lefts, rights = plate.character_boxes_px[:, 0], plate.character_boxes_px[:, 2]
    assert (np.diff(lefts) > 0).all()
    # rounding moves an edge by a pixel
    assert lefts.min() >= 20 - 1
    assert rights.max() <= 380 + 2
    assert set(plate.character_boxes_px[:, 1]) == {20.0}
    for x0, y0, x1, y1 in plate.character_boxes_px.astype(int):
        assert made.ink[y0:y1, x0:x1].max() > 200


def test_line_is_set_to_the_left_or_to_the_right_of_its_room() -> None:
    left, right = canvas(), canvas()
    write(left, "AB", align=0.0)
    write(right, "AB", align=1.0)
    assert left.text_span_mm()[0] == pytest.approx(10.0, abs=0.5)
    assert right.text_span_mm()[1] == pytest.approx(190.0, abs=0.5)


def test_marks_take_room_and_are_no_text() -> None:
    made = canvas()
    ((mark, x, width),) = write(made, "A-B")
    assert (mark.kind, width, made.text) == ("dash", 8.0, "AB")
    boxes = made.plate(0.0).character_boxes_px / 2.0
    assert boxes[0, 2] == pytest.approx(x, abs=0.6)
    assert boxes[1, 0] == pytest.approx(x + width, abs=0.6)


@pytest.mark.parametrize("finish", FINISHES)
def test_every_finish_shows_the_ink_and_leaves_the_rest(finish: str) -> None:
    made = canvas()
    write(made, "H8")
    made.set_ink((10, 20, 30), finish, 30.0, (60, 60, 60))
    solid = made.ink == 255
    assert np.median(made.image[solid], axis=0).max() <= 60
    assert (made.image[:10] == 250).all()
    assert (made.image[:, :20] == 250).all()


def test_dealer_s_frame_moves_the_characters_with_the_plate() -> None:
    made = canvas()
    write(made, "AB")
    bare = made.plate(0.0).character_boxes_px
    framed = made.plate(0.0, frame=(5.0, 15.0, (0, 0, 0), "words"))
    assert framed.image.shape == (100 + 10 + 30, 400 + 20, 3)
    assert framed.coverage.shape == framed.image.shape[:2]
    assert np.allclose(framed.character_boxes_px, bare + 10)
    assert (framed.image[-30:] > 150).any()


def test_stamp_beyond_the_edge_is_cut_and_far_off_it_is_nothing() -> None:
    made = canvas()
    picture = np.full((20, 20, 4), 255, np.uint8)
    picture[..., :3] = 7
    made.stamp(picture, 0.0, 0.0)
    assert (made.image[:10, :10] == 7).all()
    assert (made.image[10:] == 250).all()
    before = made.image.copy()
    made.stamp(picture, 300.0, 20.0)
    assert np.array_equal(made.image, before)


@given(st.integers(3, 60), st.integers(3, 60), st.integers(0, 80))
def test_round_corners_are_alike_and_the_middle_is_whole(width: int, height: int, radius: int) -> None:
    mask = rounded(width, height, radius)
    assert mask.shape == (height, width)
    assert np.array_equal(mask, mask[::-1])
    assert np.array_equal(mask, mask[:, ::-1])
    assert mask[height // 2, width // 2] == 255
    assert mask[0, width // 2] == 255
    room = min(width, height) // 2 - 1
    assert (mask[0, 0] < 128) == (min(radius, room) >= 2)
