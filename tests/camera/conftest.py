import pytest

from tests.camera.watched import Watched


@pytest.fixture
def watched() -> Watched:
    return Watched()
