"""The words for colours and makes: what DVLA writes, what people write, and how police lists shorten it.

DVLA registers a vehicle under one of twenty basic colours and with the make in full; lists come from many hands. A word that is
not known here is none: nothing is concluded from it. The basic colours are those of DVLA's form V5C; the abbreviations are those of
police command and control systems as far as they are public, and what shortening a word to three or four letters gives.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

_COLOURS: Final[Mapping[str, str]] = {
    "BEIGE": "BGE BEI FAWN SAND TAN OATMEAL CHAMPAGNE STONE",
    "BLACK": "BLK BK BLA BLAC EBONY JET",
    "BLUE": "BLU NAVY AZURE COBALT SAPPHIRE INDIGO",
    "BRONZE": "BRZ COPPER",
    "BROWN": "BRN BRW CHOCOLATE COFFEE MOCHA CHESTNUT",
    "BUFF": "BUF",
    "CREAM": "CRM CRE IVORY MAGNOLIA",
    "GOLD": "GLD GOL GOLDEN",
    "GREEN": "GRN GN LIME OLIVE EMERALD KHAKI",
    "GREY": "GRY GY GRAY GRAPHITE ANTHRACITE GUNMETAL CHARCOAL SLATE",
    "MAROON": "MAR MRN BURGUNDY CLARET WINE",
    "MULTI-COLOUR": "MULTI MUL MULTICOLOUR MULTICOLOURED MULTICOLORED VARIOUS",
    "ORANGE": "ORG ORA ORN AMBER",
    "PINK": "PNK PIN",
    "PURPLE": "PUR PRP VIOLET MAUVE LILAC PLUM AUBERGINE MAGENTA",
    "RED": "RD SCARLET CRIMSON CHERRY RUBY",
    "SILVER": "SIL SLV SLR SVR SILV ALUMINIUM TITANIUM",
    "TURQUOISE": "TUR TRQ TURQ TEAL AQUA CYAN PETROL",
    "WHITE": "WHI WHT WH WT PEARL SNOW",
    "YELLOW": "YEL YLW YE LEMON PRIMROSE",
}

_NEAR_COLOURS: Final = (
    "SILVER GREY", "GREY BLACK", "SILVER GOLD", "SILVER BEIGE", "BEIGE CREAM", "BEIGE BUFF", "BEIGE GOLD",
    "BEIGE BROWN", "CREAM WHITE", "CREAM BUFF", "CREAM YELLOW", "BUFF BROWN", "GOLD BRONZE", "GOLD YELLOW", "GOLD BROWN", "BRONZE BROWN",
    "BRONZE ORANGE", "BROWN MAROON", "MAROON RED", "MAROON PURPLE", "ORANGE RED", "ORANGE YELLOW", "PINK RED", "PINK PURPLE",
    "PURPLE BLUE", "TURQUOISE BLUE", "TURQUOISE GREEN", "BLACK BLUE",
    "YELLOW GREEN",
)  # fmt: skip
"""Colours that one person calls so and another otherwise, by night or under street lamps."""

_SHADES: Final = frozenset((
    "METALLIC", "MET", "METALIC", "PEARLESCENT", "PEARLISED", "MATT", "MATTE", "GLOSS", "SATIN", "DARK", "DK", "DRK",
    "LIGHT", "LT", "LGT", "PALE", "DEEP", "BRIGHT", "MID", "MEDIUM", "MOSTLY", "MAINLY", "AND", "WITH", "THE",
    "COLOUR", "COLOURED", "COLOR", "PART", "TWO", "TONE", "POSSIBLY", "POSS", "OR", "MICA",
))  # fmt: skip
"""Words that say nothing of the basic colour."""

_NOTHING: Final = frozenset((
    "UNKNOWN", "UNK", "NK", "N/K", "NA", "N/A", "NONE", "NOT", "KNOWN", "STATED", "OTHER", "TBC", "TBA", "ANY",
    "UNSPECIFIED", "MISC", "VARIOUS", "NIL", "NULL", "X", "XX", "XXX", "-",
))  # fmt: skip
"""Words of lists for what is not known."""

_MAKES: Final[Mapping[str, str]] = {
    "ABARTH": "",
    "AIXAM": "",
    "ALFA ROMEO": "ALFA|ALFA-ROMEO|ALFAROMEO|ALF",
    "ALPINE": "",
    "APRILIA": "APR",
    "ASTON MARTIN": "ASTON|ASTON-MARTIN|ASTN",
    "AUDI": "AUD",
    "AUSTIN": "AUST|AUS",
    "BENTLEY": "BENT",
    "BMW": "BMV|BMW MOTORRAD|BEEMER|BIMMER",
    "BYD": "",
    "CADILLAC": "CADI|CAD",
    "CHERY": "OMODA|JAECOO",
    "CHEVROLET": "CHEV|CHEVY|CHEVEROLET",
    "CHRYSLER": "CHRY|CHRYS|CRYSLER|CHR",
    "CITROEN": "CIT|CITR|CITRON|CITREON|CITROËN",
    "CUPRA": "",
    "DACIA": "DAC|DACI",
    "DAEWOO": "DAE|DAEW",
    "DAF": "DAF TRUCKS|LEYLAND DAF",
    "DAIHATSU": "DAI|DAIH",
    "DODGE": "DODG",
    "DS": "DS AUTOMOBILES|CITROEN DS",
    "DUCATI": "DUC|DUCA",
    "FERRARI": "FERR|FER",
    "FIAT": "FIA",
    "FORD": "FRD|FOR|FORD MOTOR|FORD TRANSIT",
    "GENESIS": "",
    "GWM": "GWM ORA|ORA|GREAT WALL|GREATWALL",
    "HARLEY-DAVIDSON": "HARLEY|HARLEY DAVIDSON|HARL|HD|H-D",
    "HINO": "",
    "HONDA": "HON|HOND",
    "HUMMER": "",
    "HYUNDAI": "HYU|HYUN|HYUNDIA|HUNDAI|HYND",
    "INFINITI": "INFINITY|INF",
    "ISUZU": "ISU|ISUZ|IZUZU",
    "IVECO": "IVEC|IVE|IVECO-FORD|IVECO FORD",
    "JAGUAR": "JAG|JAGU|JAGUER",
    "JCB": "",
    "JEEP": "JEE",
    "KAWASAKI": "KAW|KAWA|KWASAKI",
    "KIA": "KIA MOTORS",
    "KTM": "",
    "LADA": "",
    "LAMBORGHINI": "LAMBO|LAMB|LAMBORGINI|LAM",
    "LAND ROVER": "LANDROVER|LAND-ROVER|LROVER|L ROVER|L/ROVER|LR|LAND RVR|RANGE ROVER|RANGEROVER|R ROVER|L.ROVER|LROV|LDR",
    "LDV": "LDV MAXUS",
    "LEVC": "LTI|LONDON TAXIS INT|LONDON TAXIS|LONDON TAXI|LTC|LONDON ELECTRIC VEHICLE",
    "LEXMOTO": "",
    "LEXUS": "LEXU|LEXIS",
    "LOTUS": "LOT|LOTU",
    "MAN": "MAN TRUCK",
    "MASERATI": "MAS|MASE|MASERATTI",
    "MAXUS": "",
    "MAZDA": "MAZ|MAZD",
    "MCLAREN": "MCL",
    "MERCEDES-BENZ": "MERCEDES|MERCEDES BENZ|MERC|MER|MB|M-B|MERCS|MERCADES|MERCEDEZ|MERCEDES-AMG|MERCEDES AMG|MERCEDESBENZ|BENZ",
    "MG": "MG MOTOR|MG MOTOR UK|MGF|M.G|MORRIS GARAGES",
    "MINI": "MIN|BMW MINI|MINI COOPER",
    "MITSUBISHI": "MIT|MITS|MITSI|MITSUBISH|MITZUBISHI",
    "MORGAN": "",
    "MORRIS": "",
    "MOTO GUZZI": "GUZZI",
    "NISSAN": "NIS|NISS|NISAN|DATSUN",
    "OPEL": "",
    "PEUGEOT": "PEU|PEUG|PUG|PEUGOT|PUEGEOT|PEUGEOUT",
    "PIAGGIO": "PIAG|PIA",
    "POLESTAR": "",
    "PORSCHE": "POR|PORS|PORCHE|PORSHE",
    "PROTON": "PROT",
    "RENAULT": "REN|RENA|RENAUT|RENULT|RENAULT TRUCKS",
    "ROLLS-ROYCE": "ROLLS|ROLLS ROYCE|RR|ROLLSROYCE",
    "ROVER": "ROV|ROVE|MG ROVER",
    "ROYAL ENFIELD": "ENFIELD",
    "SAAB": "SAA",
    "SCANIA": "SCAN|SCA",
    "SEAT": "SEA",
    "SKODA": "SKO|SKOD|ŠKODA",
    "SMART": "SMA|SMRT",
    "SSANGYONG": "SSANG|SSA|SANGYONG|SSANG YONG|KGM",
    "SUBARU": "SUB|SUBA|SUBERU",
    "SUZUKI": "SUZ|SUZU|SUZIKI",
    "TESLA": "TES|TESL|TESLA MOTORS",
    "TOYOTA": "TOY|TOYO|TOYOTTA|TOYATA",
    "TRIUMPH": "TRI|TRIU|TRUMPH",
    "TVR": "",
    "VAUXHALL": "VAU|VAUX|VAUXHAL|VAUXALL|VAUXHULL|VX|VXL",
    "VESPA": "",
    "VOLKSWAGEN": "VW|V W|V.W|VOLKS|VOLK|VOLKSWAGON|VOLKSWAGAN|VOLKESWAGEN|VAG|VWAGEN",
    "VOLVO": "VOLV",
    "YAMAHA": "YAM|YAMA|YAMAH",
}

_NEAR_MAKES: Final = (
    ("VAUXHALL", "OPEL"), ("CITROEN", "DS"), ("SEAT", "CUPRA"), ("FIAT", "ABARTH"), ("CHEVROLET", "DAEWOO"), ("ROVER", "MG"),
    ("ROVER", "AUSTIN"), ("ROVER", "LAND ROVER"), ("AUSTIN", "MORRIS"), ("AUSTIN", "MINI"), ("ROVER", "MINI"), ("BMW", "MINI"), ("LDV", "MAXUS"),
    ("PIAGGIO", "VESPA"), ("MERCEDES-BENZ", "SMART"), ("CHRYSLER", "DODGE"), ("CHRYSLER", "JEEP"), ("VOLVO", "POLESTAR"),
    ("RENAULT", "ALPINE"), ("RENAULT", "DACIA"), ("HYUNDAI", "GENESIS"),
)  # fmt: skip
"""Makes under whose names the same vehicle is sold, or was, or is called."""

_MODELS: Final[Mapping[str, str]] = {
    "FORD": "FIESTA FOCUS MONDEO TRANSIT KUGA PUMA ESCORT GALAXY RANGER ECOSPORT KA",
    "VAUXHALL": "CORSA ASTRA INSIGNIA MOKKA VECTRA ZAFIRA VIVARO MERIVA",
    "VOLKSWAGEN": "GOLF POLO PASSAT TIGUAN TOUAREG TRANSPORTER CADDY CRAFTER TOURAN",
    "RENAULT": "CLIO MEGANE SCENIC KANGOO CAPTUR TRAFIC",
    "NISSAN": "QASHQAI JUKE MICRA NAVARA",
    "TOYOTA": "YARIS AURIS COROLLA AYGO HILUX PRIUS",
    "HONDA": "CIVIC JAZZ CR-V",
    "SKODA": "OCTAVIA FABIA SUPERB KODIAQ KAROQ YETI",
    "SEAT": "IBIZA LEON ATECA",
    "LAND ROVER": "DISCOVERY DEFENDER FREELANDER EVOQUE",
    "MERCEDES-BENZ": "SPRINTER VITO",
    "FIAT": "PUNTO DUCATO PANDA DOBLO",
    "KIA": "SPORTAGE PICANTO CEED SORENTO",
    "HYUNDAI": "TUCSON I10 I20 I30",
}
"""Models by which a make is known when the list names it in the make's place, or not at all."""

_WORD: Final = re.compile(r"[^\W_]+(?:[./&'-][^\W_]+)*")
_SHORTEST_PREFIX: Final = 4


def _spelt(table: Mapping[str, str], between: str | None) -> dict[str, str]:
    """Return every way to write each word, with the word it means."""
    ways = {_plain(word): word for word in table}
    for word, others in table.items():
        for way in others.split(between):
            if way:
                ways.setdefault(_plain(way), word)
    return ways


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    """Return the text in capitals without accents, with single spaces for anything but letters and digits."""
    folded = unicodedata.normalize("NFKD", text.upper())
    folded = "".join(c for c in folded if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in folded).split())


_COLOUR_OF: Final = _spelt(_COLOURS, None)
_MAKE_OF: Final = _spelt(_MAKES, "|")
_MAKE_OF_MODEL: Final = {_plain(model): make for make, models in _MODELS.items() for model in models.split()}
_NEAR: Final = frozenset(
    frozenset(pair) for pair in (*(tuple(one.split()) for one in _NEAR_COLOURS), *_NEAR_MAKES)
)  # fmt: skip


def is_nothing(text: str) -> bool:
    """Return whether a list's text says that it is not known.

    >>> is_nothing("N/K"), is_nothing(" not known "), is_nothing("BLUE")
    (True, True, False)
    """
    words = text.upper().split()
    return all(word in _NOTHING for word in words)


@lru_cache(maxsize=1024)
def colours_of(text: str) -> frozenset[str]:
    """Return the basic colours that a text names, in capitals as DVLA has them; none when any other word is left.

    >>> sorted(colours_of("dk blu/wht")), sorted(colours_of("Grey Metallic")), sorted(colours_of("sparkly"))
    (['BLUE', 'WHITE'], ['GREY'], [])
    """
    if is_nothing(text):
        return frozenset()
    found: set[str] = set()
    for word in _plain(text).split():
        colour = _COLOUR_OF.get(word)
        if colour is not None:
            found.add(colour)
        elif word not in _SHADES:
            return frozenset()
    return frozenset(found)


@lru_cache(maxsize=1024)
def make_of(text: str, model: str = "") -> str:
    """Return the make that a text means, in capitals; nothing when it is not known.

    What follows a make (a model) is passed over; a word of at least four letters may break off. Where no make is given a well known model
    tells it.

    >>> make_of("V.W."), make_of("VOLKSWAG"), make_of("L/ROVER DISCOVERY"), make_of("", "Fiesta"), make_of("ZZTOP")
    ('VOLKSWAGEN', 'VOLKSWAGEN', 'LAND ROVER', 'FORD', '')
    """
    words = [] if is_nothing(text) else _plain(text).split()
    for length in range(min(len(words), 4), 0, -1):
        if (make := _MAKE_OF.get(" ".join(words[:length]))) is not None:
            return make
    if words and len(words[0]) >= _SHORTEST_PREFIX:
        begun = {make for way, make in _MAKE_OF.items() if way.startswith(" ".join(words))}
        if len(begun) == 1:
            return begun.pop()
    named = words or ([] if is_nothing(model) else _plain(model).split())
    return next((make for word in named[:1] if (make := _MAKE_OF_MODEL.get(word)) is not None), "")


def are_near(one: str, other: str) -> bool:
    """Return whether two colours, or two makes, in our words are taken for each other."""
    return frozenset((one, other)) in _NEAR


def model_words(text: str) -> str:
    """Return a model's text to be compared: capitals, no accents, no spaces or signs; nothing when it is not known.

    >>> model_words("C-Class"), model_words("unk")
    ('CCLASS', '')
    """
    return "" if is_nothing(text) else _plain(text).replace(" ", "")
