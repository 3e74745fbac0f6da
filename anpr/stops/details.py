"""Rules of a person's details: date of birth, postcode, self-defined ethnicity. The licence's are in `anpr.stops.licence`."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from anpr.errors import InputError

OLDEST: Final = 120
"""Years; nobody in the United Kingdom is known to have become older (general knowledge)."""

_DATES: Final = ("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y-%m-%d", "%d%m%Y", "%d %b %Y", "%d %B %Y")
"""As people in Britain write a date, day first, and ISO 8601."""

_POSTCODE: Final = re.compile(
    r"(?:GIR0AA|(?:[A-PR-UWYZ][0-9]{1,2}|[A-PR-UWYZ][A-HK-Y][0-9]{1,2}|[A-PR-UWYZ][0-9][A-HJKPSTUW]"
    r"|[A-PR-UWYZ][A-HK-Y][0-9][ABEHMNPRVWXY])[0-9][ABD-HJLNP-UW-Z]{2})"
)
"""The structure of a postcode (BS 7666, as the Government Data Standards Catalogue gives it): no Q, V, X first, no I, J, Z second, only
some letters third or fourth, no C, I, K, M, O, V in the last two."""

ETHNICITIES: Final[Mapping[str, str]] = {
    "W1": "White: British",
    "W2": "White: Irish",
    "W9": "Any other White background",
    "M1": "Mixed: White and Black Caribbean",
    "M2": "Mixed: White and Black African",
    "M3": "Mixed: White and Asian",
    "M9": "Any other mixed background",
    "A1": "Asian: Indian",
    "A2": "Asian: Pakistani",
    "A3": "Asian: Bangladeshi",
    "A9": "Any other Asian background",
    "B1": "Black: Caribbean",
    "B2": "Black: African",
    "B9": "Any other Black background",
    "O1": "Chinese",
    "O9": "Any other ethnic group",
    "NS": "Not stated",
}
"""The 16+1 codes of self-defined ethnicity (census of 2001; Association of Chief Police Officers, Guide to Self-Defined Ethnicity and
Descriptive Monitoring, March 2002)."""

LATER_ETHNICITIES: Final[Mapping[str, str]] = {
    "W3": "White: Gypsy or Irish Traveller",
    "A4": "Chinese",
    "O2": "Arab",
}
"""What the 18+1 codes (census of 2011) add; there A4 stands for O1. Both lists are in use, so all of them are taken."""


def birth_date(text: str, on: date) -> date:
    """Return the date of birth of somebody who is met on a day. Raises InputError for no date, one to come, or a very old one.

    >>> birth_date("5/7/1964", date(2026, 1, 1))
    datetime.date(1964, 7, 5)
    """
    born = a_date(text)
    if born > on:
        raise InputError(f"the date of birth {born:%d/%m/%Y} is still to come: check day, month and year")
    if age(born, on) > OLDEST:
        raise InputError(f"the date of birth {born:%d/%m/%Y} is more than {OLDEST} years ago: check the year")
    return born


def a_date(text: str) -> date:
    """Return a date that was typed, day first or as ISO 8601, the year with four digits. Raises InputError."""
    for form in _DATES:
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 - a day of the calendar, wherever
        except ValueError:
            continue
    raise InputError("that is no date: type it as day/month/year, as 05/07/1964")


def age(born: date, on: date) -> int:
    """Return how many years old somebody is on a day; who was born on 29 February has their birthday on 1 March in other years.

    >>> age(date(2008, 2, 29), date(2026, 2, 28))
    17
    """
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def postcode(text: str) -> str:
    """Return a postcode in capitals with its space. Raises InputError for what has not the structure of one; it need not exist.

    >>> postcode("sw1a1aa")
    'SW1A 1AA'
    """
    plain = "".join(text.upper().split())
    if not _POSTCODE.fullmatch(plain):
        raise InputError("that is not how a postcode is built: check it, as SW1A 1AA")
    return f"{plain[:-3]} {plain[-3:]}"


def ethnicity(text: str) -> str:
    """Return a code of self-defined ethnicity. Raises InputError for what is none.

    >>> ethnicity("w1")
    'W1'
    """
    code = text.strip().upper()
    if code not in ETHNICITIES and code not in LATER_ETHNICITIES:
        raise InputError(
            f"that is no code of self-defined ethnicity: choose one of {', '.join((*ETHNICITIES, *LATER_ETHNICITIES))}"
        )
    return code
