"""Where published files are fetched from: a web server, or a folder such as a USB stick."""

import hashlib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, Protocol

import httpx

from anpr.address import Address
from anpr.config.car import SyncConfig
from anpr.errors import ConfigError, SyncError
from hotlists.sync.bounded import SLOWEST_BYTES_S, TooSlow, ordinary_file, paced, read_whole
from hotlists.sync.manifest import PublishedFile

_CHUNK: Final = 1 << 16
_WHOLE_AT_LEAST_S: Final = 60.0
"""So long a signed file may take whatever its size; a request's head and a connection as well."""


_NONE_OF_THAT_NAME: Final = frozenset({httpx.codes.NOT_FOUND, httpx.codes.GONE, httpx.codes.FORBIDDEN})
"""Servers of objects answer 403 for what is not there."""


_TOO_SLOW: Final = "it sends too slowly"


class RangeRefused(SyncError):
    """A server does not give the rest of a file, or gives something else for it."""


class Offer(Protocol):
    """A published folder; `place` names it without secrets."""

    place: str

    def metadata(self, path: str, most_bytes: int) -> bytes | None:
        """Return a signed file of at most so many bytes, None when the place has none of that name. Raises SyncError."""

    def chunks(self, file: PublishedFile, start: int) -> Iterator[tuple[int, bytes]]:
        """Yield (offset, bytes) of a file from `start` on, or from 0 when the place cannot do that. Raises SyncError.

        Raises RangeRefused when the place does not give the rest of the file: ask for the whole then.
        """

    def close(self) -> None:
        """Let go of connections."""


class FolderOffer:
    """A published folder that is mounted here."""

    def __init__(self, folder: Address) -> None:
        self.place = str(folder)
        self._folder = Path(folder.to_open())

    def metadata(self, path: str, most_bytes: int) -> bytes | None:
        """Return a signed file; what is no ordinary file is neither waited for nor read."""
        try:
            return read_whole(self._folder / path, most_bytes)
        except FileNotFoundError:
            if self._folder.is_dir():
                return None
            trouble: str | None = "no such folder"
        except OSError as error:
            trouble = error.strerror
        # Raised here and below outside the handler: a foreign error's text names the path, which may be an address.
        raise SyncError(f"the folder {self.place} holds no published lists ({trouble}): check the stick and the path")

    def chunks(self, file: PublishedFile, start: int) -> Iterator[tuple[int, bytes]]:
        """Yield the file's bytes from `start` on."""
        try:
            with ordinary_file(self._folder / file.path) as source:
                source.seek(start)
                while chunk := source.read(_CHUNK):
                    yield start, chunk
                    start += len(chunk)
        except OSError as error:
            trouble = error.strerror
        else:
            return
        raise SyncError(f"the folder {self.place} lacks a published file ({trouble}): copy it again")

    def close(self) -> None:
        """Nothing is held."""


class HttpOffer:
    """A published folder behind a web server; a query in its address goes with every request.

    Raises ConfigError when the address cannot be taken apart.
    """

    def __init__(self, config: SyncConfig, transport: httpx.BaseTransport | None = None) -> None:
        self.place = str(config.url)
        self._config = config
        self._pin = config.pin_sha256.replace(":", "").lower()
        base = _base_url(config.url)
        if base is None:
            raise ConfigError(
                f"'[sync] url' is no address that can be asked, found {self.place}: correct it; in a user or a password"
                " write / as %2F, ? as %3F, # as %23 and @ as %40"
            )
        self._base = base
        self._client = httpx.Client(
            verify=_ssl_context(config),
            timeout=config.timeout_s,
            transport=transport,
            # A connection for each request: the one that is watched is the one that is used.
            limits=httpx.Limits(max_keepalive_connections=0),
            follow_redirects=False,
            headers={"User-Agent": "patrol-anpr"},
        )

    def metadata(self, path: str, most_bytes: int) -> bytes | None:
        """Return a signed file; None when the server says that it has none of that name."""
        content = bytearray()
        whole_s = max(self._config.timeout_s, _WHOLE_AT_LEAST_S, most_bytes / SLOWEST_BYTES_S / 10)
        with self._get(path, {"Accept-Encoding": "identity"}, whole_s=whole_s) as response:
            if response.status_code in _NONE_OF_THAT_NAME:
                return None
            self._expect(response, httpx.codes.OK)
            for chunk in response.iter_raw():
                content += chunk
                if len(content) > most_bytes:
                    raise SyncError(
                        f"the signed file {path} at {self.place} is longer than {most_bytes:,} bytes: it is not read on; check the address"
                    )
        return bytes(content)

    def chunks(self, file: PublishedFile, start: int) -> Iterator[tuple[int, bytes]]:
        """Yield the file's bytes, from `start` on if the server takes up where a transfer broke off."""
        # No compression on the way: a range counts the bytes of the file. What a file is called is the hash of its bytes, so that
        # an ETag tells nothing that is not checked in the end; If-Range would only make a server that changed it send all.
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={start}-"} if start else {})
        with self._get(file.path, headers) as response:
            self._check_answer(response, file, start)
            offset = start if response.status_code == httpx.codes.PARTIAL_CONTENT else 0
            # As it comes: bytes that wait for a full chunk are lost when the link dies.
            yield from paced(_placed(response.iter_raw(), offset))

    def _check_answer(self, response: httpx.Response, file: PublishedFile, start: int) -> None:
        """Raise RangeRefused unless the answer is the whole file, or exactly the part from `start` on; SyncError for no file."""
        status = response.status_code
        if not start or status == httpx.codes.OK:
            self._expect(response, httpx.codes.OK)
            return
        if status == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            raise RangeRefused(f"the server at {self.place} does not give the rest of a file: it is fetched whole")
        self._expect(response, httpx.codes.PARTIAL_CONTENT)
        answered = response.headers.get("Content-Range", "").strip()
        lengths = {str(file.bytes - start), ""}
        fits = answered in (f"bytes {start}-{file.bytes - 1}/{file.bytes}", f"bytes {start}-{file.bytes - 1}/*")
        if not fits or response.headers.get("Content-Length", "") not in lengths:
            raise RangeRefused(
                f"the server at {self.place} sent another range than was asked for: the file is fetched whole"
            )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    @contextmanager
    def _get(self, path: str, headers: dict[str, str], whole_s: float | None = None) -> Iterator[httpx.Response]:
        """Ask for a file; the head of the answer may take `_WHOLE_AT_LEAST_S`, with `whole_s` the whole answer so long.

        Time limits of sockets count from byte to byte: a server that sends one now and then would never meet them.
        """
        trouble = ""
        with _Cut(whole_s or max(self._config.timeout_s, _WHOLE_AT_LEAST_S)) as cut:
            try:
                url = self._base.join(path).copy_with(query=self._base.query or None)
                with self._client.stream("GET", url, headers=headers, extensions={"trace": cut.trace}) as response:
                    if whole_s is None:
                        cut.disarm()
                    self._check_pin(response)
                    yield response
                trouble = _TOO_SLOW if cut.has_cut else ""  # a connection that was cut looks as if the answer had ended
            except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, TooSlow) as error:
                trouble = _TOO_SLOW if cut.has_cut or isinstance(error, TooSlow) else type(error).__name__
        if trouble:  # raised here, so that no foreign error, whose text may hold the address, stands behind it
            raise SyncError(f"the back office at {self.place} cannot be reached ({trouble}): it is tried again later")

    def _check_pin(self, response: httpx.Response) -> None:
        if not self._pin:
            return
        stream: Any = response.extensions.get("network_stream")
        tls = stream.get_extra_info("ssl_object") if stream is not None else None
        certificate = tls.getpeercert(True) if tls is not None else None
        if certificate is None or hashlib.sha256(certificate).hexdigest() != self._pin:
            raise SyncError(f"the server at {self.place} shows another certificate than the pinned one")

    def _expect(self, response: httpx.Response, status: int) -> None:
        if response.status_code != status:
            raise SyncError(
                f"the back office at {self.place} answered {response.status_code} where {status} was expected:"
                " it is tried again later"
            )


def _placed(chunks: Iterator[bytes], offset: int) -> Iterator[tuple[int, bytes]]:
    for chunk in chunks:
        yield offset, chunk
        offset += len(chunk)


class _Cut:
    """Cuts a request's connection after a time unless it is disarmed before."""

    def __init__(self, after_s: float) -> None:
        self.has_cut = False
        self._timer = threading.Timer(after_s, self._cut)
        self._timer.daemon = True
        self._stream: Any = None

    def __enter__(self) -> "_Cut":
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """Note the connection that the request goes by: httpcore tells of each step."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._stream = info.get("return_value")

    def disarm(self) -> None:
        """Let the connection be."""
        self._timer.cancel()

    def _cut(self) -> None:
        self.has_cut = True
        sock = self._stream.get_extra_info("socket") if self._stream is not None else None
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


def open_offer(config: SyncConfig) -> Offer:
    """Return the place that the settings name; raises ConfigError."""
    return FolderOffer(config.url) if config.is_folder else HttpOffer(config)


def _base_url(address: Address) -> httpx.URL | None:
    """Return the address with a "/" at the end of its path, None when it cannot be taken apart or names no host."""
    try:
        url = httpx.URL(address.to_open())
    except (httpx.InvalidURL, ValueError):
        return None
    if not url.host or not 0 < (url.port or 443) <= 65535:
        return None
    path = url.raw_path.partition(b"?")[0].rstrip(b"/") + b"/"
    return url.copy_with(raw_path=path + (b"?" + url.query if url.query else b""))


def _ssl_context(config: SyncConfig) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(
            cafile=str(config.pinned_certificate) if config.pinned_certificate is not None else None
        )
        if config.pinned_certificate is not None:
            # The pinned one may be the server's own certificate, which is no authority.
            context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        if config.client_certificate is not None:
            context.load_cert_chain(config.client_certificate, config.client_key)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(
            f"a certificate of the sync settings cannot be read ({type(error).__name__}): check the PEM files"
        ) from error
    return context
