"""One deed and its entry in the audit: entered by itself before it is done, or in the very transaction that records it."""

from collections.abc import Mapping
from dataclasses import dataclass

from anpr import sqlite
from anpr.trust.audit import AuditLog


@dataclass(slots=True)
class Entry:
    """The entry of one deed. Whoever does it calls this once it is certain that it will be done, and before it is done.

    Whoever records the deed in the file of the audit instead calls `within` in that transaction, and `recorded` when it is
    committed: then there is neither without the other, whatever moment the program ends at.
    """

    audit: AuditLog
    actor: str
    action: str
    detail: Mapping[str, str]
    entered: bool = False

    def __call__(self) -> None:
        """Enter the deed by itself. Raises StoreError."""
        self.audit.record(self.actor, self.action, self.detail)
        self.entered = True

    def within(self, connection: sqlite.Connection) -> None:
        """Enter the deed in the transaction that is open on this connection to the audit's file. Raises sqlite.Error."""
        self.audit.enter_within(connection, self.actor, self.action, self.detail)

    def recorded(self) -> None:
        """The transaction is committed."""
        self.entered = True
