"""Plates of the rest of Europe: layouts, proportions, faces, colours, bands, seals and separators by country."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from models.train.canvas import Canvas, Colour, Item, Mark, Plate, pattern_text, random_text, shade
from models.train.glyphs import VARIANTS, face

_WHITE: Final[Colour] = (240, 241, 240)
_YELLOW: Final[Colour] = (30, 190, 250)
_BLACK: Final[Colour] = (20, 20, 20)
_RED: Final[Colour] = (45, 35, 175)
_GREEN: Final[Colour] = (60, 120, 20)
_BLUE: Final[Colour] = (150, 70, 20)


@dataclass(frozen=True, slots=True)
class Country:
    """How a country's plates look.

    In a layout `A` is a letter, `0` a digit, a space a group gap, `-` a dash, `.` a dot, `*` a round seal, `#` a
    crest, a lower-case letter itself. `faces` are names of `glyphs.DESIGNS`; `sizes_mm` widths and heights of
    the one-line plate; `character_mm` the height of its characters; `right` says what the right edge carries.
    """

    code: str
    share: float
    layouts: tuple[str, ...]
    faces: tuple[str, ...]
    letters: str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    ground: Colour = _WHITE
    ink: Colour = _BLACK
    size_mm: tuple[float, float] = (520.0, 112.0)
    character_mm: float = 76.0
    band: float = 0.8
    right: str = ""


_DIN: Final = ("din", "din", "barlow-semi-condensed-600", "barlow-condensed-500", "rajdhani-700")
_FE: Final = ("forgery proof", "forgery proof", "forgery proof narrow")
_PLAIN: Final = ("overpass-700", "roboto-condensed-600", "archivo-narrow-600", "square", "heavy", "arimo-700")

COUNTRIES: Final[tuple[Country, ...]] = (
    Country(
        "RO",
        8,
        ("b 000 AAA", "b 00 AAA", "AA 00 AAA", "AA 00 AAA", "b 000000", "AA 000000"),
        ("din", "din", "barlow-semi-condensed-600"),
        "ABCDEFGHIJKLMNOPRSTUVWXYZ",
        band=0.95,
    ),
    Country(
        "D",
        6,
        ("A*AA 000", "AA*AA 000", "AAA*A 000", "A*AA 0000", "AA*A 000", "A*A 0000", "AA*AA 0000"),
        _FE,
        band=0.9,
    ),
    Country(
        "F",
        5,
        ("AA-000-AA", "AA-000-AA", "000 AAA 00", "0000 AA 00"),
        ("din", "overpass-700", "arimo-700"),
        right="number",
    ),
    Country(
        "I",
        5,
        ("AA 000AA", "AA 000 AA", "AA#000AA"),
        ("din narrow", "oswald-500", "antonio-600", "fjalla-one-400"),
        right="province",
    ),
    Country("B", 4, ("0-AAA-000", "AAA-000", "000-AAA"), ("din", "square", "overpass-700"), ink=_RED, band=0.7),
    Country(
        "NL",
        4,
        ("AA-000-A", "00-AAA-0", "0-AAA-00", "00-AA-AA", "AA-AA-00", "A-000-AA"),
        ("din", "overpass-700", "square"),
        ground=_YELLOW,
    ),
    Country("E", 3, ("0000 AAA", "0000 AAA", "A-0000-AA"), _DIN, "BCDFGHJKLMNPRSTVWXYZ"),
    Country("P", 2, ("00-AA-00", "00-00-AA", "AA-00-AA"), ("din", "square", "roboto-condensed-600"), right="yellow"),
    Country(
        "PL",
        3,
        ("AA 00000", "AAA 0000", "AAA 00AA", "AA 0000A", "AAA 0A00"),
        ("din", "archivo-narrow-600", "barlow-semi-condensed-600"),
    ),
    Country("CZ", 2, ("0A0 0000", "0AA*0000"), _DIN),
    Country("SK", 2, ("AA#000AA", "AA*000AA"), _DIN),
    Country("SLO", 2, ("AA#AA-000", "AA#00-AAA", "AA*A0-000"), _DIN),
    Country("HR", 2, ("AA#000-AA", "AA#0000-AA", "AA#000-A"), _DIN),
    Country("H", 2, ("AAA-000", "AA AA-000"), ("overpass-700", "din", "roboto-condensed-600")),
    Country("A", 2, ("A-00000A", "AA#000AA", "A#00000A", "AA#00 AAA"), _DIN, size_mm=(520, 120), character_mm=67),
    Country(
        "IRL",
        2,
        ("00-A-0000", "000-A-00000", "00-AA-000", "000-A-0000"),
        ("overpass-700", "roboto-condensed-600", "din"),
        "CDGKLMORSTWXY",
    ),
    Country("S", 2, ("AAA 000", "AAA 00A"), ("din", "overpass-700", "roboto-condensed-600")),
    Country("N", 1, ("AA 00000",), ("din", "overpass-700", "square")),
    Country("DK", 1.5, ("AA 00 000",), ("din", "square"), band=0.6),
    Country("FIN", 1.5, ("AAA-000", "AA-000"), _PLAIN, band=0.7),
    Country("EST", 1.2, ("000 AAA", "000*AAA"), _DIN),
    Country("LV", 1.5, ("AA-0000", "AA-000", "AA-00"), ("din", "overpass-700", "square")),
    Country("LT", 1.2, ("AAA*000", "AAA 000"), _DIN),
    Country("BG", 1.5, ("A 0000 AA", "AA 0000 AA"), _DIN, "ABEKMHOPCTYX"),
    Country("GR", 1.5, ("AAA-0000", "AAA 0000"), _DIN, "ABEZHIKMNOPTYX"),
    Country("CY", 0.8, ("AAA 000",), ("heavy", "overpass-700", "british")),
    Country("M", 0.8, ("AAA 000",), _FE),
    Country("L", 1, ("AA 0000", "AA0000", "00000"), ("din", "square", "overpass-700"), ground=_YELLOW),
    Country("TR", 2, ("00 AAA 00", "00 A 0000", "00 AA 000", "34 AA 0000"), ("arimo-700", "overpass-700", "heavy")),
    Country("UA", 1.5, ("AA 0000 AA",), _DIN, "ABEIKMHOPCTX"),
    Country("MD", 1, ("AAA 000",), _DIN),
    Country("SRB", 1.2, ("AA#000-AA", "AA#0000-AA"), _DIN),
    Country("BIH", 1, ("A00-A-000",), _DIN, "AEJKMOT"),
    Country("MNE", 0.7, ("AA#AA000",), _DIN),
    Country("MK", 0.7, ("AA 0000 AA",), _DIN),
    Country("AL", 1, ("AA 000 AA",), ("din narrow", "oswald-500"), right="code"),
    Country("RKS", 0.6, ("00 000 AA",), _DIN),
    Country("CH", 1, ("AA#000000", "AA 00000"), ("overpass-700", "roboto-condensed-600"), band=0.0),
    Country("RUS", 1, ("A000AA", "A 000 AA"), ("din", "heavy"), "ABEKMHOPCTYX", band=0.0, right="region"),
    Country("BY", 0.7, ("0000 AA-0",), _DIN, "ABEIKMHOPCTX"),
    Country("IS", 0.4, ("AA A00", "AA 000"), ("roboto-condensed-600", "overpass-700")),
    Country("FL", 0.2, ("fl 00000",), ("din",), ground=_BLACK, ink=_WHITE, band=0.0),
)
"""The countries with their share of the plates."""

_ANY: Final = Country(
    "XX",
    0,
    ("random",),
    (
        *_DIN,
        *_PLAIN,
        "antonio-600",
        "oswald-500",
        "fjalla-one-400",
        "b612-mono-700",
        "big-shoulders-text-700",
        "sofia-sans-condensed-700",
        "overpass-mono-600",
    ),
    band=0.4,
)


def european_plate(rng: np.random.Generator, code: str) -> Plate:
    """Return a plate of the country; `XX` gives random text in any face and colour."""
    country = next((c for c in COUNTRIES if c.code == code), _ANY)
    layout = str(rng.choice(list(country.layouts)))
    if country is _ANY or rng.random() < 0.12:
        layout = _random_layout(rng)
    words = pattern_text(rng, layout, country.letters)
    lines = _lines(rng, words)
    motorcycle = len(lines) == 2 and rng.random() < 0.4
    character_mm = country.character_mm * (0.65 if motorcycle else 0.95 if len(lines) == 2 else 1.0)
    height_px = int(rng.choice([36, 46, 58] if len(lines) == 1 else [30, 40, 50]))
    scale = height_px / character_mm
    plate_face = face(str(rng.choice(list(country.faces))), int(rng.integers(VARIANTS)))
    gap = float(rng.uniform(6, 13)) * (0.7 if motorcycle else 1)
    rows = [_items(rng, line, character_mm) for line in lines]
    ground, ink = _colours(rng, country, words)
    band_mm = 44.0 * (0.8 if len(lines) == 2 else 1) if rng.random() < country.band else 0.0
    width_mm, height_mm = country.size_mm
    right_mm = 40.0 if country.right and len(lines) == 1 and rng.random() < 0.85 else 0.0
    if len(lines) == 2:
        widest = max(
            sum(i.width_mm if isinstance(i, Mark) else plate_face.mask(i, height_px).shape[1] / scale + gap for i in r)
            for r in rows
        )
        width_mm = max(widest + band_mm + 24, 1.15 * (2 * character_mm + 40))
        height_mm = 2 * character_mm + 40
    else:
        width_mm *= rng.uniform(0.97, 1.03)
    canvas = Canvas((width_mm, height_mm), scale, ground, country.code)
    if rng.random() < 0.6:
        canvas.border(
            rng.uniform(1, 4), rng.uniform(1.5, 3.5), ink if rng.random() < 0.8 else shade(rng, (120, 120, 120), 30), 10
        )
    if band_mm:
        _band(canvas, rng, country, band_mm)
    if right_mm:
        _right(canvas, rng, country, right_mm)
    for i, row in enumerate(rows):
        top = (height_mm - character_mm) / 2 if len(rows) == 1 else 15 + i * (character_mm + 10)
        marks = canvas.write(
            row,
            plate_face,
            (band_mm + 8, width_mm - right_mm - 8),
            height_px=height_px,
            gap=gap,
            top=top + rng.uniform(-2, 2),
        )
        for mark, x, width in marks:
            _separator(canvas, rng, mark, (x, width, top, character_mm), ink)
    canvas.blend(canvas.ink, ink)
    return canvas.plate(rng.uniform(4, 12))


def _random_layout(rng: np.random.Generator) -> str:
    """Return random text with one to three groups, as a layout that stands for itself."""
    text = random_text(
        rng, int(rng.choice(np.arange(1, 11), p=[0.01, 0.02, 0.04, 0.07, 0.14, 0.24, 0.28, 0.12, 0.05, 0.03]))
    )
    separator = str(rng.choice([" ", " ", "-", "*", "#", "."]))
    for _ in range(int(rng.integers(0, 3))):
        if len(text) > 3:
            cut = int(rng.integers(1, len(text)))
            text = text[:cut] + separator + text[cut:]
    return "".join("0" if c.isdigit() else c.lower() for c in text)


def _lines(rng: np.random.Generator, words: str) -> list[str]:
    if len(words) < 4 or rng.random() > 0.12:
        return [words]
    breaks = [i for i, c in enumerate(words) if not c.isalnum() and 0 < i < len(words) - 1]
    if not breaks:
        middle = len(words) // 2
        return [words[:middle], words[middle:]]
    cut = int(rng.choice(breaks))
    return [words[:cut], words[cut + 1 :]]


def _items(rng: np.random.Generator, words: str, character_mm: float) -> list[Item]:
    size = character_mm / 76
    widths = {" ": (18, 42), "-": (24, 40), ".": (14, 24), "*": (38, 52), "#": (40, 60)}
    kinds = {" ": "gap", "-": "dash", ".": "dot", "*": "seal", "#": "crest"}
    return [c if c.isalnum() else Mark(kinds[c], float(rng.uniform(*widths[c])) * size) for c in words]


def _colours(rng: np.random.Generator, country: Country, words: str) -> tuple[Colour, Colour]:
    ground, ink = country.ground, country.ink
    draw = rng.random()
    if country.code == "RO" and " " in words and len(words.rsplit(maxsplit=1)[-1]) == 6:
        ink = _RED
    elif draw < 0.03:
        ground, ink = _BLACK, _WHITE
    elif draw < 0.05:
        ground = _YELLOW
    elif draw < 0.07:
        ink = _RED
    elif draw < 0.085:
        ink = _GREEN
    elif draw < 0.10:
        ink = _BLUE
    return shade(rng, ground), shade(rng, ink, 10)


def _band(canvas: Canvas, rng: np.random.Generator, country: Country, width: float) -> None:
    canvas.rectangle(0, 0, width, canvas.height_mm, shade(rng, _BLUE, 16))
    y = canvas.height_mm * 0.33
    if rng.random() < 0.85:
        for angle in np.arange(12) * np.pi / 6:
            canvas.disc(width / 2 + 12 * np.cos(angle), y + 12 * np.sin(angle), 1.8, (20, 210, 250))
    canvas.caption(
        country.code, width / 2, canvas.height_mm * 0.76, 16 if len(country.code) < 3 else 12, (240, 240, 240)
    )


def _right(canvas: Canvas, rng: np.random.Generator, country: Country, width: float) -> None:
    x = canvas.width_mm - width
    colour = _YELLOW if country.right == "yellow" else (_WHITE if country.right == "region" else shade(rng, _BLUE, 16))
    canvas.rectangle(x, 0, width, canvas.height_mm, colour)
    centre = x + width / 2
    if country.right == "yellow":
        for y in (0.3, 0.7):
            canvas.caption(f"{int(rng.integers(1, 99)):02d}", centre, canvas.height_mm * y, 14, _BLACK)
        return
    lettering = _BLACK if country.right == "region" else (240, 240, 240)
    words = pattern_text(rng, {"number": "00", "region": "000"}.get(country.right, "AA"))
    canvas.caption(words, centre, canvas.height_mm * 0.74, 16, lettering)
    if rng.random() < 0.7:
        canvas.ring(centre, canvas.height_mm * 0.3, 11, 2, (20, 200, 240))


def _separator(
    canvas: Canvas, rng: np.random.Generator, mark: Mark, place: tuple[float, float, float, float], ink: Colour
) -> None:
    x, width, top, height = place
    centre, middle = x + width / 2, top + height / 2
    if mark.kind == "dash":
        half = min(width * 0.32, 13)
        canvas.line((centre - half, middle), (centre + half, middle), height * 0.13, ink)
    elif mark.kind == "dot":
        canvas.disc(centre, middle, height * 0.075, ink)
    elif mark.kind == "seal":
        colours: list[Colour] = [(150, 150, 150), (60, 160, 60), (180, 110, 40), (40, 140, 230), (60, 60, 200)]
        for y in (top + height * 0.25, top + height * 0.75) if rng.random() < 0.6 else (middle,):
            radius = min(width * 0.36, height * 0.21)
            canvas.disc(centre, y, radius, shade(rng, colours[int(rng.integers(5))], 30))
            canvas.ring(centre, y, radius * 0.6, 1.2, shade(rng, (120, 120, 120), 60))
    elif mark.kind == "crest":
        half = min(width * 0.32, 15)
        colour = shade(rng, [(60, 40, 190), (160, 80, 40), (40, 170, 220), (90, 90, 90)][int(rng.integers(4))], 25)
        canvas.polygon(
            [
                (centre - half, middle - 16),
                (centre + half, middle - 16),
                (centre + half, middle + 6),
                (centre, middle + 18),
                (centre - half, middle + 6),
            ],
            colour,
        )
        canvas.disc(centre, middle - 3, half * 0.45, shade(rng, (220, 220, 220), 25))
