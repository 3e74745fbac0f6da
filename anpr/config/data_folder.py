"""Where the program keeps its state: hotlists, records, keys and logs."""

from pathlib import Path

import platformdirs

from anpr.errors import ConfigError


def data_folder(chosen: Path | None) -> Path:
    """Return the data folder, made if need be: the chosen one, else the platform's user data folder.

    `chosen` comes from `--data` or the variable ANPR_DATA (the command line reads both). Raises ConfigError when
    the folder cannot be made.
    """
    folder = chosen if chosen is not None else Path(platformdirs.user_data_dir("patrol-anpr", appauthor=False))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"the data folder {folder} cannot be made ({error.strerror}): name another with --data"
        ) from error
    return folder


def log_file(folder: Path) -> Path:
    """Return the path of the log in the data folder; older parts stand beside it."""
    return folder / "logs" / "anpr.log"


def hotlists_db(folder: Path) -> Path:
    """Return the path of the hotlists file in the data folder."""
    return folder / "hotlists.db"


def records_db(folder: Path) -> Path:
    """Return the path of the records file in the data folder."""
    return folder / "records.db"


def patrol_lock(folder: Path) -> Path:
    """Return the path of the lock in the data folder that keeps a second patrol out of it."""
    return folder / "patrol.lock"


def latest_date(folder: Path) -> Path:
    """Return the path of the file in the data folder that keeps the latest trusted time."""
    return folder / "latest-date"


def tablet_key(folder: Path) -> Path:
    """Return the path of the tablet's own signing key in the data folder."""
    return folder / "tablet-key.pem"
