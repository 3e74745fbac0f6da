from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anpr.errors import StoreError
from hotlists.columns import POLICE_COLUMNS
from hotlists.keys import fold_keys, pack
from hotlists.store.changes import Changes, RevisionFacts, apply_changes
from hotlists.store.entries import EntryBatch
from hotlists.store.index import open_index
from hotlists.store.store import HotlistStore
from tests.hotlists.made import Clock, import_vrms, vrms_of

# O and 0 make different entries with the same key
vrms = st.sampled_from(["A1", "AO1", "A01", "A0I", "B2", "C3", "AB51CDE", "A?1", "A*B"])


def batch(added: list[str]) -> EntryBatch:
    keys = np.array([0 if "?" in v or "*" in v else int(pack([v])[0][0]) for v in added], dtype=np.uint64)
    return EntryBatch([[v, *["new"] * (len(POLICE_COLUMNS) - 1), None] for v in added], keys, range(1, len(added) + 1))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(vrms, min_size=1, unique=True),
    st.lists(st.tuples(st.sampled_from(["change", "back"]), st.sets(vrms), st.sets(vrms)), max_size=5),
)
def test_changes_and_going_back_follow_a_plain_set(
    tmp_path_factory: pytest.TempPathFactory, first: list[str], steps: list[tuple[str, set[str], set[str]]]
) -> None:
    folder = tmp_path_factory.mktemp("changes")
    with HotlistStore(folder / "hotlists.db", clock=Clock()) as store:
        import_vrms(store, folder, first)
        current, previous = set(first), None
        for step, removed, added in steps:
            if step == "back":
                if previous is not None:
                    store.put_back("stolen")
                    current, previous = previous, current
            else:
                with store.lock(store.get("stolen")):
                    apply_changes(
                        store,
                        store.get("stolen"),
                        Changes(sorted(removed), batch(sorted(added))),
                        RevisionFacts("test"),
                        by="file",
                    )
                current, previous = (current - removed) | added, current
            assert vrms_of(store) == sorted(current)
            revision = store.get("stolen").current
            assert revision is not None
            assert revision.entries == len(current)
            index = store.index(revision)
            plain = [v for v in current if "?" not in v and "*" not in v]
            assert index.marks()[0].tolist() == sorted(fold_keys(pack(plain)[0]).tolist() if plain else [])
            assert len(index.patterns) == len(current) - len(plain)
            if store.get("stolen").previous is None:
                previous = None


def test_outcome_other_than_expected_changes_nothing(store: HotlistStore, tmp_path: Path) -> None:
    import_vrms(store, tmp_path, ["A1", "B2"])
    stored = store.get("stolen")
    with store.lock(stored), pytest.raises(StoreError, match="does not come out as published"):
        apply_changes(store, stored, Changes(["A1"], batch([])), RevisionFacts("test", expected=(7, 7)), by="file")
    assert vrms_of(store) == ["A1", "B2"]
    assert store.get("stolen") == stored


def test_index_of_a_changed_revision_can_be_made_again(store: HotlistStore, tmp_path: Path) -> None:
    import_vrms(store, tmp_path, ["A1", "B2", "C?3"])
    with store.lock(store.get("stolen")):
        revision = apply_changes(
            store, store.get("stolen"), Changes(["A1"], batch(["D4", "E*5"])), RevisionFacts("test"), by="file"
        )
    before = store.index(revision)
    for path in (store.path.parent / "hotlists.index").iterdir():
        path.unlink()
    again = store.index(revision)
    assert again.marks()[0].tolist() == before.marks()[0].tolist()
    assert again.marks()[1].tolist() == before.marks()[1].tolist()
    assert sorted(again.patterns.tolist()) == sorted(before.patterns.tolist())
    assert open_index(store.path.parent / "hotlists.index" / f"{revision.id}.keys", "0" * 32, before.key) is None


def test_the_same_changes_applied_twice_are_applied_once(store: HotlistStore, tmp_path: Path) -> None:
    import_vrms(store, tmp_path, ["A1", "B2", "C?3"])
    changes = Changes(["A1", "C?3"], batch(["B2", "D4", "E?5"]))
    counts = []
    for _ in range(2):
        with store.lock(store.get("stolen")):
            revision = apply_changes(store, store.get("stolen"), changes, RevisionFacts("test"), by="file")
        counts.append((revision.entries, revision.key_sum, len(store.index(revision))))
        assert vrms_of(store) == ["B2", "D4", "E?5"]
    assert counts[0] == counts[1] == (3, counts[0][1], 2)
