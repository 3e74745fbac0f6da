"""What a sighting with hidden characters may be, and when the crew is told of a listed mark that fits what was seen.

What was seen with its hidden places is a pattern with probabilities: at each place there is nothing, or one character (at an
end of the mark also two), of which nothing is known. So the evidence for a text is that of the characters that were seen, times
the probability that the places are filled as this text needs, times 1/36 for each character that fills one. How many of these
texts exist decides what that is worth (`hotlists.matching.posterior`): of `?K64AGY` there are two or three vehicles, and a listed
one of them is it with about one chance in three; of `??64AGY` there are fifty.

So nearly all possible hits are improbable, and a threshold would swallow them all. What makes one worth a look is that a
list so short has anything at all that fits: `offer` compares how many entries would fit what was seen by chance alone with
what a crew can bear. This module holds that rule and its numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import inf, prod
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anpr.values import Hidden
from anpr.vrm import ALPHABET, fold
from hotlists.entry_vrm import ANY
from hotlists.keys import BASE, MAX_CHARACTERS, POWERS, Keys, unpack
from hotlists.matching.posterior import Hypotheses, hypotheses
from hotlists.matching.readings import PlateReadings

MOST_HIDDEN: Final = 2
"""So many hidden characters are tried in all, over all places. With three, of a current mark thousands of vehicles fit."""

TWO_AT_AN_END: Final = 0.2
"""Of ends where something is hidden, the part where it is two characters and not one: a judgement. A post of a plate's height
hides one; a picture's edge hides any number, and what hides more than two leaves too little to be matched."""

LEAST_EVIDENCE: Final = 0.05
"""The crew is told of a possible hit from this probability on that what was seen is right and its places are filled as the
mark needs, whichever characters fill them. Below it, a plate that is whole in nineteen of twenty cases would raise alerts."""

LEAST_SEEN: Final = 4
"""Fewest characters that must have been seen: half of a mark and more."""

MOST_CHANCE_FITS: Final = 0.01
"""The crew is told of a possible hit when at most so many entries of its list would fit what was seen by chance: of a hundred
vehicles with a character hidden one raises such an alert for nothing. Measured: `python -m benchmarks.hotlist_scale --only
possible`."""

VEHICLES: Final = 40e6
"""Vehicles of the United Kingdom that a list's entries are some of (`hotlists.matching.density` has the shares by layout)."""

FLOOR: Final = 1e-3
"""Possible hits less probable than this are not returned: with two characters hidden one vehicle of fifty is the right one,
and its reading may be in doubt besides."""

MOST_TEXTS: Final = 4_000
"""Texts that are looked up of one sighting; the most probable ways to fill the places go first."""

MOST_TRIED: Final = 500
"""Texts of one sighting that are held against the patterns of a list, beside one for each way that fills two places."""

MOST_KEPT: Final = 10
"""Entries of one list that are given of a sighting, the most probable first: what the crew is told of, or what is recorded."""

_LEAST_WAY: Final = 5e-3
"""Ways to read and fill the mark that are less probable than this are left out."""

_FOLDED: Final = np.array([code for code, c in enumerate(ALPHABET, start=1) if fold(c) == c], dtype=np.uint64)
_PART: Final = np.array(
    [sum(fold(c) == ALPHABET[int(code) - 1] for c in ALPHABET) / len(ALPHABET) for code in _FOLDED], dtype=np.float64
)
"""What part of all characters each folded one stands for: two for 0 and for 1."""

_UNNAMED: Final = np.array([ALPHABET.index("O") + 1], dtype=np.uint64)
"""O is 0 in every pattern and every mark that is folded: in one of them it stands for a character that nobody names."""

_RARER_LETTER: Final = 1 / 20
_RARER_DIGIT: Final = 1 / 7
"""By how much each character that a pattern on a list fixes makes the vehicles fewer that fit it: about 23 letters, and 50 age
numbers of two digits."""


@dataclass(frozen=True, slots=True)
class Way:
    """One reading of what was seen, with so many characters at each place.

    `reading` is its number, `seen` how many characters it has, and `places` says before which of them each character stands
    that was not seen. `evidence` is the probability that the mark is read and filled so, whichever characters fill it.
    """

    reading: int
    places: tuple[int, ...]
    seen: int
    evidence: float

    @property
    def unseen(self) -> tuple[int, ...]:
        """Which characters of its texts, counted from the left, were not seen."""
        return tuple(place + before for before, place in enumerate(self.places))


@dataclass(frozen=True, slots=True, eq=False)
class Filled:
    """All texts that a sighting with hidden characters may be.

    `way_of[i]` says by which of `ways` text i is made. `fits` is how many existing vehicles fit what was seen, by those ways
    alone that may be told of. `tried` are the texts that are held against patterns, of which there may be very many:
    `standing_for[i]` are the numbers of the texts that such a one stands for. It is one itself, or all of a way that fills two
    places, with a character there that no pattern names.
    """

    texts: Hypotheses
    way_of: NDArray[np.intp]
    ways: tuple[Way, ...]
    fits: float
    tried: Keys
    standing_for: tuple[range, ...]

    def chance_fits(self, entries: int) -> float:
        """Return how many of a list's entries fit by chance, when this vehicle is none of them."""
        return self.fits * entries / VEHICLES

    def best(self, texts: Sequence[int]) -> int:
        """Return that of these texts which what was seen speaks most for, whichever characters are hidden."""
        return max(texts, key=lambda number: self.ways[self.way_of[number]].evidence)

    def offer(self, texts: Sequence[int], entries: int) -> float:
        """Return how good a reason there is to tell of an entry that fits these texts; 1 or more is enough.

        `entries` are those of its list.
        """
        return self._offer(texts, self.chance_fits(entries))

    def offer_of_pattern(self, texts: Sequence[int], pattern: str, patterns: int) -> float:
        """Return the same of an entry with wildcards, one of so many `patterns` of its list.

        A pattern says nothing of which vehicle is meant: what counts is how much of what was seen it fixes.
        """
        best = self.best(texts)
        unseen = self.ways[self.way_of[best]].unseen
        fixed = [c for place, c in _fixed_in(pattern, unpack(int(self.texts.keys[best]))) if place not in unseen]
        if len(fixed) < LEAST_SEEN:
            return 0.0
        return self._offer(texts, patterns * prod(_RARER_DIGIT if c.isdigit() else _RARER_LETTER for c in fixed))

    def _offer(self, texts: Sequence[int], chance_fits: float) -> float:
        ways = (self.ways[number] for number in {int(number) for number in self.way_of[np.asarray(texts)]})
        evidence = sum(way.evidence for way in ways if way.seen >= LEAST_SEEN)
        return min(evidence / LEAST_EVIDENCE, MOST_CHANCE_FITS / chance_fits if chance_fits > 0.0 else inf)


def filled(readings: PlateReadings, hidden: Sequence[Hidden]) -> Filled:
    """Return what a vehicle may be of which these readings were seen; `hidden` are places of the best of them."""
    ways: list[tuple[float, Way, Keys]] = []
    best = len(unpack(int(readings.folded[0])))
    for number, (key, probability) in enumerate(
        zip(readings.folded.tolist(), readings.probability.tolist(), strict=True)
    ):
        if probability < _LEAST_WAY:
            break
        length = len(unpack(key))
        at = [(length if one.position >= best else min(one.position, length)) for one in hidden]
        for counts, chance in _counts(at, hidden, length):
            if probability * chance < _LEAST_WAY:
                continue
            places = [place for place, count in zip(at, counts, strict=True) for _ in range(count)]
            if length + len(places) <= MAX_CHARACTERS:
                way = Way(number, tuple(places), length, probability * chance)
                ways.append((way.evidence / len(_FOLDED) ** len(places), way, _put_in(key, places, _FOLDED)))
    if not ways:  # a hopeless read of which much may be hidden: what little it says is of the best reading alone
        alone = Way(0, (), best, min(float(readings.probability[0]), _LEAST_WAY))
        ways.append((alone.evidence, alone, readings.folded[:1]))
    ways.sort(key=lambda one: -one[0])
    kept = np.cumsum([len(keys) for *_, keys in ways]) <= MOST_TEXTS
    kept[:1] = True
    chosen = [one for one, is_kept in zip(ways, kept.tolist(), strict=True) if is_kept]
    texts = hypotheses(
        np.concatenate([keys for *_, keys in chosen]),
        np.concatenate([way.evidence * _PARTS[len(way.places)] for _, way, _ in chosen]),
    )
    sizes = [len(keys) for *_, keys in chosen]
    shares = np.split(texts.share, np.cumsum(sizes)[:-1])
    fits = sum(
        float(share @ _SPELT[len(way.places)])
        for (_, way, _), share in zip(chosen, shares, strict=True)
        if way.evidence >= LEAST_EVIDENCE
    )
    way_of = np.repeat(np.arange(len(chosen)), sizes)
    tried: list[int] = []
    standing_for: list[range] = []
    start = 0
    for (_, way, keys), size in zip(chosen, sizes, strict=True):
        if len(way.places) > 1:
            tried.append(_put_in(int(readings.folded[way.reading]), way.places, _UNNAMED).item())
            standing_for.append(range(start, start + size))
        elif len(tried) + size <= MOST_TRIED:
            tried.extend(keys.tolist())
            standing_for.extend(range(number, number + 1) for number in range(start, start + size))
        start += size
    return Filled(
        texts, way_of, tuple(way for _, way, _ in chosen), fits, np.array(tried, np.uint64), tuple(standing_for)
    )


def without_doubt(readings: PlateReadings, hidden: Sequence[Hidden]) -> PlateReadings:
    """Return readings whose probabilities were those of the whole mark as those of what was seen.

    Where it is certain that something is hidden nothing is left to tell them by: then the first of them counts alone.
    """
    whole = prod(1.0 - one.probability for one in hidden)
    if whole * float(readings.probability.sum()) <= 0.0:
        return PlateReadings(readings.folded[:1], np.ones(min(1, len(readings.folded))), readings.text)
    seen = readings.probability / whole
    return PlateReadings(readings.folded, seen / max(1.0, float(seen.sum())), readings.text)


def _counts(at: Sequence[int], hidden: Sequence[Hidden], length: int) -> list[tuple[tuple[int, ...], float]]:
    """Return how many characters each place may hold, and how probable that is."""
    options = []
    for place, one in zip(at, hidden, strict=True):
        two = TWO_AT_AN_END if place in {0, length} else 0.0
        chances = (1.0 - one.probability, one.probability * (1.0 - two), one.probability * two)
        options.append([(count, chance) for count, chance in enumerate(chances) if chance > 0.0])
    return [
        (tuple(count for count, _ in chosen), prod(chance for _, chance in chosen))
        for chosen in product(*options)
        if sum(count for count, _ in chosen) <= MOST_HIDDEN
    ]


def _put_in(key: int, places: Sequence[int], characters: Keys) -> Keys:
    """Return the keys of a text with each of the characters (codes) put in before these places of it, which ascend."""
    length = len(unpack(key))
    made = np.array([key], dtype=np.uint64)
    # From the right: what stands behind a place keeps its power, what stands before it moves up by one.
    for number, place in enumerate(reversed(places)):
        power = POWERS[length - place + number]
        head, tail = made // power * np.uint64(BASE), made % power
        made = ((head[:, np.newaxis] + characters) * power + tail[:, np.newaxis]).ravel()
    return made


_PARTS: Final = [np.ones(1), _PART, np.outer(_PART, _PART).ravel()]
_SPELT: Final = [parts * len(ALPHABET) ** number for number, parts in enumerate(_PARTS)]
"""How probable each text of a way is among its texts, and how many texts it stands for, by the number of filled places."""


def _fixed_in(pattern: str, text: str) -> list[tuple[int, str]]:
    """Return the characters of a text that a pattern names: before its first star, and behind its last one."""
    head, star, rest = fold(pattern).partition(ANY)
    found = [(place, c) for place, c in enumerate(head) if c in ALPHABET]
    if star:
        tail = rest.rpartition(ANY)[2]
        found += [(len(text) - len(tail) + place, c) for place, c in enumerate(tail) if c in ALPHABET]
    return found
