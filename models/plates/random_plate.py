"""Random number plates, flat and from the front: everything that detector and reader learn from.

`python -m models.plates.random_plate OUT.png [SEED]` writes a contact sheet.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from models.plates.british import TEXTS, british_plate
from models.plates.canvas import Plate
from models.plates.countries import COUNTRIES
from models.plates.european import european_plate

__all__ = ["STYLES", "Plate", "contact_sheet", "random_plate"]

_TOTAL_EUROPEAN: Final = sum(c.share for c in COUNTRIES)

STYLES: Final[dict[str, float]] = {
    **{kind: 0.50 * share for kind, (share, _) in TEXTS.items()},
    **{c.code: 0.45 * c.share / _TOTAL_EUROPEAN for c in COUNTRIES},
    "XX": 0.05,
}
"""Every style with its share: 50 % British, 45 % other European, 5 % anything (sums to 1)."""

_NAMES: Final = tuple(STYLES)
_CUMULATED: Final = np.cumsum([STYLES[n] for n in _NAMES])


def random_plate(rng: np.random.Generator, *, styles: Sequence[str] | None = None) -> Plate:
    """Return a random plate, about 150 to 560 px wide; the same generator state gives the same plate.

    `styles` limits the choice to some names of STYLES, drawn alike; a KeyError names one that is unknown.
    """
    if styles is None:
        name = _NAMES[min(int(np.searchsorted(_CUMULATED, rng.random())), len(_NAMES) - 1)]
    else:
        name = styles[int(rng.integers(len(styles)))]
    if name not in STYLES:
        raise KeyError(name)
    return british_plate(rng, name) if name in TEXTS else european_plate(rng, name)


def contact_sheet(
    seed: int, styles: Sequence[str] | None = None, rows: int = 16, columns: int = 5
) -> NDArray[np.uint8]:
    """Return rows * columns random plates with text and style under each, BGR."""
    rng = np.random.default_rng(seed)
    width, height = 320, 124
    sheet = np.full((rows * height, columns * width, 3), 70, np.uint8)
    for i in range(rows * columns):
        plate = random_plate(rng, styles=styles)
        fit = min((width - 8) / plate.image.shape[1], (height - 26) / plate.image.shape[0])
        covered = plate.image.copy()
        covered[plate.coverage < 128] = 70
        picture = np.asarray(cv2.resize(covered, None, fx=fit, fy=fit, interpolation=cv2.INTER_AREA))
        y, x = i // columns * height + 2, i % columns * width + 4
        sheet[y : y + picture.shape[0], x : x + picture.shape[1]] = picture
        label = f"{plate.text}  {plate.style}"
        cv2.putText(sheet, label, (x, y + height - 10), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (0, 255, 255), 1, cv2.LINE_AA)
    return sheet


def main() -> None:
    """Write a contact sheet: OUT.png, then optionally a seed and a comma-separated list of styles."""
    out = Path(sys.argv[1])
    styles = sys.argv[3].split(",") if len(sys.argv) > 3 else None
    ok, coded = cv2.imencode(".png", contact_sheet(int(sys.argv[2]) if len(sys.argv) > 2 else 1, styles))
    if not ok:
        raise RuntimeError(f"{out} cannot be coded: give a name that ends in .png")
    out.write_bytes(coded.tobytes())


if __name__ == "__main__":
    main()
