"""Who may log in to a demonstration from another device, and by which addresses that device reaches this machine."""

import secrets
import socket
from contextlib import suppress
from pathlib import Path
from typing import Final

from anpr.config.data_folder import records_db
from anpr.errors import InputError
from anpr.trust.accounts import CrewAccounts, require_good_pin

COLLAR: Final = "DEMO1"
_NOWHERE: Final = ("192.0.2.1", 9)
"""An address for documentation (RFC 5737): asking for the way there sends nothing."""


def demo_officer(folder: Path) -> str:
    """Make the demo officer, with a PIN made up for this demonstration alone, and return how to log in."""
    pin = _made_up_pin()
    accounts = CrewAccounts(records_db(folder))
    try:
        accounts.add(COLLAR, "Demo officer", pin)
    finally:
        accounts.close()
    return f"log in as the demo officer: collar {COLLAR}, PIN {pin}"


def network_names() -> tuple[str, ...]:
    """Return the addresses of this machine on its network; raises InputError when it is on none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_NOWHERE)
        except OSError as error:
            raise InputError("--network: this machine is on no network; leave the option out") from error
        return (str(probe.getsockname()[0]),)


def _made_up_pin() -> str:
    while True:
        pin = f"{secrets.randbelow(10**6):06d}"
        with suppress(InputError):
            require_good_pin(pin, COLLAR)
            return pin
