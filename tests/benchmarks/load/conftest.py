from pathlib import Path

import pytest

from tests.camera.parts import scene, write_clip


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip of two seconds."""
    pictures = [scene(n, 320, 180, shift=5 * n) for n in range(30)]
    return write_clip(tmp_path_factory.mktemp("clip") / "a.avi", pictures, codec="mjpeg", fps=15)
