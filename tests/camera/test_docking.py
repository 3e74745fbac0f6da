from datetime import UTC, datetime

from anpr.faults import FaultKind
from camera.docking import Dock, DockState

S = 1_000_000_000
NOW = datetime(2026, 11, 22, tzinfo=UTC)
UNPLUGGED = FaultKind.CAMERA_UNPLUGGED.fault(NOW, "front")
GPS_AWAY = FaultKind.GPS_UNPLUGGED.fault(NOW)
BLACK = FaultKind.CAMERA_BLACK.fault(NOW, "rear")


def docked(*devices: str) -> DockState:
    state = DockState()
    state.update(0, dict.fromkeys(devices))
    return state


def test_camera_and_gps_that_go_at_once_are_one_state_and_no_fault() -> None:
    dock = docked("front", "gps")
    dock.update(10 * S, {"front": None, "gps": 10 * S})
    assert dock.shown(10 * S + S // 4, [GPS_AWAY]) == ()
    assert dock.update(10 * S + S // 2, {"front": 10 * S + S // 2, "gps": 10 * S}) is Dock.UNDOCKED
    assert dock.shown(100 * S, [UNPLUGGED, GPS_AWAY]) == ()


def test_one_device_alone_is_a_fault_soon() -> None:
    dock = docked("front", "rear", "gps")
    dock.update(10 * S, {"front": 10 * S, "rear": None, "gps": None})
    assert dock.shown(10 * S, [UNPLUGGED]) == ()
    assert dock.shown(10 * S + S // 2, [UNPLUGGED]) == (UNPLUGGED,)
    assert dock.state is Dock.DOCKED


def test_what_undocking_does_not_explain_is_shown_at_once() -> None:
    dock = docked("front", "gps")
    dock.update(10 * S, {"front": 10 * S, "gps": 10 * S})
    assert dock.shown(10 * S, [BLACK, UNPLUGGED]) == (BLACK,)


def test_devices_that_go_one_after_the_other_are_faults() -> None:
    dock = docked("front", "gps")
    dock.update(10 * S, {"front": 10 * S, "gps": None})
    dock.update(60 * S, {"front": 10 * S, "gps": 60 * S})
    assert dock.state is Dock.DOCKED
    assert dock.shown(61 * S, [UNPLUGGED, GPS_AWAY]) == (UNPLUGGED, GPS_AWAY)


def test_a_single_device_cannot_tell_undocking() -> None:
    dock = docked("front")
    assert dock.update(10 * S, {"front": 10 * S}) is Dock.DOCKED
    assert dock.shown(10 * S, [UNPLUGGED]) == (UNPLUGGED,)


def test_a_gps_that_never_was_there_does_not_hide_a_lost_camera() -> None:
    dock = DockState()
    dock.update(0, {"front": None, "gps": 0})
    dock.update(10 * S, {"front": 10 * S, "gps": 0})
    assert dock.state is Dock.DOCKED
    assert dock.shown(10 * S, [UNPLUGGED, GPS_AWAY]) == (UNPLUGGED, GPS_AWAY)


def test_nothing_is_there_at_the_start() -> None:
    dock = DockState()
    assert dock.update(S, {"front": 0, "gps": 0}) is Dock.DOCKED
    assert dock.shown(S, [UNPLUGGED]) == (UNPLUGGED,)


def test_the_first_device_that_is_back_means_docked_and_it_works_again_and_again() -> None:
    dock = docked("front", "rear", "gps")
    for n in range(1, 5):
        at = 100 * n * S
        assert dock.update(at, {"front": at, "rear": at, "gps": at}) is Dock.UNDOCKED
        assert dock.update(at + 30 * S, {"front": at, "rear": at, "gps": None}) is Dock.DOCKED
        assert dock.shown(at + 30 * S, [UNPLUGGED]) == (UNPLUGGED,)
        assert dock.update(at + 32 * S, {"front": None, "rear": None, "gps": None}) is Dock.DOCKED
