"""What a terminal says while nobody may log in to the car."""

import sys
from pathlib import Path
from typing import TextIO

from anpr.config.data_folder import records_db
from anpr.errors import StoreError
from anpr.trust.accounts import ADD_ACCOUNTS, NO_ACCOUNTS, members_of


def tell_of_no_accounts(folder: Path, out: TextIO | None = None) -> None:
    """Write on stderr what to do when no crew member may log in; nothing when somebody may."""
    try:
        found = members_of(records_db(folder))
    except StoreError:
        return  # what is wrong with the file is said elsewhere
    if not found:
        print(f"{NO_ACCOUNTS[0].upper()}{NO_ACCOUNTS[1:]}. {ADD_ACCOUNTS}", file=out or sys.stderr)
