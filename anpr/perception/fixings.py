"""What screws and caps make of a character: how much less a reader may be believed that reads a Q, and that it may have been an O.

Measured on rendered plates, see `fixings.toml` and models/train/hidden/reliability.py. That a fixing may be there the network of hidden
characters sees; how it errs with each character is here, so that a plate that shows nothing of the kind stays as sure as it is.
"""

import importlib.resources
import tomllib
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from anpr.vrm import ALPHABET, NOTHING

FILE: Final = "fixings.toml"


def added_and_meant(table: Mapping[str, Mapping[str, Any]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return for each character (36,) what is added to the log odds that it's wrong, and (36, 37) which ones were meant, shares.

    A row of zeros says that nothing is known of a character.
    """
    added, meant = np.zeros(len(ALPHABET)), np.zeros((len(ALPHABET), NOTHING + 1))
    for character, row in table.items():
        code = ALPHABET.index(character)
        added[code] = float(row["added"])
        for other, share in row["meant"].items():
            meant[code, ALPHABET.index(other)] = float(share)
        if meant[code].sum() > 0:
            meant[code] /= meant[code].sum()
    return added, meant


def _shipped() -> Mapping[str, Mapping[str, Any]]:
    text = importlib.resources.files("anpr.perception").joinpath(FILE).read_text(encoding="utf-8")
    return tomllib.loads(text)


ADDED, MEANT = added_and_meant(_shipped())


def doubted_characters(text: str, wrong: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the probabilities (L,) that each character of a text is wrong, given those that the network says."""
    said = np.clip(wrong, 1e-9, 1.0 - 1e-9)
    odds = said / (1.0 - said) * np.exp(ADDED[[ALPHABET.index(c) for c in text]])
    return np.asarray(np.maximum(odds / (1.0 + odds), wrong))
