"""Who is logged in and was removed, or got another PIN or role, is out: at the next request, and with the live connection at once."""

from contextlib import suppress

from anpr.errors import StoreError
from anpr.screen.sessions import Sessions
from anpr.trust.accounts import CrewAccounts
from anpr.trust.audit import AuditLog


def end_changed(sessions: Sessions, accounts: CrewAccounts, audit: AuditLog) -> None:
    """Log out everybody whose account is not what it was; while the accounts cannot be read, all stay as they are."""
    try:
        stamps = accounts.stamps()
    except StoreError:
        return  # a damaged file, which is said elsewhere, keeps no crew from its alerts
    sessions.has_accounts = bool(stamps)
    for officer in sessions.end_changed(stamps):
        with suppress(StoreError):  # whether it can be written or not, they are out
            audit.record(officer.actor, "logged out", {"why": "the account was changed or removed"})
