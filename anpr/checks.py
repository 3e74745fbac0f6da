"""What `anpr doctor` asks every room: a check looks at one thing and finds it well, doubtful or wrong.

Each room has a function `checks` that returns its own, given what it looks at; `anpr.patrol.checks` collects them. A check changes nothing that
lasts, and needs no running patrol.
"""

from collections.abc import Callable
from dataclasses import dataclass

from anpr.errors import AnprError
from anpr.values import Level


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found, in words, and what to do about it (empty when all is well)."""

    level: Level
    words: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One check: a stable name, what it looks at, and the look itself, which may raise."""

    name: str
    what: str
    look: Callable[[], Finding]

    def run(self) -> Finding:
        """Look, and take an error as what was found: in its words if it is one of ours, else by its type alone."""
        try:
            return self.look()
        except AnprError as error:
            return Finding(Level.FAULT, str(error), "Do what the message says.")
        except Exception as error:  # noqa: BLE001 - a check that fails is what was found
            kind = type(error).__name__
            return Finding(Level.FAULT, f"the check failed ({kind})", "Send a report (anpr report).")


def well(words: str) -> Finding:
    """Return that all is well."""
    return Finding(Level.OK, words)


def doubtful(words: str, remedy: str) -> Finding:
    """Return a warning."""
    return Finding(Level.WARNING, words, remedy)


def wrong(words: str, remedy: str) -> Finding:
    """Return a fault."""
    return Finding(Level.FAULT, words, remedy)
