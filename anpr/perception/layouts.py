"""Which registration marks exist, as a soft prior over readings: evidence, never a filter.

The prior has two parts, both bounded, so that no text is ever ruled out and a reader that is certain stays right:

- Between texts that look the same in the United Kingdom's font (O and 0, I and 1) only the layout can decide: the
  lawful one is preferred by a factor of up to `LOOK_ALIKE_FACTOR`. Continental faces tell these characters apart;
  there the reader is more certain than this factor.
- Where the car is at home, letters alone and texts of no country's layout give way to a look-alike that the home country's rules
  allow, by `HOME_FACTOR`: British plates have one drawing for O and 0, and one for I and 1, so that a reader can be as sure of IHRV as
  of 1HRV. Marks of other countries' layouts stay as they are read: their drawings differ.
- Between texts that look different, a known layout is preferred by a factor of up to `LAYOUT_FACTOR` over none.

Weights are judgements from the share of marks on British roads (the layouts and year rules stand in docs/DOMAIN.md),
continental layouts weigh less. They are preferences between layouts, not measured frequencies.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import islice, product
from math import exp, log
from re import fullmatch
from typing import Final

from anpr.values import Readings
from anpr.vrm import fold

LOOK_ALIKE_FACTOR: Final = 50.0
"""The most by which one of two texts with the same folded key is preferred to the other."""

LAYOUT_FACTOR: Final = 3.0
"""The most by which a text of a known layout is preferred to one of none with another folded key."""

HOME_FACTOR: Final = 1000.0
"""By so much the look-alike that the home country's rules allow is preferred to one that no country's layout has."""

MOST_VARIANTS: Final = 64

_TWINS: Final[Mapping[str, str]] = {"0": "0O", "O": "0O", "1": "1I", "I": "1I"}
_SHAPE: Final = str.maketrans(dict.fromkeys("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "A") | dict.fromkeys("123456789", "0"))
_YEAR_NEVER: Final = frozenset("IOUZ")
_LAST_LETTERS_NEVER: Final = frozenset("IQ")
# County codes with I of Northern Ireland; all others end in Z.
_COUNTIES: Final = frozenset(("IA", "IB", "IG", "IJ", "IL", "IW", "JI", "OI", "UI", "XI"))
_ROMANIAN: Final = (
    "AB AR AG BC BH BN BT BV BR BZ CS CL CJ CT CV DB DJ GL GR GJ HR HD IL IS IF MM MH MS NT OT PH SM SJ SB SV TR TM "
    "TL VS VL VN"
)
_ROMANIAN_COUNTIES: Final = frozenset(_ROMANIAN.split())

Rule = Callable[[str], bool]


def _current(text: str) -> bool:
    """AA00 AAA: no I, Q, Z in the area, no I, Q at the end; 02 to 49 (March), 51 to 99 (September)."""
    area, year, end = text[:2], int(text[2:4]), text[4:]
    return not set(area) & set("IQZ") and not set(end) & _LAST_LETTERS_NEVER and year not in {0, 1, 50}


def _prefix(text: str) -> bool:
    """A0-000 AAA: the year letter is never I, O, U, Z; Q says that the age is not known; numbers start at 1."""
    return text[0] not in _YEAR_NEVER and text[1] != "0" and not set(text[-3:]) & _LAST_LETTERS_NEVER


def _suffix(text: str) -> bool:
    """AAA 0-000A: the year letter is never I, O, Q, U, Z; numbers start at 1; I is Northern Irish, which has no year."""
    return text[-1] not in _YEAR_NEVER | {"Q"} and text[3] != "0" and not set(text[:3]) & set("IQ")


def _dateless(text: str) -> bool:
    """Letters and a number that starts at 1, in either order; neither I nor Q nor Z, which are Northern Irish."""
    letters, digits = _parts(text)
    return digits[0] != "0" and not set(letters) & set("IQZ")


def _northern_ireland(text: str) -> bool:
    """A letter or none, a Northern Irish county code, and a number that starts at 1, in either order."""
    letters, digits = _parts(text)
    return digits[0] != "0" and "Q" not in letters and (letters[-1] == "Z" or letters[-2:] in _COUNTIES)


def _irish(text: str) -> bool:
    """Letters with I or Z that are no Northern Irish code today, and a number that starts at 1."""
    letters, digits = _parts(text)
    return digits[0] != "0" and "Q" not in letters and bool(set(letters[-2:]) & set("IZ"))


def _nearly_current(text: str) -> bool:
    """The age and the last three letters of a current mark; any area, since the rule has had exceptions."""
    return not set(text[-3:]) & _LAST_LETTERS_NEVER and int(text[2:4]) not in {0, 1, 50}


def _romania(text: str) -> bool:
    """A county code, a number that may be 01 but not 00, and three letters."""
    return text[:2] in _ROMANIAN_COUNTIES and text[2:4] != "00"


def _bucharest(text: str) -> bool:
    """B 00 AAA or B 000 AAA; its letters may hold I."""
    return text[0] == "B"


def _diplomatic(text: str) -> bool:
    return text[3] in "DX"


def _jersey(text: str) -> bool:
    return text[0] == "J" and text[1] != "0"


def _isle_of_man(text: str) -> bool:
    """MN or MAN, a number that starts at 1, and a letter or none."""
    return fullmatch("(MN|MAN)[1-9][0-9]*[A-Z]?", text) is not None


def _number(text: str) -> bool:
    return text[0] != "0"


def _parts(text: str) -> tuple[str, str]:
    """Return the letters and the digits of a text."""
    return "".join(c for c in text if c.isalpha()), "".join(c for c in text if c.isdigit())


def _runs(pattern: str) -> list[str]:
    """Return the shapes of a pattern whose runs may be shorter: `A{1,3}0{1,4}` is written `A1-3 0 1-4`."""
    words = pattern.split()
    runs = []
    for kind, span in zip(words[::2], words[1::2], strict=True):
        fewest, _, most = span.partition("-")
        runs.append([kind * n for n in range(int(fewest), int(most or fewest) + 1)])
    return ["".join(parts) for parts in product(*runs)]


_CONTINENT: Final[tuple[tuple[float, str], ...]] = (
    (20.0, "A 2 0 3 A 2"),
    (10.0, "0 1 A 3 0 3"),
    (10.0, "A 3 0 3"),
    (10.0, "0 3 A 3"),
    (10.0, "0 4 A 3"),
    (10.0, "A 3 0 4"),
    (9.0, "A 2 0 4 A 1-2"),
    (9.0, "A 1 0 4 A 2"),
    (9.0, "A 2-5 0 1-4"),
    (8.0, "A 2 0 5-6"),
    (8.0, "0 2 A 3 0 1"),
    (8.0, "0 1 A 3 0 2"),
    (8.0, "A 1 0 3 A 2"),
    (8.0, "0 2 A 2 0 2"),
    (5.0, "A 2 0 3 A 1"),
    (8.0, "A 4 0 2-3"),
    (8.0, "A 3 0 2 A 2"),
    (8.0, "0 1 A 1 0 5"),
    (8.0, "0 1 A 2 0 4"),
    (8.0, "0 2 A 1-3 0 2-5"),
    (8.0, "0 3 A 1-2 0 4-5"),
    (7.0, "0 3-4 A 2-3 0 2"),
    (7.0, "A 1-2 0 5 A 1"),
    (7.0, "A 1 0 2 A 1 0 3"),
    (7.0, "A 2 0 1-3 A 2"),
    (6.0, "0 4 A 2 0 1"),
    (6.0, "0 5 A 2"),
    (6.0, "A 3 0 1 A 1 0 2"),
    (6.0, "0 6-7"),
    (9.0, "A 1-2 0 6"),
    (6.0, "A 1 0 4 A 1"),
    (9.0, "A 3 0 5"),
    (8.0, "A 1 0 4"),
    (6.0, "0 5 A 1"),
    (6.0, "0 2-3 A 2 0 3"),
)
"""The continent's layouts. One that many countries share weighs more."""

_LAYOUTS: Final[tuple[tuple[float, str, Rule | None], ...]] = (
    (50, "A 2 0 2 A 3", _current),
    (20, "A 2 0 2 A 3", _nearly_current),  # plates outside the area code rules are on the road
    (12, "A 2 0 2 A 3", _romania),
    (3, "A 2 0 2 A 3", None),
    (40, "A 1 0 1-3 A 3", _prefix),
    (20, "A 1 0 2-3 A 3", _bucharest),
    (4, "A 1 0 1-3 A 3", None),
    (30, "A 3 0 1-3 A 1", _suffix),
    (4, "A 3 0 1-3 A 1", None),
    (15, "A 1-3 0 1-3", _dateless),
    (12, "A 1-2 0 4", _dateless),
    (15, "0 1-3 A 1-3", _dateless),
    (12, "0 4 A 1-2", _dateless),
    (22, "A 2-3 0 1-4", _northern_ireland),
    (21, "0 1-4 A 2-3", _northern_ireland),
    (7, "A 2-3 0 1-4", _irish),
    (6, "0 1-4 A 2-3", _irish),
    (15, "0 3 A 1 0 3", _diplomatic),
    (10, "A 2 0 2 A 2", None),  # military
    (14, "A 1 0 1-6", _jersey),
    (23, "0 1-5", _number),  # Guernsey, Luxembourg
    (14, "A 2-3 0 1-5", _isle_of_man),
    (12, "A 2-3 0 1-3 A 1", _isle_of_man),
    (2, "A 2 0 1-3 A 1", None),
    # Words, as vanity plates of many countries carry them.
    (8, "A 2-3", None),
    (9, "A 4-8", None),
    *((weight, pattern, None) for weight, pattern in _CONTINENT),
)

_BRITISH: Final[tuple[tuple[str, Rule | None], ...]] = (
    ("A 2 0 2 A 3", _nearly_current),
    ("A 1 0 1-3 A 3", _prefix),
    ("A 3 0 1-3 A 1", _suffix),
    ("A 1-3 0 1-3", _dateless),
    ("A 1-2 0 4", _dateless),
    ("0 1-3 A 1-3", _dateless),
    ("0 4 A 1-2", _dateless),
    ("A 2-3 0 1-4", _northern_ireland),
    ("0 1-4 A 2-3", _northern_ireland),
    ("0 3 A 1 0 3", _diplomatic),
    ("A 2 0 2 A 2", None),
)
"""The layouts of the United Kingdom; military marks have no rule for their letters."""

HOMES: Final = ("GB", "none")
"""Countries whose rules are known as those of a home; of the others' layouts too little is certain."""

_Checks = tuple[tuple[float, Rule | None], ...]


def _by_shape() -> Mapping[str, _Checks]:
    """Return, for each shape, its layouts' weights and rules, greatest weight first."""
    shapes: dict[str, list[tuple[float, Rule | None]]] = {}
    for weight, pattern, rule in _LAYOUTS:
        for shape in _runs(pattern):
            shapes.setdefault(shape, []).append((weight, rule))
    return {shape: tuple(sorted(checks, key=lambda c: -c[0])) for shape, checks in shapes.items()}


def _british_shapes() -> Mapping[str, tuple[Rule | None, ...]]:
    shapes: dict[str, tuple[Rule | None, ...]] = {}
    for pattern, rule in _BRITISH:
        for shape in _runs(pattern):
            shapes[shape] = (*shapes.get(shape, ()), rule)
    return shapes


_SHAPES: Final = _by_shape()
_CONTINENTAL_SHAPES: Final = frozenset(shape for _, pattern in _CONTINENT for shape in _runs(pattern))
_ONE_SHORT: Final = frozenset(
    shape[:i] + shape[i + 1 :]
    for pattern in ("A 2 0 2 A 3", "A 1 0 1-3 A 3", "A 3 0 1-3 A 1")
    for shape in _runs(pattern)
    for i in range(len(shape))
)
_OF_THIS_COUNTRY_ALONE: Final = frozenset(
    shape for pattern in ("A 2 0 2 A 3", "A 1 0 1-3 A 3", "A 3 0 1-3 A 1", "A 2 0 2 A 2") for shape in _runs(pattern)
)
_BRITISH_SHAPES: Final = _british_shapes()
_GREATEST: Final = max(weight for weight, _, _ in _LAYOUTS)


def _weight(text: str) -> float:
    """Return the weight of the best layout that the text follows; 1 for none."""
    for weight, rule in _SHAPES.get(text.translate(_SHAPE), ()):
        if rule is None or rule(text):
            return weight
    return 1.0


def variants(text: str) -> tuple[str, ...]:
    """Return the texts that look the same in the United Kingdom's font, the text itself first, at most 64.

    >>> variants("S1A")
    ('S1A', 'SIA')
    """
    choices = ("".join(p) for p in product(*(_TWINS.get(c, c) for c in text)))
    others = (v for v in choices if v != text)
    return (text, *islice(others, MOST_VARIANTS - 1))


@lru_cache(maxsize=20_000)
def _best(key: str) -> float:
    """Return the greatest weight among the texts of a folded key."""
    return max(_weight(v) for v in variants(key))


@lru_cache(maxsize=20_000)
def log_prior(text: str) -> float:
    """Return the log weight of a text (normalised: capitals, no spaces); finite and >= -log(LOOK_ALIKE_FACTOR).

    A text of no layout, whose look-alikes follow none either, weighs 0; the best of all weighs log(LAYOUT_FACTOR).
    """
    own = _weight(text)
    best = max(own, _best(fold(text)))
    known = log(LAYOUT_FACTOR) * log(best) / log(_GREATEST)
    return known + log(own / best) * log(LOOK_ALIKE_FACTOR) / log(_GREATEST)


@lru_cache(maxsize=20_000)
def log_home(text: str, home: str) -> float:
    """Return the log weight of a text (normalised) by the rules of the country where the car is at home: 0 or -log(HOME_FACTOR).

    `home` is one of `HOMES`.
    """
    has_layout = not text.isalpha() and _weight(text) > 1.0
    if home != "GB" or has_layout or _is_british(text):
        return 0.0
    return -log(HOME_FACTOR) if any(_is_british(variant) for variant in variants(text)[1:]) else 0.0


@lru_cache(maxsize=20_000)
def may_be_continental(text: str) -> bool:
    """Return whether a text (normalised) may be a mark of the continent, whose plates have wider and more gaps than British ones.

    Romanian marks with a county's code may be, though they look like British ones; other current British layouts aren't.
    """
    shape = text.translate(_SHAPE)
    if shape == "AA00AAA" and _romania(text):
        return True
    if shape in {"A00AAA", "A000AAA"} and _bucharest(text):
        return True
    return shape in _CONTINENTAL_SHAPES and shape not in _OF_THIS_COUNTRY_ALONE


def may_lack_one(text: str) -> bool:
    """Return whether a text (normalised) is a modern British mark without one of its characters, and no mark of the continent."""
    return text.translate(_SHAPE) in _ONE_SHORT and not may_be_continental(text)


def _is_british(text: str) -> bool:
    return any(rule is None or rule(text) for rule in _BRITISH_SHAPES.get(text.translate(_SHAPE), ()))


def apply_prior(readings: Readings, strength: float = 1.0, home: str = "none") -> Readings:
    """Return the readings re-weighed by the layouts, most probable first; their sum of probabilities is kept.

    `home` is one of `HOMES`: whose rules settle which of two look-alikes is meant.

    `strength` scales the prior's logarithm: 0 changes nothing, 1 is the full prior. The sum is kept because what
    the readings leave to texts outside the k best stays left to them.
    """
    total = sum(p for _, p in readings)
    weighed = [(text, p * exp(strength * log_prior(text) + log_home(text, home))) for text, p in readings]
    mass = sum(p for _, p in weighed)
    if mass <= 0:
        return readings
    return tuple(sorted(((text, p * total / mass) for text, p in weighed), key=lambda r: -r[1]))
