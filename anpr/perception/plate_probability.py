"""How probable it is that what was read is a number plate at all, and not a sign, a badge or a telephone number."""

from collections.abc import Sequence
from typing import Final

from anpr.values import Read

SHORT_TEXT_ODDS: Final = {0: 0.02, 1: 0.02, 2: 0.05, 3: 0.2, 4: 0.6}
"""Odds of a plate against anything else with so few characters; a judgement, since marks of one or two characters are
worth a fortune and signs with them stand at every corner."""

ONE_KIND_ODDS: Final = {"letters": 0.1, "digits": 0.3}
"""The same for marks without a digit or without a letter: names of shops and models, numbers of houses, buses and routes.
A judgement too; such marks exist (Swedish wishes, Guernsey's numbers), so a sure detection still carries them."""


def plate_probability(reads: Sequence[Read], text: str) -> float:
    """Return the probability that what was read is a number plate at all, and not a sign or a badge.

    From the surest detection of the track, as odds, times how much rarer plates of so few characters, or of letters or
    digits alone, are beside signs and badges of that kind (`SHORT_TEXT_ODDS`, `ONE_KIND_ODDS`): evidence, not a filter.
    """
    surest = max((read.detection.confidence for read in reads), default=0.0)
    surest = min(max(surest, 0.0), 0.9999)
    kind = "letters" if text.isalpha() else "digits" if text.isdigit() else "both"
    odds = surest / (1.0 - surest) * SHORT_TEXT_ODDS.get(len(text), 1.0) * ONE_KIND_ODDS.get(kind, 1.0)
    return odds / (1.0 + odds)
