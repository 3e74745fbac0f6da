import pytest

from anpr.values import Image
from benchmarks.drives.camera import Camera
from benchmarks.drives.plan import Drive, Mover
from benchmarks.drives.scene import Scene

MOVERS = (
    Mover("AB46 CDE", "current", "oncoming", 40, 0.30, 9.0, paint="BLUE"),
    Mover("KX95 LMN", "current", "parked", 10, 0.10, 12.0, body="suv", paint="WHITE"),
    Mover("P123 RST", "prefix", "following", 0, 0.20, 7.0, body="saloon", paint="RED", two_lines=True),
)
CLOSE = Drive("close", 5, MOVERS, own_mph=10.0, seconds=0.4, camera=Camera(focal_px=1400.0))


@pytest.fixture(scope="module")
def close() -> tuple[Scene, list[Image]]:
    """A short drive past three vehicles, drawn once."""
    scene = Scene(CLOSE)
    return scene, list(scene.frames())
