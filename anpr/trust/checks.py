"""Checks of the crew accounts."""

from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Final

from anpr.checks import Check, Finding, doubtful, well
from anpr.trust.accounts import CrewAccounts, CrewMember, Role

NOBODY: Final = "no crew member may log in to this car: alerts are shown and sound, everything else needs a login"
ADD: Final = "Add each officer, a supervisor first: anpr crew add COLLAR --name NAME [--supervisor]"


def checks(records: Path) -> list[Check]:
    """Return the checks of the accounts in the records file at `records`."""
    return [
        Check(
            "crew_accounts", "somebody may log in, and somebody looks after accounts and lists", partial(_look, records)
        )
    ]


def members(records: Path) -> tuple[CrewMember, ...]:
    """Return the accounts of a records file; asking makes no file. Raises StoreError."""
    if not records.exists():
        return ()
    with closing(CrewAccounts(records)) as accounts:
        return accounts.members()


def _look(records: Path) -> Finding:
    found = members(records)
    if not found:
        return doubtful(NOBODY, ADD)
    if not any(member.role is Role.SUPERVISOR for member in found):
        return doubtful(
            "no crew member is a supervisor: whoever has this machine's account changes accounts and lists",
            "Make one: anpr crew add COLLAR --name NAME --supervisor",
        )
    return well(f"{len(found)} accounts, a supervisor among them")
