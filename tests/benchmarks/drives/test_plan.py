"""Who drives where."""

import pytest

from anpr.errors import InputError
from benchmarks.drives.plan import SETS, plan


@pytest.mark.parametrize("name", SETS)
def test_every_set_meets_its_vehicles_at_the_closing_speeds_it_promises(name: str) -> None:
    drives = [plan(name, index, 7) for index in range(6)]
    assert plan(name, 3, 7) == drives[3]
    assert plan(name, 3, 8) != drives[3]
    closing = [mover.closing_mph for drive in drives for mover in drive.movers if mover.lane == "oncoming"]
    assert len(closing) >= 12
    assert max(closing) <= SETS[name].oncoming_mph[1] + 8
    assert all(len(drive.movers) >= 3 for drive in drives)


def test_an_unknown_set_is_refused() -> None:
    with pytest.raises(InputError, match="choose among day"):
        plan("midday", 0, 1)
