"""Random registration marks of the lawful layouts (docs/DOMAIN.md), written with their spaces."""

from collections.abc import Callable
from typing import Final

import numpy as np

_AREA: Final = "ABCDEFGHJKLMNOPRSTUVWXY"
_LETTERS: Final = "ABCDEFGHJKLMNOPRSTUVWXYZ"
_YEARS: Final = "ABCDEFGHJKLMNPRSTVWXY"


def _some(rng: np.random.Generator, count: int, among: str = _LETTERS) -> str:
    return "".join(among[int(k)] for k in rng.integers(len(among), size=count))


def _number(rng: np.random.Generator, digits: int) -> str:
    length = int(rng.integers(1, digits + 1))
    return str(int(rng.integers(10 ** (length - 1), 10**length)))


def _current(rng: np.random.Generator) -> str:
    year = int(rng.integers(2, 27)) + int(rng.choice([0, 50]))
    return f"{_some(rng, 2, _AREA)}{min(year, 76):02d} {_some(rng, 3)}"


def _northern_irish(rng: np.random.Generator) -> str:
    pair = "I" + _some(rng, 1) if rng.random() < 0.5 else _some(rng, 1) + "Z"
    return f"{_some(rng, 1)}{pair} {_number(rng, 4)}"


def _dateless(rng: np.random.Generator) -> str:
    letters = _some(rng, int(rng.integers(1, 4)))
    number = _number(rng, 3 if len(letters) == 3 else 4)
    return f"{letters} {number}" if rng.random() < 0.5 else f"{number} {letters}"


LAYOUTS: Final[dict[str, tuple[float, Callable[[np.random.Generator], str]]]] = {
    "current": (0.70, _current),
    "prefix": (0.12, lambda rng: f"{_some(rng, 1, _YEARS)}{_number(rng, 3)} {_some(rng, 3)}"),
    "suffix": (0.03, lambda rng: f"{_some(rng, 3)} {_number(rng, 3)}{_some(rng, 1, _YEARS)}"),
    "dateless": (0.06, _dateless),
    "Northern Ireland": (0.06, _northern_irish),
    "diplomatic": (
        0.015,
        lambda rng: f"{_some(rng, 3, '123456789')} {_some(rng, 1, 'DX')} {_some(rng, 3, '0123456789')}",
    ),
    "military": (0.015, lambda rng: f"{_some(rng, 2, _AREA)} {_some(rng, 2, '0123456789')} {_some(rng, 2)}"),
}
"""Layouts with rough shares of the fleet, which is mostly marks of the current layout."""


def random_mark(rng: np.random.Generator) -> tuple[str, str]:
    """Return a mark with its spaces, and the name of its layout."""
    shares = np.array([share for share, _ in LAYOUTS.values()])
    layout = str(rng.choice(list(LAYOUTS), p=shares / shares.sum()))
    return LAYOUTS[layout][1](rng), layout
