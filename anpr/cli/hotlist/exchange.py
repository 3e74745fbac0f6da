"""Commands between back office and car: make keys, publish, renew, sync."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from anpr.address import Address
from anpr.alerting.disclosure import Audience, ListNames
from anpr.cli.hotlist.opened import list_names, named_list, open_audit, open_store
from anpr.cli.options import for_audience, json_option, officer_option, who
from anpr.cli.output import console, print_json, progress_console
from anpr.clock import SystemClock, utc_now
from anpr.config.car import SyncConfig
from anpr.config.data_folder import data_folder, latest_date, tablet_key
from anpr.errors import AnprError, ConfigError, Failure
from anpr.trust.anchor import anchor_of, leave_on_stick
from anpr.trust.audit import AuditLog
from anpr.trust.tablet_key import TabletKey
from anpr.trusted_time import TrustedTime, read_latest
from hotlists.sync.client import CAR_KEY, SyncClient, SyncReport
from hotlists.sync.config import load_sync_config
from hotlists.sync.publish import VALID_DAYS, PublishOptions
from hotlists.sync.publish import publish as publish_lists
from hotlists.sync.publish import renew as renew_published
from hotlists.sync.sealing import car_name, cars_in, make_car_key, public_pem
from hotlists.sync.signing import key_name, load_private_key, make_key_pair

SYNC_FILE = "sync.toml"
_ONE_FAILED = "one of the lists failed: ask the back office"
_ONE_REFUSED = "one of the lists cannot be published so: ask a supervisor, who is told which"


@click.command("keys")
@click.argument("private", type=click.Path(path_type=Path))
@click.argument("public", type=click.Path(path_type=Path))
@json_option
def keys(private: Path, public: Path, as_json: bool) -> None:
    """Make a key pair for a root, for publishing, for renewing or for withdrawals: PUBLIC goes to whoever makes the root."""
    name = make_key_pair(private, public)
    if as_json:
        print_json("keys", publisher=name, private=private, public=public)
    else:
        console().print(f"{name}: keep {private} secret, give {public} to whoever makes the root", markup=False)


@click.command("car-key")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@json_option
@click.pass_obj
def car_key(data: Path | None, file: Path, as_json: bool) -> None:
    """Write this car's public key to FILE: with it the back office encrypts lists for this car. Its private half stays here."""
    key = make_car_key(data_folder(data) / CAR_KEY)
    try:
        file.write_bytes(public_pem(key))
    except OSError as error:
        raise ConfigError(f"the file {file} cannot be written ({error.strerror}): name another") from error
    if as_json:
        print_json("car_key", file=file, name=car_name(key.public_key()).hex())
    else:
        console().print(
            f"{car_name(key.public_key()).hex()}: give {file} to the back office, named after this car's car_id",
            markup=False,
        )


@click.command("publish")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--key", "keys", multiple=True, required=True, type=click.Path(path_type=Path),
    help="A publishing key, private, PEM; repeated where the root wants more than one.",
)  # fmt: skip
@click.option(
    "--root", "roots", type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the roots (anpr hotlist root); default: those that FOLDER has from before.",
)  # fmt: skip
@click.option(
    "--withdrawal-key", "withdrawal_keys", multiple=True, type=click.Path(path_type=Path),
    help="A withdrawal key, private, PEM: agrees to whatever the lists lose.",
)  # fmt: skip
@click.option(
    "--cars", type=click.Path(path_type=Path, file_okay=False),
    help="Folder with CAR.pem of each car (anpr hotlist car-key): lists are encrypted for the cars that may have them.",
)  # fmt: skip
@click.option("--list", "names", multiple=True, help="List to offer; default: all of this data folder's own.")
@click.option(
    "--rollback", "rollbacks", multiple=True, help="List whose older revision is meant to replace a newer one."
)
@click.option(
    "--valid-days",
    type=click.FloatRange(min=0.01),
    default=VALID_DAYS,
    show_default=True,
    help="So long cars take lists that they find unchanged for fresh; publish again before, changed or not.",
)
@json_option
@officer_option
@click.pass_obj
@for_audience
def publish(
    data: Path | None,
    folder: Path,
    keys: tuple[Path, ...],
    roots: Path | None,
    withdrawal_keys: tuple[Path, ...],
    cars: Path | None,
    names: tuple[str, ...],
    rollbacks: tuple[str, ...],
    valid_days: float,
    as_json: bool,
    officer: str | None,
    audience: Audience,
) -> None:
    """Write the lists to FOLDER, signed, for a web server or a USB stick to offer to the cars.

    Covert lists are always among them, since a list that is left out is withdrawn from the cars; the key says that this
    is the back office. They are named to a supervisor alone.
    """
    with open_store(data) as store, open_audit(data) as audit:
        for name in (*names, *rollbacks):
            named_list(store, name, audience)
        known = list_names(store, audience)
        signing, agreeing = ([load_private_key(path) for path in paths] for paths in (keys, withdrawal_keys))
        options = PublishOptions(
            names or None, rollbacks, valid_days, roots, agreeing, cars_in(cars) if cars is not None else None
        )
        details = {
            "lists": ", ".join(names) or "all", "rollbacks": ", ".join(rollbacks),
            "keys": ", ".join(key_name(key.public_key()) for key in signing),
            "withdrawal keys": ", ".join(key_name(key.public_key()) for key in agreeing),
        }  # fmt: skip
        audit.record(who(officer), "hotlist_publish", details)
        try:
            with progress_console().status("publishing"):
                manifest, changes = publish_lists(store, folder, signing, options)
        except AnprError as error:  # it may say which list is withdrawn
            raise type(error)(known.text(str(error), _ONE_REFUSED)) from error
    shown = [one for one in changes if one.list_name not in known.hidden]
    for one in shown:
        size = one.delta.bytes if one.delta is not None else None
        if as_json:
            print_json(
                "published", list=one.list_name, revision=one.revision, entries=one.entries,
                changed=one.changed, snapshot_bytes=one.snapshot.bytes, delta_bytes=size,
            )  # fmt: skip
        else:
            what = f"delta {size:,} bytes" if size is not None else "new" if one.changed else "unchanged"
            console().print(
                f"{one.list_name}: revision {one.revision}, {one.entries:,} entries,"
                f" snapshot {one.snapshot.bytes:,} bytes, {what}",
                markup=False,
            )
    if as_json:
        print_json("summary", sequence=manifest.sequence, lists=len(shown), expires_utc=manifest.expires_utc)
    else:
        console().print(
            f"publication {manifest.sequence} in {folder}, valid until {manifest.expires_utc:%Y-%m-%d %H:%M} UTC",
            markup=False,
        )


@click.command("renew")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--key", required=True, type=click.Path(path_type=Path), help="A renewing or publishing key, private, PEM."
)
@click.option(
    "--valid-days", type=click.FloatRange(min=0.01), default=VALID_DAYS, show_default=True, help="As of publish."
)
@json_option
def renew(folder: Path, key: Path, valid_days: float, as_json: bool) -> None:
    """Say anew that what FOLDER offers is the newest: for a machine that may not change lists, once a day say."""
    sequence, expires = renew_published(folder, load_private_key(key), utc_now(), valid_days)
    if as_json:
        print_json("renewed", sequence=sequence, expires_utc=expires)
    else:
        console().print(f"publication {sequence} in {folder}, valid until {expires:%Y-%m-%d %H:%M} UTC", markup=False)


@click.command("sync")
@click.option("--from", "url", help="Address or folder (USB stick) of the published lists, in place of sync.toml's.")
@click.option(
    "--root",
    "root",
    type=click.Path(path_type=Path),
    help="The root that the back office gave (N.root.json), in place of sync.toml's.",
)
@click.option("--car", "car_id", help="This car's id, in place of sync.toml's.")
@click.option("--config", type=click.Path(path_type=Path), help="Another file than sync.toml in the data folder.")
@json_option
@officer_option
@click.pass_obj
@for_audience
def sync(
    data: Path | None,
    url: str | None,
    root: Path | None,
    car_id: str | None,
    config: Path | None,
    as_json: bool,
    officer: str | None,
    audience: Audience,
) -> None:
    """Bring this car's lists in line with the back office."""
    chosen = {"url": Address(url) if url is not None else None, "root": root, "car_id": car_id}
    settings = _settings(data, config, {key: value for key, value in chosen.items() if value is not None})
    with open_store(data) as store, open_audit(data) as audit:
        audit.record(who(officer), "hotlist_sync", {"from": str(settings.url)})
        status = progress_console().status("asking the back office")
        trusted = TrustedTime(SystemClock(), read_latest(latest_date(data_folder(data))))
        client = SyncClient(
            store, settings, progress=lambda name: status.update(_progress(name, audience)), dated=trusted.look,
            bear_out=trusted.bear_out,
        )  # fmt: skip
        before = list_names(store, audience)
        try:
            with status:
                report = client.sync()
        except AnprError as error:  # it may say which list could not be changed
            names = before.with_those_of(list_names(store, audience))
            raise type(error)(names.text(str(error), _ONE_FAILED)) from error
        names = before.with_those_of(list_names(store, audience))
        if report.updated or report.by_delta or report.withdrawn:
            changed = ", ".join((*report.updated, *report.by_delta))
            audit.record(who(officer), "hotlist_synced", {"updated": changed, "erased": ", ".join(report.withdrawn)})
        if settings.is_folder:
            _leave_anchor(audit, data_folder(data), Path(settings.url.to_open()))
    report = _shown(report, names)
    _print(report, as_json=as_json)
    if report.troubles:
        raise Failure(report.troubles[0])


def _leave_anchor(audit: AuditLog, folder: Path, stick: Path) -> None:
    """Write the signed head of the audit to the stick that brought the lists; one that takes none is told of."""
    try:
        leave_on_stick(stick, anchor_of(audit.head(), SystemClock().utc(), TabletKey.open(tablet_key(folder))))
    except AnprError as error:
        progress_console().print(f"The audit is not anchored: {error}", markup=False)


def _settings(data: Path | None, config: Path | None, chosen: dict[str, Any]) -> SyncConfig:
    path = config or data_folder(data) / SYNC_FILE
    if config is None and not path.exists() and {"url", "root"} <= set(chosen):
        return SyncConfig(**chosen)
    return replace(load_sync_config(path), **chosen)


def _progress(name: str, audience: Audience) -> str:
    """Return what is said while a list is fetched. Whether it is covert is not known before it is here."""
    return f"list {name}" if audience is Audience.SUPERVISOR else "fetching lists"


def _shown(report: SyncReport, names: ListNames) -> SyncReport:
    """Return the report without what its reader may not know of."""
    return replace(
        report,
        unchanged=names.only_shown(report.unchanged),
        updated=names.only_shown(report.updated),
        by_delta=names.only_shown(report.by_delta),
        withdrawn=names.only_shown(report.withdrawn),
        troubles=tuple(names.text(one, _ONE_FAILED) for one in report.troubles),
    )


def _print(report: SyncReport, *, as_json: bool) -> None:
    if as_json:
        print_json(
            "sync", sequence=report.sequence, unchanged=report.unchanged, updated=report.updated,
            by_delta=report.by_delta, withdrawn=report.withdrawn, troubles=report.troubles,
            fetched_bytes=report.fetched_bytes,
        )  # fmt: skip
        return
    out = console()
    out.print(f"publication {report.sequence}, {report.fetched_bytes:,} bytes fetched")
    for words, names in (
        ("up to date", report.unchanged), ("fetched whole", report.updated), ("fetched as changes", report.by_delta),
        ("withdrawn and erased", report.withdrawn),
    ):  # fmt: skip
        if names:
            out.print(f"  {words}: {', '.join(names)}", markup=False)
