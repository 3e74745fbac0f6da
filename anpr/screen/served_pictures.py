"""Every picture that a screen is given is in the audit before it is given, and no flood of them floods the audit.

There is one entry for each picture, person and session; those that a page asks for at once are entered together.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from starlette.concurrency import run_in_threadpool

from anpr.screen.sessions import Session

VIEWED: Final = "pictures viewed"
"""Action of such an entry; `pictures` are their ids, with spaces between."""

_REMEMBERED: Final = 20_000
"""So many pictures are known to be entered; an older one that is asked for again is entered again."""


class ServedPictures:
    """Enters by `record` (actor, action, detail), which raises StoreError where the audit cannot be written."""

    def __init__(self, record: Callable[[str, str, dict[str, str]], object]) -> None:
        self._record = record
        self._entered: OrderedDict[tuple[str, str, str], None] = OrderedDict()
        self._waiting: dict[tuple[str, str], dict[str, None]] = {}
        self._writing = asyncio.Lock()

    async def enter(self, session: Session, picture_id: str) -> None:
        """Return once it is entered that all who are at this screen are given this picture; raises StoreError."""
        who = (session.viewer, session.actor)
        if (*who, picture_id) in self._entered:
            return
        self._waiting.setdefault(who, {})[picture_id] = None
        async with self._writing:
            if (*who, picture_id) in self._entered:
                return  # with the one before
            together = {**self._waiting.pop(who, {}), picture_id: None}
            await run_in_threadpool(self._record, who[1], VIEWED, {"pictures": " ".join(together)})
            self._entered.update(((*who, one), None) for one in together)
            while len(self._entered) > _REMEMBERED:
                self._entered.popitem(last=False)
