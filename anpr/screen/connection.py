"""Connections that lose patience: with requests whose head never ends, and with pages that take nothing."""

import asyncio
import socket
from typing import Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

HEAD_WITHIN_S: Final = 5.0
STUCK_AFTER_S: Final = 6.0
"""A page that takes nothing for this long is cut off hard; it reconnects and gets the newest state."""


MOST_OPEN: Final = 128
MOST_OPEN_FROM_ONE: Final = 64
"""Open connections of a listener, and of one address among them; a page holds about eight."""


class BoundedListener(socket.socket):
    """A listening socket that closes what comes beyond its bounds at once.

    Each open connection takes a file descriptor of the whole engine, also while its TLS handshake never ends. Event
    loops that accept through `accept` (all but Windows' own, where descriptors are not scarce) are bounded by it.
    """

    _open: list[tuple[socket.socket, object]]

    def accept(self) -> tuple[socket.socket, object]:
        """Return the next connection; raises ConnectionAbortedError for one too many, which the loop passes over."""
        taken, address = super().accept()
        self._open = [(other, source) for other, source in getattr(self, "_open", []) if other.fileno() != -1]
        source = address[0] if isinstance(address, tuple) else address
        if len(self._open) >= MOST_OPEN or sum(known == source for _, known in self._open) >= MOST_OPEN_FROM_ONE:
            taken.close()
            raise ConnectionAbortedError("too many open connections")
        self._open.append((taken, source))
        return taken, address


class PatientProtocol(H11Protocol):
    """uvicorn's HTTP/1.1 with a time limit for request heads, which it does not have itself (slow-loris clients)."""

    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the time for the first head."""
        super().connection_made(transport)
        self._head_timer = self.loop.call_later(HEAD_WITHIN_S, self._close_when_no_head)

    def data_received(self, data: bytes) -> None:
        """Stop the time when a head is complete, start it when the next one begins."""
        super().data_received(data)
        waiting = self.conn.their_state is h11.IDLE
        if not waiting and self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
        elif waiting and self._head_timer is None and self.conn.trailing_data[0]:
            self._head_timer = self.loop.call_later(HEAD_WITHIN_S, self._close_when_no_head)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the time."""
        if self._head_timer is not None:
            self._head_timer.cancel()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """End the connection; under TLS without waiting for the other side to agree."""
        super().shutdown()
        if self.transport.is_closing():
            self.transport.abort()

    def _close_when_no_head(self) -> None:
        self._head_timer = None
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self.transport.abort()


class PatientWebSocket(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket, which would keep a connection for hours whose other side takes nothing."""

    _stuck_timer: asyncio.TimerHandle | None = None

    def pause_writing(self) -> None:
        """Start the time: the other side takes too little."""
        super().pause_writing()
        self._stuck_timer = self.loop.call_later(STUCK_AFTER_S, self.transport.abort)

    def resume_writing(self) -> None:
        """Stop the time."""
        super().resume_writing()
        self._forget()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the time."""
        self._forget()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """End the connection without waiting for the other side to agree."""
        super().shutdown()
        self.transport.abort()

    def _forget(self) -> None:
        if self._stuck_timer is not None:
            self._stuck_timer.cancel()
            self._stuck_timer = None
