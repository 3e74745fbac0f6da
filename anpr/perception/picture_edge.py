"""Plates that the picture's edge cuts: which can still be read in part, and which can't."""

from typing import Final

from anpr.values import Box, Image

EDGE_PX: Final = 1.5
EDGE_SHARE: Final = 0.15
"""A box that comes so near to the picture's edge may go on behind it: pixels, or share of its height."""

READABLE_ASPECT: Final = 2.5
"""A plate cut at one side is read when what is left is so many times as wide as high: half of a plate of one line, and more. Of fewer
characters nothing could be made, and plates of two lines lose as much in both."""


def is_cut(box: Box, image: Image) -> bool:
    """Return whether the picture's edge cuts through the plate in a box, px."""
    edge = _near(box)
    return is_cut_at_side(box, image) or box[1] < edge or box[3] > image.shape[0] - edge


def is_cut_at_side(box: Box, image: Image) -> bool:
    """Return whether the picture's left or right edge cuts through the plate in a box, px."""
    edge = _near(box)
    return box[0] < edge or box[2] > image.shape[1] - edge


def whole_box(box: Box, image: Image, width: float) -> Box:
    """Return the box, px, of a whole plate of which the picture's left or right edge left `box`, if it is `width` px wide.

    What is seen of it ends where the plate ends; the rest is taken to lie behind the edge. A box that isn't cut at one side, or is
    wider than that, is returned as it is.
    """
    edge = _near(box)
    left, right = box[0] < edge, box[2] > image.shape[1] - edge
    if left == right or box[2] - box[0] >= width:
        return box
    return (box[2] - width, box[1], box[2], box[3]) if left else (box[0], box[1], box[0] + width, box[3])


def is_readable_in_part(box: Box, image: Image) -> bool:
    """Return whether of a plate that is cut the characters at one end can be read: one side is cut, and enough is left."""
    edge = _near(box)
    left, right = box[0] < edge, box[2] > image.shape[1] - edge
    upright_whole = box[1] >= edge and box[3] <= image.shape[0] - edge
    return left != right and upright_whole and box[2] - box[0] >= READABLE_ASPECT * (box[3] - box[1])


def _near(box: Box) -> float:
    return max(EDGE_PX, EDGE_SHARE * (box[3] - box[1]))
