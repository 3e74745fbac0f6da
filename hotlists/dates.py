"""The dates that hotlist files hold, in the forms that producers write them."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

LOCAL: Final = ZoneInfo("Europe/London")
"""Weed dates and hours of the day are local ones."""

_MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_TIME: Final = r"(?:,?[T ] ?[\d:.]+ ?(?:[AaPp]\.?[Mm]\.?|Z|[+-]\d\d:?\d\d|GMT|BST|UTC)?)?"
_ISO: Final = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_TIME}", re.ASCII)
_COMPACT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T?\d{4}(?:\d\d)?Z?)?", re.ASCII)
_DAY_FIRST: Final = re.compile(rf"(\d{{1,2}})[-/.](\d{{1,2}})[-/.](\d{{4}}|\d{{2}}){_TIME}", re.ASCII)
_WEEKDAY: Final = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )?"
_NAMED: Final = re.compile(
    rf"{_WEEKDAY}(\d{{1,2}})(?:st|nd|rd|th)?[-/. ]([a-z]{{3,9}})\.?,?[-/. ](\d{{4}}|\d{{2}}){_TIME}",
    re.ASCII | re.IGNORECASE,
)
_MONTH_FIRST: Final = re.compile(
    rf"{_WEEKDAY}([a-z]{{3,9}})\.? (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}}){_TIME}", re.ASCII | re.IGNORECASE
)

NEVER: Final = frozenset(
    {
        "", "-", "N/A", "NA", "NONE", "NULL", "NIL", "NEVER", "NO EXPIRY", "INDEFINITE", "PERM", "PERMANENT",
        "0000-00-00", "0000-00-00 00:00:00", "00/00/0000",
    }
)  # fmt: skip
"""What stands for: no weed date."""


class BadDate(ValueError):
    """The text is no date in a known form, or a day that does not exist."""


def weed_day(text: str) -> date | None:
    """Return the last day on which an entry may alert, None for no limit; raises BadDate.

    Known forms, with or without a time (12 or 24 hours): 2026-11-22, 20261122, 22/11/2026, 22-11-26, 22-Nov-2026,
    22nd November 2026, Nov 22, 2026. Day comes before month in numbers; two-digit years are of this century.
    """
    text = text.strip()
    if text.upper() in NEVER:
        return None
    try:
        if match := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
            return date(int(match[1]), int(match[2]), int(match[3]))
        if match := _DAY_FIRST.fullmatch(text):
            return date(_year(match[3]), int(match[2]), int(match[1]))
        if match := _NAMED.fullmatch(text):
            month = _MONTHS.get(match[2][:3].lower())
            if month is not None:
                return date(_year(match[3]), month, int(match[1]))
        if match := _MONTH_FIRST.fullmatch(text):
            month = _MONTHS.get(match[1][:3].lower())
            if month is not None:
                return date(int(match[3]), month, int(match[2]))
    except ValueError as error:
        raise BadDate("a day that does not exist") from error
    if text.isdecimal():
        raise BadDate("a number, as spreadsheets count days: format its column as a date")
    raise BadDate("a date in no known form (2026-11-22, 22/11/2026, 22-Nov-2026)")


def end_of_day_s(day: date | None) -> int | None:
    """Return when the day ends in the United Kingdom, in seconds since 1970 UTC; None for None and for year 9999."""
    if day is None or day.year >= 9999:
        return None
    start = datetime(day.year, day.month, day.day, tzinfo=LOCAL) + timedelta(days=1)
    return int(start.astimezone(UTC).timestamp())


def _year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


class WeedDates(dict[str, int | None]):
    """End of the last day for each text seen so far: files repeat a few dates millions of times."""

    MOST: Final = 100_000

    def __missing__(self, text: str) -> int | None:
        """Parse a text that is new; raises BadDate, and does not keep what is bad."""
        if len(self) >= self.MOST:
            self.clear()
        self[text] = end_of_day_s(weed_day(text))
        return self[text]
