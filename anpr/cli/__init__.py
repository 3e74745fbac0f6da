"""The `anpr` command: one module of this package for each command, loaded when it is called."""

import contextlib
import errno
import importlib
import sys
from pathlib import Path
from typing import Final

import click

from anpr.cli.streams import finish_streams, prepare_streams, progress_console, to_nobody
from anpr.errors import AnprError
from anpr.support.version import version_text

COMMANDS: Final = {
    "demo": ("anpr.cli.demo", "The main job on the clip and hotlist that are shipped."),
    "run": ("anpr.cli.run", "Patrol with live cameras."),
    "replay": ("anpr.cli.replay", "A clip or a folder of frames through the same engine."),
    "read": ("anpr.cli.read", "Still pictures."),
    "hotlist": ("anpr.cli.hotlist", "Lists of vehicles of interest."),
    "enquire": ("anpr.cli.enquire", "What DVLA and DVSA say of a mark."),
    "audit": ("anpr.cli.audit", "Verify and export the audit log."),
    "evidence": ("anpr.cli.evidence", "Signed packages of alerts: export, verify, hold."),
    "data-key": ("anpr.cli.data_key", "The key with which the data folder is locked: status, change."),
    "records": ("anpr.cli.records", "Damaged records: set aside, salvage, erase."),
    "doctor": ("anpr.cli.doctor", "Check everything that a patrol needs."),
    "report": ("anpr.cli.report", "One file for the support desk, without marks."),
    "stops": ("anpr.cli.stops", "Stop cards: check, show; radio line and receipt."),
    "clock": ("anpr.cli.clock", "Whether the tablet's date is trusted; confirm it."),
    "crew": ("anpr.cli.crew", "Crew members who may log in."),
    "bench": ("anpr.cli.bench", "The benchmarks."),
}
"""Name of each command: module that defines a click command of that name, and its one-line help."""


class LazyGroup(click.Group):
    """A group that imports the module of a command only when that command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return the command, or None when there is none of that name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command = getattr(importlib.import_module(COMMANDS[cmd_name][0]), cmd_name.replace("-", "_"))
        if not isinstance(command, click.Command):
            raise TypeError(f"{COMMANDS[cmd_name][0]}.{cmd_name} is not a click command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table of commands without importing any of them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


def _print_version(ctx: click.Context, parameter: click.Parameter, asked: bool) -> None:
    del parameter
    if asked and not ctx.resilient_parsing:
        click.echo(version_text())
        ctx.exit()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Version, commit and the models' hashes.",
)
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="ANPR_DATA",
    help="Data folder (hotlists, records, keys, logs); default: the platform's user data folder.",
)
@click.pass_context
def root(ctx: click.Context, data: Path | None) -> None:
    """In-car number plate reader."""
    ctx.obj = data


def main() -> None:
    """Run the command line; errors are one sentence on stderr, exit code 2 for a user's mistake, 1 for a failure."""
    prepare_streams()
    try:
        code = root.main(prog_name="anpr", standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.ClickException as error:  # shown by click itself, an ASCII stream would be written in UTF-8
        error.show(file=sys.stderr)
        sys.exit(error.exit_code)
    except click.Abort:
        _say("stopped")
        sys.exit(1)
    except AnprError as error:
        _say(str(error))
        sys.exit(error.exit_code)
    except OSError as error:
        if error.errno == errno.EPIPE:
            to_nobody(sys.stdout)
            sys.exit(1)
        if error.errno != errno.ENOSPC or error.filename is not None:
            raise
        to_nobody(sys.stdout)
        _say("what this command says cannot be written (no space left): free disk space")
        sys.exit(1)
    finally:
        finish_streams()


def _say(sentence: str) -> None:
    with contextlib.suppress(OSError):
        progress_console().print(f"anpr: {sentence}", highlight=False, markup=False, soft_wrap=True)
