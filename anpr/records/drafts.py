"""What crews have typed on an alert and not yet sent: kept, so that no restart of program or page loses it."""

from datetime import datetime

from anpr import sqlite
from anpr.records.retention import transaction


def keep_draft(
    connection: sqlite.Connection, alert_id: int, *, actor: str, field: str, text: str, at_utc: datetime
) -> None:
    """Keep what stands in a field now, in place of what stood there before; an empty text leaves nothing."""
    with transaction(connection):
        if text:
            connection.execute(
                "INSERT OR REPLACE INTO drafts(alert_id, actor, field, text, at_utc) VALUES (?,?,?,?,?)",
                (alert_id, actor, field, text, at_utc.isoformat()),
            )
        else:
            connection.execute(
                "DELETE FROM drafts WHERE alert_id = ? AND actor = ? AND field = ?", (alert_id, actor, field)
            )


def drafts_of(connection: sqlite.Connection, alert_id: int, actor: str) -> dict[str, str]:
    """Return what one person has typed on an alert, by field."""
    rows = connection.execute("SELECT field, text FROM drafts WHERE alert_id = ? AND actor = ?", (alert_id, actor))
    return dict(rows.fetchall())


def erase_drafts(connection: sqlite.Connection, alert_id: int) -> None:
    """Erase what anybody has typed on an alert: it was sent, or is wanted no more."""
    with transaction(connection):
        connection.execute("DELETE FROM drafts WHERE alert_id = ?", (alert_id,))
