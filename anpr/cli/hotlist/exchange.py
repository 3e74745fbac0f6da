"""Commands between back office and car: make keys, publish, sync."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from anpr.address import Address
from anpr.alerting.disclosure import Audience, ListNames
from anpr.cli.hotlist.opened import list_names, named_list, open_audit, open_store
from anpr.cli.options import for_audience, json_option, officer_option, who
from anpr.cli.output import console, print_json, progress_console
from anpr.clock import SystemClock
from anpr.config.car import SyncConfig
from anpr.config.data_folder import data_folder, tablet_key
from anpr.errors import AnprError, Failure
from anpr.trust.anchor import anchor_of, leave_on_stick
from anpr.trust.audit import AuditLog
from anpr.trust.tablet_key import TabletKey
from hotlists.sync.client import SyncClient, SyncReport
from hotlists.sync.config import load_sync_config
from hotlists.sync.publish import VALID_DAYS
from hotlists.sync.publish import publish as publish_lists
from hotlists.sync.signing import load_private_key, make_key_pair

SYNC_FILE = "sync.toml"
_ONE_FAILED = "one of the lists failed: ask the back office"


@click.command("keys")
@click.argument("private", type=click.Path(path_type=Path))
@click.argument("public", type=click.Path(path_type=Path))
@json_option
def keys(private: Path, public: Path, as_json: bool) -> None:
    """Make the back office's key pair: PRIVATE stays there, PUBLIC goes to every car."""
    name = make_key_pair(private, public)
    if as_json:
        print_json("keys", publisher=name, private=private, public=public)
    else:
        console().print(f"{name}: keep {private} secret, give {public} to the cars", markup=False)


@click.command("publish")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--key", required=True, type=click.Path(path_type=Path), help="The back office's private key, PEM.")
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
    key: Path,
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
        details = {"lists": ", ".join(names) or "all", "rollbacks": ", ".join(rollbacks)}
        audit.record(who(officer), "hotlist_publish", details)
        with progress_console().status("publishing"):
            manifest, changes = publish_lists(
                store, folder, load_private_key(key), names=names or None, rollbacks=rollbacks, valid_days=valid_days
            )
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
        print_json("summary", sequence=manifest.sequence, lists=len(shown))
    else:
        console().print(f"manifest {manifest.sequence} in {folder}", markup=False)


@click.command("sync")
@click.option("--from", "url", help="Address or folder (USB stick) of the published lists, in place of sync.toml's.")
@click.option(
    "--public-key", type=click.Path(path_type=Path), help="The back office's public key, in place of sync.toml's."
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
    public_key: Path | None,
    car_id: str | None,
    config: Path | None,
    as_json: bool,
    officer: str | None,
    audience: Audience,
) -> None:
    """Bring this car's lists in line with the back office."""
    chosen = {"url": Address(url) if url is not None else None, "public_key": public_key, "car_id": car_id}
    settings = _settings(data, config, {key: value for key, value in chosen.items() if value is not None})
    with open_store(data) as store, open_audit(data) as audit:
        audit.record(who(officer), "hotlist_sync", {"from": str(settings.url)})
        status = progress_console().status("asking the back office")
        client = SyncClient(store, settings, progress=lambda name: status.update(_progress(name, audience)))
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
    if config is None and not path.exists() and {"url", "public_key"} <= set(chosen):
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
    out.print(f"manifest {report.sequence}, {report.fetched_bytes:,} bytes fetched")
    for words, names in (
        ("up to date", report.unchanged), ("fetched whole", report.updated), ("fetched as changes", report.by_delta),
        ("withdrawn and erased", report.withdrawn),
    ):  # fmt: skip
        if names:
            out.print(f"  {words}: {', '.join(names)}", markup=False)
