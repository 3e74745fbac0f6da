"""What crews do and its entry in the audit: neither without the other.

A decision stands in the audit's own file and is recorded with its entry in one transaction (`anpr.trust.deed`). For what stands
elsewhere the rule is kept by order: a deed is entered when nothing refuses it any more and before it is done; one that fails after that is
entered again as not done. What was refused is not entered.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from anpr.errors import StoreError
from anpr.screen.views import iso
from anpr.trust.audit import AuditLog
from anpr.trust.deed import Entry


@dataclass(slots=True)
class Deeds:
    """Enters deeds in the audit; safe from several threads."""

    audit: AuditLog
    clock_utc: Callable[[], datetime]
    _owed: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    @contextmanager
    def doing(self, actor: str, action: str, detail: Mapping[str, str]) -> Iterator[Entry]:
        """Give what enters the deed, for whoever does it to call once it is certain that it will be done.

        Raises StoreError, and nothing is done, where the audit cannot be written.
        """
        entry = Entry(self.audit, actor, action, detail)
        try:
            yield entry
        except BaseException as error:
            if entry.entered:
                self.owe(actor, "not done", {**detail, "action": action, "why": type(error).__name__})
            raise

    def owe(self, actor: str, action: str, detail: Mapping[str, str]) -> None:
        """Enter what has happened already, now or as soon as the audit can be written again."""
        with self._lock:
            self._owed.append((actor, action, {**detail, "at": iso(self.clock_utc())}))
        self.settle()

    def settle(self) -> str:
        """Enter what is owed, the oldest first; returns why it cannot be, nothing when all is entered."""
        with self._lock:
            while self._owed:
                try:
                    self.audit.record(*self._owed[0])
                except StoreError as error:
                    return str(error)
                self._owed.pop(0)
        return ""
