"""A network camera on a real web server: MJPEG, and everything that can be wrong at an address."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import ClassVar

import cv2

from anpr.clock import SystemClock
from camera.sources import open_source
from camera.sources.source import FrameSource, Grab
from tests.camera.parts import PATIENCE_S, numbered

CLOCK = SystemClock()


class Camera(BaseHTTPRequestHandler):
    """A network camera: MJPEG at /stream, and everything that can be wrong at other paths."""

    files: ClassVar[dict[str, tuple[str, bytes]]] = {}
    """What else is served: path to type and content."""
    pictures = tuple(cv2.imencode(".jpg", p)[1].tobytes() for p in numbered(20))
    stop = threading.Event()
    bursts = threading.Semaphore(0)

    def do_GET(self) -> None:
        if self.path in self.files:
            self._answer(*self.files[self.path])
        elif self.path in ("/stream", "/burst"):
            self._stream(ends=False)
        elif self.path == "/ending":
            self._stream(ends=True)
        elif self.path == "/silent":
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
            self.end_headers()
            self.wfile.flush()
            self.stop.wait(PATIENCE_S)
        elif self.path == "/private" and self.headers.get("Authorization") == "Basic cGF0cm9sOnA6c3M=":
            self._stream(ends=False)
        elif self.path == "/private":
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="camera"')
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif self.path == "/page":
            self._answer("text/html", b"<html>Welcome to your camera</html>")
        elif self.path == "/junk":
            self._answer("video/mp4", bytes(range(256)) * 40)
        else:
            self.send_error(404)

    def log_message(self, *args: object) -> None:
        pass

    def _answer(self, kind: str, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _stream(self, *, ends: bool) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        try:
            while not self.stop.is_set():
                for n, picture in enumerate(self.pictures * 20 if self.path == "/burst" else self.pictures):
                    if n and self.path != "/burst":
                        self.stop.wait(0.02)
                    head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(picture)}\r\n\r\n"
                    self.wfile.write(head.encode() + picture + b"\r\n")
                if ends:
                    return
                if self.path == "/burst":
                    self.bursts.release()
                self.stop.wait(0.02)
        except OSError:
            return  # the reader has gone, as readers do


class Server(ThreadingHTTPServer):
    daemon_threads = True


@contextmanager
def opened(address: str) -> Iterator[FrameSource]:
    source = open_source(address)
    source.open()
    try:
        yield source
    finally:
        source.close()


def assert_in_order(grabs: list[Grab | None]) -> None:
    """Assert that every picture stands at the place that its grey level tells: a slow machine leaves some out."""
    seen = [round((float(g.image.mean()) - 20) / 10) for g in grabs if g is not None]
    places = [g.index for g in grabs if g is not None]
    assert len(seen) == len(grabs)
    assert all((b - a) % 20 == (d - c) % 20 for (a, b), (c, d) in zip(pairwise(seen), pairwise(places), strict=True))


def rtsp_answer(answer: bytes) -> tuple[str, threading.Thread]:
    """Serve one connection that gives this answer to whatever is asked."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with server, server.accept()[0] as connection:
            connection.recv(4096)
            connection.sendall(answer)

    thread = threading.Thread(target=serve)
    thread.start()
    return f"rtsp://127.0.0.1:{server.getsockname()[1]}/live", thread
