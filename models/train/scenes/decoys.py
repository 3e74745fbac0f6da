"""Things on and beside the road that are no plates but have been taken for plates: the detector's hard negatives.

Signs, shop fronts, bus blinds, phone numbers and addresses on vans, dealer strips, stickers, grilles, vents, windows,
lamps, reflectors and bare bright boards. Each is a flat picture with a coverage mask, to be set into a scene like a plate.
None is a text of plate length in a plate's proportions on a plate's colours with a border: that would be a plate.
"""

from collections.abc import Callable
from typing import Final

import cv2
import numpy as np

from models.train.scenes.decoy_parts import LOWER, UPPER, Decoy, board_of, draw_text, random_colour, whole, words
from models.train.scenes.decoys_lit import lamp, lit_box, lit_name


def sign(rng: np.random.Generator) -> Decoy:
    """A road or street sign: blue, green, brown, red or white with lines of words, numbers or an arrow."""
    lines = int(rng.integers(1, 5))
    width, height = int(rng.integers(120, 320)), int(40 * lines * rng.uniform(0.8, 1.4))
    dark = bool(rng.random() < 0.65)
    ground = random_colour(rng, 0, 130) if dark else random_colour(rng, 190, 255)
    board = board_of(rng, width, height, ground)
    ink = (240, 240, 240) if dark else random_colour(rng, 0, 80)
    step = height // lines
    for line in range(lines):
        text = words(rng, LOWER if rng.random() < 0.5 else UPPER, int(rng.integers(1, 3)), 12)
        draw_text(board[line * step : (line + 1) * step], rng, text, ink, float(rng.uniform(0.4, 0.75)))
    mask = whole(board)
    if rng.random() < 0.3:
        mask[:] = 0
        cv2.ellipse(mask, (width // 2, height // 2), (width // 2 - 1, height // 2 - 1), 0, 0, 360, 255, -1, cv2.LINE_AA)
    return Decoy(board, mask, float(rng.uniform(0.7, 4.0)))


def shop_front(rng: np.random.Generator) -> Decoy:
    """A long strip with large words, over a shop or along a van or bus."""
    width = int(rng.integers(250, 520))
    board = board_of(rng, width, int(width * rng.uniform(0.07, 0.16)), random_colour(rng))
    letters = LOWER if rng.random() < 0.5 else UPPER
    draw_text(board, rng, words(rng, letters, int(rng.integers(2, 5)), 10), random_colour(rng), 0.7)
    return Decoy(board, whole(board), float(rng.uniform(2.0, 8.0)))


def blind(rng: np.random.Generator) -> Decoy:
    """The lit display of a bus or taxi: amber, white or red dots on black."""
    width = int(rng.integers(160, 400))
    board = np.full((int(width * rng.uniform(0.12, 0.25)), width, 3), int(rng.integers(5, 30)), np.uint8)
    ink = [(40, 170, 255), (250, 250, 250), (60, 60, 255), (80, 255, 120)][int(rng.integers(4))]
    draw_text(board, rng, f"{rng.integers(1, 999)} " + words(rng, UPPER + LOWER, 2), ink, 0.75)
    if rng.random() < 0.6:
        board[::3] //= 3
        board[:, ::3] //= 3
    return Decoy(board, whole(board), float(rng.uniform(1.0, 3.5)))


def lettering(rng: np.random.Generator) -> Decoy:
    """Letters without a ground: phone numbers and addresses on vans, badges of models, writing on clothes and roads."""
    width, height = int(rng.integers(120, 420)), int(rng.integers(24, 64))
    kind = int(rng.integers(4))
    text = (
        f"0{rng.integers(100, 9999)} {rng.integers(100, 999)} {rng.integers(100, 9999)}",
        f"www.{words(rng, LOWER, 1)}.co.uk",
        words(rng, LOWER if rng.random() < 0.5 else UPPER, int(rng.integers(1, 4))),
        f"{words(rng, UPPER, 1, 4)}{rng.integers(1, 999)}",
    )[kind]
    mask = np.zeros((height, width, 3), np.uint8)
    draw_text(mask, rng, text, (255, 255, 255), float(rng.uniform(0.5, 0.85)))
    ink = np.empty_like(mask)
    ink[:] = random_colour(rng) if rng.random() < 0.5 else random_colour(rng, 200, 255)
    return Decoy(ink, mask[..., 0].copy(), float(rng.uniform(0.4, 3.5)))


def strip(rng: np.random.Generator) -> Decoy:
    """A dealer's strip or sticker: thin, many small letters, often right above or below a plate."""
    width = int(rng.integers(160, 360))
    board = board_of(rng, width, int(width * rng.uniform(0.04, 0.1)), random_colour(rng))
    draw_text(board, rng, words(rng, LOWER + UPPER, int(rng.integers(2, 5))), random_colour(rng), 0.7)
    return Decoy(board, whole(board), float(rng.uniform(0.4, 1.2)))


def slats(rng: np.random.Generator) -> Decoy:
    """A grille, vent, fence, shutter, row of windows or crossing: even stripes along one or both axes."""
    width = int(rng.integers(80, 300))
    height = int(width * rng.uniform(0.12, 0.9))
    board = board_of(rng, width, height, random_colour(rng, 0, 200))
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
    return Decoy(board, whole(board), float(rng.uniform(0.6, 4.0)))


def panel(rng: np.random.Generator) -> Decoy:
    """A bare bright board, window, reflector or lamp: a plate's shape with nothing on it, or one blob."""
    width = int(rng.integers(80, 300))
    height = int(width * rng.uniform(0.12, 0.8))
    bright = rng.random() < 0.6
    board = board_of(rng, width, height, random_colour(rng, 150, 255) if bright else random_colour(rng, 0, 120))
    mask = whole(board)
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
    board = board_of(rng, width, height, random_colour(rng, 160, 255) if bright else random_colour(rng, 0, 140))
    lines = int(rng.integers(3, 9))
    step = height // lines
    for line in range(lines):
        if rng.random() < 0.8:
            text = words(rng, LOWER + UPPER, int(rng.integers(1, 4)))
            ink = random_colour(rng, 0, 80) if bright else (235, 235, 235)
            draw_text(board[line * step : (line + 1) * step], rng, text, ink, float(rng.uniform(0.3, 0.8)))
    return Decoy(board, whole(board), float(rng.uniform(0.4, 3.0)))


def body_name(rng: np.random.Generator) -> Decoy:
    """A fleet number or a model's name on a vehicle's body: a few large characters straight on the paint."""
    height = int(rng.integers(30, 64))
    numbers = bool(rng.random() < 0.5)
    text = str(rng.integers(10, 9999)) if numbers else "".join(rng.choice(list(UPPER), int(rng.integers(3, 8))))
    width = int(height * (0.7 if numbers else rng.uniform(0.7, 1.3)) * len(text))
    mask = np.zeros((height, width, 3), np.uint8)
    draw_text(mask, rng, text, (255, 255, 255), 0.8)
    grey = int(rng.integers(10, 90)) if rng.random() < 0.7 else int(rng.integers(150, 240))
    ink = np.full_like(mask, grey)
    strength = float(rng.uniform(0.5, 1.0))
    return Decoy(ink, (mask[..., 0] * strength).astype(np.uint8), float(rng.uniform(0.5, 1.4)), on_paint=True)


def chevrons(rng: np.random.Generator) -> Decoy:
    """A board of arrows or stripes across, as at bends and works: red, black or yellow on white or yellow."""
    height, count = int(rng.integers(40, 80)), int(rng.integers(1, 6))
    width = int(height * max(1.0, count * rng.uniform(0.7, 1.2)))
    ground = (235, 235, 235) if rng.random() < 0.6 else (60, 200, 240)
    ink = [(40, 40, 200), (20, 20, 20), (150, 60, 20)][int(rng.integers(3))]
    board = board_of(rng, width, height, ground)
    step, lean = width / count, (0.0 if rng.random() < 0.3 else rng.uniform(0.2, 0.45)) * height
    for i in range(count):
        left, half = i * step + step * 0.2, step * float(rng.uniform(0.35, 0.5))
        outline = [
            (left, 2), (left + half, 2), (left + half + lean, height / 2), (left + half, height - 2),
            (left, height - 2), (left + lean, height / 2),
        ]  # fmt: skip
        cv2.fillPoly(board, [np.array(outline, np.int32)], ink, cv2.LINE_AA)
    if rng.random() < 0.5:
        board = np.ascontiguousarray(board[:, ::-1])
    return Decoy(board, whole(board), float(rng.uniform(0.5, 2.5)))


def pictogram(rng: np.random.Generator) -> Decoy:
    """A square sign with a figure: blue, white or yellow, a triangle, disc or arrow within, as at crossings."""
    size = int(rng.integers(50, 120))
    board = board_of(rng, size, size, (235, 235, 235))
    ground = [(170, 80, 20), (60, 200, 240), (40, 120, 40), (90, 40, 40)][int(rng.integers(4))]
    rim = int(size * rng.uniform(0.04, 0.14))
    cv2.rectangle(board, (rim, rim), (size - rim, size - rim), ground, -1)
    shape = [(0.5, 0.2), (0.85, 0.8), (0.15, 0.8)] if rng.random() < 0.6 else [(0.2, 0.2), (0.8, 0.5), (0.2, 0.8)]
    cv2.fillPoly(board, [(np.array(shape) * size).astype(np.int32)], (235, 235, 235), cv2.LINE_AA)
    cv2.circle(board, (size // 2, int(size * 0.6)), int(size * rng.uniform(0.04, 0.12)), (20, 20, 20), -1, cv2.LINE_AA)
    return Decoy(board, whole(board), float(rng.uniform(0.4, 1.5)))


KINDS: Final[tuple[tuple[Callable[[np.random.Generator], Decoy], float], ...]] = (
    (sign, 0.18), (shop_front, 0.13), (blind, 0.08), (lettering, 0.2), (strip, 0.1), (slats, 0.13), (panel, 0.1), (poster, 0.08),
    (lit_name, 0.16), (lit_box, 0.08), (lamp, 0.12), (body_name, 0.16), (chevrons, 0.06), (pictogram, 0.06),
)  # fmt: skip
"""Every kind of decoy with its share."""


def random_decoy(rng: np.random.Generator) -> Decoy:
    """Return a decoy of a random kind."""
    shares = np.array([share for _, share in KINDS])
    return KINDS[int(rng.choice(len(KINDS), p=shares / shares.sum()))][0](rng)
