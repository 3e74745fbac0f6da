import contextlib

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hotlists.columns import POLICE_COLUMNS, VRM, WEED_DATE
from hotlists.dates import BadDate, end_of_day_s, weed_day
from hotlists.entry_vrm import UnusableVrm, entry_vrm
from hotlists.importers.raw import RawBatch
from hotlists.importers.rows import RowCleaner
from hotlists.keys import pack_one
from hotlists.store.entries import EntryBatch, Reject

vrms = st.one_of(
    st.text("aB0O 1I-./", min_size=1, max_size=9),
    st.text("AB?*´éЖ\0\n\x0b", max_size=14),
)
dates = st.sampled_from(["", "2026-11-22", "22/11/2026", "31/02/2027", "soon", "NONE"])


def row(vrm: str, weed_date: str = "") -> list[str]:
    made = [f"{column} of it" for column in POLICE_COLUMNS]
    made[VRM], made[WEED_DATE] = vrm, weed_date
    return made


def as_list(batch: EntryBatch) -> list[tuple[int, list[str | int | None], int]]:
    return list(zip(batch.numbers, batch.rows, batch.keys.tolist(), strict=True))


@given(st.lists(st.tuples(vrms, dates), max_size=6))
def test_many_rows_at_once_are_what_each_row_is_by_itself(given_rows: list[tuple[str, str]]) -> None:
    """The quick way for batches of plain marks must say what the careful way says."""
    batch = RowCleaner().clean(RawBatch(range(11, 11 + len(given_rows)), [row(*one) for one in given_rows]))
    expected = []
    reasons: list[Reject] = []
    converted = 0
    for number, (vrm, weed_date) in enumerate(given_rows, start=11):
        try:
            cleaned = entry_vrm(vrm)
            converted += cleaned.converted
            fields = row(cleaned.text, weed_date)
            end = end_of_day_s(weed_day(weed_date))
            expected.append((number, [*fields, end], 0 if cleaned.is_pattern else pack_one(cleaned.text)))
        except UnusableVrm as reason:
            reasons.append(Reject(number, str(reason)))
        except BadDate as reason:
            reasons.append(Reject(number, f"the weed date is {reason}"))
    assert as_list(batch) == expected
    assert batch.rejects == reasons
    assert batch.converted == converted


def test_rejects_of_the_reader_stay_and_are_not_changed_for_it() -> None:
    raw = RawBatch([2], [row("?")], [Reject(1, "before")])
    batch = RowCleaner().clean(raw)
    assert [reject.line for reject in batch.rejects] == [1, 2]
    assert raw.rejects == [Reject(1, "before")]


def test_parts_of_vrms_are_patterns_without_a_key() -> None:
    batch = RowCleaner(partial=True).clean(RawBatch([1, 2], [row("b51"), row("A")]))
    assert [(number, fields[VRM], key) for number, fields, key in as_list(batch)] == [(1, "*B51*", 0)]
    assert [reject.line for reject in batch.rejects] == [2]
    assert batch.converted == 0


def test_keys_are_not_folded_here() -> None:
    """Folding is the store's: the key of an entry is that of its own text."""
    batch = RowCleaner().clean(RawBatch([1, 2], [row("OI"), row("01")]))
    assert batch.keys.tolist() == [pack_one("OI"), pack_one("01")]
    assert batch.keys.dtype == np.uint64


@given(st.lists(dates, min_size=2, max_size=5))
def test_dates_seen_before_are_remembered_rightly(texts: list[str]) -> None:
    cleaner = RowCleaner()
    for text in texts:
        batch = cleaner.clean(RawBatch([1], [row("AB51CDE", text)]))
        expected: list[int | None] = []
        with contextlib.suppress(BadDate):
            expected = [end_of_day_s(weed_day(text))]
        assert [fields[-1] for fields in batch.rows] == expected


def test_each_row_of_a_batch_of_plain_marks_has_its_own_last_day() -> None:
    days = ["2026-11-22", "", "2026-11-23"]
    batch = RowCleaner().clean(RawBatch([1, 2, 3], [row(f"AB5{n}CDE", day) for n, day in enumerate(days)]))
    assert [fields[-1] for fields in batch.rows] == [end_of_day_s(weed_day(day)) for day in days]
