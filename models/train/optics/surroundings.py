"""What lies around a plate in the picture: a road scene or paint, its holder, and letters that stand right beside it."""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]

_LETTERING: Final = (
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
)


def background(rng: np.random.Generator, size: tuple[int, int], frames: Sequence[Image]) -> Image:
    """Return a picture (h, w, 3) of what may be around a plate: a piece of a road scene, or a car's paint."""
    w, h = size
    if frames and rng.random() < 0.5:
        frame = frames[int(rng.integers(len(frames)))]
        zoom = float(rng.uniform(0.5, 2.5))
        cw, ch = min(int(w * zoom) + 2, frame.shape[1]), min(int(h * zoom) + 2, frame.shape[0])
        x, y = int(rng.integers(frame.shape[1] - cw + 1)), int(rng.integers(frame.shape[0] - ch + 1))
        piece = cv2.resize(frame[y : y + ch, x : x + cw], size, interpolation=cv2.INTER_LINEAR)
        gain = float(rng.uniform(0.5, 2.0))
        return np.asarray(cv2.convertScaleAbs(piece, alpha=gain), np.uint8)
    base = rng.uniform(0, 255, 3) if rng.random() < 0.4 else np.full(3, rng.uniform(0, 230)) + rng.normal(0, 8, 3)
    coarse = base + rng.normal(0, 25, (3, 4, 3)) * float(rng.random())
    paint = cv2.resize(np.clip(coarse, 0, 255).astype(np.uint8), size, interpolation=cv2.INTER_CUBIC)
    for _ in range(int(rng.integers(0, 4))):
        shade = tuple(float(v) for v in np.clip(base + rng.normal(0, 70), 0, 255))
        ends = rng.integers(-5, max(w, h) + 5, 4)
        cv2.line(
            paint,
            (int(ends[0]), int(ends[1] * h / w)),
            (int(ends[2]), int(ends[3] * h / w)),
            shade,
            int(rng.integers(1, 6)),
        )
    return np.asarray(paint, np.uint8)


def holder(rng: np.random.Generator, scene: Image, corners: NDArray[np.float32]) -> None:
    """Draw a plate holder, at times with a dealer's line, or a recess in the body, around the plate."""
    middle = corners.mean(axis=0)
    height = float(np.linalg.norm(corners[3] - corners[0]))
    width = float(np.linalg.norm(corners[1] - corners[0]))
    grow = rng.uniform(0.01, 0.16, 4) * height
    ex = (corners[1] - corners[0]) / max(width, 1)
    ey = (corners[3] - corners[0]) / max(height, 1)
    outer = corners + np.stack(
        [
            -ex * grow[0] - ey * grow[1],
            ex * grow[2] - ey * grow[1],
            ex * grow[2] + ey * grow[3],
            -ex * grow[0] + ey * grow[3],
        ]
    )
    shade = float(rng.uniform(0, 60)) if rng.random() < 0.75 else float(rng.uniform(60, 240))
    cv2.fillConvexPoly(scene, np.round(outer * 8).astype(np.int32), (shade, shade, shade), cv2.LINE_AA, 3)
    if grow[3] > 0.09 * height and rng.random() < 0.6:
        words = "".join(rng.choice(list("ABCDEFGHIKLMNOPRSTUVWaeiourst.  "), int(rng.integers(8, 30))))
        ink = 255 - shade if rng.random() < 0.8 else shade
        place = middle + ey * (height / 2 + grow[3] * 0.85) - ex * width * float(rng.uniform(0.1, 0.4))
        size = grow[3] * 0.75 / 22
        cv2.putText(
            scene,
            words,
            (int(place[0]), int(place[1])),
            cv2.FONT_HERSHEY_SIMPLEX,
            size,
            (ink, ink, ink),
            1,
            cv2.LINE_AA,
        )


def neighbour(
    rng: np.random.Generator, scene: Image, corners: NDArray[np.float32], taken_for_end: float
) -> NDArray[np.float32]:
    """Draw something with a letter or two right beside the plate: a country's oval, a sticker, a second plate's end.

    Return the corners of what is taken for the plate: in a share `taken_for_end` of the cases that reaches into what
    stands beside it.
    """
    right = rng.random() < 0.6
    near, far = (corners[1], corners[2]) if right else (corners[0], corners[3])
    height = float(np.linalg.norm(far - near))
    along = (corners[1] - corners[0]) / max(float(np.linalg.norm(corners[1] - corners[0])), 1.0)
    away = along if right else -along
    gap, wide = float(rng.uniform(0.0, 0.25)) * height, float(rng.uniform(0.3, 1.2)) * height
    quad = np.stack([near + away * gap, near + away * (gap + wide), far + away * (gap + wide), far + away * gap])
    paper = rng.uniform(150, 255, 3) if rng.random() < 0.7 else rng.uniform(0, 255, 3)
    ink = paper - rng.uniform(110, 200) if paper.mean() > 120 else paper + 130
    colour = (float(paper[0]), float(paper[1]), float(paper[2]))
    if rng.random() < 0.3:
        axes = (int(wide / 2 * 8), int(height / 2 * 7))
        middle = quad.mean(axis=0) * 8
        cv2.ellipse(scene, (int(middle[0]), int(middle[1])), axes, 0, 0, 360, colour, -1, cv2.LINE_AA, 3)
    else:
        cv2.fillConvexPoly(scene, np.round(quad * 8).astype(np.int32), colour, cv2.LINE_AA, 3)
    letters = "".join(rng.choice(list("ABCDEFGHIKLNPRSTUVZ"), 1 if rng.random() < 0.7 else 2))
    size = height * float(rng.uniform(0.4, 0.95)) / 22
    place = quad[[0, 3]].mean(axis=0) if right else quad[[1, 2]].mean(axis=0)
    cv2.putText(
        scene,
        letters,
        (int(place[0] + wide * 0.15), int(place[1] + size * 11)),
        _LETTERING[int(rng.integers(len(_LETTERING)))],
        size,
        (float(ink[0]), float(ink[1]), float(ink[2])),
        max(1, round(height / 12)),
        cv2.LINE_AA,
    )
    reach = away * float(rng.uniform(0.2, 1.0)) * (gap + wide) if rng.random() < taken_for_end else np.zeros(2)
    sides = np.array([0, 1, 1, 0] if right else [1, 0, 0, 1], np.float32)
    return np.asarray(corners + sides[:, None] * reach, np.float32)
