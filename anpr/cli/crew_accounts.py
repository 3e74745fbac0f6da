"""What a terminal says while nobody may log in to the car."""

import sys
from pathlib import Path
from typing import TextIO

from anpr.config.data_folder import records_db
from anpr.errors import StoreError
from anpr.trust.checks import ADD, NOBODY, members


def tell_of_no_accounts(folder: Path, out: TextIO | None = None) -> None:
    """Write on stderr what to do when no crew member may log in; nothing when somebody may."""
    try:
        found = members(records_db(folder))
    except StoreError:
        return  # what is wrong with the file is said elsewhere
    if not found:
        print(f"{NOBODY[0].upper()}{NOBODY[1:]}. {ADD}", file=out or sys.stderr)
