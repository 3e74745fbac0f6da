"""The audit's signed head, written to the stick that brings a patrol its lists."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from anpr.errors import AnprError
from anpr.trust.anchor import anchor_of, leave_on_stick
from anpr.trust.audit import AuditLog
from anpr.trust.tablet_key import TabletKey

EVERY: Final = timedelta(hours=1)
"""A stick that stays in takes an anchor so often; one that was away, at its next sync after that."""

_LOG: Final = logging.getLogger("anpr.patrol")


@dataclass(slots=True)
class StickAnchors:
    """Call `synced` when lists came; `stick` is the folder they came from, None where they come over a network."""

    audit: AuditLog
    key: Path
    stick: Path | None
    clock_utc: Callable[[], datetime]
    _last: datetime | None = None

    def synced(self) -> None:
        """Leave an anchor if one is due; a stick that takes none keeps nobody from the lists that it brought."""
        now = self.clock_utc()
        if self.stick is None or (self._last is not None and timedelta(0) <= now - self._last < EVERY):
            return
        try:
            leave_on_stick(self.stick, anchor_of(self.audit.head(), now, TabletKey.open(self.key)))
        except AnprError as error:
            _LOG.warning("the audit is not anchored: %s", type(error).__name__)
            return
        self._last = now
