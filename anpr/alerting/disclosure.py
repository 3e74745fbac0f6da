"""What may be shown of a hotlist, and to whom: the one place that decides it (docs/decisions, "covert hits").

Hits on a covert list are recorded, and no crew is told: for the crew the list does not exist. It has no alert, no sound,
no row, no place in a count and no name in a message; whoever types its name is told that there is no such list. On the
command line a supervisor, known by collar number and PIN, is shown all. Each way out of the program calls this module;
nothing else asks whether a list is covert. This keeps people from seeing what is not for them on a screen, in a terminal
and in what a command writes. It cannot keep whoever may read the car's files from opening them by other means.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Protocol, TypeVar

from anpr.values import Hit, HotlistEntry, HotlistInfo


class Audience(StrEnum):
    """Who is shown something."""

    CREW = "crew"
    SUPERVISOR = "supervisor"


class Hotlist(Protocol):
    """What is asked about a list; its status, its settings and what hits say of it all answer."""

    @property
    def name(self) -> str:
        """Name of the list."""

    @property
    def covert(self) -> bool:
        """Whether the crew must not know of it."""


L = TypeVar("L", bound=Hotlist)

_LIST_KEYS: Final = ("list", "lists", "updated", "erased", "rollbacks")
"""Particulars of an audit entry that hold names of lists, several of them divided by commas."""

_NO_NAMES: Final = frozenset({"", "all"})


def may_show(hotlist: Hotlist, audience: Audience = Audience.CREW) -> bool:
    """Return whether this audience may know of the list and of what is on it."""
    return audience is Audience.SUPERVISOR or not hotlist.covert


def is_covert(hotlist: Hotlist) -> bool:
    """Return whether the crew must not know of the list: for telling a supervisor, who is shown all."""
    return not may_show(hotlist)


def shown_lists(lists: Iterable[L], audience: Audience = Audience.CREW) -> list[L]:
    """Return those lists that this audience may know of."""
    return [one for one in lists if may_show(one, audience)]


def shown_hits(hits: Iterable[Hit], audience: Audience = Audience.CREW) -> list[Hit]:
    """Return those hits that this audience may be told of."""
    return [hit for hit in hits if may_show(hit.hotlist, audience)]


def shown_entries(
    entries: Iterable[tuple[HotlistEntry, HotlistInfo, float]], audience: Audience = Audience.CREW
) -> list[tuple[HotlistEntry, HotlistInfo, float]]:
    """Return those entries, with their list and its age, that this audience may be told of."""
    return [one for one in entries if may_show(one[1], audience)]


@dataclass(frozen=True, slots=True)
class ListNames:
    """The names of the lists in a car that an audience may be told (`shown`) and that it may not (`hidden`)."""

    audience: Audience
    shown: frozenset[str]
    hidden: frozenset[str]

    @classmethod
    def of(cls, lists: Iterable[Hotlist], audience: Audience = Audience.CREW) -> "ListNames":
        """Return the names of these lists, told apart for an audience."""
        known = list(lists)
        shown = frozenset(one.name for one in shown_lists(known, audience))
        return cls(audience, shown, frozenset(one.name for one in known) - shown)

    def with_those_of(self, later: "ListNames") -> "ListNames":
        """Return the names of both moments; what may not be told at either of them is hidden."""
        hidden = self.hidden | later.hidden
        return replace(self, shown=(self.shown | later.shown) - hidden, hidden=hidden)

    def only_shown(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return these names without the hidden ones."""
        return tuple(name for name in names if name not in self.hidden)

    def text(self, text: str, instead: str) -> str:
        """Return a text as it may be shown: `instead` where it names a hidden list."""
        return instead if self._names_hidden(text) else text

    def may_show_audit(self, detail: Mapping[str, str]) -> bool:
        """Return whether an entry of the audit with these particulars may be shown.

        Not one that names a list which is not known to be open to this audience. That includes lists which are no longer
        in the car: nobody can tell any more whether they were covert.
        """
        if self.audience is Audience.SUPERVISOR:
            return True
        named = (name for key in _LIST_KEYS for name in detail.get(key, "").split(", "))
        if any(name not in self.shown and name not in _NO_NAMES for name in named):
            return False
        return not any(self._names_hidden(value) for value in detail.values())

    def _names_hidden(self, text: str) -> bool:
        return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) for name in self.hidden)
