"""Which plate pictures were on whose screen, and what was typed from them: what a confirmation is allowed on.

(`anpr.alerting.decisions.require_permitted` asks for it.)
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from threading import Lock

from anpr.alerting.decisions import Look
from anpr.errors import AccessDenied


class PlateViews:
    """Which plate pictures were sent to which viewer, and which of them that viewer had on screen.

    Safe from several threads. At most `limit` of each are remembered, the oldest are forgotten first (the crew then
    looks again).
    """

    def __init__(self, clock_utc: Callable[[], datetime], limit: int = 4096) -> None:
        self._clock_utc = clock_utc
        self._limit = limit
        self._lock = Lock()
        self._sent: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._looks: OrderedDict[tuple[str, int], Look] = OrderedDict()

    def sent(self, viewer: str, picture_id: str) -> None:
        """Note that this picture went to this viewer."""
        with self._lock:
            self._sent[viewer, picture_id] = None
            while len(self._sent) > self._limit:
                self._sent.popitem(last=False)

    def on_screen(self, viewer: str, alert_id: int, picture_id: str, *, read_vrm: str, list_vrm: str) -> Look:
        """Note that the viewer's screen showed the plate picture of this alert, and return the look.

        What the viewer typed of these same marks before still holds: a better picture of them takes nothing back.
        Raises AccessDenied when the picture was never sent to this viewer, so it cannot have been seen.
        """
        with self._lock:
            if (viewer, picture_id) not in self._sent:
                raise AccessDenied("this plate picture was never sent to this screen: open the alert first")
            before = self._looks.get((viewer, alert_id))
            same = before is not None and (before.read_vrm, before.list_vrm) == (read_vrm, list_vrm)
            typed = before.typed_vrm if before is not None and same else ""
            look = Look(viewer, read_vrm, list_vrm, self._clock_utc(), typed)
            self._looks[viewer, alert_id] = look
            while len(self._looks) > self._limit:
                self._looks.popitem(last=False)
            return look

    def require_look(self, viewer: str, alert_id: int, *, read_vrm: str, list_vrm: str) -> Look:
        """Return the viewer's look at the picture of this alert; raises AccessDenied unless it stood for these two marks."""
        look = self.latest(viewer, alert_id)
        if look is None or (look.read_vrm, look.list_vrm) != (read_vrm, list_vrm):
            raise AccessDenied("the plate picture was not on screen yet: look at it before typing")
        return look

    def typed(self, look: Look, alert_id: int, typed_vrm: str) -> None:
        """Note the mark as the viewer of this look typed it from the picture."""
        with self._lock:
            self._looks[look.viewer, alert_id] = replace(look, typed_vrm=typed_vrm)

    def latest(self, viewer: str, alert_id: int) -> Look | None:
        """Return the viewer's latest look at the alert, or None."""
        with self._lock:
            return self._looks.get((viewer, alert_id))
