from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from anpr.errors import ConfigError, SyncError, UserError
from hotlists.sync.roots import (
    RootPlan,
    Signers,
    chain,
    check_root,
    first_root,
    new_plan,
    newest_root,
    next_root,
    plan_of,
    repository_of,
    root_files,
    withdrawals_of,
)
from hotlists.sync.signing import public_key, signer
from tests.hotlists.forging import read
from tests.hotlists.made import NOON
from tests.hotlists.office import signers

ROOT, OTHER, PUBLISHING, RENEWING, WITHDRAWAL = (Ed25519PrivateKey.generate() for _ in range(5))


def a_plan(**changes: object) -> RootPlan:
    plan = new_plan(NOON, root=signers(ROOT), publishing=signers(PUBLISHING))
    return replace(plan, **changes)  # type: ignore[arg-type]


def keyids(signers: Signers) -> list[str]:
    return [key.keyid for key in signers.keys]


def test_a_root_says_what_it_was_made_of(tmp_path: Path) -> None:
    plan = a_plan(
        root=signers(ROOT, OTHER), renewing=signers(RENEWING), withdrawal=signers(WITHDRAWAL, OTHER, threshold=2),
        withdraw_percent=35,
    )  # fmt: skip
    first_root(tmp_path, plan, [ROOT])
    root = newest_root(tmp_path)
    assert root is not None
    assert plan_of(root) == plan
    assert repository_of(root) == f"root:{plan.repository}"
    assert set(root.roles["timestamp"].keyids) == {*keyids(plan.publishing), *keyids(plan.renewing)}
    assert root.roles["snapshot"].keyids == root.roles["targets"].keyids == keyids(plan.publishing)
    rule = withdrawals_of(root)
    assert ([key.keyid for key in rule.keys], rule.threshold, rule.percent) == (keyids(plan.withdrawal), 2, 35)


def test_without_withdrawal_keys_those_of_the_root_agree_also_after_they_changed(tmp_path: Path) -> None:
    first_root(tmp_path, a_plan(), [ROOT])
    plan = plan_of(newest_root(tmp_path))  # type: ignore[arg-type]
    assert plan.withdrawal == Signers()
    after = plan.root.changed([public_key(OTHER.public_key())], keyids(plan.root))
    next_root(tmp_path, replace(plan, root=after), [ROOT, OTHER])
    root = newest_root(tmp_path)
    assert root is not None
    assert [key.keyid for key in withdrawals_of(root).keys] == keyids(signers(OTHER))


def test_enough_keys_each_counted_once_agree(tmp_path: Path) -> None:
    first_root(tmp_path, a_plan(withdrawal=signers(WITHDRAWAL, OTHER, threshold=2)), [ROOT])
    rule = withdrawals_of(newest_root(tmp_path))  # type: ignore[arg-type]
    one, two, stranger = (signer(key).sign(b"this") for key in (WITHDRAWAL, OTHER, PUBLISHING))
    assert rule.approve(b"this", {s.keyid: s.signature for s in (one, two)})
    assert not rule.approve(b"that", {s.keyid: s.signature for s in (one, two)})
    assert not rule.approve(b"this", {s.keyid: s.signature for s in (one, stranger)})
    assert not rule.approve(b"this", {one.keyid: one.signature, two.keyid: one.signature})
    assert not rule.approve(b"this", {one.keyid: one.signature, two.keyid: "zz"})
    assert not rule.approve(b"this", {one.keyid: one.signature, two.keyid: 7})  # type: ignore[dict-item]


def test_the_next_root_is_signed_by_those_of_the_last_and_its_own(tmp_path: Path) -> None:
    first_root(tmp_path, a_plan(), [ROOT])
    plan = plan_of(newest_root(tmp_path))  # type: ignore[arg-type]
    changed = replace(plan, root=signers(OTHER))
    with pytest.raises(UserError, match="the root in force wants 1 of its root keys to sign: name each with --key"):
        next_root(tmp_path, changed, [OTHER])
    with pytest.raises(UserError, match="the new root wants 1 of its root keys"):
        next_root(tmp_path, changed, [ROOT])
    with pytest.raises(UserError, match="is no root key"):
        next_root(tmp_path, plan, [PUBLISHING])
    assert next_root(tmp_path, changed, [ROOT, OTHER]).name == "2.root.json"
    assert [root.version for root in chain(tmp_path)] == [1, 2]


def test_what_cannot_be_signed_for_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="2 publishing keys must sign, and the root would name 1: add one"):
        first_root(tmp_path, a_plan(publishing=signers(PUBLISHING, threshold=2)), [ROOT])
    with pytest.raises(UserError, match="holds no root: make one"):
        next_root(tmp_path, a_plan(), [ROOT])
    first_root(tmp_path, a_plan(), [ROOT])
    with pytest.raises(UserError, match="holds a root already"):
        first_root(tmp_path, a_plan(), [ROOT])


def test_roots_are_read_in_the_order_of_their_numbers_and_one_in_pieces_is_named(tmp_path: Path) -> None:
    first_root(tmp_path, a_plan(), [ROOT])
    for _ in range(11):
        next_root(tmp_path, plan_of(newest_root(tmp_path)), [ROOT])  # type: ignore[arg-type]
    assert [path.name for path in root_files(tmp_path)] == [f"{n}.root.json" for n in range(1, 13)]
    (tmp_path / "5.root.json").unlink()  # signed by the root keys all the same
    assert len(chain(tmp_path)) == 11
    (tmp_path / "7.root.json").write_text("{}")
    with pytest.raises(ConfigError, match=r"the root .*7\.root\.json cannot be used .*copy it again"):
        newest_root(tmp_path)


def test_a_root_without_what_we_add_is_none_of_ours(tmp_path: Path) -> None:
    root = read(first_root(tmp_path, a_plan(), [ROOT])).signed
    for field, said in (("x-repository", "none of published hotlists"), ("x-withdrawals", "who signs for withdrawals")):
        kept = root.unrecognized_fields.pop(field)
        with pytest.raises(SyncError, match=said):
            check_root(root)
        others: tuple[object, ...] = (None, [], {}, "", "../x", {"keyids": ["x"], "threshold": 1, "percent": 20})
        for junk in others:
            root.unrecognized_fields[field] = junk
            with pytest.raises(SyncError, match=said):
                check_root(root)
        root.unrecognized_fields[field] = kept
    check_root(root)


def test_a_first_root_lasts_two_years() -> None:
    assert a_plan().expires_utc == NOON + timedelta(days=730)
