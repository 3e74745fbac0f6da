"""The crew's screen of a patrol, as its configuration says."""

from pathlib import Path

from anpr.config.car import ScreenConfig
from anpr.config.data_folder import records_db
from anpr.patrol.parts import Parts
from anpr.screen.host_sound import find_player
from anpr.screen.rules import load_screen_rules
from anpr.screen.server import Listening, ScreenServer
from anpr.trust.accounts import CrewAccounts, CrewMember


def listening_of(section: ScreenConfig, folder: Path) -> Listening:
    """Return where a screen is served whose data is in `folder`."""
    return Listening(
        port=section.port,
        network_host="0.0.0.0" if section.on_network else None,  # noqa: S104 - behind TLS and login
        network_port=section.network_port,
        network_names=section.network_names,
        certificate_folder=folder / "certificate" if section.on_network else None,
    )


def screen_wanted(parts: Parts) -> ScreenServer | None:
    """Return the screen of a patrol, None when its configuration switches it off; as `open_screen`."""
    return open_screen(parts) if parts.config.screen.enabled else None


def open_screen(parts: Parts, *, by_itself: CrewMember | None = None) -> ScreenServer:
    """Return the screen of a patrol, not yet started.

    On the car's network the car's own certificate is used. `by_itself` is logged in on the tablet without doing anything: of a
    demonstration. Raises ConfigError when the rules file cannot be used or network access lacks names.
    """
    section = parts.config.screen
    rules = parts.desk.rules = load_screen_rules(section)
    accounts = CrewAccounts(records_db(parts.folder), clock_utc=parts.clock.utc, at_once=False)
    parts.opened.callback(accounts.close)
    parts.records_held.append(accounts.released)
    return ScreenServer(
        parts.desk,
        rules,
        audit=parts.audit,
        clock_utc=parts.clock.utc,
        listening=listening_of(section, parts.folder),
        accounts=accounts,
        by_itself=by_itself,
        player=find_player(sounds=rules.sounds_folder),
        clock_ns=parts.clock.monotonic_ns,
        clock_s=lambda: parts.clock.monotonic_ns() * 1e-9,
    )
