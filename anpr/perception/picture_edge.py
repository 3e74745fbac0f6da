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


def is_readable_in_part(box: Box, image: Image) -> bool:
    """Return whether of a plate that is cut the characters at one end can be read: one side is cut, and enough is left."""
    edge = _near(box)
    left, right = box[0] < edge, box[2] > image.shape[1] - edge
    upright_whole = box[1] >= edge and box[3] <= image.shape[0] - edge
    return left != right and upright_whole and box[2] - box[0] >= READABLE_ASPECT * (box[3] - box[1])


def _near(box: Box) -> float:
    return max(EDGE_PX, EDGE_SHARE * (box[3] - box[1]))
