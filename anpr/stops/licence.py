"""The number of a driving licence: what it must look like, and whether it fits name, date of birth and sex.

The driver number of Great Britain is publicly described as: the first five letters of the surname, filled with 9, Mac written MC; the
decade of the year of birth; the month, 50 more for women; the day; the last digit of the year; the initials of the first two
forenames, 9 for none; a digit that tells namesakes apart; two characters of a check that is not public, and is therefore not
checked here; on the card two digits more, how many licences were issued. (Guidance of the Identity and Passport Service for those who check
signatories; licencebureau.co.uk; legislation names no structure.) Northern Ireland's is eight digits that mean nothing.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final

from anpr.errors import InputError

_SURNAME_PART: Final = re.compile(r"[A-Z]{1,5}9{0,4}")
_REST: Final = re.compile(
    r"(?P<decade>[0-9])(?P<month>[05][1-9]|[16][0-2])(?P<day>0[1-9]|[12][0-9]|3[01])(?P<year>[0-9])"
    r"(?P<initials>[A-Z][A-Z9]|99)(?P<namesake>[0-9])(?P<check>[A-Z0-9]{2})(?P<issue>[0-9]{2})?"
)
_NORTHERN_IRELAND: Final = re.compile(r"[0-9]{8}")

_PARTS: Final = (
    (0, 5, r"[A-Z]{1,5}9{0,4}", "the first letters of the surname, filled with 9"),
    (5, 11, r"[0-9](?:[05][1-9]|[16][0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]", "decade, month, day and year of birth"),
    (11, 13, r"[A-Z][A-Z9]|99", "two initials"),
    (13, 14, r"[0-9]", "a digit"),
    (14, 16, r"[A-Z0-9]{2}", "two letters or digits"),
    (16, 18, r"(?:[0-9]{2})?", "two digits"),
)
"""Where each part stands, its form, and what it is."""

_LENGTH: Final = 16
_SURNAME: Final = 5
_FEMALE: Final = 50


@dataclass(frozen=True, slots=True)
class Holder:
    """What is known of who holds a licence; empty or None is not known. `sex` is "female", "male" or anything else."""

    surname: str = ""
    forenames: str = ""
    birth_date: date | None = None
    sex: str = ""


def licence(text: str) -> str:
    """Return a licence's number in capitals without spaces. Raises InputError for what has not the structure of one.

    >>> licence("morga 657054 sm9ij 35")
    'MORGA657054SM9IJ35'
    """
    number = "".join(text.upper().split())
    if _NORTHERN_IRELAND.fullmatch(number):
        return number
    if not _SURNAME_PART.fullmatch(number[:_SURNAME]) or not _REST.fullmatch(number[_SURNAME:]):
        raise InputError(
            f"that is not how a licence number is built{_where(number)}: check it against the card, as MORGA 657054 SM9IJ"
        )
    return number


def misfits(number: str, holder: Holder) -> tuple[str, ...]:
    """Return what of a number (as `licence` gives it) does not fit its holder, in words; nothing is said of what is not known.

    >>> misfits("MORGA657054SM9IJ", Holder("Morgan", "Samantha Michelle", date(1964, 7, 5), "male"))
    ('sex',)
    """
    found = _REST.fullmatch(number[_SURNAME:])
    if found is None:
        return ()
    troubles = []
    if _letters(holder.surname) and number[:_SURNAME] != surname_part(holder.surname):
        troubles.append("surname")
    initials = [_letters(name)[:1] for name in holder.forenames.split() if _letters(name)][:2]
    # A middle name that was not told is no contradiction; one that the licence lacks is.
    if initials and initials != list(found["initials"])[: len(initials)]:
        troubles.append("forenames")
    month = int(found["month"])
    if (born := holder.birth_date) is not None:
        written = (found["decade"] + found["year"], month % _FEMALE, int(found["day"]))
        troubles += ["date of birth"] if written != (f"{born.year % 100:02d}", born.month, born.day) else []
    if holder.sex in ("female", "male") and (month > _FEMALE) != (holder.sex == "female"):
        troubles.append("sex")
    return tuple(troubles)


def surname_part(surname: str) -> str:
    """Return the five characters that a number of Great Britain begins with for a surname.

    >>> surname_part("Mackay"), surname_part("Ó Sé"), surname_part("Smith-Jones")
    ('MCKAY', 'OSE99', 'SMITH')
    """
    letters = _letters(surname)
    if letters.startswith("MAC"):
        letters = f"MC{letters[3:]}"
    return letters[:_SURNAME].ljust(_SURNAME, "9")


def _letters(name: str) -> str:
    """Return the letters of a name in capitals, without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", name).upper() if "A" <= c <= "Z")


def _where(number: str) -> str:
    """Return in words where a number stops being one."""
    if len(number) not in (8, _LENGTH, _LENGTH + 2):
        return f" ({len(number)} characters, not 16 or 18, or 8 of Northern Ireland)"
    for begin, end, form, words in _PARTS:
        if not re.fullmatch(form, number[begin:end]):
            return f" ({number[begin:end]!r} should be {words})"
    return ""
