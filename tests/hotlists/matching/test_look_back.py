from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from anpr.records.store import RecordStore
from anpr.values import Hidden
from hotlists.matching.look_back import look_back
from hotlists.matching.matcher import open_matcher
from hotlists.store.store import HotlistStore
from tests.hotlists.made import Clock, import_vrms, sighting


def test_new_entries_are_matched_against_what_was_recorded(store: HotlistStore, tmp_path: Path, clock: Clock) -> None:
    records = RecordStore(tmp_path / "records.db", "run")
    import_vrms(store, tmp_path, ["AB51CDE"])
    matcher = open_matcher(store.path, clock=clock, reload_every_s=None)
    told = []
    matcher.on_change = lambda before, after: told.append((before, after))
    for track, (vrm, hours) in enumerate((("CD52EFG", 13), ("AB51CDE", 3), ("CD52EFG", 2), ("EF53GHJ", 1)), start=1):
        records.record_sighting(sighting(vrm, clock.at - timedelta(hours=hours), (51.5, -0.1), track))
    import_vrms(store, tmp_path, ["AB51CDE", "CD52EFG", "EF5*"])
    matcher.refresh()
    past = list(look_back(matcher, records, *told[0], clock.at))
    assert [(one.sighting_id, one.hit.entry.vrm) for one in past] == [(3, "CD52EFG"), (4, "EF5*")]
    assert past[0].hit.sighting.last_utc == clock.at - timedelta(hours=2)
    assert past[0].hit.sighting.position is not None
    assert past[0].hit.sighting.position.latitude_deg == 51.5
    # nothing new: nothing to look back for
    assert list(look_back(matcher, records, told[0][1], told[0][1], clock.at)) == []
    matcher.close()
    records.close()


def test_recorded_sightings_with_a_hidden_character_give_possible_hits(
    store: HotlistStore, tmp_path: Path, clock: Clock
) -> None:
    records = RecordStore(tmp_path / "records.db", "run")
    import_vrms(store, tmp_path, ["AB51CDE"])
    matcher = open_matcher(store.path, clock=clock, reload_every_s=None)
    told = []
    matcher.on_change = lambda before, after: told.append((before, after))
    seen = replace(sighting("K64AGY", clock.at - timedelta(hours=1)), text="K64AGY", hidden=(Hidden(0, 0.9),))
    records.record_sighting(seen)
    import_vrms(store, tmp_path, ["AB51CDE", "RK64AGY"])
    matcher.refresh()
    (past,) = look_back(matcher, records, *told[0], clock.at)
    assert (past.hit.entry.vrm, past.hit.possible, past.hit.exact, past.hit.reading) == (
        "RK64AGY",
        True,
        False,
        "▯K64AGY",
    )
    assert past.hit.sighting.hidden == (Hidden(0, 0.9),)
    matcher.close()
    records.close()
