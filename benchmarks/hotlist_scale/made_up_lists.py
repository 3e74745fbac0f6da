"""Made-up hotlists of realistic form and size: marks of all layouts, dates, texts of usual length. No real vehicle."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

ROWS_A_BATCH: Final = 100_000

_LOCAL: Final = np.frombuffer(b"ABCDEFGHJKLMNOPRSTUVWXY", np.uint8)
_LETTERS: Final = np.frombuffer(b"ABCDEFGHJKLMNOPRSTUVWXYZ", np.uint8)
_YEAR: Final = np.frombuffer(b"ABCDEFGHJKLMNPRSTVWXY", np.uint8)
_DIGITS: Final = np.frombuffer(b"0123456789", np.uint8)
_IRISH: Final = np.frombuffer(b"IZ", np.uint8)
_AGES: Final = [f"{year:02d}" for half in (0, 50) for year in range(half + 2, half + 27)]

LAYOUTS: Final = (("current", 0.84), ("prefix", 0.07), ("suffix", 0.02), ("irish", 0.04), ("dateless", 0.03))
"""Share of each layout among vehicles on the road: an estimate."""

_MAKES: Final = (
    ("FORD", ("FIESTA", "FOCUS", "TRANSIT", "KUGA")), ("VAUXHALL", ("CORSA", "ASTRA", "INSIGNIA")),
    ("VOLKSWAGEN", ("GOLF", "POLO", "CADDY")), ("BMW", ("320D", "X5", "118I")), ("AUDI", ("A3", "A4", "Q5")),
    ("MERCEDES-BENZ", ("C220", "SPRINTER")), ("TOYOTA", ("YARIS", "AURIS")), ("NISSAN", ("QASHQAI", "JUKE")),
)  # fmt: skip
_COLOURS: Final = ("BLACK", "WHITE", "SILVER", "BLUE", "RED", "GREY", "GREEN")
_REASONS: Final = (
    "NO INSURANCE", "NO CURRENT TAX", "NO CURRENT KEEPER", "STOLEN VEHICLE", "LOST OR STOLEN PLATES", "INTELLIGENCE",
)  # fmt: skip
_INFORMATION: Final = (
    "CONFIRM INSURANCE STATUS WITH THE DATABASE BEFORE SEIZING THE VEHICLE", "STOP AND ESTABLISH OCCUPANTS THEN REPORT",
    "DO NOT STOP. NOTE TIME AND PLACE AND DIRECTION OF TRAVEL", "VEHICLE SHOWN AS HAVING NO REGISTERED KEEPER",
)  # fmt: skip
_MARKERS: Final = ("", "", "", "", "", "", "VI", "DR", "FI WE", "ES")


def vrms(count: int, seed: int) -> list[str]:
    """Return made-up marks in a random order; a few may occur twice, as in real lists."""
    rng = np.random.default_rng(seed)
    shares = np.array([share for _, share in LAYOUTS])
    counts = rng.multinomial(count, shares / shares.sum())
    made: list[str] = []
    for (layout, _), each in zip(LAYOUTS, counts, strict=True):
        made.extend(_of_layout(layout, int(each), rng))
    return [made[i] for i in rng.permutation(len(made)).tolist()]


def distinct_vrms(count: int, seed: int) -> list[str]:
    """Return made-up marks that are all different."""
    made = dict.fromkeys(vrms(count + count // 4 + 100, seed))
    return list(made)[:count]


def patterns(count: int, seed: int) -> list[str]:
    """Return different marks with wildcards: holes, known beginnings, known ends, known parts of four or more."""
    rng = np.random.default_rng(seed)
    made: dict[str, None] = {}
    while len(made) < count:
        for vrm in vrms(count, int(rng.integers(2**31))):
            made[_with_wildcards(vrm, rng)] = None
            if len(made) == count:
                break
    return list(made)


def police_rows(marks: list[str], seed: int) -> Iterator[str]:
    """Yield lines of the 16-column police CSV for the marks, in batches of lines joined by newlines."""
    rng = np.random.default_rng(seed)
    for start in range(0, len(marks), ROWS_A_BATCH):
        part = marks[start : start + ROWS_A_BATCH]
        picks = rng.integers(0, 2**31, (len(part), 4)).tolist()
        yield "\n".join([_police_row(vrm, *four) for vrm, four in zip(part, picks, strict=True)]) + "\n"


def write_police_csv(path: Path, marks: list[str], seed: int) -> Path:
    """Write a police CSV of the marks."""
    with path.open("w", encoding="utf-8", newline="") as file:
        for lines in police_rows(marks, seed):
            file.write(lines)
    return path


def _police_row(vrm: str, a: int, b: int, c: int, d: int) -> str:
    make, models = _MAKES[a % len(_MAKES)]
    reason = _REASONS[b % len(_REASONS)]
    shown = f"{vrm[:4]} {vrm[4:]}" if a % 3 == 0 else vrm
    information = f'"{_INFORMATION[2]}, REF {d}"' if c % 10 == 0 else _INFORMATION[c % len(_INFORMATION)]
    weed = f"{1 + b % 28:02d}/{1 + c % 12:02d}/2027"
    return (
        f"{shown},{make},{models[b % len(models)]},{_COLOURS[c % len(_COLOURS)]},{'STOP' if d % 5 else 'SILENT'},"
        f"{_MARKERS[a % len(_MARKERS)]},{reason},E41,{information},{1 + d % 43:02d} AREA {c % 9},{weed},"
        f"26/{d % 10_000_000:07d}{'ABCDEFGH'[a % 8]},OFFICIAL-SENSITIVE,,,"
    )


def _of_layout(layout: str, count: int, rng: np.random.Generator) -> list[str]:
    def pick(alphabet: NDArray[np.uint8], width: int) -> list[str]:
        if not count:
            return []
        return rng.choice(alphabet, (count, width)).view(f"S{width}").ravel().astype(str).tolist()

    numbers = [str(n) for n in rng.integers(1, 1000, count).tolist()]
    if layout == "current":
        ages = [_AGES[i] for i in rng.integers(0, len(_AGES), count)]
        return ["".join(parts) for parts in zip(pick(_LOCAL, 2), ages, pick(_LETTERS, 3), strict=True)]
    if layout == "prefix":
        return ["".join(parts) for parts in zip(pick(_YEAR, 1), numbers, pick(_LETTERS, 3), strict=True)]
    if layout == "suffix":
        return ["".join(parts) for parts in zip(pick(_LETTERS, 3), numbers, pick(_YEAR, 1), strict=True)]
    long_numbers = [str(n) for n in rng.integers(1, 10_000, count).tolist()]
    if layout == "irish":
        return [
            "".join(p) for p in zip(pick(_LETTERS, 1), pick(_IRISH, 1), pick(_LETTERS, 1), long_numbers, strict=True)
        ]
    widths = rng.integers(1, 4, count).tolist()
    return [letters[:w] + n for letters, w, n in zip(pick(_LETTERS, 3), widths, long_numbers, strict=True)]


def _with_wildcards(vrm: str, rng: np.random.Generator) -> str:
    kind = rng.random()
    if kind < 0.7 or len(vrm) < 6:
        holes = rng.choice(len(vrm), max(1, min(len(vrm) - 3, int(rng.integers(1, 4)))), replace=False).tolist()
        return "".join("?" if i in holes else c for i, c in enumerate(vrm))
    cut = int(rng.integers(4, len(vrm)))
    if kind < 0.85:
        return vrm[:cut] + "*"
    return "*" + vrm[-cut:] if kind < 0.95 else f"*{vrm[1 : cut + 1]}*"
