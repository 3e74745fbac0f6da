"""Who is at the tablet of a demonstration and may log in from another device, and by which addresses that reaches this machine."""

import secrets
import socket
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from anpr.config.data_folder import records_db
from anpr.errors import InputError
from anpr.trust.accounts import CrewAccounts, CrewMember, require_good_pin

COLLAR: Final = "DEMO1"
_NOWHERE: Final = ("192.0.2.1", 9)
"""An address for documentation (RFC 5737): asking for the way there sends nothing."""


BY_ITSELF: Final = f"Demonstration: the demo officer ({COLLAR}) is logged in on the tablet's page by itself; a real car asks for a login."


@dataclass(frozen=True, slots=True)
class DemoOfficer:
    """The demo officer's account, and what is said of how to log in."""

    member: CrewMember
    how: str


def demo_officer(folder: Path) -> DemoOfficer:
    """Make the demo officer, with a PIN made up for this demonstration alone."""
    pin = _made_up_pin()
    with closing(CrewAccounts(records_db(folder))) as accounts:
        member = accounts.add(COLLAR, "Demo officer", pin)
    return DemoOfficer(member, f"log in as the demo officer: collar {COLLAR}, PIN {pin}")


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
