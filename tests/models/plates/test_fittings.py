import numpy as np
import pytest

from models.plates.canvas import Canvas, Mark
from models.plates.fittings import bolts, firm, frame, separator
from models.plates.glyphs import face

INK = (0, 0, 0)


def changed(canvas: Canvas) -> tuple[int, int, int, int]:
    """Left, right, top and bottom of what was drawn on white, in px."""
    rows, columns = np.nonzero((canvas.image != 255).any(axis=2))
    return int(columns.min()), int(columns.max()), int(rows.min()), int(rows.max())


@pytest.mark.parametrize("kind", ["dash", "dot", "hologram", "seal", "crest", "sticker", "patch"])
def test_every_separator_is_drawn_in_its_room(kind: str) -> None:
    for seed in range(12):
        canvas = Canvas((200.0, 100.0), 2.0, (255, 255, 255), "test")
        separator(canvas, np.random.default_rng(seed), Mark(kind, 30.0), (80.0, 30.0, 10.0, 76.0), INK)
        left, right, top, bottom = changed(canvas)
        # an emblem may stand a little over its room, which is 160 to 220 across and 20 to 172 down
        assert left >= 160 - 30
        assert right <= 220 + 30
        assert top >= 20 - 6
        assert bottom <= 172 + 6


def test_gap_is_nothing() -> None:
    canvas = Canvas((200.0, 100.0), 2.0, (255, 255, 255), "test")
    separator(canvas, np.random.default_rng(1), Mark("gap", 30.0), (80.0, 30.0, 10.0, 76.0), INK)
    assert (canvas.image == 255).all()


def test_bolts_are_set_on_both_sides() -> None:
    for seed in range(20):
        canvas = Canvas((500.0, 100.0), 1.0, (128, 128, 128), "test")
        canvas.write(["A", "B"], face("din", 0), (150.0, 350.0), height_px=60, gap=5.0, top=20.0)
        bolts(canvas, np.random.default_rng(seed), 40.0)
        columns = np.flatnonzero((canvas.image != 128).any(axis=(0, 2)))
        assert columns.min() < 250 < columns.max(), seed


def test_firms_and_frames() -> None:
    rng = np.random.default_rng(2)
    names = {firm(rng) for _ in range(600)}
    assert 60 < len(names) <= 150
    for _ in range(100):
        rim_mm, foot_mm, colour, words = frame(rng)
        assert 2 <= rim_mm <= 9
        assert 3 <= foot_mm <= 22
        assert all(0 <= c <= 255 for c in colour)
        assert foot_mm >= 9 or not words
