"""Which readings are listed, and how probable each is beside the others."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hotlists.keys import Keys
from hotlists.matching.in_force import ListInForce
from hotlists.matching.posterior import Hypotheses, hypotheses, joined, one_more_or_less, posterior
from hotlists.matching.readings import PlateReadings
from hotlists.store.index import Rows
from hotlists.store.index_key import IndexKey, Sought


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """Hypotheses of what the plate shows, the readings first, each with its chance to be what this vehicle bears.

    `rows[i]` are the entries found in list i: (number of the hypothesis, rows with that key).
    """

    hypotheses: Hypotheses
    chances: NDArray[np.float64]
    rows: list[list[tuple[int, Rows]]]


def weigh(lists: Sequence[ListInForce], readings: PlateReadings, floor: float, *, even_odds: bool = False) -> Weighed:
    """Look the readings up in all lists; lengths off by one too where nothing likely is listed.

    With `even_odds` a listed mark is no likelier than any other: it gets what the picture alone says.
    """
    texts = hypotheses(readings.folded, readings.probability)
    listed, rows = _look_up(lists, texts.keys)
    if not listed[0]:
        keys, probability = one_more_or_less(texts, floor)
        also_listed, also_rows = _look_up(lists, keys) if len(keys) else (listed[:0], rows)
        if also_listed.any():
            offset = len(listed)
            rows = [
                first + [(place + offset, of_key) for place, of_key in second]
                for first, second in zip(rows, also_rows, strict=True)
            ]
            texts, listed = joined(texts, hypotheses(keys, probability)), np.concatenate([listed, also_listed])
    return Weighed(texts, texts.probability if even_odds else posterior(texts, listed), rows)


def weigh_texts(lists: Sequence[ListInForce], texts: Hypotheses, *, even_odds: bool = False) -> Weighed:
    """Look up texts that were made of what was seen and of what may be hidden, and no others; `even_odds` as in `weigh`."""
    listed, rows = _look_up(lists, texts.keys)
    return Weighed(texts, texts.probability if even_odds else posterior(texts, listed), rows)


def _look_up(lists: Sequence[ListInForce], keys: Keys) -> tuple[NDArray[np.bool_], list[list[tuple[int, Rows]]]]:
    sought: dict[IndexKey, Sought] = {}
    listed = np.zeros(len(keys), dtype=np.bool_)
    rows: list[list[tuple[int, Rows]]] = []
    for one in lists:
        key = one.index.key
        if key not in sought:  # one key holds for all lists of a folder
            sought[key] = key.sought(keys)
        here = one.index.present(sought[key])
        for place, _ in here:
            listed[place] = True
        rows.append(here)
    return listed, rows
