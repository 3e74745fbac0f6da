"""A car on patrol asks the stand-in about its alerts by itself, in threads of their own, and ends without waiting for an answer."""

import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from anpr.address import Address
from anpr.clock import SystemClock
from anpr.config.car import CameraConfig, GpsConfig, PatrolConfig, ScreenConfig
from anpr.config.enquiries import EnquiriesConfig
from anpr.enquiries.answer import Outcome
from anpr.enquiries.stand_in import StandInServer
from anpr.patrol import parts as opening
from anpr.patrol.enquiries import open_car_enquiries
from anpr.patrol.parts import open_parts
from anpr.patrol.patrol import Patrol
from anpr.perception.pipeline import Pipeline
from tests.anpr.enquiries.conftest import config_of
from tests.anpr.patrol.test_every_fault import await_real
from tests.anpr.perception.road import Road


def test_without_keys_there_are_neither_sources_nor_threads() -> None:
    assert open_car_enquiries(EnquiriesConfig(), SystemClock(), lambda error: None) is None


def test_a_patrol_asks_and_ends_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "open_pipeline", lambda _: Pipeline(Road({}), Road({}), clock_ns=lambda: 0))
    before = set(threading.enumerate())
    with StandInServer() as server:
        config = PatrolConfig(
            camera=(CameraConfig(id="front", source=Address("/dev/no-camera")),), gps=GpsConfig(enabled=False),
            screen=ScreenConfig(enabled=False), enquiries=replace(config_of(server), timeout_s=5.0),
        )  # fmt: skip
        parts = open_parts(config, tmp_path / "data")
        assert parts.enquiries is not None
        enquiries = parts.enquiries.enquiries
        patrol = Patrol(parts, hold_cameras=True)
        patrol.start()
        enquiries.ask("AB12CDE", 80)
        await_real(lambda: not enquiries.is_waiting("AB12CDE"))
        answer = enquiries.answer("AB12CDE")
        assert answer is not None
        assert answer.outcome is Outcome.FOUND
        assert {"enquiries-DVLA", "enquiries-DVSA"} <= {thread.name for thread in threading.enumerate()}
        server.stand_in.delay_s = 1.5
        enquiries.ask("CD12EFG", 80)
        await_real(lambda: any(vrm == "CD12EFG" for _, _, vrm in server.stand_in.asked))
        began_s = time.monotonic()
        assert patrol.stop()
        assert time.monotonic() - began_s < 1.4
        for thread in set(threading.enumerate()) - before:
            if thread.name.startswith("enquiries-"):
                thread.join(10.0)
                assert not thread.is_alive()
