"""Plates cut out of a frame by their truth."""

import cv2
import numpy as np

from anpr.values import Image
from benchmarks.drives.number_plate import NumberPlate
from benchmarks.drives.truth import PlateInFrame


def cut_out(picture: Image, row: PlateInFrame, plate: NumberPlate) -> Image:
    """The plate as seen flat from the front, in the size in which it was drawn."""
    height, width = plate.flat.shape[:2]
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) - 0.5
    matrix = cv2.getPerspectiveTransform(np.array(row.corners, np.float32), target)
    return np.asarray(cv2.warpPerspective(picture, matrix, (width, height), flags=cv2.INTER_LINEAR), np.uint8)
