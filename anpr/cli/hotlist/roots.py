"""`anpr hotlist root`: who may publish lists, renew them and sign for withdrawals, decided where the root keys are."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from anpr.cli.options import json_option
from anpr.cli.output import console, print_json
from anpr.clock import utc_now
from anpr.errors import UserError
from hotlists.sync.roots import (
    ROLES,
    ROOT_DAYS,
    WITHDRAW_PERCENT,
    RootPlan,
    Signers,
    first_root,
    new_plan,
    newest_root,
    next_root,
    plan_of,
)
from hotlists.sync.signing import key_name, load_private_key, load_public_key, public_key

_FILE = click.Path(path_type=Path, dir_okay=False)
_key_option = click.option(
    "--key", "keys", multiple=True, required=True, type=_FILE, help="Private key of the root, PEM; may be repeated."
)
_days_option = click.option(
    "--valid-days",
    type=click.FloatRange(min=0.01),
    default=ROOT_DAYS,
    show_default=True,
    help="So long the root is valid.",
)
_folder = click.argument("roots", type=click.Path(path_type=Path, file_okay=False))


@click.group("root")
def root() -> None:
    """Who may publish lists: made and changed where the root keys are, away from any network.

    ROOTS is the folder that keeps all roots, 1.root.json and so on: never remove one from it. `anpr hotlist publish --root ROOTS`
    takes them along to the cars; a car is given the newest when it is fitted, and follows to later ones by itself.
    """


def _public(paths: Iterable[Path]) -> list[Any]:
    return [public_key(load_public_key(path)) for path in paths]


@root.command("init")
@_folder
@_key_option
@click.option(
    "--root-key", "more", multiple=True, type=_FILE, help="Public key of a further root key that does not sign now."
)
@click.option(
    "--publisher", "publishers", multiple=True, required=True, type=_FILE, help="Public key that may publish lists."
)
@click.option(
    "--renewer", "renewers", multiple=True, type=_FILE, help="Public key that may only say that nothing is newer."
)
@click.option(
    "--withdrawal", "withdrawers", multiple=True, type=_FILE,
    help="Public key that may agree to large withdrawals; default: the root keys.",
)  # fmt: skip
@click.option(
    "--root-threshold", type=click.IntRange(1), default=1, show_default=True, help="So many root keys must sign."
)
@click.option(
    "--publishing-threshold",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="So many publishing keys must sign.",
)
@click.option(
    "--withdrawal-threshold",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="So many withdrawal keys must sign.",
)
@click.option(
    "--withdraw-percent", type=click.IntRange(0, 100), default=WITHDRAW_PERCENT, show_default=True,
    help="So much of a list may go within a day without a withdrawal key.",
)  # fmt: skip
@_days_option
@json_option
def init(
    roots: Path, keys: tuple[Path, ...], more: tuple[Path, ...], publishers: tuple[Path, ...], renewers: tuple[Path, ...],
    withdrawers: tuple[Path, ...], root_threshold: int, publishing_threshold: int, withdrawal_threshold: int,
    withdraw_percent: int, valid_days: float, as_json: bool,
) -> None:  # fmt: skip
    """Make the first root in ROOTS."""
    private = [load_private_key(path) for path in keys]
    own = Signers(tuple(public_key(key.public_key()) for key in private), root_threshold).changed(add=_public(more))
    plan = new_plan(
        utc_now(),
        root=own,
        publishing=Signers(threshold=publishing_threshold).changed(add=_public(publishers)),
        renewing=Signers().changed(add=_public(renewers)),
        withdrawal=Signers(threshold=withdrawal_threshold).changed(add=_public(withdrawers)),
        withdraw_percent=withdraw_percent,
        valid_days=valid_days,
    )
    _told(first_root(roots, plan, private), plan, as_json=as_json)


@root.command("rotate")
@_folder
@_key_option
@click.option("--role", type=click.Choice(ROLES, case_sensitive=False), required=True, help="Whose keys change.")
@click.option("--add", "add", multiple=True, type=_FILE, help="Public key that is added.")
@click.option("--remove", "remove", multiple=True, type=_FILE, help="Public key that is removed.")
@click.option("--threshold", type=click.IntRange(1), help="So many of the role's keys must sign from now on.")
@_days_option
@json_option
def rotate(
    roots: Path, keys: tuple[Path, ...], role: str, add: tuple[Path, ...], remove: tuple[Path, ...], threshold: int | None,
    valid_days: float, as_json: bool,
) -> None:  # fmt: skip
    """Add and remove keys of a role. A new root key signs as well: name it with --key too."""
    plan = _plan(roots)
    before = plan.signers(role)
    after = before.changed(_public(add), [one.keyid for one in _public(remove)])
    if threshold is not None:
        after = replace(after, threshold=threshold)
    if after == before:
        raise UserError("nothing would change: name what to change with --add, --remove or --threshold")
    _next(roots, plan.with_signers(role, after), keys, valid_days, as_json=as_json)


@root.command("revoke")
@_folder
@click.argument("revoked", type=_FILE)
@_key_option
@click.option("--add", "add", multiple=True, type=_FILE, help="Public key that takes its place.")
@_days_option
@json_option
def revoke(
    roots: Path, revoked: Path, keys: tuple[Path, ...], add: tuple[Path, ...], valid_days: float, as_json: bool
) -> None:
    """Take the public key REVOKED out of every role, at once for every car that syncs after the next publication.

    Lists that it signed keep alerting, with an alarm, until they are published with another key.
    """
    plan = _plan(roots)
    gone = public_key(load_public_key(revoked)).keyid
    named = [role for role in ROLES if gone in {key.keyid for key in plan.signers(role).keys}]
    if not named:
        raise UserError(f"no role of the newest root in {roots} has the key {gone[:16]}: see `anpr hotlist root show`")
    for role in named:
        plan = plan.with_signers(role, plan.signers(role).changed(_public(add), [gone]))
    _next(roots, plan, keys, valid_days, as_json=as_json)


@root.command("renew")
@_folder
@_key_option
@_days_option
@json_option
def renew(roots: Path, keys: tuple[Path, ...], valid_days: float, as_json: bool) -> None:
    """Make the next root, which says the same for longer."""
    _next(roots, _plan(roots), keys, valid_days, as_json=as_json)


@root.command("show")
@_folder
@json_option
def show(roots: Path, as_json: bool) -> None:
    """Say what the newest root in ROOTS says."""
    plan = _plan(roots)
    _told(roots / f"{plan.version}.root.json", plan, as_json=as_json)


def _plan(roots: Path) -> RootPlan:
    newest = newest_root(roots)
    if newest is None:
        raise UserError(f"the folder {roots} holds no root: make one with `anpr hotlist root init`")
    return plan_of(newest)


def _next(roots: Path, plan: RootPlan, keys: tuple[Path, ...], valid_days: float, *, as_json: bool) -> None:
    longer = replace(plan, version=plan.version + 1, expires_utc=utc_now() + timedelta(days=valid_days))
    _told(next_root(roots, longer, [load_private_key(path) for path in keys]), longer, as_json=as_json)


def _told(path: Path, plan: RootPlan, *, as_json: bool) -> None:
    roles = {role: plan.signers(role) for role in ROLES}
    if as_json:
        print_json(
            "root", file=path, version=plan.version, expires_utc=plan.expires_utc, withdraw_percent=plan.withdraw_percent,
            roles={
                role: {"keys": [key_name(key) for key in one.keys], "threshold": one.threshold} for role, one in roles.items()
            },
        )  # fmt: skip
        return
    out = console()
    out.print(f"root {plan.version} in {path}, valid until {plan.expires_utc:%Y-%m-%d}", markup=False)
    for role, one in roles.items():
        names = ", ".join(key_name(key) for key in one.keys)
        out.print(f"  {role}: {one.threshold} of {names}" if names else f"  {role}: {_NOBODY[role]}", markup=False)
    out.print(
        f"  more than {plan.withdraw_percent} % of a list within a day goes with a withdrawal key's signature alone"
    )


_NOBODY = {"renewing": "the publishing keys", "withdrawal": "the root keys"}
