"""How the plates of each country look: layouts, faces, measures, colours, bands, what stands at the right.

General knowledge of the countries' plates; where a face is not drawn here, relatives stand in for it. Shares are
weights among the continent's plates: neighbours, large countries and Romania (in-car recordings) weigh more.
"""

from dataclasses import dataclass
from typing import Final

from models.plates.canvas import Colour
from models.plates.emblems import BLACK, GREEN, RED, WHITE, YELLOW
from models.plates.texts import LETTERS


@dataclass(frozen=True, slots=True)
class Country:
    """One country's plates.

    In a layout `A` is a letter, `0` a digit, `@` one of `heads` (district codes), a space a group gap, `-` a dash,
    `.` a dot, `*` seals, `#` a crest, `=` a rectangular sticker, `~` a small hologram, `%` a patch with stars; a lower-case letter stands
    for itself. `faces` are names of `glyphs.DESIGNS`; `size_mm` is the one-line plate, `character_mm` the height
    of its characters, `gap_mm` the range of their distance; `band` the share of plates with a band at the left
    and `emblem` what it shows; `right` what the right edge carries; `above` says that small print stands above;
    `even_pitch` the share of plates whose 1 and I take as much room as any character; `border` its colour, None for ink or grey.
    """

    code: str
    share: float
    layouts: tuple[str, ...]
    faces: tuple[str, ...]
    letters: str = LETTERS
    heads: str = ""
    ground: Colour = WHITE
    ink: Colour = BLACK
    size_mm: tuple[float, float] = (520.0, 112.0)
    character_mm: float = 76.0
    gap_mm: tuple[float, float] = (6.0, 13.0)
    band: float = 0.85
    emblem: str = "EU"
    right: str = ""
    border: Colour | None = None
    above: bool = False
    even_pitch: float = 0.2


_DIN: Final = ("din", "din", "din wide", "barlow-semi-condensed-600", "barlow-condensed-500", "rajdhani-700", "even")
_DIN_ONLY: Final = ("din", "din", "din wide", "barlow-semi-condensed-600", "light")
_PLAIN: Final = ("overpass-700", "roboto-condensed-600", "archivo-narrow-600", "square", "heavy", "arimo-700", "even")
_PROOF: Final = ("forgery proof", "forgery proof", "forgery proof narrow")
_SLIM: Final = ("din narrow", "condensed", "condensed", "oswald-500", "antonio-600", "fjalla-one-400", "light")
_CYRILLIC: Final = "ABEKMHOPCTYX"
_NO_Q: Final = "ABCDEFGHIJKLMNOPRSTUVWXYZ"
_NO_VOWELS: Final = "BCDFGHJKLMNPRSTVWXYZ"

_ROMANIA: Final = (
    "AB AR AG BC BH BN BT BV BR BZ CS CL CJ CT CV DB DJ GL GR GJ HR HD IL IS IF MM MH MS NT OT PH SM SJ SB SV TR TM "
    "TL VS VL VN"
)
_GERMANY: Final = (
    "B M K F S D DO E L H N DD HB HH WOB BS ER MTK HN KA MA MZ WI DA OF GG HD FR UL A R PA BIT KEH DIN WES LDS KI "
    "HL SE PI OD RZ LG CE WF GS PE HI HM STD ROW VER DH OL AUR LER EL NOH OS MS COE BOR RE UN HAM BO GE BOT OB DU"
)
_IRELAND: Final = "C CE CN CW D DL G KE KK KY L LD LH LK LM LS MH MN MO OY RN SO T TN TS W WD WH WX WW"

COUNTRIES: Final[tuple[Country, ...]] = (
    Country(
        "RO",
        9,
        (
            "b 000 AAA",
            "b 000 AAA",
            "b 000AAA",
            "b 00 AAA",
            "@ 00 AAA",
            "@ 00 AAA",
            "b 000000",
            "@ 000000",
            "b*00 AAA",
            "@*00AAA",
        ),
        ("din", "din", "din", "barlow-semi-condensed-600", "din wide", "overpass-700"),
        _NO_Q + "IIO",
        _ROMANIA,
        gap_mm=(5, 11),
        band=0.95,
    ),
    Country(
        "D",
        6,
        ("@*A 000", "@*AA 000", "@*A 0000", "@*AA 0000", "@*AA 00", "@*0000", "@*AA000", "@*A 00h", "@*000 000"),
        _PROOF,
        _NO_Q,
        _GERMANY,
        gap_mm=(4, 10),
        band=0.93,
    ),
    Country(
        "F",
        5,
        ("AA-000-AA", "AA-000-AA", "AA-000-AA", "000 AAA 00", "0000 AA 00", "000 AA 00"),
        ("din", "overpass-700", "arimo-700", "even", "square", "barlow-semi-condensed-600", "heavy"),
        "ABCDEFGHJKLMNPQRSTVWXYZ",
        right="number",
    ),
    Country("I", 5, ("AA~000AA", "AA~000AA", "AA 000 AA", "AA000AA"), _SLIM, size_mm=(480, 112), right="province"),
    Country(
        "B",
        4,
        ("0-AAA-000", "0-AAA-000", "AAA-000", "000-AAA", "AAA.000"),
        ("din", "din wide", "light", "even"),
        ink=RED,
    ),
    Country(
        "NL",
        4,
        ("AA-000-A", "00-AAA-0", "0-AAA-00", "00-AA-AA", "AA-AA-00", "A-000-AA", "AA-00-00", "00-AA-00"),
        ("din", "overpass-700", "even", "barlow-semi-condensed-600", "rajdhani-700", "bai-jamjuree-600"),
        ground=YELLOW,
    ),
    Country("E", 3, ("0000 AAA", "0000 AAA", "A 0000 AA", "AA-0000-A"), _DIN, _NO_VOWELS),
    Country(
        "P",
        2,
        ("00-AA-00", "00.AA.00", "00-00-AA", "AA-00-00", "AA-00-AA", "AA 00 AA"),
        ("din", "even", "square", "roboto-condensed-600", "din wide"),
        right="date",
    ),
    Country(
        "PL",
        3,
        ("AA 00000", "AAA 0000", "AAA 00AA", "AA 0000A", "AAA 0A00", "AA=00000", "A0 AAAAA"),
        ("din", "archivo-narrow-600", "barlow-semi-condensed-600", "light", "roboto-condensed-600"),
    ),
    Country("CZ", 2, ("0A0 0000", "0AA*0000", "0A0*0000", "AAA 00-00"), _DIN, "ABCEHJKLMPSTUZ"),
    Country("SK", 2, ("AA#000AA", "AA*000AA", "AA-000AA", "AAA-00-00"), _DIN),
    Country(
        "SLO",
        2,
        ("AA#AA-000", "AA#00-AAA", "AA#A0-000", "AA#000-AA", "AA#AAA-00"),
        _DIN_ONLY,
        heads="LJ MB CE KR KP GO MS NM PO KK SG",
        border=(70, 130, 40),
    ),
    Country("HR", 2, ("AA#000-AA", "AA#0000-AA", "AA#000-A"), _DIN_ONLY, heads="ZG ST RI OS PU ZD SI KA VZ SL DA KC"),
    Country(
        "H", 2, ("AAA-000", "AAA*000", "AA AA-000", "AAA=000"), ("overpass-700", "din", "roboto-condensed-600", "even")
    ),
    Country(
        "A",
        2,
        ("A-00000A", "AA#000AA", "A#00000A", "AA#00 AAA", "AA-00000", "A#000 AA"),
        _DIN_ONLY,
        size_mm=(520, 120),
        character_mm=67,
        right="",
        border=(50, 50, 200),
    ),
    Country(
        "IRL",
        2,
        ("00-@-0000", "000-@-00000", "00-@-000", "000-@-0000", "00-@-00000", "00-@-0"),
        ("overpass-700", "roboto-condensed-600", "din", "heavy", "archivo-narrow-600", "even"),
        heads=_IRELAND,
        above=True,
    ),
    Country(
        "S",
        2,
        ("AAA 000", "AAA=000", "AAA 00A", "AAA=00A"),
        ("din", "overpass-700", "roboto-condensed-600", "even"),
        size_mm=(480, 112),
    ),
    Country("N", 1, ("AA 00000", "AA=00000"), ("din", "overpass-700", "square", "even"), emblem="N"),
    Country("DK", 1.5, ("AA 00 000",), ("din", "din wide", "even"), band=0.6, border=(40, 40, 200)),
    Country(
        "FIN",
        1.5,
        ("AAA-000", "AA-000", "A-000", "AAA-00"),
        ("finnish", "finnish", "din"),
        size_mm=(442, 118),
        gap_mm=(9, 18),
        even_pitch=0.85,
        band=0.75,
    ),
    Country("EST", 1.2, ("000 AAA", "000*AAA"), _DIN_ONLY),
    Country(
        "LV",
        1.5,
        ("AA-0000", "AA-000", "AA-00", "AA - 0", "AA 0000"),
        ("din wide", "din wide", "din", "light"),
        gap_mm=(8, 16),
    ),
    Country("LT", 1.2, ("AAA*000", "AAA 000", "AA 000"), ("din", "din narrow", "light", "even"), emblem="LT"),
    Country("BG", 1.5, ("A 0000 AA", "AA 0000 AA"), _DIN, _CYRILLIC, emblem="BG"),
    Country("GR", 1.5, ("AAA-0000", "AAA-0000", "AAA*0000"), _DIN, "ABEZHIKMNOPTYX"),
    Country("CY", 0.8, ("AAA 000",), ("heavy", "overpass-700", "british", "forgery proof")),
    Country("M", 1.2, ("AAA=000", "AAA 000", "AAA-000"), _PROOF, gap_mm=(8, 16)),
    Country(
        "L",
        1.2,
        ("AA 0000", "AA0000", "00000", "0000", "AA 000", "%AA 000", "%00000", "%AA 0000"),
        ("din", "square", "overpass-700", "even"),
        ground=YELLOW,
    ),
    Country(
        "TR",
        2,
        ("00 AAA 00", "00 A 0000", "00 AA 000", "34 AA 0000", "34 AAA 000"),
        ("arimo-700", "overpass-700", "heavy", "even"),
    ),
    Country("UA", 1.5, ("AA 0000 AA",), _DIN, "ABEIKMHOPCTX", emblem="UA"),
    Country("MD", 1, ("AAA 000",), ("forgery proof", "din", "even"), emblem="MD"),
    Country("SRB", 1.2, ("AA#000-AA", "AA#0000-AA"), _DIN_ONLY, emblem="SRB"),
    Country("BIH", 1, ("A00-A-000",), _DIN_ONLY, "AEJKMOT", emblem="BIH"),
    Country("MNE", 0.7, ("AA#AA000", "AA*AA000"), _DIN_ONLY, emblem="MNE"),
    Country("MK", 0.7, ("AA 0000 AA", "AA#0000-AA"), _DIN_ONLY, emblem="MK"),
    Country("AL", 1, ("AA~000AA", "AA 000 AA"), _SLIM, emblem="AL", right="code"),
    Country("RKS", 0.6, ("00 000 AA", "00-000-AA", "000-AA-000"), _DIN_ONLY, emblem="RKS"),
    Country("CH", 1, ("AA#000000", "AA 00000", "AA#00000"), ("overpass-700", "roboto-condensed-600", "din"), band=0.0),
    Country("BY", 0.7, ("0000 AA-0",), _DIN, "ABEIKMHOPCTX", emblem="BY"),
    Country("GE", 0.4, ("AA-000-AA",), _DIN),
    Country("IS", 0.4, ("AA A00", "AA=000"), ("roboto-condensed-600", "overpass-700"), emblem="IS"),
    Country("FL", 0.2, ("fl#00000",), ("din",), ground=(20, 20, 20), ink=WHITE, band=0.0),
    Country("AND", 0.2, ("A0000",), ("overpass-700", "din"), emblem="AND"),
    Country("MC", 0.2, ("AA00", "0000", "000A"), ("overpass-700", "din"), band=0.3, ink=(140, 60, 30)),
)
"""The countries with their share of the continent's plates."""

ANYWHERE: Final = Country(
    "XX",
    0,
    ("AAA 000",),
    (
        *_DIN,
        *_PLAIN,
        *_SLIM,
        *_PROOF,
        "b612-mono-700",
        "big-shoulders-text-700",
        "sofia-sans-condensed-700",
        "overpass-mono-600",
        "gidole-400",
        "finnish",
    ),
    band=0.4,
    gap_mm=(3, 18),
)
"""A plate of no country: any text in any face."""

OTHER_COLOURS: Final[tuple[tuple[float, Colour, Colour], ...]] = (
    (0.02, (20, 20, 20), WHITE),
    (0.02, YELLOW, BLACK),
    (0.015, WHITE, RED),
    (0.015, WHITE, GREEN),
    (0.015, WHITE, (150, 60, 20)),
    (0.01, (140, 60, 20), WHITE),
    (0.005, (140, 60, 20), YELLOW),
    (0.01, (50, 120, 30), WHITE),
    (0.005, (40, 30, 170), WHITE),
)
"""Share, ground and ink of special plates: old, commercial, export, diplomatic, electric, taxi, official."""
