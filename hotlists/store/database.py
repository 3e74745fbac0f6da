"""The hotlists file: its tables, and how connections to it are opened."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from anpr import sqlite
from anpr.erasure import erase_for_good
from anpr.errors import StoreError
from anpr.locks import FileLock
from hotlists.columns import POLICE_COLUMNS

BUSY_S: Final = 30.0
"""How long a write waits for another one; batches of an import hold the file for well under a second."""

ENTRY_COLUMNS: Final = (*POLICE_COLUMNS, "until_s")
"""What is stored of an entry: the columns as they came, and the end of its last day in seconds since 1970 UTC."""

_migrations: Final = sqlite.Migrations("hotlists")


@_migrations()  # type: ignore[untyped-decorator, unused-ignore]
def lists_and_revisions(db: sqlite.Database) -> None:
    """Lists with their settings, their revisions, the back offices followed, and a counter of changes."""
    db.table("lists").create(
        {
            "id": int, "name": str, "settings": str, "origin": str, "source": str, "switched_off": int,
            "current": int, "previous": int, "last_number": int,
        },
        pk="id", not_null={"name", "settings", "origin", "source", "switched_off"},
    ).create_index(["name"], unique=True)  # fmt: skip
    db.table("revisions").create(
        {
            "id": int, "list_id": int, "number": int, "pool": int, "ordinal": int, "state": str, "token": str,
            "source": str, "received_utc": str, "effective_utc": str, "current_utc": str, "entries": int,
            "rejected": int, "merged": int, "key_sum": str, "content": str,
        },
        pk="id", foreign_keys=[("list_id", "lists", "id")],
    ).create_index(["list_id"])  # fmt: skip
    db.table("sync_sources").create(
        {
            "publisher": str, "place": str, "sequence": int, "created_utc": str, "etag": str, "last_try_utc": str,
            "last_success_utc": str, "next_try_utc": str, "failures": int, "error": str,
        },
        pk="publisher",
    )  # fmt: skip
    db.table("generation").insert({"id": 1, "value": 0}, pk="id")


@_migrations()  # type: ignore[untyped-decorator, unused-ignore]
def signed_validity(db: sqlite.Database) -> None:
    """Until when what a back office signed is valid."""
    db.table("sync_sources").add_column("expires_utc", str)


@_migrations()  # type: ignore[untyped-decorator, unused-ignore]
def trust(db: sqlite.Database) -> None:
    """What was last believed of a back office, and how each of its lists stands: who signed it, what it lost, what is wrong with it."""
    db.table("sync_trust").create(
        {"publisher": str, "root": bytes, "timestamp": bytes, "snapshot": bytes, "targets": bytes}, pk="publisher"
    )
    db.table("sync_lists").create(
        {
            "name": str, "publisher": str, "target": str, "version": int, "signed_by": str, "revoked": int, "trouble": str,
            "lost": str,
        },
        pk="name",
    )  # fmt: skip
    db.table("sync_keys").create({"ring": str, "car": bytes, "list_key": bytes}, pk="ring")


def open_database(path: Path, *, create: bool) -> sqlite.Database:
    """Open the hotlists file for one thread, made with its tables if `create`; raises StoreError.

    Reads never wait for writes (write-ahead log), and a reader sees the state at the start of its statement.
    """
    if not create and not path.exists():
        raise StoreError(f"the hotlists file {path} does not exist: import a list or sync first")
    connection: sqlite.Connection | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite.connect(path, timeout=BUSY_S, check_same_thread=False)
        erase_for_good(connection)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA cache_size = -16000")
        database = sqlite.Database(connection, execute_plugins=False)
        if create and _migrations.pending(database):
            _migrations.apply(database)
    except (OSError, sqlite.Error) as error:
        if connection is not None:
            connection.close()
        raise StoreError(
            f"the hotlists file {path} cannot be opened ({error}): check the disk, or restore it from a copy"
        ) from error
    return database


@contextmanager
def transaction(connection: sqlite.Connection) -> Iterator[sqlite.Connection]:
    """Write as one change: committed at the end, rolled back on any error. Raises StoreError for the database's."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            # A full disk may have ended the transaction already; the first error is the one to report.
            with suppress(sqlite.Error):
                connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
    except sqlite.Error as error:
        # The message of SQLite names tables and conditions, never values.
        raise StoreError(f"the hotlists file cannot be written ({error}): check the disk and try again") from error


def pool_table(pool: int) -> str:
    """Return the name of the table that holds the entries of one pool."""
    return f"entries_{pool:d}"


def pool_sql(statement: str, pool: int) -> str:
    """Return a statement with POOL as the table of the pool, COLUMNS as all columns of an entry and PLACES for their values.

    VISIBLE is the condition under which an entry belongs to a revision; it takes the revision's ordinal twice.
    """
    return (
        statement.replace("POOL", pool_table(pool))
        .replace("COLUMNS", ", ".join(ENTRY_COLUMNS))
        .replace("PLACES", ", ".join("?" * len(ENTRY_COLUMNS)))
        .replace("VISIBLE", "born <= ? AND (died IS NULL OR died > ?)")
    )


def create_pool(connection: sqlite.Connection, pool: int) -> None:
    """Make the table for a pool of entries, shared by revisions that differ by deltas.

    An entry belongs to the revisions with `born <= ordinal < died`.
    """
    table = pool_table(pool)
    texts = ", ".join(f"{column} TEXT" for column in POLICE_COLUMNS)
    connection.execute(
        f"CREATE TABLE {table} (row_id INTEGER PRIMARY KEY, {texts}, until_s INTEGER,"
        " born INTEGER NOT NULL DEFAULT 0, died INTEGER)"
    )
    connection.execute(f"CREATE INDEX {table}_born ON {table} (born) WHERE born > 0")
    connection.execute(f"CREATE INDEX {table}_died ON {table} (died) WHERE died IS NOT NULL")


def bump_generation(connection: sqlite.Connection) -> None:
    """Tell every open matcher that something in force has changed."""
    connection.execute("UPDATE generation SET value = value + 1")


def list_lock(database: Path, list_id: int, wait_s: float = 0.0) -> FileLock:
    """Return the lock that keeps two programs from preparing revisions of one list at a time."""
    return FileLock(lock_folder(database) / f"{list_id:d}.lock", wait_s)


def lock_folder(database: Path) -> Path:
    """Return the folder of the locks that belong to a hotlists file."""
    return database.with_name(database.stem + ".locks")


def index_path(database: Path, revision_id: int) -> Path:
    """Return where the index of a revision stands."""
    return database.with_name(database.stem + ".index") / f"{revision_id:d}.keys"
