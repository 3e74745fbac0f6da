"""The live connection of one page: differences of the state out; signs of life and measurements in."""

import asyncio
import json
import logging
from collections.abc import Callable
from time import monotonic_ns
from typing import Any, Final

from starlette.websockets import WebSocket, WebSocketDisconnect

from anpr.screen.host_sound import HostSound
from anpr.screen.hub import BEAT_S, Hub, Snapshot, difference
from anpr.screen.port import CrewDesk
from anpr.screen.sessions import Session, Sessions
from anpr.screen.wire import officers_json

SEND_WITHIN_S: Final = 4.0
"""A page that takes longer to take a message is cut off; it reconnects and gets the newest state."""

MESSAGE_LIMIT: Final = 2048
LOCKED: Final = 4401

_LOG: Final = logging.getLogger("anpr.screen")


class Feed:
    """Serves the live connections of all pages."""

    def __init__(
        self,
        desk: CrewDesk,
        hub: Hub,
        sessions: Sessions,
        sound: HostSound,
        *,
        clock_s: Callable[[], float],
        clock_ns: Callable[[], int] = monotonic_ns,
    ) -> None:
        self._desk = desk
        self._hub = hub
        self._sessions = sessions
        self._sound = sound
        self._clock_s = clock_s
        self._clock_ns = clock_ns

    async def serve(self, socket: WebSocket, session: Session) -> None:
        """Serve one page until it goes, is too slow, or its session ends."""
        await socket.accept()
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()

        def end() -> None:
            loop.call_soon_threadsafe(ended.set)

        session.closed.append(end)
        tasks = {
            asyncio.create_task(self._send(socket, session)),
            asyncio.create_task(self._receive(socket, session)),
            asyncio.create_task(ended.wait()),
        }
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                if (error := task.exception()) and not isinstance(error, WebSocketDisconnect | TimeoutError):
                    _LOG.warning("a page's connection ended", exc_info=error)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            session.audible = False
            if end in session.closed:
                session.closed.remove(end)
        code = LOCKED if ended.is_set() else 1001
        try:
            await asyncio.wait_for(socket.close(code), 1.0)
        except (RuntimeError, TimeoutError, WebSocketDisconnect):
            return  # gone already

    async def _send(self, socket: WebSocket, session: Session) -> None:
        given = Snapshot()
        while True:
            # the driver view has every mark whole: the car moves, and the vehicle has to be found
            full = not self._hub.moving or session.full_until_s > self._clock_s()
            snapshot = self._hub.snapshot if full else self._hub.driver_snapshot
            if not session.officers:
                snapshot = self._hub.watch_snapshot
            if text := difference(given, snapshot):
                await asyncio.wait_for(socket.send_text(text), SEND_WITHIN_S)
                given = snapshot
            beat = {
                "t": "beat",
                "silent_s": round(self._hub.silent_s(), 1),
                "full_s": max(0.0, round(session.full_until_s - self._clock_s(), 1)),
                "officers": officers_json(session.officers),
                "accounts": self._sessions.has_accounts,
            }
            await asyncio.wait_for(socket.send_text(json.dumps(beat)), SEND_WITHIN_S)
            await self._hub.wait_fresh(BEAT_S)

    async def _receive(self, socket: WebSocket, session: Session) -> None:
        while True:
            text = await socket.receive_text()
            if len(text) > MESSAGE_LIMIT:
                return
            try:
                message = json.loads(text)
                kind = message["t"]
            except (ValueError, KeyError, TypeError):
                return
            if kind == "sync":
                answer = {"t": "sync", "p": message.get("p"), "ms": self._clock_ns() / 1e6}
                await asyncio.wait_for(socket.send_text(json.dumps(answer)), SEND_WITHIN_S)
            elif kind == "painted":
                self._painted(message)
            elif not session.at_tablet and kind in {"audio", "sounded"}:
                continue  # what another device sounds is not heard in the car: the tablet's loudspeaker never relies on it
            elif kind == "audio":
                session.audible = message.get("on") is True
            elif kind == "sounded" and isinstance(message.get("id"), int):
                self._sound.page_sounded(message["id"])
            elif kind == "touched":
                self._sessions.touch(session)

    def _painted(self, message: dict[str, Any]) -> None:
        alert_id, at_ms = message.get("id"), message.get("ms")
        if not isinstance(alert_id, int) or not isinstance(at_ms, int | float):
            return
        captured_ms = self._hub.captured_ms.get(alert_id)
        if captured_ms is not None and 0 <= (paint_ms := at_ms - captured_ms) < 60_000:
            self._desk.painted(alert_id, paint_ms)
