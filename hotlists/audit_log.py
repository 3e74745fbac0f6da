"""What the hotlists need of an audit log; `anpr.audit.AuditLog` is one."""

from collections.abc import Mapping
from typing import Protocol


class AuditLog(Protocol):
    """Keeps who did what, with particulars."""

    def record(self, actor: str, action: str, detail: Mapping[str, str]) -> object:
        """Append an entry; durable when this returns."""
