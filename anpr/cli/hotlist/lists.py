"""Commands on lists as a whole: status, settings, restore, erase."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import click
from rich import box
from rich.table import Table
from rich.text import Text

from anpr.alerting.disclosure import Audience, ListNames, is_covert, shown_lists
from anpr.cli.hotlist.opened import named_list, open_audit, open_store
from anpr.cli.options import for_audience, json_option, officer_option, require_role, who
from anpr.cli.output import age_words, console, print_json
from anpr.clock import utc_now
from anpr.config.data_folder import data_folder, hotlists_db, patrol_lock
from anpr.errors import ConfigError, InputError
from anpr.locks import no_patrol
from hotlists.store.renewal import damage, renew
from hotlists.store.settings import ListSettings
from hotlists.store.status import ListStatus, list_status

_SETTINGS = (
    click.option("--priority", type=click.IntRange(0, 100), help="0 (least) to 100 (most)."),
    click.option("--threshold", type=float, help="Probability from which a hit alerts, above 0 and at most 1."),
    click.option("--colour", help="Colour of its alerts, #rgb or #rrggbb; without one, by what the name says."),
    click.option("--sound", help="Sound of its alerts."),
    click.option("--covert/--overt", default=None, help="Whether the crew must not know of the list."),
    click.option("--crew-may-disable/--crew-may-not-disable", default=None, help="Whether crews may switch it off."),
    click.option("--max-age", "max_age_h", type=float, help="Hours after which the list counts as stale."),
    click.option("--expires", "expires_utc", help="When the list ends, as 2026-12-01T00:00:00+00:00."),
    click.option("--default-weed-days", type=int, help="Days after which entries without a weed date end."),
    click.option("--hours", help='When it alerts, as "Mon-Fri 07:00-19:00, Sat 22:00-04:00", local time.'),
    click.option("--area", help='Where: {"circle": [lat, lon, metres]} or {"polygon": [[lat, lon], …]}.'),
    click.option("--encounter-s", type=float, help="Seconds unseen after which a vehicle is met anew (default 60)."),
    click.option("--cars", multiple=True, help="Pattern of car ids that get the list when published; may be repeated."),
)


def settings_options(command: Any) -> Any:
    """Add the options that set a list's settings."""
    for option in reversed(_SETTINGS):
        command = option(command)
    return command


def changed_settings(settings: ListSettings, chosen: dict[str, Any]) -> ListSettings:
    """Return the settings with the chosen options; options that were not given change nothing."""
    values = {key: value for key, value in chosen.items() if value is not None and value != ()}
    if "max_age_h" in values:
        values["max_age_s"] = values.pop("max_age_h") * 3600.0
    return settings.changed(**values)


@click.command("set")
@click.argument("name")
@settings_options
@click.option("--off/--on", default=None, help="Switch the list off or on, where crews may.")
@json_option
@officer_option
@click.pass_obj
@for_audience
def set_(
    data: Path | None,
    /,
    name: str,
    off: bool | None,
    as_json: bool,
    officer: str | None,
    audience: Audience,
    **settings: Any,
) -> None:
    """Change the settings of list NAME."""
    with open_store(data) as store, open_audit(data) as audit:
        stored = named_list(store, name, audience)
        wanted = changed_settings(stored.settings, settings)
        if wanted != stored.settings:
            if stored.origin == "sync":
                raise ConfigError(f"the settings of the hotlist {name!r} come from the back office: change them there")
            audit.record(who(officer), "hotlist_settings", {"list": name, "settings": wanted.to_json()})
            store.define(wanted, origin=stored.origin, source=stored.source)
        if off is not None:
            store.require_switchable(name, off=off)
            audit.record(who(officer), "hotlist_switch", {"list": name, "off": str(off)})
            store.switch(name, off=off)
        now = store.get(name)
    if as_json:
        print_json("settings", switched_off=now.switched_off, settings=now.settings)
    else:
        console().print(f"{name}: {'switched off, ' if now.switched_off else ''}{now.settings.to_json()}", markup=False)


@click.command("restore")
@click.argument("name")
@json_option
@officer_option
@click.pass_obj
@for_audience
def restore(data: Path | None, name: str, as_json: bool, officer: str | None, audience: Audience) -> None:
    """Put the previous revision of list NAME back in force (and the same again to undo that)."""
    with open_store(data) as store, open_audit(data) as audit:
        named_list(store, name, audience)
        enter = partial(audit.record, who(officer), "hotlist_restore", {"list": name})
        current = store.put_back(name, enter).current
    if current is not None and as_json:
        print_json("restored", list=name, revision=current.number, entries=current.entries)
    elif current is not None:
        console().print(f"{name}: revision {current.number} with {current.entries:,} entries is in force", markup=False)


@click.command("erase")
@click.argument("name")
@click.option("--reason", required=True, help="Why, for the audit.")
@json_option
@officer_option
@click.pass_obj
@for_audience
def erase(data: Path | None, name: str, reason: str, as_json: bool, officer: str | None, audience: Audience) -> None:
    """Remove list NAME and overwrite its entries on the disk."""
    with open_store(data) as store, open_audit(data) as audit:
        named_list(store, name, audience)
        audit.record(who(officer), "hotlist_erase", {"list": name, "reason": reason})
        store.erase(name)
    if as_json:
        print_json("erased", list=name)
    else:
        console().print(f"{name}: erased", markup=False)


@click.command("set-aside")
@json_option
@officer_option
@click.option("--pin-stdin", is_flag=True, help="Read the PIN of --officer from standard input.")
@click.pass_obj
def set_aside(data: Path | None, as_json: bool, officer: str | None, pin_stdin: bool) -> None:
    """Set the hotlists file aside if it is damaged and begin an empty one: sync or import the lists then."""
    require_role(data, officer, pin_stdin=pin_stdin)
    folder = data_folder(data)
    path = hotlists_db(folder)
    with open_audit(data) as audit, no_patrol(patrol_lock(folder)):
        why = damage(path, whole=True)
        if not why:
            raise InputError(f"the hotlists file {path} is whole: nothing is set aside")
        audit.record(who(officer), "hotlists_set_aside", {"why": why})
        aside = renew(path, utc_now(), why)
    if as_json:
        print_json("set_aside", file=aside, why=why)
    else:
        console().print(f"{aside}: set aside ({why}); there are no lists now: sync or import them", markup=False)


@click.command("status")
@json_option
@click.pass_obj
@for_audience
def status(data: Path | None, as_json: bool, audience: Audience) -> None:
    """Show every list: entries, source, last and next try, how long ago it was made, and was last known to be the newest.

    A list that its back office is asked for is checked with each try; one that was found unchanged is as fresh as that, while
    what the back office signed is valid.
    """
    with open_store(data) as store:
        known = list_status(store, store.clock())
    names = ListNames.of(known, audience)
    lists = [
        replace(
            one,
            trouble=names.text(one.trouble, "one of the lists failed: ask the back office"),
            alarm=names.text(one.alarm, "one of the lists failed: ask the back office"),
        )
        for one in shown_lists(known, audience)
    ]
    if as_json:
        for one in lists:
            print_json("list", **{field: getattr(one, field) for field in ListStatus.__dataclass_fields__})
        return
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), collapse_padding=True)
    for heading in ("list", "prio", "rev", "entries", "made", "checked / limit", "source", "tries", "remarks"):
        table.add_column(heading, overflow="fold", justify="right" if heading in ("prio", "rev", "entries") else "left")
    for one in lists:
        words = (("STALE", one.stale), ("covert", is_covert(one)), ("switched off", one.switched_off))
        remarks = [word for word, holds in words if holds] + list(
            dict.fromkeys(said for said in (one.alarm, one.trouble) if said)
        )
        table.add_row(
            Text(one.name), str(one.priority), "–" if one.revision is None else str(one.revision), f"{one.entries:,}",
            age_words(one.made_age_s), f"{age_words(one.age_s)} / {age_words(one.max_age_s)}", Text(one.place or one.source),
            f"{_clock_time(one.last_try_utc)}, next {_clock_time(one.next_try_utc)}" if one.last_try_utc else "",
            Text("; ".join(remarks)), style="bold red" if one.stale else None,
        )  # fmt: skip
    console().print(table if lists else "no hotlists: import one, or sync", markup=False)


def _clock_time(at: datetime | None) -> str:
    return "–" if at is None else at.astimezone().strftime("%H:%M")
