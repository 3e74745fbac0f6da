"""A hotlists file in pieces is set aside as it is, and an empty one begun: the car reads and records, and lists can come."""

import logging
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Final

from anpr import sqlite
from anpr.errors import AnprError, StoreError
from anpr.set_aside import finish, is_damage, name_aside, reading_fails, remove_database, set_aside
from hotlists.store.database import open_database
from hotlists.store.store import HotlistStore

_LOG: Final = logging.getLogger("hotlists.store")


def ready_hotlists(path: Path, now_utc: datetime) -> str:
    """Have a hotlists file at `path` that can be used: the one that is there, else an empty one, with the other set aside.

    Returns why there is none now, empty when there is one. Nothing else may have it open.
    """
    try:
        finish(path, _fresh(path))
        why = damage(path)
        if why:
            renew(path, now_utc, why)
    except (StoreError, OSError) as error:
        _LOG.error("%s", error)
        return str(error)
    return ""


def damage(path: Path, *, whole: bool = False) -> str:
    """Return what is wrong with a hotlists file as far as a matcher reads it first, empty when it can be used.

    With `whole` SQLite looks at all of it, which takes seconds for millions of entries.

    Raises StoreError when that cannot be told: the disk is full, or somebody has locked the file.
    """
    try:
        with HotlistStore(path) as store:
            store.generation()
            for stored in store.lists():
                if stored.current is not None:
                    store.index(stored.current)
                    store.entry(stored, stored.current, 1)
            store.connection.execute("SELECT count(*) FROM sync_sources").fetchone()
            if whole and store.connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                return "it is damaged inside"
    except (ValueError, TypeError, LookupError) as error:  # rubbish where a list's settings or times stood
        return type(error).__name__
    except (AnprError, sqlite.Error, OSError) as error:
        if is_damage(error) or reading_fails(path) or not isinstance(error, StoreError | sqlite.Error):
            return str(error.__cause__ or error)
        raise (
            error if isinstance(error, StoreError) else StoreError(f"the hotlists file {path} cannot be read ({error})")
        ) from error
    return ""


def renew(path: Path, now_utc: datetime, why: str) -> Path:
    """Set the hotlists file at `path` aside and put an empty one in its place; return where the old one is.

    Nothing of this program may have it open. Raises StoreError.
    """
    aside, fresh = name_aside(path, now_utc), _fresh(path)
    try:
        remove_database(fresh)
    except OSError as error:
        raise StoreError(f"the file {fresh} cannot be removed ({error.strerror}): remove it") from error
    with closing(open_database(fresh, create=True).conn) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    set_aside(path, aside, fresh)
    _LOG.error("the hotlists file was damaged (%s): it was set aside as %s", why, aside.name)
    return aside


def _fresh(path: Path) -> Path:
    return path.with_name(f"{path.stem}-new{path.suffix}")
