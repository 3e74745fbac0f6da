"""How a vehicle as somebody describes it differs from what the registers say of its mark: possibly a clone.

A pure function. What is not known on either side is no difference, and neither is what people confuse (silver and grey, Vauxhall
and Opel): a false alarm on each third stop would soon be overlooked.
"""

from dataclasses import dataclass
from enum import StrEnum

from anpr.enquiries.vocabulary import are_near, colours_of, make_of, model_words


class Match(StrEnum):
    """How a word of one side stands to that of the other. The values are part of the JSON contract."""

    SAME = "same"
    NEAR = "near"
    DIFFERS = "differs"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Described:
    """A vehicle in somebody's words: a list entry's, an officer's, a register's. Empty: not told."""

    make: str = ""
    model: str = ""
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that was compared: `what` is `make`, `model` or `colour`; both sides in their own words."""

    what: str
    match: Match
    described: str
    registered: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was compared; `sentence` is empty when nothing differs."""

    parts: tuple[Difference, ...]

    @property
    def different(self) -> tuple[Difference, ...]:
        """Those that differ."""
        return tuple(one for one in self.parts if one.match is Match.DIFFERS)

    @property
    def possible_clone(self) -> bool:
        """Whether the make differs: a vehicle is painted another colour, but its make never changes."""
        return any(one.what == "make" for one in self.different)

    @property
    def sentence(self) -> str:
        """What differs in one sentence, fit for the crew; empty when nothing does."""
        if not self.different:
            return ""
        if self.possible_clone:
            return "Not the listed make: possible clone, or another vehicle."
        return "Not the listed colour: repainted, or possible clone."


def compare(described: Described, registered: Described) -> Comparison:
    """Return how a description stands to what is registered, thing by thing: make, colour, model.

    >>> compare(Described("BMW", colour="BLU"), Described("FORD", "FOCUS", "GREY")).possible_clone
    True
    >>> compare(Described("VW", "GOLF", "SLV"), Described("VOLKSWAGEN", "GOLF GTI", "GREY")).sentence
    ''
    """
    makes = make_of(described.make, described.model), make_of(registered.make, registered.model)
    parts = (
        Difference("make", _make_match(*makes), described.make or makes[0], registered.make or makes[1]),
        Difference("colour", _colour_match(described.colour, registered.colour), described.colour, registered.colour),
        Difference("model", _model_match(described.model, registered.model), described.model, registered.model),
    )
    return Comparison(parts)


def _make_match(described: str, registered: str) -> Match:
    if not described or not registered:
        return Match.UNKNOWN
    if described == registered:
        return Match.SAME
    return Match.NEAR if are_near(described, registered) else Match.DIFFERS


def _colour_match(described: str, registered: str) -> Match:
    """Of several colours on either side one that agrees is enough: which of two is the first is a matter of taste."""
    ours, theirs = colours_of(described), colours_of(registered)
    if not ours or not theirs:
        return Match.UNKNOWN
    if ours & theirs:
        return Match.SAME
    if "MULTI-COLOUR" in ours | theirs or any(are_near(one, other) for one in ours for other in theirs):
        return Match.NEAR
    return Match.DIFFERS


def _model_match(described: str, registered: str) -> Match:
    """Models are written in too many ways (3 SERIES, 320D M SPORT) for a difference to mean anything."""
    ours, theirs = model_words(described), model_words(registered)
    if not ours or not theirs:
        return Match.UNKNOWN
    return Match.SAME if ours in theirs or theirs in ours else Match.UNKNOWN
