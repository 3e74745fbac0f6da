from datetime import UTC, datetime
from pathlib import Path

from hotlists.keys import fold_keys, pack
from hotlists.matching.in_force import load
from hotlists.store.settings import ListSettings
from hotlists.store.store import HotlistStore
from tests.hotlists.made import Clock, import_vrms


def test_only_lists_with_a_revision_are_in_force_in_the_order_of_their_names(
    store: HotlistStore, tmp_path: Path
) -> None:
    store.define(ListSettings("empty"), origin="hand")
    import_vrms(store, tmp_path, ["AB51CDE"], "zulu")
    import_vrms(store, tmp_path, ["AB51CDE"], "alpha")
    in_force = load(store)
    assert [one.stored.name for one in in_force.lists] == ["alpha", "zulu"]
    assert in_force.generation == store.generation()


def test_patterns_stand_beside_the_rows_that_hold_them(store: HotlistStore, tmp_path: Path) -> None:
    vrms = [f"{a}{b}?{c}*" for a in "ABCDEFGHJK" for b in "LMNPRSTUVW" for c in "123456"]
    import_vrms(store, tmp_path, ["PLAIN1", *vrms, "PLAIN2"])
    (one,) = load(store).lists
    in_store = {row[0]: row[1] for row in store.rows(one.revision)}
    assert len(one.pattern_rows) == len(one.wildcards) == len(vrms) == 600
    for reading in ("AL91", "KWX6YY"):
        matched = [in_store[one.pattern_rows[p]] for _, p in one.wildcards.match(fold_keys(pack([reading])[0]))]
        assert matched == [f"{reading[:2]}?{reading[3]}*"]


def test_index_is_used_again_until_the_revision_changes_and_settings_are_read_anew(
    store: HotlistStore, tmp_path: Path
) -> None:
    import_vrms(store, tmp_path, ["AB51CDE", "A?51*"], "kept", crew_may_disable=True)
    import_vrms(store, tmp_path, ["AB51CDE"], "renewed")
    before = load(store)
    assert not before.lists[0].silent
    store.switch("kept", off=True)
    store.define(ListSettings("kept", hours="Mon 07:00-08:00", expires_utc="2026-12-01T00:00:00+00:00"), origin="file")
    import_vrms(store, tmp_path, ["CD52EFG"], "renewed")
    after = load(store, before)
    assert after.generation > before.generation
    assert after.lists[0].index is before.lists[0].index
    assert after.lists[0].wildcards is before.lists[0].wildcards
    assert after.lists[0].silent
    assert after.lists[0].hours.spans == ((0, 420, 480),)
    assert after.lists[0].expiry == datetime(2026, 12, 1, tzinfo=UTC)
    assert after.lists[1].index is not before.lists[1].index
    assert after.lists[1].index.contains(pack(["CD52EFG"])[0]).all()


def test_what_hits_say_of_their_list(store: HotlistStore, tmp_path: Path, clock: Clock) -> None:
    import_vrms(store, tmp_path, ["AB51CDE"])
    received = clock.at
    clock.move(hours=3)
    store.confirm_current("stolen", clock.at)
    import_vrms(
        store, tmp_path, ["AB51CDE", "CD52EFG"], "other", priority=7, threshold=0.25, covert=True, encounter_s=9.0
    )
    other, stolen = (one.info for one in load(store).lists)
    assert (other.name, other.revision, other.entries, other.priority) == ("other", 1, 2, 7)
    assert (other.threshold, other.covert, other.encounter_s, other.source) == (0.25, True, 9.0, "other.csv")
    assert (stolen.received_utc, stolen.effective_utc, other.received_utc) == (received, received, clock.at)
