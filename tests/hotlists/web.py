"""A real web server over a folder, with ranges and ETags, whose link can be cut and whose files can be spoilt."""

import hashlib
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@dataclass
class Web:
    """What the server does: `cut_after(path)` gives how many bytes are sent before the link dies, None for all."""

    folder: Path
    url: str = ""
    cut_after: Callable[[str], int | None] = lambda _: None
    spoil: Callable[[str, bytes], bytes] = lambda _, content: content
    ranges: bool = True
    requests: list[tuple[str, str, int]] = field(default_factory=list)
    """(path, Range header, status) of each request."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    web: Web

    def do_GET(self) -> None:
        asked = self.headers.get("Range", "")
        path = self.web.folder / self.path.lstrip("/")
        if not path.is_file():
            self.answer(404, b"", asked)
            return
        content = self.web.spoil(self.path, path.read_bytes())
        etag = '"' + hashlib.md5(content, usedforsecurity=False).hexdigest() + '"'
        if self.headers.get("If-None-Match") == etag:
            self.answer(304, b"", asked)
            return
        if asked and self.web.ranges:
            start = int(asked.removeprefix("bytes=").rstrip("-"))
            extra = {"Content-Range": f"bytes {start}-{len(content) - 1}/{len(content)}"}
            self.answer(206, content[start:], asked, extra)
            return
        self.answer(200, content, asked, {"ETag": etag})

    def answer(self, status: int, content: bytes, asked: str, headers: dict[str, str] | None = None) -> None:
        self.web.requests.append((self.path, asked, status))
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        cut = self.web.cut_after(self.path)
        if cut is not None and cut < len(content):
            self.wfile.write(content[:cut])
            self.wfile.flush()
            self.close_connection = True
            return
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serve(folder: Path, tls: ssl.SSLContext | None = None) -> Iterator[Web]:
    web = Web(folder)
    handler = type("Handler", (_Handler,), {"web": web})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda *_: None  # type: ignore[method-assign]  # refused handshakes are the point
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    web.url = f"{'https' if tls else 'http'}://localhost:{server.server_address[1]}"
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
