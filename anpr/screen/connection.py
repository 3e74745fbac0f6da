"""Connections that lose patience: with requests whose head never ends, and with pages that take nothing."""

import asyncio
import logging
import socket
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

_LOG: Final = logging.getLogger("anpr.screen")

HEAD_WITHIN_S: Final = 5.0
STUCK_AFTER_S: Final = 6.0
"""A page that takes nothing for this long is cut off hard; it reconnects and gets the newest state."""

HANDSHAKE_WITHIN_S: Final = 5.0
"""How long a TLS handshake may take; asyncio would wait for a minute."""

MOST_OPEN: Final = 128
MOST_OPEN_FROM_ONE: Final = 64
"""Open connections of a listener, and of one address among them; a page holds about eight."""


class ScreenLoop(asyncio.SelectorEventLoop):
    """The event loop of the screen: of one kind on every system, so that `BoundedListener` bounds every one of them.

    Windows' own kind accepts without asking the socket's `accept`. TLS handshakes have `HANDSHAKE_WITHIN_S`.
    """

    async def create_server(self, *args: Any, **options: Any) -> asyncio.Server:
        """Serve as asyncio does, with less patience for handshakes."""
        if options.get("ssl") is not None:
            options.setdefault("ssl_handshake_timeout", HANDSHAKE_WITHIN_S)
        return await super().create_server(*args, **options)


def anywhere(here: str) -> bool:
    """Let whoever reaches the socket in, whichever address of this machine they came to."""
    del here
    return True


def nobody(source: str) -> bool:
    """Say of every address that nobody is logged in there."""
    del source
    return False


class BoundedListener(socket.socket):
    """A listening socket that closes what comes beyond its bounds at once.

    Each open connection takes a file descriptor of the whole engine, also while its TLS handshake never ends. When all are
    taken, the oldest of a stranger, who is logged in nowhere, gives way to whoever comes; if there is none, the oldest of
    whoever holds most to one who holds fewer. So nobody keeps others out. `serves` says at which addresses of this machine it
    serves, `knows` of which addresses somebody is logged in.
    """

    _open: list[tuple[socket.socket, str]]
    _told: tuple[str, ...] = ()
    serves: Callable[[str], bool] = staticmethod(anywhere)
    knows: Callable[[str], bool] = staticmethod(nobody)

    def accept(self) -> tuple[socket.socket, object]:
        """Return the next connection; raises ConnectionAbortedError for one that is not served, which the loop passes over."""
        taken, address = super().accept()
        try:
            here = str(taken.getsockname()[0])
        except OSError as error:
            taken.close()
            raise ConnectionAbortedError("gone before it was accepted") from error
        if not self.serves(here):
            taken.close()
            if here not in self._told:
                self._told = (*self._told[-9:], here)
                _LOG.warning(
                    "devices that reach this tablet at %s are not served: [screen] network_names has other addresses",
                    here,
                )
            raise ConnectionAbortedError("came in over another network than the car's")
        self._open = [(other, source) for other, source in getattr(self, "_open", []) if other.fileno() != -1]
        source = str(address[0]) if isinstance(address, tuple) else str(address)
        held = Counter(known for _, known in self._open)
        if held[source] >= MOST_OPEN_FROM_ONE or (len(self._open) >= MOST_OPEN and not self._make_room(held, source)):
            taken.close()
            raise ConnectionAbortedError("too many open connections")
        self._open.append((taken, source))
        return taken, address

    def _make_room(self, held: Counter[str], source: str) -> bool:
        """End a connection for one of `source`; return whether there was one that had to give way."""
        strangers = {known for known in held if known != source and not self.knows(known)}
        greediest, most = held.most_common(1)[0]
        if strangers:
            giving = strangers
        elif most > held[source] + 1:
            giving = {greediest}
        else:
            return False
        place = next(number for number, (_, known) in enumerate(self._open) if known in giving)
        oldest, _ = self._open.pop(place)
        with suppress(OSError):
            oldest.shutdown(socket.SHUT_RDWR)  # the loop, which owns it, learns of it and closes it
        return True


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
