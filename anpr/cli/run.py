"""`anpr run`: patrol with live cameras."""

from contextlib import ExitStack
from pathlib import Path

import click

from anpr.cli.crew_accounts import tell_of_no_accounts
from anpr.cli.live_view import show_until_stopped
from anpr.cli.options import config_option, settled_config
from anpr.cli.second_device import tell_second_device
from anpr.config.data_folder import data_folder, log_file
from anpr.patrol.parts import open_parts
from anpr.patrol.patrol import Patrol
from anpr.patrol.serve_screen import screen_wanted
from anpr.support.log import logged


@click.command()
@config_option
@click.option("--no-screen", is_flag=True, help="Do not serve the crew's screen; show the terminal view alone.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line on stdout, nothing else there.")
@click.option("--seconds", type=click.FloatRange(min=0.1), help="Stop by itself after this time.")
@click.pass_obj
def run(data: Path | None, config: Path | None, no_screen: bool, as_json: bool, seconds: float | None) -> None:
    """Read plates from the cameras of the configuration and alert, until stopped (Ctrl-C)."""
    settings, folder = settled_config(config), data_folder(data)
    with logged(log_file(folder), "run", settings), ExitStack() as ending:
        parts = open_parts(settings, folder)
        patrol = Patrol(parts)
        ending.callback(patrol.stop)
        screen = screen_wanted(parts) if not no_screen else None

        def begin() -> str | None:
            patrol.start()
            if screen is None:
                return None
            screen.start()
            tell_of_no_accounts(folder)
            ending.callback(screen.stop)
            tell_second_device(screen.network_address)
            return screen.address

        show_until_stopped(patrol, begin, as_json=as_json, seconds=seconds)
