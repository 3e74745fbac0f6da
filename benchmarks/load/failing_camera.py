"""A network camera that fails when it is told to: a clip over HTTP as MJPEG, in a process of its own.

`python -m benchmarks.load.failing_camera CLIP` prints its address and obeys lines on its input: `ok`, `freeze`, `black`,
`unplug`. It ends when its input does, and needs no more memory than the clip as JPEGs.
"""

import argparse
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

import cv2
import numpy as np

from camera.sources import open_source
from camera.sources.source import frames

STATES: Final = ("ok", "freeze", "black", "unplug")
_QUALITY = 88


class FailingCamera:
    """Serves the pictures at a steady rate, in a loop, as its state allows."""

    def __init__(self, pictures: list[bytes], black: bytes, fps: float) -> None:
        self._pictures = pictures
        self._black = black
        self._fps = fps
        self._state = "ok"
        self._frozen = pictures[0]
        self._started_s = time.monotonic()
        self._server: ThreadingHTTPServer | None = None
        self._port = 0

    def plug_in(self) -> str:
        """Begin to serve, on the same port each time; return the address."""
        camera = self

        class Connection(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                camera.serve(self)

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", self._port), Connection)
        server.daemon_threads = True
        self._port = server.server_address[1]
        self._server = server
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return f"http://127.0.0.1:{self._port}/stream"

    def obey(self, state: str) -> None:
        """Take on a state of STATES; raises ValueError for others."""
        if state not in STATES:
            raise ValueError(f"a camera can be {', '.join(STATES)}, not {state!r}")
        self._frozen = self._picture()
        self._state = state
        if state == "unplug" and self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
        elif state != "unplug" and self._server is None:
            self.plug_in()

    def serve(self, connection: BaseHTTPRequestHandler) -> None:
        """Stream to one reader until it leaves or the camera is unplugged."""
        connection.send_response(200)
        connection.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        connection.end_headers()
        due_s = time.monotonic()
        try:
            while self._state != "unplug":
                picture = {"freeze": self._frozen, "black": self._black}.get(self._state) or self._picture()
                head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(picture)}\r\n\r\n"
                connection.wfile.write(head.encode() + picture + b"\r\n")
                due_s = max(due_s + 1 / self._fps, time.monotonic() - 1.0)
                time.sleep(max(0.0, due_s - time.monotonic()))
        except OSError:
            return  # the reader has gone

    def _picture(self) -> bytes:
        return self._pictures[int((time.monotonic() - self._started_s) * self._fps) % len(self._pictures)]


def _jpeg(picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> bytes:
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1].tobytes()


def main() -> None:
    """Serve a clip until the input ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clip")
    parser.add_argument("--fps", type=float, help="frames a second; default: the clip's own")
    asked = parser.parse_args()
    source = open_source(asked.clip, fps=asked.fps)
    played = [frame.image for frame in frames(source)]
    camera = FailingCamera([_jpeg(p) for p in played], _jpeg(np.zeros_like(played[0])), source.fps or 25.0)
    played.clear()
    print(camera.plug_in(), flush=True)
    for line in sys.stdin:
        camera.obey(line.strip())


if __name__ == "__main__":
    main()
