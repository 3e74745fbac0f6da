"""Checks of the ports at which the crew's screen is served."""

import socket
from functools import partial

from anpr.checks import Check, Finding, doubtful, well
from anpr.config.car import ScreenConfig


def checks(screen: ScreenConfig) -> list[Check]:
    """Return the checks of the ports of the screen."""
    if not screen.enabled:
        return []
    ports = [("screen_port", "127.0.0.1", screen.port)]
    if screen.on_network:
        ports.append(("screen_network_port", "0.0.0.0", screen.network_port))  # noqa: S104 - as the screen does
    return [
        Check(name, f"port {port} is free for the crew's screen", partial(_is_free, host, port))
        for name, host, port in ports
    ]


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
