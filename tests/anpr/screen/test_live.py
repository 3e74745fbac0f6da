"""Which hits are live, and that only those are which this run of the engine saw just now."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from anpr.screen.live import live_ids
from anpr.screen.port import AlertView, DecidedView
from anpr.values import Motion
from tests.anpr.real_desk import STOLEN, RealDesk, import_marks

NOW = datetime(2026, 1, 1, tzinfo=UTC).isoformat()
S = 1_000_000_000
AT = 1000 * S
LIVE = AlertView(1, "hit", "raised", 80, NOW, last_seen_ns=AT)


@pytest.mark.parametrize(
    ("after_s", "live"), [(0, [1]), (59.9, [1]), (60, []), (3600, []), (-0.5, [1])]  # the page's state is a moment older
)  # fmt: skip
def test_a_hit_is_live_until_its_vehicle_was_not_seen_for_a_while(after_s: float, live: list[int]) -> None:
    assert live_ids([LIVE], AT + round(after_s * S), 60) == live


@pytest.mark.parametrize(
    "other",
    [
        AlertView(1, "fault", "raised", 80, NOW, last_seen_ns=AT),
        AlertView(1, "hit", "raised", 80, NOW, last_seen_ns=AT, past=True),
        AlertView(1, "hit", "raised", 80, NOW, last_seen_ns=0),
        AlertView(1, "hit", "decided", 80, NOW, last_seen_ns=AT, decided=DecidedView("no_action", "", "", "x", NOW)),
    ],
)
def test_a_fault_a_look_back_one_of_an_earlier_run_and_a_decided_one_never_are(other: AlertView) -> None:
    assert live_ids([other], AT, 60) == []


def test_what_an_earlier_run_left_waits_and_is_not_live(tmp_path: Path) -> None:
    import_marks(tmp_path, STOLEN, "AB12CDE")
    first = RealDesk(tmp_path)
    first.see("AB12CDE", motion=Motion.TOWARDS, last_ns=5 * S)
    assert live_ids(first.desk.state().alerts, 6 * S, 60) == [1]
    first.close()
    again = RealDesk(tmp_path)
    state = again.desk.state()
    assert [alert.list_vrm for alert in state.alerts] == ["AB12CDE"]
    assert live_ids(state.alerts, 1 * S, 60) == []
    again.close()
