"""Checks of the ports at which the crew's screen is served, and of who may log in there."""

import socket
from functools import partial
from pathlib import Path

from anpr.checks import Check, Finding, doubtful, well
from anpr.config.car import ScreenConfig
from anpr.trust.accounts import ADD_ACCOUNTS, NO_ACCOUNTS, Role, members_of


def checks(screen: ScreenConfig, records: Path) -> list[Check]:
    """Return the checks of the ports of the screen, and of the accounts in the records file."""
    if not screen.enabled:
        return []
    ports = [("screen_port", "127.0.0.1", screen.port)]
    if screen.on_network:
        ports.append(("screen_network_port", "0.0.0.0", screen.network_port))  # noqa: S104 - as the screen does
    return [
        *(
            Check(name, f"port {port} is free for the crew's screen", partial(_is_free, host, port))
            for name, host, port in ports
        ),
        Check(
            "crew_accounts", "somebody may log in, and somebody looks after accounts and lists", partial(_who, records)
        ),
    ]


def _who(records: Path) -> Finding:
    found = members_of(records)
    if not found:
        return doubtful(NO_ACCOUNTS, ADD_ACCOUNTS)
    if not any(member.role is Role.SUPERVISOR for member in found):
        return doubtful(
            "no crew member is a supervisor: whoever has this machine's account changes accounts and lists",
            "Make one: anpr crew add COLLAR --name NAME --supervisor",
        )
    return well(f"{len(found)} crew accounts, a supervisor among them")


def _is_free(host: str, port: int) -> Finding:
    with socket.socket() as tried:
        if not hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except OSError as error:
            return doubtful(
                f"port {port} cannot be used ({error.strerror})",
                "All is well if a patrol runs now; otherwise choose another port ([screen] in the configuration).",
            )
    return well(f"port {port} is free" if port else "any free port is taken")
