import contextlib
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tuf.api.metadata import TargetFile, Targets, Timestamp

from anpr.errors import SyncError
from hotlists.sync.manifest import PublishedFile
from hotlists.sync.metadata import (
    Approval,
    Offered,
    Sealed,
    approval_fields,
    approved_in,
    dated_fields,
    lists_of,
    made_utc_of,
    named_files,
    offered_by,
    path_of,
    same_lists,
    target_of,
)
from hotlists.sync.roots import Withdrawals
from tests.hotlists.forging import newest, read
from tests.hotlists.made import NOON
from tests.hotlists.office import Office

FILE = PublishedFile("ab" * 32, 7)
RING = PublishedFile("cd" * 32, 9)
NOBODY = Withdrawals((), 1, 20)


def test_where_documents_stand() -> None:
    assert path_of("root", 12) == "metadata/12.root.json"


def test_when_a_document_was_made() -> None:
    assert made_utc_of(Timestamp(unrecognized_fields=dated_fields(NOON))) == NOON
    for said in (None, 7, "", "soon", "2026-11-20T12:00:00", "0001-01-01T00:00:00+14:00"):
        with pytest.raises(SyncError, match="does not say when: publish the lists again"):
            made_utc_of(Timestamp(unrecognized_fields={"x-made": said}))
    with pytest.raises(SyncError, match="does not say when"):
        made_utc_of(Timestamp())


def test_what_is_offered_is_read_back_sealed_or_not() -> None:
    plain = Offered("a", "{}", None, (FILE,))
    sealed = Offered("b", None, Sealed("AAAA", RING), (FILE,))
    targets = Targets(targets={one.target: target_of(one.target, one, FILE) for one in (plain, sealed)})
    again = Targets.from_dict(json.loads(json.dumps(targets.to_dict())))
    assert offered_by(again) == [plain, sealed]
    assert same_lists(targets, again)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["files", "list", "sealed", "keys"]), inner, max_size=4)
        ),
    )
)
def test_anything_else_is_damage(custom: object) -> None:
    targets = Targets(targets={"a": TargetFile(7, {"sha256": "ab" * 32}, "a", {"custom": custom})})
    with contextlib.suppress(SyncError):
        (offered,) = offered_by(targets)
        assert isinstance(offered.text, str) or offered.sealed is not None


def test_one_list_that_cannot_be_read_leaves_the_others(office: Office) -> None:
    office.publish(["A1"], "one")
    office.publish(["B2"], "two")
    targets = newest(office.published)[2]
    first = min(targets.targets)
    targets.targets[first].unrecognized_fields["custom"]["list"] = "{}"
    lists, (trouble,) = lists_of(targets, lambda one: one.text)
    assert len(lists) == 1
    assert "damaged" in trouble
    other = max(targets.targets)
    targets.targets[other].hashes["sha256"] = "00" * 32
    assert "names another file than was signed" in lists_of(targets, lambda one: one.text)[1][1]


def test_two_lists_of_one_name_are_refused(office: Office) -> None:
    office.publish(["A1"])
    targets = newest(office.published)[2]
    (one,) = targets.targets.values()
    targets.targets["again"] = one
    with pytest.raises(SyncError, match="two published lists have one name"):
        lists_of(targets, lambda one: one.text)


def test_approvals_that_enough_keys_signed_are_read_and_others_passed_over(office: Office) -> None:
    office.publish(["A1"])
    targets = newest(office.published)[2]
    root = read(office.root).signed
    from hotlists.sync.roots import withdrawals_of  # noqa: PLC0415 - only here

    rule = withdrawals_of(root)
    (target,) = targets.targets
    approvals = approved_in(targets, office.repository, rule)
    assert list(approvals) == [target]
    assert approved_in(targets, "root:other", rule) == {}
    assert approved_in(targets, office.repository, NOBODY) == {}
    later = Approval(targets.version + 1, approvals[target].signatures)
    targets.unrecognized_fields |= approval_fields({target: later})
    assert approved_in(targets, office.repository, rule) == {}
    others: tuple[object, ...] = (
        None,
        [],
        7,
        {"a": 1},
        {"a": {"version": "1", "signatures": {}}},
        {"a": {"version": 1, "signatures": 3}},
    )
    for junk in others:
        targets.unrecognized_fields["x-approved"] = junk
        assert approved_in(targets, office.repository, rule) == {}


def test_files_of_all_kinds_are_named(office: Office) -> None:
    manifest = office.publish(["A1"])
    documents = [read(office.published / path_of("targets", 1))]
    assert named_files(documents) == {manifest.lists[0].snapshot.sha256}


def test_noon_is_utc() -> None:
    assert NOON.tzinfo is UTC
    assert datetime.fromisoformat(dated_fields(NOON)["x-made"]) == NOON
