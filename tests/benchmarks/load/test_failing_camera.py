"""A network camera that fails as it is told."""

from pathlib import Path

import pytest

from anpr.clock import SystemClock
from anpr.errors import CameraError
from benchmarks.load.endurance import failing_camera
from camera.sources.stream import StreamSource


def test_the_camera_fails_as_it_is_told(clip: Path) -> None:
    with failing_camera(clip) as (address, tell):
        source = StreamSource(address, clock=SystemClock())
        source.open()
        bright = [source.read() for _ in range(5)]
        assert all(g is not None and g.image.mean() > 40 for g in bright)
        tell("black")
        assert any(g is not None and g.image.max() < 5 for g in (source.read() for _ in range(100)))
        tell("unplug")
        with pytest.raises(CameraError):
            _ = [source.read() for _ in range(200)]
        source.close()
