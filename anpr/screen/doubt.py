"""What is doubtful in an alert, what of it is withheld from the full view, and what a confirmation then asks for.

Where a mistake would be worst, nobody is to see the list's mark before having read the plate: who knows what it should
say reads just that. There the doubtful characters stay blank until they were typed from the picture (docs/ALERTS.md,
"Confirming"). The page is never sent what it does not show.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any, Final

from anpr.alerting.decisions import Comparison
from anpr.alerting.steps import was_corrected
from anpr.errors import InputError
from anpr.screen.moment import Cell
from anpr.screen.orders import order_of
from anpr.screen.port import AlertView
from anpr.screen.rules import ScreenRules

BLANK: Final = "_"
"""Stands for a character that is withheld."""

LEAST_TYPED: Final = 3
"""So many characters are typed where none is doubtful: those that were read with the least probability."""

_FINISHED: Final = frozenset({"decided", "cleared", "not_decided"})

_HIDDEN: Final = Cell("", "", "hidden", 0.0)

_SOMEWHERE: Final = "a character may be hidden"
"""What is said of a hidden character while the mark is withheld: where it is names its neighbours."""

_KEY: Final = secrets.token_bytes(16)


@dataclass(frozen=True, slots=True)
class Typing:
    """What is to be typed of the list's mark: the characters at these places, or all of it (`whole`)."""

    places: frozenset[int]
    whole: bool


def typing_of(alert: AlertView, rules: ScreenRules) -> Typing | None:
    """Return what must be typed before this alert is confirmed, None where looking and ticking suffice.

    It must be for a hit that a row with `typed` fits, that is not exact, or that was corrected, while it waits for a
    decision.
    """
    if not alert.listed or alert.decided is not None or alert.state in _FINISHED:
        return None
    near = not alert.listed[0].exact
    if not (near or was_corrected(alert.steps) or order_of(alert.listed, rules).typed):
        return None
    return doubtful(alert.cells, alert.list_vrm, rules.uncertain_below)


def doubtful(cells: tuple[Cell, ...], list_vrm: str, uncertain_below: float) -> Typing:
    """Return the doubtful characters of a list's mark: read with less than `uncertain_below`, or read otherwise.

    Where characters are extra, missing or perhaps hidden, nobody knows which stands for which, and of a pattern no character
    stands for itself: then all of it is doubtful.
    """
    if any(cell.agreement in {"extra", "missing", "wildcard", "unseen"} for cell in cells) or len(cells) != len(
        list_vrm
    ):
        return Typing(frozenset(range(len(list_vrm))), whole=True)
    unsure = {n for n, cell in enumerate(cells) if cell.agreement == "differs" or cell.probability < uncertain_below}
    if not unsure:
        unsure = set(sorted(range(len(cells)), key=lambda n: cells[n].probability)[:LEAST_TYPED])
    return Typing(frozenset(unsure), whole=len(unsure) == len(list_vrm))


def comparison(alert: AlertView, rules: ScreenRules) -> Comparison:
    """Return what a confirmation of the alert compares: the marks, what its list gives, and whether typing is needed."""
    given = {"vrm": True, "make": bool(listed_word(alert, "make")), "colour": bool(listed_word(alert, "colour"))}
    return Comparison(
        alert.read_vrm,
        alert.list_vrm,
        tuple(name for name, is_given in given.items() if is_given),
        typing_of(alert, rules) is not None,
    )


def listed_word(alert: AlertView, column: str) -> str:
    """Return what the lists give for a column: of several entries the most important that gives it, else nothing."""
    words = (str(getattr(one.entry, column)).strip() for one in alert.listed)
    return next((word for word in words if word), "")


def filled(typed: str, list_vrm: str, typing: Typing) -> str:
    """Return the mark that the typed characters make of the list's; raises InputError for too few or too many."""
    if typing.whole:
        if not typed:
            raise InputError("type the mark as the picture shows it")
        return typed
    if len(typed) != len(typing.places):
        raise InputError(f"{len(typing.places)} characters are blank, {len(typed)} were typed: type each of them")
    given = iter(typed)
    return "".join(next(given) if n in typing.places else c for n, c in enumerate(list_vrm))


def withheld(alert: AlertView, typing: Typing) -> AlertView:
    """Return the alert with blanks for what is to be typed, in the marks and in the comparison alike."""
    if typing.whole:
        blanks = BLANK * len(alert.list_vrm)
        return replace(
            alert,
            moment=replace(
                alert.moment,
                read_vrm=blanks,
                shown_vrm=blanks,
                cells=(_HIDDEN,) * len(alert.list_vrm),
                engine_read="",
                hidden=_SOMEWHERE if alert.moment.hidden else "",
            ),
        )
    cells = tuple(_HIDDEN if n in typing.places else cell for n, cell in enumerate(alert.cells))
    read = "".join(BLANK if n in typing.places else c for n, c in enumerate(alert.read_vrm))
    return replace(alert, moment=replace(alert.moment, read_vrm=read, shown_vrm=read, cells=cells, engine_read=""))


def blanked(list_vrm: str, typing: Typing) -> str:
    """Return the list's mark with blanks for what is to be typed."""
    return "".join(BLANK if n in typing.places else c for n, c in enumerate(list_vrm))


def without_mark(value: Any, mark: str, instead: str) -> Any:
    """Return JSON material in which no text names the mark, however it is spaced."""
    pattern = r"[\s.-]*".join(re.escape(c) for c in mark)
    return _replaced(value, re.compile(rf"(?<![A-Z0-9]){pattern}(?![A-Z0-9])", re.IGNORECASE), instead)


def _replaced(value: Any, pattern: re.Pattern[str], instead: str) -> Any:
    if isinstance(value, str):
        return pattern.sub(instead, value)
    if isinstance(value, list):
        return [_replaced(item, pattern, instead) for item in value]
    if isinstance(value, Mapping):
        return {key: _replaced(item, pattern, instead) for key, item in value.items()}
    return value


def opaque(*marks: str) -> str:
    """Return what is the same for the same marks in this run and says nothing of them, for pages to compare."""
    return blake2b("|".join(marks).encode(), key=_KEY, digest_size=8).hexdigest()
