"""`anpr clock`: whether the tablet's date is trusted, and a supervisor's word that it is right."""

import json
from pathlib import Path

import click

from anpr.cli.options import json_option, require_supervisor, typed_pin
from anpr.cli.streams import print_line
from anpr.clock import SystemClock
from anpr.config.data_folder import data_folder, latest_date, records_db
from anpr.trust.audit import AuditLog
from anpr.trusted_time import TrustedTime, keep_latest, read_latest


@click.command()
@click.option(
    "--confirm", metavar="COLLAR", help="Take the tablet's clock as it stands for right, by this supervisor's word."
)
@click.option("--pin-stdin", is_flag=True, help="Read the supervisor's PIN from standard input.")
@json_option
@click.pass_obj
def clock(data: Path | None, confirm: str | None, pin_stdin: bool, as_json: bool) -> None:
    """Say whether the tablet's date is trusted, by what the car knows of earlier runs.

    While it is not, nothing is erased and entries of lists end by the latest date that was sure. A running patrol takes in a
    confirmed date within a minute.
    """
    folder = data_folder(data)
    time = TrustedTime(SystemClock(), read_latest(latest_date(folder)))
    if confirm is not None:
        supervisor = require_supervisor(data, confirm, typed_pin(confirm, stdin=pin_stdin))
        before = time.look()
        log = AuditLog(records_db(folder))
        log.record(supervisor.collar, "date confirmed", {"doubt": before.why})
        log.close()
        time.confirm()
        keep_latest(latest_date(folder), time.latest_utc)
    look = time.look()
    if as_json:
        content = {"type": "clock", "trusted": look.trusted, "at_utc": look.at_utc.isoformat(), "trouble": look.why}
        print_line(json.dumps(content))
    elif look.trusted:
        print_line(f"The date is trusted: {look.at_utc:%Y-%m-%d %H:%M} UTC.")
    else:
        print_line(
            f"The date cannot be trusted: {look.why}. The latest time that was sure is {look.at_utc:%Y-%m-%d %H:%M} UTC.\n"
            "Set the clock, or, if it is right, wait for a GPS fix or a sync, or confirm it: anpr clock --confirm COLLAR"
        )
