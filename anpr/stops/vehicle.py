"""What is asked of the vehicle at every stop, before the card's own questions: its mark, and what is seen of it."""

from dataclasses import replace
from typing import Final

from anpr.stops.card import MOST_ANSWER, Card, Conditions, Kind, Question

MARK: Final = "stopped_vrm"
SEEN_COLOUR: Final = "seen_colour"
SEEN_MAKE: Final = "seen_make"

COLOURS: Final = (
    "Black", "White", "Grey", "Silver", "Blue", "Red", "Green", "Brown", "Beige", "Bronze", "Cream", "Gold", "Maroon", "Orange",
    "Pink", "Purple", "Turquoise", "Yellow", "Multi-colour",
)  # fmt: skip
"""The colours that DVLA's registers name (anpr/enquiries/vocabulary.py), those that are seen most first."""

_LONGEST_SEEN: Final = 60


def _asked(
    key: str, label: str, kind: Kind, help_: str, *, choices: tuple[str, ...] = (), required: bool = False, most: float = MOST_ANSWER
) -> Question:  # fmt: skip
    return Question(key, label, kind, required, False, help_, choices, 0, most, "", Conditions(), 0)


VEHICLE_QUESTIONS: Final = (
    _asked(MARK, "Registration mark", Kind.VRM, "As the plate says, seen from outside the car.", required=True),
    _asked(SEEN_COLOUR, "Colour as seen", Kind.CHOICE, "Look at the vehicle, not at the list.", choices=COLOURS),
    _asked(SEEN_MAKE, "Make and model as seen", Kind.TEXT, "As the badges say.", most=_LONGEST_SEEN),
)
"""They are asked first; a card may not use their keys."""

OWN_KEYS: Final = frozenset(one.key for one in VEHICLE_QUESTIONS)


def with_vehicle(card: Card) -> Card:
    """Return a card that asks of the vehicle first."""
    return replace(card, questions=(*VEHICLE_QUESTIONS, *card.questions))
