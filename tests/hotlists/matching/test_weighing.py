from pathlib import Path

import pytest

from hotlists.keys import unpack
from hotlists.matching.in_force import ListInForce, load
from hotlists.matching.readings import folded_readings
from hotlists.matching.weighing import Weighed, weigh
from hotlists.store.store import HotlistStore
from tests.hotlists.made import evidence, import_vrms


def found(weighed: Weighed, lists: tuple[ListInForce, ...]) -> dict[str, list[str]]:
    """The texts found in each list, in the order of the hypotheses."""
    return {
        one.stored.name: [unpack(int(weighed.hypotheses.keys[place])) for place, _ in rows]
        for one, rows in zip(lists, weighed.rows, strict=True)
    }


def test_each_list_is_asked_for_itself_and_all_weigh_on_each_other(store: HotlistStore, tmp_path: Path) -> None:
    import_vrms(store, tmp_path, ["AB51CDE"], "one")
    import_vrms(store, tmp_path, ["AB51CDF", "ZZ99ZZZ"], "other")
    lists = load(store).lists
    readings = folded_readings(evidence("AB51CDE", {6: {"E": 0.3, "F": 0.7}}, certainty=1.0))
    weighed = weigh(lists, readings, 0.01)
    assert found(weighed, lists) == {"one": ["AB51CDE"], "other": ["AB51CDF"]}
    assert weighed.chances[:2].tolist() == pytest.approx([0.7, 0.3], abs=1e-3)


def test_other_lengths_are_tried_only_where_the_best_reading_is_not_listed(store: HotlistStore, tmp_path: Path) -> None:
    import_vrms(store, tmp_path, ["AB51CDE", "AB51CD"], "short")
    import_vrms(store, tmp_path, ["AB51CDEF"], "long")
    lists = load(store).lists
    weighed = weigh(lists, folded_readings(evidence("AB51CDE", certainty=1.0)), 0.01)
    assert found(weighed, lists) == {"long": [], "short": ["AB51CDE"]}
    weighed = weigh(lists, folded_readings(evidence("B51CDE")), 0.01)
    texts = found(weighed, lists)
    assert texts["long"] == []
    assert texts["short"] == ["AB51CDE"]
    ((place, rows),) = weighed.rows[1]
    # found behind the readings, and the row is that of the entry
    assert place >= len(folded_readings(evidence("B51CDE")).folded)
    assert [row[1] for row in store.rows(lists[1].revision) if row[0] in rows.tolist()] == ["AB51CDE"]
    assert 0.0 < weighed.chances[place] < 0.01


def test_two_entries_of_one_glyph_are_both_rows_of_one_reading(store: HotlistStore, tmp_path: Path) -> None:
    import_vrms(store, tmp_path, ["OI10ABC", "0110ABC"])
    lists = load(store).lists
    weighed = weigh(lists, folded_readings(evidence("OII0ABC")), 0.01)
    ((place, rows),) = weighed.rows[0]
    assert (place, len(rows)) == (0, 2)


def test_without_lists_there_is_nothing_but_the_readings() -> None:
    weighed = weigh((), folded_readings(evidence("AB51CDE")), 0.01)
    assert weighed.rows == []
    assert weighed.chances[0] > 0.9
