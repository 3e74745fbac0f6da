from dataclasses import replace
from pathlib import Path

import pytest

from anpr.errors import ConfigError, StoreError
from hotlists.store.settings import ListSettings
from hotlists.sync.manifest import Manifest
from hotlists.sync.metadata import lists_of, made_utc_of
from hotlists.sync.publish import KEPT_STEPS, KEPT_TARGETS, PublishedChange, publish
from hotlists.sync.row_files import read_delta, read_lines
from tests.hotlists.forging import newest
from tests.hotlists.made import Clock, import_vrms, random_vrms
from tests.hotlists.office import Office, key_pair

VRMS = random_vrms(3000)


def test_published_files_that_no_recent_manifest_names_are_removed(office: Office) -> None:
    for count in range(10, 30):
        office.publish(VRMS[:count])
    names = {p.stem for p in (office.published / "objects").glob("*/*.zst")}
    assert len(names) <= 3 + 10 + 3
    manifest = office.publish()
    assert {manifest.lists[0].snapshot.sha256, *(d.file.sha256 for d in manifest.lists[0].deltas)} <= names


def offered(office: Office) -> Manifest:
    """What is published, as a car reads it."""
    timestamp, _, targets = newest(office.published)
    lists, troubles = lists_of(targets, lambda one: one.text)
    assert troubles == []
    by_name = tuple(sorted(lists.values(), key=lambda one: one.settings.name))
    return Manifest(timestamp.version, made_utc_of(timestamp), by_name, timestamp.expires)


def published(office: Office, **options: object) -> tuple[Manifest, list[PublishedChange]]:
    return publish(office.store, office.published, [office.key], replace(office.options, **options))  # type: ignore[arg-type]


def test_sequence_grows_and_content_alone_names_a_file(office: Office, clock: Clock) -> None:
    first = office.publish(["A1", "B2"])
    clock.move(hours=1)
    second, changes = published(office)
    assert (first.sequence, second.sequence) == (1, 2)
    assert second.created_utc == clock.at
    assert offered(office) == second
    assert [(c.list_name, c.revision, c.entries, c.delta, c.changed) for c in changes] == [
        ("stolen", 1, 2, None, False)
    ]
    assert first.lists[0].snapshot == second.lists[0].snapshot
    assert len(list((office.published / "objects").glob("*/*"))) == 1


def test_delta_is_what_differs_from_what_was_published_last(office: Office) -> None:
    before = office.publish(["A1", "B2", "C?3"]).lists[0].snapshot
    import_vrms(office.store, office.folder, ["D4", "B2", "C?3"])
    manifest, (change,) = published(office)
    (step,) = manifest.lists[0].deltas
    assert (step.before, step.after, step.entries) == (before.sha256, manifest.lists[0].snapshot.sha256, 3)
    assert change.delta == step.file
    assert change.changed
    changes = read_delta(office.published / step.file.path, 9)
    assert (list(changes.removed), [row[0] for row in changes.entries.rows]) == (["A1"], ["D4"])
    assert [line[:2] for line in read_lines(office.published / manifest.lists[0].snapshot.path)] == ["B2", "C?", "D4"]


def test_as_many_steps_are_kept_as_said_and_the_oldest_go(office: Office) -> None:
    contents = [
        office.publish([f"A{n}" for n in range(count)]).lists[0].snapshot.sha256 for count in range(1, KEPT_STEPS + 4)
    ]
    one = offered(office).lists[0]
    assert len(one.deltas) == KEPT_STEPS
    for behind, content in enumerate(reversed(contents)):
        steps = one.steps_from(content)
        assert (None if steps is None else len(steps)) == (behind if behind <= KEPT_STEPS else None)


def test_way_back_makes_no_circle(office: Office) -> None:
    for vrms in (["A1"], ["B2"], ["A1"], ["B2"], ["A1"], ["C3"]):
        one = office.publish(vrms).lists[0]
        assert len({delta.before for delta in one.deltas}) == len(one.deltas)
    assert [steps.before == one.deltas[-1].before for steps in one.deltas][-1]


def test_rollback_is_said_until_a_higher_revision_stands(office: Office) -> None:
    office.publish(["A1"])
    office.publish(["B2"])
    office.store.put_back("stolen")
    manifest, _ = published(office, rollbacks=["stolen"])
    assert (manifest.lists[0].revision, manifest.lists[0].rolled_back_from) == (1, 2)
    # cars that were away learn of it later too
    again, _ = published(office)
    assert (again.lists[0].revision, again.lists[0].rolled_back_from) == (1, 2)
    newer = office.publish(["C3"])
    assert (newer.lists[0].revision, newer.lists[0].rolled_back_from) == (3, 0)


def test_only_own_lists_with_a_revision_are_published_or_those_that_are_named(office: Office) -> None:
    import_vrms(office.store, office.folder, ["A1"], "b")
    import_vrms(office.store, office.folder, ["A1"], "a")
    office.store.define(ListSettings("empty"), origin="file")
    office.store.define(ListSettings("theirs"), origin="sync", source="ed25519:0")
    assert [one.settings.name for one in office.publish().lists] == ["a", "b"]
    manifest, _ = published(office, names=["b"])
    assert [one.settings.name for one in manifest.lists] == ["b"]


def test_files_of_the_last_few_manifests_stay(office: Office) -> None:
    kept = [office.publish([f"A{n}"]).lists[0].snapshot for n in range(9)]
    exists = [(office.published / snapshot.path).exists() for snapshot in kept]
    assert exists == [False] * (9 - KEPT_TARGETS) + [True] * KEPT_TARGETS
    names = {path.name for path in (office.published / "metadata").iterdir()}
    versions = range(10 - KEPT_TARGETS, 10)
    roles = ("snapshot", "targets")
    assert names == {"timestamp.json", "1.root.json", *(f"{n}.{role}.json" for n in versions for role in roles)}


def test_folder_that_cannot_be_written(office: Office, tmp_path: Path) -> None:
    import_vrms(office.store, office.folder, ["A1"])
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"cannot be written \(.*\): check it and its disk"):
        publish(office.store, tmp_path / "file", [office.key], office.options)
    assert not office.published.exists()


def test_nothing_new_signs_a_timestamp_alone(office: Office, clock: Clock) -> None:
    office.options = replace(office.options, withdrawal_keys=())
    office.publish(["A1", "B2"])
    clock.move(hours=1)
    office.publish()
    timestamp, snapshot, targets = newest(office.published)
    assert (timestamp.version, snapshot.version, targets.version) == (2, 1, 1)
    clock.move(days=61)  # what says which lists there are would run out in a month
    office.publish()
    timestamp, snapshot, targets = newest(office.published)
    assert (timestamp.version, snapshot.version, targets.version) == (3, 2, 2)


def test_a_key_that_the_root_does_not_name_publishes_nothing(office: Office, tmp_path: Path) -> None:
    stranger = key_pair(tmp_path, "stranger")
    with pytest.raises(ConfigError, match=r"does not name the key .* as a publishing key: it was revoked"):
        publish(office.store, office.published, [stranger], office.options)
    with pytest.raises(ConfigError, match="has no root yet: name the folder of the roots with --root"):
        publish(office.store, tmp_path / "new", [office.key], replace(office.options, roots=None))
    with pytest.raises(ConfigError, match="holds no root: make one"):
        publish(office.store, tmp_path / "new", [office.key], replace(office.options, roots=tmp_path))


def test_a_folder_of_another_root_or_in_pieces_is_left_as_it_is(office: Office, tmp_path: Path, clock: Clock) -> None:
    office.publish(["A1"])
    other = Office(tmp_path / "other", clock)
    other.store.close()
    with pytest.raises(ConfigError, match="belongs to another root"):
        publish(office.store, office.published, [other.key], other.options)
    path = office.published / "metadata" / "1.targets.json"
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(ConfigError, match="another root or is damaged: publish into an empty folder"):
        office.publish(["B2"])
