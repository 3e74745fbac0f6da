"""The pretend car: a network camera (MJPEG over HTTP on loopback) and a GPS receiver on a pseudo-terminal."""

import contextlib
import http.server
import os
import pty
import socketserver
import threading
import tty
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from anpr.clock import Clock
from benchmarks.drives.truth import MPH
from benchmarks.shift.script import HEADING_DEG, OWN_MPH

_BOUNDARY: Final = "frame"
_KNOTS: Final = 1.943844
_EYE_S: Final = 2.0


class PretendCamera:
    """A camera that sends the frames that it is given to whoever asks for its stream; `lost` cuts it off."""

    def __init__(self) -> None:
        self._frame = b""
        self._number = 0
        self._is_lost = False
        self._fresh = threading.Condition()
        camera = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                camera._serve(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                del format, args

        class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                del request, client_address  # whoever goes away while a frame is sent is no error

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, name="pretend camera", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """The stream's address."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/stream"

    def send(self, jpeg: bytes) -> None:
        """Send a frame to all who listen."""
        with self._fresh:
            self._frame, self._number = jpeg, self._number + 1
            self._fresh.notify_all()

    def lose(self, lost: bool) -> None:
        """Cut the camera off, or plug it in again."""
        with self._fresh:
            self._is_lost = lost
            self._fresh.notify_all()

    def close(self) -> None:
        """End serving."""
        self.lose(True)
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _serve(self, request: http.server.BaseHTTPRequestHandler) -> None:
        request.close_connection = True
        if self._is_lost:
            return
        request.send_response(200)
        request.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={_BOUNDARY}")
        request.end_headers()
        sent = self._number
        with contextlib.suppress(OSError):
            while not self._is_lost:
                sent, frame = self._next(sent)
                head = f"--{_BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(frame)}\r\n\r\n"
                request.wfile.write(head.encode() + frame + b"\r\n")

    def _next(self, sent: int) -> tuple[int, bytes]:
        """Return the next frame and its number, waiting for one; the same again where none comes."""
        with self._fresh:
            self._fresh.wait_for(lambda: self._is_lost or self._number != sent, _EYE_S)
            return self._number, self._frame


@dataclass(slots=True)
class PretendGps:
    """A receiver that speaks when it is told to; `place_at` is where the car is at a UTC time, and whether it moves."""

    clock: Clock
    place: Callable[[], tuple[float, float, bool]]
    has_fix: bool = True
    _master: int = field(init=False)
    _slave: int = field(init=False)

    def __post_init__(self) -> None:
        self._master, self._slave = pty.openpty()
        tty.setraw(self._master)
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)

    @property
    def port(self) -> str:
        """The name of the serial port."""
        return os.ttyname(self._slave)

    def speak(self) -> None:
        """Say the time, and where the car is if that is known."""
        latitude, longitude, moving = self.place()
        text = _sentences(self.clock.utc(), latitude, longitude, moving, self.has_fix)
        with contextlib.suppress(OSError):  # nobody reads, and the port is full
            os.write(self._master, text.encode())

    def close(self) -> None:
        """Close the port."""
        os.close(self._master)
        os.close(self._slave)


def _sentences(now: datetime, latitude: float, longitude: float, moving: bool, has_fix: bool) -> str:
    time, date = now.strftime("%H%M%S.%f")[:9], f"{now:%d%m%y}"
    north = f"{_degrees(latitude, 2)},{'N' if latitude >= 0 else 'S'}"
    east = f"{_degrees(longitude, 3)},{'E' if longitude >= 0 else 'W'}"
    knots = OWN_MPH * MPH * _KNOTS if moving else 0.0
    if not has_fix:
        north = east = ","
    status, quality = ("A", 1) if has_fix else ("V", 0)
    course = f"{knots:.1f},{HEADING_DEG:.1f}" if has_fix else ","
    return _checked(f"GPRMC,{time},{status},{north},{east},{course},{date},,,{status if has_fix else 'N'}") + _checked(
        f"GPGGA,{time},{north},{east},{quality},{'09' if has_fix else '00'},0.9,80.0,M,47.0,M,,"
    )


def _degrees(value: float, width: int) -> str:
    whole = int(abs(value))
    return f"{whole:0{width}d}{(abs(value) - whole) * 60:08.5f}"


def _checked(body: str) -> str:
    total = 0
    for byte in body.encode():
        total ^= byte
    return f"${body}*{total:02X}\r\n"
