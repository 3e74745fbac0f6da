"""HTTP connections that lose patience: a request's head must be complete within a few seconds."""

import asyncio
from typing import Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_WITHIN_S: Final = 5.0


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

    def _close_when_no_head(self) -> None:
        self._head_timer = None
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self.transport.close()
