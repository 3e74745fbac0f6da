import json
from pathlib import Path

import pytest

from anpr.errors import StoreError
from hotlists.store.settings import ListSettings
from hotlists.sync.manifest import MANIFEST_NAME, Manifest
from hotlists.sync.publish import KEPT_MANIFESTS, KEPT_STEPS, publish
from hotlists.sync.row_files import read_delta, read_lines
from hotlists.sync.signing import verified
from tests.hotlists.made import Clock, import_vrms, random_vrms
from tests.hotlists.office import Office

VRMS = random_vrms(3000)


def test_published_files_that_no_recent_manifest_names_are_removed(office: Office) -> None:
    for count in range(10, 30):
        office.publish(VRMS[:count])
    names = {p.stem for p in (office.published / "objects").glob("*/*.zst")}
    assert len(names) <= 3 + 10 + 3
    manifest = office.publish()
    assert {manifest.lists[0].snapshot.sha256, *(d.file.sha256 for d in manifest.lists[0].deltas)} <= names


def offered(office: Office) -> Manifest:
    """The manifest as a car reads it."""
    return Manifest.from_text(verified(office.manifest(), office.key.public_key()))


def test_sequence_grows_and_content_alone_names_a_file(office: Office, clock: Clock) -> None:
    first = office.publish(["A1", "B2"])
    clock.move(hours=1)
    second, changes = publish(office.store, office.published, office.key)
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
    manifest, (change,) = publish(office.store, office.published, office.key)
    (step,) = manifest.lists[0].deltas
    assert (step.before, step.after, step.entries) == (before.sha256, manifest.lists[0].snapshot.sha256, 3)
    assert change.delta == step.file
    assert change.changed
    changes = read_delta(office.published / step.file.path)
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
    manifest, _ = publish(office.store, office.published, office.key, rollbacks=["stolen"])
    assert (manifest.lists[0].revision, manifest.lists[0].rolled_back_from) == (1, 2)
    # cars that were away learn of it later too
    again, _ = publish(office.store, office.published, office.key)
    assert (again.lists[0].revision, again.lists[0].rolled_back_from) == (1, 2)
    newer = office.publish(["C3"])
    assert (newer.lists[0].revision, newer.lists[0].rolled_back_from) == (3, 0)


def test_only_own_lists_with_a_revision_are_published_or_those_that_are_named(office: Office) -> None:
    import_vrms(office.store, office.folder, ["A1"], "b")
    import_vrms(office.store, office.folder, ["A1"], "a")
    office.store.define(ListSettings("empty"), origin="file")
    office.store.define(ListSettings("theirs"), origin="sync", source="ed25519:0")
    assert [one.settings.name for one in office.publish().lists] == ["a", "b"]
    manifest, _ = publish(office.store, office.published, office.key, names=["b"])
    assert [one.settings.name for one in manifest.lists] == ["b"]


def test_files_of_the_last_few_manifests_stay(office: Office) -> None:
    kept = [office.publish([f"A{n}"]).lists[0].snapshot for n in range(9)]
    exists = [(office.published / snapshot.path).exists() for snapshot in kept]
    assert exists == [False] * (9 - KEPT_MANIFESTS) + [True] * KEPT_MANIFESTS
    names = sorted(path.name for path in (office.published / "manifests").iterdir())
    assert names == [f"{n:09d}.json" for n in range(10 - KEPT_MANIFESTS, 10)]
    assert json.loads((office.published / "manifests" / names[-1]).read_bytes()) == json.loads(office.manifest())


def test_folder_that_cannot_be_written(office: Office, tmp_path: Path) -> None:
    import_vrms(office.store, office.folder, ["A1"])
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"cannot be written \(.*\): check it and its disk"):
        publish(office.store, tmp_path / "file", office.key)
    assert not (office.published / MANIFEST_NAME).exists()
