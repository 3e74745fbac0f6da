import threading
from collections.abc import Iterator

import pytest

from tests.camera.http_camera import Camera, Server


@pytest.fixture
def camera() -> Iterator[str]:
    Camera.stop.clear()
    server = Server(("127.0.0.1", 0), Camera)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"127.0.0.1:{server.server_address[1]}"
    Camera.stop.set()
    server.shutdown()
    server.server_close()
    thread.join()
