"""What decoys are made of: boards, words and colours. The kinds are in decoys.py and decoys_lit.py."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from anpr.values import Image

Colour = tuple[int, int, int]

LOWER: Final = "abcdefghijklmnopqrstuvwxyz"
UPPER: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
FACES: Final = ("sans", "serif", "italic")
"""Names of the fonts that OpenCV carries itself."""


@dataclass(frozen=True, slots=True, eq=False)
class Decoy:
    """A flat picture (h, w, 3) in BGR with coverage (h, w) in 0..255, and its usual width in widths of a car's plate.

    `lit` things shine by themselves: the light of the scene does not change them. `on_paint` things stand on plain paint.
    """

    image: Image
    mask: NDArray[np.uint8]
    relative_width: float
    lit: bool = False
    on_paint: bool = False


def random_colour(rng: np.random.Generator, low: int = 0, high: int = 255) -> Colour:
    """Return a random BGR colour with channels in [low, high], most often a muted one."""
    channels = rng.integers(low, high + 1, 3).astype(np.float64)
    channels += (channels.mean() - channels) * (rng.random() ** 0.5)
    b, g, r = channels.astype(int)
    return int(b), int(g), int(r)


def draw_text(picture: NDArray[np.uint8], rng: np.random.Generator, text: str, colour: Colour, fill: float) -> None:
    """Write one line of text centred into a picture, `fill` of its height high, in a random font."""
    height, width = picture.shape[:2]
    if rng.random() < 0.5:
        face = cv2.FontFace(str(rng.choice(FACES)))
        size, weight = max(8, int(height * fill)), int(rng.integers(300, 900))
        box = cv2.getTextSize((width, height), text, (0, 0), face, size, weight)
        size = max(8, int(size * min(1.0, 0.92 * width / max(1, box[2]))))
        box = cv2.getTextSize((width, height), text, (0, 0), face, size, weight)
        origin = ((width - box[2]) // 2 - box[0], (height - box[3]) // 2 - box[1])
        cv2.putText(picture, text, origin, colour, face, size, weight)
        return
    font = int(rng.choice([cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_TRIPLEX]))
    thick = int(rng.integers(1, 6))
    (w1, h1), _ = cv2.getTextSize(text, font, 1.0, thick)
    scale = min(height * fill / max(1, h1), 0.92 * width / max(1, w1))
    (w, h), _ = cv2.getTextSize(text, font, scale, thick)
    cv2.putText(picture, text, ((width - w) // 2, (height + h) // 2), font, scale, colour, thick, cv2.LINE_AA)


def words(rng: np.random.Generator, letters: str, count: int, longest: int = 9) -> str:
    """Return `count` words of 2 to `longest` - 1 random letters."""
    return " ".join("".join(rng.choice(list(letters), int(rng.integers(2, longest)))) for _ in range(count))


def board_of(rng: np.random.Generator, width: int, height: int, colour: Colour) -> Image:
    """Return a plain picture (height, width, 3), at times with a frame."""
    board = np.empty((height, width, 3), np.uint8)
    board[:] = colour
    if rng.random() < 0.4:
        cv2.rectangle(board, (2, 2), (width - 3, height - 3), random_colour(rng), int(rng.integers(1, 5)))
    return board


def whole(image: Image) -> NDArray[np.uint8]:
    """Return coverage (h, w) of all of a picture."""
    return np.full(image.shape[:2], 255, np.uint8)
