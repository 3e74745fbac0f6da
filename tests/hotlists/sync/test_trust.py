"""The attacks that The Update Framework's specification names (section 1.5.2), and what else a hostile server, stick or key can try."""

import json
import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from securesystemslib.signer import Key
from tuf.api.metadata import Metadata, Root, Targets

from anpr.errors import ConfigError, SyncError
from anpr.trusted_time import Dated, TrustedTime
from hotlists.store.status import list_status
from hotlists.store.store import HotlistStore
from hotlists.sync.metadata import MOST_STEPS, TIMESTAMP, path_of
from hotlists.sync.publish import publish, renew
from hotlists.sync.roots import newest_root, next_root, plan_of
from hotlists.sync.signing import public_key
from tests.hotlists.forging import changed_lists, forge, meta, newest, read, signed
from tests.hotlists.made import Clock, import_vrms, random_vrms, vrms_of
from tests.hotlists.office import Office, client, key_pair, make_root, sync
from tests.hotlists.web import Web

VRMS = random_vrms(100)


def stick(office: Office) -> str:
    return str(office.published)


def following(store: HotlistStore, office: Office) -> None:
    """Have the car follow fifty marks, with fifty-one published since."""
    office.publish(VRMS[:50])
    assert sync(store, office, stick(office)).troubles == ()
    office.publish(VRMS[:51])


def refused(store: HotlistStore, office: Office, why: str) -> str:
    """Sync, and return what was said; the lists stay as they were and alert on."""
    before = vrms_of(store)
    with pytest.raises(SyncError, match=why) as error:
        sync(store, office, stick(office))
    assert vrms_of(store) == before
    return str(error.value)


def alarms(store: HotlistStore) -> list[str]:
    return [one.alarm for one in list_status(store, store.clock())]


def rotated(office: Office, *keys: Ed25519PrivateKey, role: str = "publishing", remove: bool = True) -> None:
    """The next root: a role gets keys, and loses those it had with `remove`."""
    plan = plan_of(newest_root(office.roots) or Root())
    before = plan.signers(role)
    gone = [key.keyid for key in before.keys] if remove else []
    after = before.changed([public_key(key.public_key()) for key in keys], gone)
    next_root(office.roots, plan.with_signers(role, after), [office.root_key])


# Rollback, freeze, fast-forward, mix-and-match, endless data, wrong keys: the specification's list.


def test_each_document_that_is_older_is_refused_by_itself(store: HotlistStore, office: Office, tmp_path: Path) -> None:
    office.publish(VRMS[:50])
    shutil.copytree(office.published, tmp_path / "old")
    following(store, office)
    sync(store, office, stick(office))
    shutil.rmtree(office.published)
    shutil.copytree(tmp_path / "old", office.published)
    assert "older than what this car has" in refused(store, office, "timestamp")
    assert len(vrms_of(store)) == 51


def test_lists_older_than_the_newest_under_a_new_timestamp_are_refused(store: HotlistStore, office: Office) -> None:
    office.publish(VRMS[:50])
    old = newest(office.published)[2]
    following(store, office)
    sync(store, office, stick(office))

    def take_back(document: Targets) -> None:
        document.version = old.version
        document.targets = old.targets

    forge(office.published, [office.key], targets=take_back)
    refused(store, office, "snapshot .* is older than what this car has")


def test_a_freeze_is_told_when_what_was_signed_runs_out_and_lists_alert_on(
    store: HotlistStore, office: Office, clock: Clock
) -> None:
    office.publish(VRMS[:50])
    sync(store, office, stick(office))
    clock.move(days=8)
    assert "ran out on 27 November 2026" in refused(store, office, "publish again")
    (alarm,) = alarms(store)
    assert "ran out on 27 November 2026" in alarm
    assert "sync it" in alarm
    office.publish()
    assert sync(store, office, stick(office)).troubles == ()
    assert alarms(store) == [""]


def test_what_ran_out_is_told_also_when_nobody_can_be_reached(
    store: HotlistStore, office: Office, clock: Clock
) -> None:
    office.publish(VRMS[:50])
    sync(store, office, stick(office))
    clock.move(days=8)
    assert "ran out" in alarms(store)[0]
    assert len(vrms_of(store)) == 50


def test_what_was_signed_400_days_ago_is_not_taken_for_unchanged(
    store: HotlistStore, office: Office, clock: Clock
) -> None:
    office.publish(VRMS[:50])
    sync(store, office, stick(office))
    clock.move(days=400)
    refused(store, office, "ran out on")
    assert list_status(store, clock())[0].age_s == 400 * 86_400


def test_expired_targets_and_an_expired_root_are_refused_though_the_timestamp_is_fresh(
    store: HotlistStore, office: Office, clock: Clock
) -> None:
    office.publish(VRMS[:50])
    clock.move(days=100)
    renew(office.published, office.key, clock())
    with pytest.raises(SyncError, match=r"the snapshot that the back office signed .* ran out"):
        sync(store, office, stick(office))
    office.publish()
    assert sync(store, office, stick(office)).troubles == ()
    clock.move(days=800)
    office.publish(VRMS[:51])
    assert "anpr hotlist root renew" in refused(store, office, "the root .* ran out")


@pytest.mark.parametrize("role", ["timestamp", "snapshot", "targets"])
def test_a_version_that_would_use_the_numbers_up_is_refused(store: HotlistStore, office: Office, role: str) -> None:
    following(store, office)

    def leap(document: Targets) -> None:
        document.version += MOST_STEPS + 1

    forge(office.published, [office.key], **{role: leap})  # type: ignore[arg-type]
    assert "may be stolen" in refused(store, office, "too far ahead")
    forge(office.published, [office.key], **{role: lambda document: setattr(document, "version", 2**63)})  # type: ignore[arg-type]
    refused(store, office, "too far ahead")


def test_a_car_without_any_version_yet_is_bounded_as_well(store: HotlistStore, office: Office) -> None:
    office.publish(VRMS[:50])
    forge(office.published, [office.key], rise=2**62)
    with pytest.raises(SyncError, match="too far ahead of the first ones"):
        sync(store, office, stick(office))


def test_a_fast_forward_is_got_over_by_the_next_root(store: HotlistStore, office: Office, tmp_path: Path) -> None:
    following(store, office)
    shutil.copytree(office.published, tmp_path / "honest")
    thief = office.key
    for _ in range(3):  # each within the bound, and a number of a list's revision with it
        forge(
            office.published, [thief], rise=MOST_STEPS - 1,
            targets=changed_lists(lambda one: one.update(revision=2**31 - 1)),
        )  # fmt: skip
        sync(store, office, stick(office))
    shutil.rmtree(office.published)
    shutil.copytree(tmp_path / "honest", office.published)
    refused(store, office, "older than what this car has")
    office.key = key_pair(office.folder, "next")
    rotated(office, office.key)
    office.publish(VRMS[:52])
    assert sync(store, office, stick(office)).troubles == ()
    assert vrms_of(store) == sorted(VRMS[:52])


def test_documents_that_do_not_belong_together_are_refused(store: HotlistStore, office: Office, tmp_path: Path) -> None:
    following(store, office)
    _, snapshot, targets = newest(office.published)
    older = (office.published / path_of("targets", targets.version - 1)).read_bytes()
    (office.published / path_of("targets", targets.version)).write_bytes(older)
    refused(store, office, "targets .* not the one that was signed together")
    (office.published / path_of("snapshot", snapshot.version)).unlink()
    refused(store, office, "lacks the snapshot 2 that its timestamp names")


def test_endless_metadata_is_not_read_on(store: HotlistStore, office: Office) -> None:
    following(store, office)
    (office.published / TIMESTAMP).write_bytes(b" " * 100_000)
    refused(store, office, "longer than 64,000 bytes")
    (office.published / path_of("root", 2)).write_bytes(b" " * 600_000)
    refused(store, office, "longer than 512,000 bytes")


def test_a_key_of_another_role_signs_for_none(store: HotlistStore, office: Office) -> None:
    renewing = key_pair(office.folder, "renewing")
    rotated(office, renewing, role="renewing", remove=False)
    following(store, office)
    forge(office.published, [office.root_key])
    refused(store, office, "not signed by those whom the root names")
    forge(office.published, [renewing])
    refused(store, office, "snapshot .* not signed by those whom the root names")
    forge(office.published, [office.key], timestamp_keys=[renewing])
    assert sync(store, office, stick(office)).troubles == ()


def test_a_renewing_key_says_that_nothing_is_newer_and_no_more(
    store: HotlistStore, office: Office, clock: Clock
) -> None:
    renewing = key_pair(office.folder, "renewing")
    rotated(office, renewing, role="renewing", remove=False)
    office.publish(VRMS[:50])
    sync(store, office, stick(office))
    clock.move(days=6)
    renew(office.published, renewing, clock())
    clock.move(days=6)
    assert sync(store, office, stick(office)).unchanged == ("stolen",)
    with pytest.raises(ConfigError, match=r"does not name the key .* as a publishing key"):
        publish(office.store, office.published, [renewing], office.options)
    with pytest.raises(ConfigError, match="for renewing"):
        renew(office.published, key_pair(office.folder, "stranger"), clock())


# Thresholds and keys.


def two_of_two(office: Office) -> Ed25519PrivateKey:
    """Have two publishing keys that must both sign; return the second."""
    second = key_pair(office.folder, "second")
    plan = plan_of(newest_root(office.roots) or Root())
    both = plan.publishing.changed([public_key(second.public_key())])
    next_root(office.roots, replace(plan, publishing=replace(both, threshold=2)), [office.root_key])
    return second


def test_a_threshold_wants_as_many_keys(store: HotlistStore, office: Office) -> None:
    second = two_of_two(office)
    import_vrms(office.store, office.folder, VRMS[:50])
    with pytest.raises(ConfigError, match="2 publishing keys must sign"):
        publish(office.store, office.published, [office.key], office.options)
    with pytest.raises(ConfigError, match="2 publishing keys must sign"):
        publish(office.store, office.published, [office.key, office.key], office.options)
    publish(office.store, office.published, [office.key, second], office.options)
    assert sync(store, office, stick(office)).updated == ("stolen",)
    forge(office.published, [office.key])
    refused(store, office, "not signed by those whom the root names")


def test_a_key_that_stands_twice_counts_once(store: HotlistStore, office: Office) -> None:
    second = two_of_two(office)
    office.options = replace(office.options, withdrawal_keys=())
    import_vrms(office.store, office.folder, VRMS[:50])
    publish(office.store, office.published, [office.key, second], office.options)
    sync(store, office, stick(office))
    forge(office.published, [office.key, office.key])
    refused(store, office, "not signed")
    # the same signature twice in one document
    path = office.published / path_of("snapshot", newest(office.published)[1].version)
    document = json.loads(path.read_bytes())
    document["signatures"] *= 2
    content = json.dumps(document).encode()
    path.write_bytes(content)
    timestamp = read(office.published / TIMESTAMP).signed
    timestamp.version += 1
    timestamp.snapshot_meta = meta(timestamp.snapshot_meta.version, content)
    (office.published / TIMESTAMP).write_bytes(signed(timestamp, [office.key]))
    refused(store, office, "damaged|not signed")


def test_a_root_that_names_one_key_twice_is_refused_though_the_root_key_signed_it(
    store: HotlistStore, office: Office
) -> None:
    following(store, office)
    root = read(office.root).signed
    root.version = 2
    (keyid,) = root.roles["targets"].keyids
    twin = root.keys[keyid].to_dict()
    root.keys["ab" * 32] = Key.from_dict("ab" * 32, twin)
    for role in ("targets", "snapshot"):
        root.roles[role].keyids.append("ab" * 32)
        root.roles[role].threshold = 2
    (office.published / path_of("root", 2)).write_bytes(signed(root, [office.root_key]))
    refused(store, office, "names one key twice")


# Roots.


def test_a_car_follows_any_number_of_roots_and_needs_each(store: HotlistStore, office: Office, tmp_path: Path) -> None:
    office.publish(VRMS[:50])
    sync(store, office, stick(office))
    for number in range(12):
        office.key = key_pair(office.folder, f"publisher-{number}")
        rotated(office, office.key)
    office.publish(VRMS[:51])
    shutil.copytree(office.published, tmp_path / "gap")
    (tmp_path / "gap" / path_of("root", 6)).unlink()
    with pytest.raises(SyncError, match="not signed by those whom the root names"):
        sync(store, office, str(tmp_path / "gap"))
    assert sync(store, office, stick(office)).troubles == ()
    assert vrms_of(store) == sorted(VRMS[:51])
    # and never goes back, whatever the file says that it was fitted with
    assert sync(store, office, stick(office)).unchanged == ("stolen",)


def test_the_root_keys_themselves_are_replaced_by_roots_that_both_sign(store: HotlistStore, office: Office) -> None:
    following(store, office)
    plan = plan_of(newest_root(office.roots) or Root())
    following_key = key_pair(office.folder, "root-2")
    only_new = replace(
        plan, root=plan.root.changed([public_key(following_key.public_key())], [plan.root.keys[0].keyid])
    )
    forged = replace(only_new, version=2).made()
    forged_bytes = signed(forged.signed, [following_key])
    (office.published / path_of("root", 2)).write_bytes(forged_bytes)
    refused(store, office, "root 2 .* not signed by those whom the root names")
    (office.published / path_of("root", 2)).unlink()
    next_root(office.roots, only_new, [office.root_key, following_key])
    office.options = replace(office.options, withdrawal_keys=(following_key,))
    office.publish(VRMS[:52])
    assert sync(store, office, stick(office)).troubles == ()
    assert len(vrms_of(store)) == 52


@pytest.mark.parametrize("version", [1, 3, 2**63])
def test_a_root_of_another_version_than_its_name_says_is_refused(
    store: HotlistStore, office: Office, version: int
) -> None:
    following(store, office)
    root = read(office.root).signed
    root.version = version
    (office.published / path_of("root", 2)).write_bytes(signed(root, [office.root_key]))
    refused(store, office, "root 2")


def test_a_root_of_other_lists_is_another_back_office(
    store: HotlistStore, office: Office, tmp_path: Path, clock: Clock
) -> None:
    office.publish(VRMS[:50])
    sync(store, office, stick(office))
    other = Office(tmp_path / "other", clock)
    other.publish(VRMS[50:60])
    (said,) = sync(store, other, stick(other)).troubles
    assert "has another of that name" in said
    assert len(vrms_of(store)) == 50
    other.store.close()


def test_a_file_that_is_no_root_is_refused_in_a_sentence(store: HotlistStore, office: Office, tmp_path: Path) -> None:
    office.publish(VRMS[:50])
    for content in (b"", b"{}", (office.published / TIMESTAMP).read_bytes(), (office.folder / "root.pub").read_bytes()):
        office.root = tmp_path / "1.root.json"
        office.root.write_bytes(content)
        with pytest.raises(ConfigError, match=r"the root .*1\.root\.json cannot be used"):
            sync(store, office, stick(office))
    office.root = make_root(tmp_path / "unsigned", office.root_key, office.key, office.clock)
    document = json.loads(office.root.read_bytes())
    document["signatures"] = []
    office.root.write_text(json.dumps(document))
    with pytest.raises(ConfigError, match="cannot be used"):
        sync(store, office, stick(office))


def test_a_revoked_keys_list_alerts_on_with_an_alarm_until_a_trusted_revision_replaces_what_it_brought(
    store: HotlistStore, office: Office
) -> None:
    office.publish(VRMS[:50])
    thief = office.key
    office.alone([*VRMS[:50], "TH13F"])
    sync(store, office, stick(office))
    office.key = key_pair(office.folder, "next")
    rotated(office, office.key)
    shutil.copy(office.roots / "2.root.json", office.published / "metadata")
    forge(office.published, [thief])
    refused(store, office, "a key that was revoked")
    (alarm,) = alarms(store)
    assert "signed with a key that has been revoked" in alarm
    assert "publish it again" in alarm
    assert "TH13F" in vrms_of(store)  # it alerts on meanwhile
    office.publish(VRMS[:51])
    report = sync(store, office, stick(office))
    assert report.troubles == ()
    assert vrms_of(store) == sorted(VRMS[:51])
    assert alarms(store) == [""]


def test_a_revocation_counts_though_the_rest_is_kept_from_the_car(store: HotlistStore, office: Office) -> None:
    office.publish(VRMS[:50])
    sync(store, office, stick(office))
    thief = office.key
    rotated(office, key_pair(office.folder, "next"))
    shutil.copy(office.roots / "2.root.json", office.published / "metadata")
    (office.published / TIMESTAMP).unlink()
    refused(store, office, "holds no signed lists")
    (office.published / path_of("root", 2)).unlink()  # the thief takes the root away again, and signs what is newer
    office.store.close()
    with HotlistStore(office.folder / "office.db", clock=office.clock) as office.store:
        (office.published / "metadata" / "timestamp.json").write_bytes(signed(_timestamp(office), [thief]))
        refused(store, office, "a key that was revoked")
    assert "revoked" in alarms(store)[0]


def _timestamp(office: Office) -> object:
    snapshot = office.published / path_of("snapshot", 1)
    from tuf.api.metadata import Timestamp  # noqa: PLC0415 - only here

    from hotlists.sync.metadata import dated_fields  # noqa: PLC0415 - only here

    now = office.clock()
    return Timestamp(9, None, now + timedelta(days=1), meta(1, snapshot.read_bytes()), dated_fields(now))


def test_a_planned_rotation_breaks_nothing(store: HotlistStore, office: Office) -> None:
    office.publish(VRMS[:50])
    sync(store, office, stick(office))
    office.key = key_pair(office.folder, "next")
    rotated(office, office.key)
    office.publish()
    assert sync(store, office, stick(office)).unchanged == ("stolen",)
    assert alarms(store) == [""]
    assert newest(office.published)[0].version == 2  # numbers go on


# Two documents of one version, and dates.


@pytest.mark.parametrize("role", ["timestamp", "snapshot", "targets"])
def test_two_documents_of_one_version_are_refused_and_told(store: HotlistStore, office: Office, role: str) -> None:
    office.publish(VRMS[:50])
    sync(store, office, stick(office))

    def same_version(document: Targets) -> None:
        document.version -= 1
        document.unrecognized_fields["x-other"] = "another"

    forge(office.published, [office.key], **{role: same_version})  # type: ignore[arg-type]
    said = refused(store, office, f"two different documents were signed as {role} 1")
    assert "may be stolen" in said


def test_a_document_signed_anew_without_other_words_is_the_same(store: HotlistStore, office: Office) -> None:
    office.publish(VRMS[:50])
    sync(store, office, stick(office))
    document: Metadata[Root] = read(office.published / TIMESTAMP)
    document.unrecognized_fields["note"] = "outside of what is signed"
    (office.published / TIMESTAMP).write_bytes(document.to_bytes())
    assert sync(store, office, stick(office)).unchanged == ("stolen",)


def test_what_is_dated_in_the_future_is_refused(store: HotlistStore, office: Office, clock: Clock) -> None:
    following(store, office)
    clock.move(days=2)
    office.publish()
    clock.move(days=-2)
    assert "check the tablet's clock" in refused(store, office, "dated 22 November 2026 .* in the future")
    clock.move(days=2)
    forge(
        office.published, [office.key],
        targets=changed_lists(lambda one: one.update(effective_utc=(clock() + timedelta(days=1)).isoformat())),
    )  # fmt: skip
    (said,) = sync(store, office, stick(office)).troubles
    assert "in the future" in said
    assert said == alarms(store)[0]


def test_without_a_trusted_date_nothing_new_is_put_in_force(store: HotlistStore, office: Office, clock: Clock) -> None:
    following(store, office)
    doubtful = client(store, office, stick(office))
    doubtful.dated = lambda: Dated(
        clock.at - timedelta(days=90), trusted=False, why="the tablet's clock is 3 months ahead"
    )
    with pytest.raises(
        SyncError, match=r"the date is not sure \(the tablet's clock is 3 months ahead\).*set the tablet's clock"
    ):
        doubtful.sync()
    assert len(vrms_of(store)) == 50
    doubtful.dated = lambda: Dated(clock.at, trusted=True)
    assert doubtful.sync().troubles == ()
    assert len(vrms_of(store)) == 51


def test_a_signed_time_that_agrees_with_the_clock_bears_it_out(
    store: HotlistStore, office: Office, clock: Clock
) -> None:
    class Wall:
        def utc(self) -> datetime:
            return clock.at

        def monotonic_ns(self) -> int:
            return 0

    trusted = TrustedTime(Wall(), clock.at)  # type: ignore[arg-type]
    office.publish(VRMS[:50])
    clock.move(days=30)  # the car stood for a month: its clock alone is not enough
    assert not trusted.look().trusted
    car = client(store, office, stick(office))
    car.dated, car.bear_out = trusted.look, trusted.bear_out
    with pytest.raises(SyncError, match=r"the date is not sure|ran out"):
        car.sync()
    office.publish()
    assert car.sync().updated == ("stolen",)
    assert trusted.look().trusted


# Whatever bytes stand where.


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    place=st.sampled_from(["root", "timestamp", "snapshot", "targets"]),
    content=st.one_of(
        st.binary(max_size=60),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(["signed", "signatures", "_type", "keys", "roles", "version", "meta", "x"]),
                    inner,
                    max_size=4,
                )
            ),
            max_leaves=8,
        ).map(lambda value: json.dumps(value).encode()),
    ),
)
def test_any_bytes_in_any_place_are_refused_in_a_sentence(
    store: HotlistStore, office: Office, place: str, content: bytes
) -> None:
    if not (office.published / TIMESTAMP).exists():
        office.publish(VRMS[:3])
    _, snapshot, targets = newest(office.published)
    versions = {"root": 2, "snapshot": snapshot.version, "targets": targets.version}
    path = office.published / (TIMESTAMP if place == "timestamp" else path_of(place, versions[place]))
    honest = path.read_bytes() if path.exists() else None
    path.write_bytes(content)
    try:
        with pytest.raises(SyncError):
            sync(store, office, stick(office))
    finally:
        if honest is None:
            path.unlink()
        else:
            path.write_bytes(honest)


def test_a_published_folder_of_the_old_kind_is_told(store: HotlistStore, office: Office, tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "manifest.json").write_text('{"key": "ed25519:00", "signature": "", "text": "{}"}')
    with pytest.raises(SyncError, match="earlier versions published, signed with a single key, are not taken"):
        sync(store, office, str(tmp_path / "old"))


def test_a_list_of_the_old_kind_is_taken_over_by_its_name_and_any_other_is_told(
    store: HotlistStore, office: Office, tmp_path: Path
) -> None:
    for name in ("stolen", "left over"):
        import_vrms(store, tmp_path, VRMS[:50], name)
        store.connection.execute("UPDATE lists SET origin = 'sync', source = 'ed25519:0123456789abcdef'")
    office.publish(VRMS[:50])
    (said,) = sync(store, office, stick(office)).troubles
    assert "'left over' came from a back office of the old kind" in said
    assert len(vrms_of(store, "left over")) == 50
    stored = store.get("stolen")
    assert stored.source.startswith("root:")


def test_the_same_is_refused_over_the_air_as_on_a_stick(store: HotlistStore, office: Office, web: Web) -> None:
    following(store, office)
    forge(office.published, [key_pair(office.folder, "stranger")])
    on_the_stick = refused(store, office, "not signed by those whom the root names")
    with pytest.raises(SyncError) as over_the_air:
        sync(store, office, web.url)
    assert str(over_the_air.value).replace(web.url, stick(office)) == on_the_stick
