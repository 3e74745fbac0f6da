"""Room for a character that was not read: the even pitch of a plate's characters and its even margins tell where one is lacking, whatever covers it.

British characters are 50 mm wide (1 and I 14 mm), 11 mm apart, and 33 mm at the group's gap (Road Vehicles (Display of Registration Marks)
Regulations 2001, schedule 3), so that a hidden one leaves 72 mm or 94 mm. The scale comes from the plate's narrower gaps, so nothing
needs to be known of its size; a hidden 1 leaves no more than a group's gap and isn't told.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anpr.perception.character_places import Place
from anpr.perception.layouts import may_lack_one

WIDE_MM: Final = 50.0
NARROW_MM: Final = 14.0
APART_MM: Final = 11.0

LEAST_GAPS: Final = 3
"""Fewer gaps say nothing of what is usual on a plate."""

USUAL: Final = 0.2
"""The quantile of a plate's gaps that is taken for the usual one: group gaps and hidden characters are the wide ones."""

PITCH: Final = 0.3
"""The quantile of the distances between neighbours that is taken for a plate's pitch."""

HALF_MM: Final = 66.0
STEEPNESS_MM: Final = 3.0
"""The gap at which a hidden character is as probable as none, and how fast that changes (a logistic curve). Set on 4,000 looks at rendered
plates, as the reader places their characters: of British ones 0.5 % have a gap above 50 mm, of those with one character taken out 95 % have
one above 60 mm."""

LEFT_WIDER: Final = 1.9
RIGHT_WIDER: Final = 0.95
LEFT_STEEPNESS: Final = 0.12
RIGHT_STEEPNESS: Final = 0.08
"""By how many pitches one margin is wider than the other where a hidden character is as probable as none, and how fast that changes. British
plates are marked in their middle, but a band at the left takes two thirds of a pitch and more from it."""


def lacking(text: str, places: Sequence[Place | None]) -> NDArray[np.float64]:
    """Return for each place of a text (L + 1,) how probably a character is hidden there by the room that there is.

    `places` are those of its characters in the reader's cut, in whose middle the plate is. Nothing is told of gaps beside a character whose
    place isn't known, nor of plates of few characters. Other countries' plates have gaps and bands of every width, so only marks that are
    one character short of a modern British layout are judged.
    """
    told = np.zeros(len(text) + 1)
    gaps = gaps_mm(text, places)
    if np.isfinite(gaps).sum() < LEAST_GAPS or not may_lack_one(text):
        return told
    told[1:-1] = _logistic((np.nan_to_num(gaps) - HALF_MM) / STEEPNESS_MM)
    wider = left_wider(places)
    if wider is not None:
        told[0] = _logistic((wider - LEFT_WIDER) / LEFT_STEEPNESS)
        told[-1] = _logistic((-wider - RIGHT_WIDER) / RIGHT_STEEPNESS)
    return told


def left_wider(places: Sequence[Place | None]) -> float | None:
    """Return by how many of its pitches a plate's left margin is wider than the right one; None for two lines and unknown places."""
    known = [place for place in places if place is not None]
    if len(known) < len(places) or len(known) < 2 or any(place.row for place in known):
        return None
    x = np.array([place.x for place in known])
    pitch = float(np.quantile(np.diff(x), PITCH))
    return float(x[0] - (1.0 - x[-1])) / pitch if pitch > 0.0 else None


def _logistic(values: NDArray[np.float64] | float) -> NDArray[np.float64]:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(values, -50.0, 50.0))))


def gaps_mm(text: str, places: Sequence[Place | None]) -> NDArray[np.float64]:
    """Return the width of each gap between neighbours (L - 1,) as on a British plate, mm; NaN where it isn't known or lines change."""
    wide = np.array([NARROW_MM if c in "1I" else WIDE_MM for c in text])
    x = np.array([np.nan if place is None else place.x + 10.0 * place.row for place in places])
    apart, halves = np.diff(x), (wide[1:] + wide[:-1]) / 2
    apart[~((apart > 0.0) & (apart < 1.0))] = np.nan
    known = np.isfinite(apart)
    if not known.any():
        return np.full(len(apart), np.nan)
    scale = float(np.quantile(apart[known] / (halves[known] + APART_MM), USUAL))
    return np.asarray(apart / max(scale, 1e-6) - halves)
