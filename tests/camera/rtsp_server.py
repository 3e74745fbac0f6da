"""A small RTSP server for the tests: MPEG-4 over RTP, carried inside the RTSP connection as cameras do on request."""

import socket
import threading
from fractions import Fraction

import av

from anpr.values import Image

_SDP = (
    "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=camera\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n"
    "m=video 0 RTP/AVP 96\r\na=rtpmap:96 MP4V-ES/90000\r\na=fmtp:96 profile-level-id=1\r\na=control:track1\r\n"
)


class RtspCamera:
    """Serves the pictures in a loop, 50 a second, to each connection in a thread; `close` ends them all."""

    def __init__(self, pictures: list[Image]) -> None:
        self._pictures = pictures
        self._stopping = threading.Event()
        self._server = socket.create_server(("127.0.0.1", 0))
        self._server.settimeout(0.1)
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()
        self.address = f"rtsp://127.0.0.1:{self._server.getsockname()[1]}/live"

    def close(self) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()
        self._server.close()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._server.accept()
            except TimeoutError:
                continue
            connection.settimeout(0.1)
            thread = threading.Thread(target=self._talk, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _talk(self, connection: socket.socket) -> None:
        waiting = b""
        with connection:
            while not self._stopping.is_set():
                try:
                    data = connection.recv(4096)
                except TimeoutError:
                    continue
                except OSError:
                    return
                if not data:
                    return
                waiting += data
                while b"\r\n\r\n" in waiting:
                    request, _, waiting = waiting.partition(b"\r\n\r\n")
                    if self._answer(connection, request.decode()) == "PLAY":
                        self._stream(connection)
                        return

    def _answer(self, connection: socket.socket, request: str) -> str:
        lines = request.splitlines()
        method = lines[0].split()[0]
        number = next(line.partition(":")[2].strip() for line in lines if line.lower().startswith("cseq"))
        extra, body = "", ""
        if method == "DESCRIBE":
            body = _SDP
            extra = f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n"
        elif method == "SETUP":
            extra = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"
        elif method == "OPTIONS":
            extra = "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n"
        head = f"RTSP/1.0 200 OK\r\nCSeq: {number}\r\nSession: 1\r\n{extra}\r\n"
        connection.sendall((head + body).encode())
        return method

    def _stream(self, connection: socket.socket) -> None:
        """Let FFmpeg pack RTP to a socket of ours, and pass it on within the RTSP connection."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours:
            ours.bind(("127.0.0.1", 0))
            ours.settimeout(0.02)
            with av.open(f"rtp://127.0.0.1:{ours.getsockname()[1]}?pkt_size=1200", "w", format="rtp") as rtp:
                height, width = self._pictures[0].shape[:2]
                stream = rtp.add_stream("mpeg4", rate=50)
                stream.width, stream.height, stream.pix_fmt, stream.gop_size = width, height, "yuv420p", 5
                count = 0
                while not self._stopping.is_set():
                    frame = av.VideoFrame.from_ndarray(self._pictures[count % len(self._pictures)], format="bgr24")
                    frame.pts, frame.time_base = count, Fraction(1, 50)
                    rtp.mux(stream.encode(frame))
                    count += 1
                    if not self._pass_on(ours, connection):
                        return

    def _pass_on(self, ours: socket.socket, connection: socket.socket) -> bool:
        while True:
            try:
                packet = ours.recv(65_536)
            except TimeoutError:
                return True
            if packet[1] & 0x7F >= 72 and packet[1] & 0x7F <= 76:
                continue  # RTCP
            try:
                connection.sendall(b"$\0" + len(packet).to_bytes(2, "big") + packet)
            except OSError:
                return False
