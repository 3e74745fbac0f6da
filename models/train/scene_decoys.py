"""Things on and beside the road that are no plates but have been taken for plates: the detector's hard negatives.

Signs, shop fronts, bus blinds, phone numbers and addresses on vans, dealer strips, stickers, grilles, vents, windows,
lamps, reflectors and bare bright boards. Each is a flat picture with a coverage mask, to be set into a scene like a plate.
None is a text of plate length in a plate's proportions on a plate's colours with a border: that would be a plate.
"""

from collections.abc import Callable
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

    `lit` things shine by themselves: the light of the scene does not change them.
    """

    image: Image
    mask: NDArray[np.uint8]
    relative_width: float
    lit: bool = False


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


def _words(rng: np.random.Generator, letters: str, count: int, longest: int = 9) -> str:
    return " ".join("".join(rng.choice(list(letters), int(rng.integers(2, longest)))) for _ in range(count))


def _board(rng: np.random.Generator, width: int, height: int, colour: Colour) -> Image:
    board = np.empty((height, width, 3), np.uint8)
    board[:] = colour
    if rng.random() < 0.4:
        cv2.rectangle(board, (2, 2), (width - 3, height - 3), random_colour(rng), int(rng.integers(1, 5)))
    return board


def _whole(image: Image) -> NDArray[np.uint8]:
    return np.full(image.shape[:2], 255, np.uint8)


def sign(rng: np.random.Generator) -> Decoy:
    """A road or street sign: blue, green, brown, red or white with lines of words, numbers or an arrow."""
    lines = int(rng.integers(1, 5))
    width, height = int(rng.integers(120, 320)), int(40 * lines * rng.uniform(0.8, 1.4))
    dark = bool(rng.random() < 0.65)
    ground = random_colour(rng, 0, 130) if dark else random_colour(rng, 190, 255)
    board = _board(rng, width, height, ground)
    ink = (240, 240, 240) if dark else random_colour(rng, 0, 80)
    step = height // lines
    for line in range(lines):
        text = _words(rng, LOWER if rng.random() < 0.5 else UPPER, int(rng.integers(1, 3)), 12)
        draw_text(board[line * step : (line + 1) * step], rng, text, ink, float(rng.uniform(0.4, 0.75)))
    mask = _whole(board)
    if rng.random() < 0.3:
        mask[:] = 0
        cv2.ellipse(mask, (width // 2, height // 2), (width // 2 - 1, height // 2 - 1), 0, 0, 360, 255, -1, cv2.LINE_AA)
    return Decoy(board, mask, float(rng.uniform(0.7, 4.0)))


def shop_front(rng: np.random.Generator) -> Decoy:
    """A long strip with large words, over a shop or along a van or bus."""
    width = int(rng.integers(250, 520))
    board = _board(rng, width, int(width * rng.uniform(0.07, 0.16)), random_colour(rng))
    letters = LOWER if rng.random() < 0.5 else UPPER
    draw_text(board, rng, _words(rng, letters, int(rng.integers(2, 5)), 10), random_colour(rng), 0.7)
    return Decoy(board, _whole(board), float(rng.uniform(2.0, 8.0)))


def blind(rng: np.random.Generator) -> Decoy:
    """The lit display of a bus or taxi: amber, white or red dots on black."""
    width = int(rng.integers(160, 400))
    board = np.full((int(width * rng.uniform(0.12, 0.25)), width, 3), int(rng.integers(5, 30)), np.uint8)
    ink = [(40, 170, 255), (250, 250, 250), (60, 60, 255), (80, 255, 120)][int(rng.integers(4))]
    draw_text(board, rng, f"{rng.integers(1, 999)} " + _words(rng, UPPER + LOWER, 2), ink, 0.75)
    if rng.random() < 0.6:
        board[::3] //= 3
        board[:, ::3] //= 3
    return Decoy(board, _whole(board), float(rng.uniform(1.0, 3.5)))


def lettering(rng: np.random.Generator) -> Decoy:
    """Letters without a ground: phone numbers and addresses on vans, badges of models, writing on clothes and roads."""
    width, height = int(rng.integers(120, 420)), int(rng.integers(24, 64))
    kind = int(rng.integers(4))
    text = (
        f"0{rng.integers(100, 9999)} {rng.integers(100, 999)} {rng.integers(100, 9999)}",
        f"www.{_words(rng, LOWER, 1)}.co.uk",
        _words(rng, LOWER if rng.random() < 0.5 else UPPER, int(rng.integers(1, 4))),
        f"{_words(rng, UPPER, 1, 4)}{rng.integers(1, 999)}",
    )[kind]
    mask = np.zeros((height, width, 3), np.uint8)
    draw_text(mask, rng, text, (255, 255, 255), float(rng.uniform(0.5, 0.85)))
    ink = np.empty_like(mask)
    ink[:] = random_colour(rng) if rng.random() < 0.5 else random_colour(rng, 200, 255)
    return Decoy(ink, mask[..., 0].copy(), float(rng.uniform(0.4, 3.5)))


def strip(rng: np.random.Generator) -> Decoy:
    """A dealer's strip or sticker: thin, many small letters, often right above or below a plate."""
    width = int(rng.integers(160, 360))
    board = _board(rng, width, int(width * rng.uniform(0.04, 0.1)), random_colour(rng))
    draw_text(board, rng, _words(rng, LOWER + UPPER, int(rng.integers(2, 5))), random_colour(rng), 0.7)
    return Decoy(board, _whole(board), float(rng.uniform(0.4, 1.2)))


def slats(rng: np.random.Generator) -> Decoy:
    """A grille, vent, fence, shutter, row of windows or crossing: even stripes along one or both axes."""
    width = int(rng.integers(80, 300))
    height = int(width * rng.uniform(0.12, 0.9))
    board = _board(rng, width, height, random_colour(rng, 0, 200))
    ink = random_colour(rng)
    if rng.random() < 0.7:
        pitch = int(rng.integers(5, 40))
        for x in range(int(rng.integers(pitch)), width, pitch):
            cv2.rectangle(board, (x, int(height * 0.1)), (x + max(1, int(pitch * 0.5)), int(height * 0.9)), ink, -1)
    else:
        pitch = int(rng.integers(4, 20))
        for y in range(0, height, pitch):
            cv2.line(board, (0, y), (width, y), ink, max(1, pitch // 2))
    if rng.random() < 0.3:
        board[:, :: int(rng.integers(8, 30))] = random_colour(rng)
    return Decoy(board, _whole(board), float(rng.uniform(0.6, 4.0)))


def panel(rng: np.random.Generator) -> Decoy:
    """A bare bright board, window, reflector or lamp: a plate's shape with nothing on it, or one blob."""
    width = int(rng.integers(80, 300))
    height = int(width * rng.uniform(0.12, 0.8))
    bright = rng.random() < 0.6
    board = _board(rng, width, height, random_colour(rng, 150, 255) if bright else random_colour(rng, 0, 120))
    mask = _whole(board)
    if rng.random() < 0.5:
        mask[:] = 0
        cv2.ellipse(mask, (width // 2, height // 2), (width // 2 - 1, height // 2 - 1), 0, 0, 360, 255, -1, cv2.LINE_AA)
    if rng.random() < 0.4:
        cv2.ellipse(
            board,
            (int(width * rng.uniform(0.2, 0.8)), height // 2),
            (int(height * rng.uniform(0.2, 0.5)), int(height * rng.uniform(0.2, 0.5))),
            0, 0, 360, random_colour(rng), -1, cv2.LINE_AA,
        )  # fmt: skip
    if rng.random() < 0.3:
        board = cv2.GaussianBlur(board, (0, 0), float(rng.uniform(1, 6))).astype(np.uint8)
    return Decoy(board, mask, float(rng.uniform(0.3, 2.5)))


def poster(rng: np.random.Generator) -> Decoy:
    """A block of several short lines: notices, parking signs, labels, timetables, number of a house."""
    width = int(rng.integers(80, 220))
    height = int(width * rng.uniform(0.6, 1.6))
    bright = bool(rng.random() < 0.6)
    board = _board(rng, width, height, random_colour(rng, 160, 255) if bright else random_colour(rng, 0, 140))
    lines = int(rng.integers(3, 9))
    step = height // lines
    for line in range(lines):
        if rng.random() < 0.8:
            text = _words(rng, LOWER + UPPER, int(rng.integers(1, 4)))
            ink = random_colour(rng, 0, 80) if bright else (235, 235, 235)
            draw_text(board[line * step : (line + 1) * step], rng, text, ink, float(rng.uniform(0.3, 0.8)))
    return Decoy(board, _whole(board), float(rng.uniform(0.4, 3.0)))


def _shining(rng: np.random.Generator, core: NDArray[np.uint8], colour: Colour, reach: float) -> Decoy:
    """Return what shines in a colour where `core` (h, w) is set: white hot in the middle, with a halo around it.

    `reach` is the halo's deviation in px of the picture.
    """
    halo = cv2.GaussianBlur(core, (0, 0), max(0.5, reach)).astype(np.float32) * float(rng.uniform(0.4, 1.4))
    heat = np.clip(core.astype(np.float32) / 255.0 * rng.uniform(0.3, 1.0), 0, 1)[..., None]
    image = np.asarray(colour, np.float32) * (1.0 - heat) + 255.0 * heat
    mask = np.clip(np.maximum(core, halo), 0, 255).astype(np.uint8)
    return Decoy(image.astype(np.uint8), mask, 1.0, lit=True)


GLOWS: Final[tuple[Colour, ...]] = (
    (255, 255, 255), (40, 40, 255), (60, 190, 255), (80, 255, 90), (255, 120, 60), (255, 90, 220), (200, 255, 120),
)  # fmt: skip
"""Colours of lit signs and lamps, BGR."""


def lit_name(rng: np.random.Generator) -> Decoy:
    """A shop's name in lit letters on nothing, as at night: a word or two in a plate's proportions, often with a logo."""
    height = int(rng.integers(40, 80))
    width = int(height * rng.uniform(2.0, 7.0))
    picture = np.zeros((height, width, 3), np.uint8)
    left = 0
    if rng.random() < 0.4:
        left = height
        cv2.circle(picture, (height // 2, height // 2), height // 3, (255,) * 3, -1 if rng.random() < 0.5 else 4)
    text = _words(rng, LOWER if rng.random() < 0.6 else UPPER, 1 if rng.random() < 0.7 else 2, 10)
    if rng.random() < 0.4:
        text = text.capitalize()
    inner = np.zeros((height, width - left, 3), np.uint8)
    draw_text(inner, rng, text, (255, 255, 255), float(rng.uniform(0.5, 0.8)))
    picture[:, left:] = inner
    lit = _shining(rng, picture[..., 0].copy(), GLOWS[int(rng.integers(len(GLOWS)))], height * rng.uniform(0.02, 0.15))
    return Decoy(lit.image, lit.mask, float(rng.uniform(0.5, 3.0)), lit=True)


def lit_box(rng: np.random.Generator) -> Decoy:
    """A lit board with dark or coloured words: a shop's light box, a petrol price, a direction sign in headlights."""
    width = int(rng.integers(120, 300))
    height = int(width * rng.uniform(0.15, 0.9))
    colour = (255, 255, 255) if rng.random() < 0.5 else GLOWS[int(rng.integers(len(GLOWS)))]
    board = _board(rng, width, height, colour)
    lines = max(1, int(height / width * rng.uniform(2, 6)))
    step = height // lines
    ink = random_colour(rng, 0, 130) if colour == (255, 255, 255) or rng.random() < 0.4 else (255, 255, 255)
    for line in range(lines):
        text = str(rng.choice(["<", ">", "^", "P", "24h", "!"])) if rng.random() < 0.15 else ""
        text += _words(rng, LOWER if rng.random() < 0.5 else UPPER, int(rng.integers(1, 3)), 10)
        draw_text(board[line * step : (line + 1) * step], rng, text, ink, float(rng.uniform(0.35, 0.75)))
    return Decoy(board, _whole(board), float(rng.uniform(0.5, 3.0)), lit=True)


def lamp(rng: np.random.Generator) -> Decoy:
    """A vehicle's lamp: bars, rows or blobs, red, amber or white, burnt out in the middle, with a wide halo."""
    width = int(rng.integers(80, 220))
    height = int(width * rng.uniform(0.2, 0.6))
    core = np.zeros((height, width), np.uint8)
    for _ in range(int(rng.integers(1, 4))):
        x, y = int(width * rng.uniform(0.25, 0.75)), int(height * rng.uniform(0.3, 0.7))
        half = (max(3, int(width * rng.uniform(0.05, 0.3))), max(2, int(height * rng.uniform(0.05, 0.2))))
        if rng.random() < 0.6:
            cv2.rectangle(core, (x - half[0], y - half[1]), (x + half[0], y + half[1]), 255, -1)
        else:
            cv2.ellipse(core, (x, y), half, float(rng.uniform(-15, 15)), 0, 360, 255, -1, cv2.LINE_AA)
    colour = [(30, 20, 255), (70, 20, 255), (40, 170, 255), (255, 255, 255)][
        int(rng.choice(4, p=[0.4, 0.3, 0.15, 0.15]))
    ]
    lit = _shining(rng, core, colour, height * rng.uniform(0.03, 0.2))
    return Decoy(lit.image, lit.mask, float(rng.uniform(0.4, 2.0)), lit=True)


KINDS: Final[tuple[tuple[Callable[[np.random.Generator], Decoy], float], ...]] = (
    (sign, 0.18), (shop_front, 0.13), (blind, 0.08), (lettering, 0.2), (strip, 0.1), (slats, 0.13), (panel, 0.1), (poster, 0.08),
    (lit_name, 0.16), (lit_box, 0.08), (lamp, 0.1),
)  # fmt: skip
"""Every kind of decoy with its share."""


def random_decoy(rng: np.random.Generator) -> Decoy:
    """Return a decoy of a random kind."""
    shares = np.array([share for _, share in KINDS])
    return KINDS[int(rng.choice(len(KINDS), p=shares / shares.sum()))][0](rng)
