import numpy as np

from hotlists.importers.tally import REJECTS_SHOWN, ROWS_SHOWN, Tally
from hotlists.store.entries import EntryBatch, Reject
from tests.hotlists.made import entry_batch


def test_everything_is_counted_and_the_first_is_kept() -> None:
    tally = Tally()
    for start in (0, 4, 8):
        tally.add(
            entry_batch(
                [{"vrm": f"AB{n}CDE", "weed_date": "2030-12-31" if n % 2 else ""} for n in range(start, start + 4)]
            )
        )
    rejects = [Reject(n, "odd" if n % 2 else "even") for n in range(30, 0, -1)]
    tally.add(EntryBatch([], np.zeros(0, dtype=np.uint64), [], rejects, converted=2))
    assert (tally.rows, tally.entries, tally.rejected, tally.undated, tally.converted) == (42, 12, 30, 6, 2)
    assert tally.reasons == {"odd": 15, "even": 15}
    assert [row[0] for row in tally.first] == [f"AB{n}CDE" for n in range(ROWS_SHOWN)]
    assert tally.first_rejects == rejects[:REJECTS_SHOWN]
    assert (tally.last_line, tally.last_reject) == (4, Reject(30, "even"))
