"""Starts the crew's screen for a patrol, as its configuration says."""

import tomllib
from pathlib import Path
from typing import Any

from anpr.accounts import CrewAccounts
from anpr.config import ScreenConfig
from anpr.data_folder import records_db
from anpr.errors import ConfigError
from anpr.patrol.patrol import Patrol
from anpr.screen.host_sound import find_player
from anpr.screen.rules import screen_rules
from anpr.screen.server import Listening, ScreenServer


def start_screen(patrol: Patrol, section: ScreenConfig) -> ScreenServer:
    """Serve the screen of a patrol and return the server, started.

    On the car's network the car's own certificate is used, and crew members log in. Raises ConfigError when the port
    is taken or network access lacks accounts.
    """
    changes: dict[str, object] = dict(_rules(section.rules))
    changes["passenger_s"] = section.unlock_s
    changes["driving"] = {"speed_mph": section.moving_mph}
    listening = Listening(
        port=section.port,
        network_host="0.0.0.0" if section.on_network else None,  # noqa: S104 - behind TLS and login
        network_port=section.network_port,
        network_names=section.network_names,
        certificate_folder=patrol.folder / "certificate" if section.on_network else None,
    )
    settings = screen_rules(changes)
    server = ScreenServer(
        patrol.desk,
        settings,
        audit=patrol.audit,
        listening=listening,
        accounts=CrewAccounts(records_db(patrol.folder)) if section.on_network else None,
        player=find_player(sounds=settings.sounds_folder),
        clock_ns=patrol.clock.monotonic_ns,
    )
    server.start()
    return server


def _rules(file: str) -> dict[str, Any]:
    """Return the tables of the crew's own screen rules; raises ConfigError when the file cannot be used."""
    if not file:
        return {}
    try:
        return tomllib.loads(Path(file).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"the screen rules {file} cannot be used ({error}): correct the file") from error
