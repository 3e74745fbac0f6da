"""Following the back office in the background, in a thread of its own."""

import threading
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from anpr.clock import utc_now
from anpr.config.car import SyncConfig
from anpr.errors import AnprError, SyncError
from anpr.threads import RetryingThread
from anpr.trusted_time import Dated
from hotlists.store.store import Clock, HotlistStore
from hotlists.sync.client import SyncClient

CHECK_S = 5.0


class Follower:
    """Syncs whenever it is due, until stopped; a link that is down is no fault, the age of the lists tells.

    `trouble` is the last error that is one: a full disk, a wrong key, a setting, a list whose files came broken, an error that
    nobody expected. It stands until a sync succeeds, not only until the next look at whether one is due. `signed` gets the time at which the back office
    signed what it sent. `dated` and `bear_out`: see SyncClient. `pause` waits on an event for seconds, as that of a clock does.
    """

    def __init__(
        self,
        path: Path,
        config: SyncConfig,
        clock: Clock = utc_now,
        check_s: float = CHECK_S,
        signed: Callable[[datetime], None] = lambda _: None,
        dated: Callable[[], Dated] | None = None,
        bear_out: Callable[[datetime], object] = lambda _: None,
        pause: Callable[[threading.Event, float], bool] = threading.Event.wait,
    ) -> None:
        self._signed = signed
        self._dated = dated
        self._bear_out = bear_out
        self._path = path
        self._config = config
        self._clock = clock
        self._pause = pause
        self._stopping = threading.Event()
        self._watch = RetryingThread("hotlists-sync", self.step, check_s, pause=pause)
        self._refused: AnprError | None = None

    @property
    def trouble(self) -> AnprError | None:
        """The error of the last sync, or of the last step; None when both went well."""
        return self._refused or self._watch.trouble

    def start(self) -> None:
        """Start following."""
        self._watch.start()

    def stop(self) -> None:
        """Stop following and wait until a sync under way has ended."""
        self._stopping.set()
        self._watch.stop()

    def step(self) -> bool:
        """Sync if it is due; return whether it was. Raises what the sync raises."""
        with HotlistStore(self._path, clock=self._clock) as store:
            client = SyncClient(
                store,
                self._config,
                wait=partial(self._pause, self._stopping),
                dated=self._dated,
                bear_out=self._bear_out,
            )
            if not client.due(self._clock()):
                return False
            try:
                report = client.sync()
            except AnprError as error:
                self._refused = error
                raise
            self._refused = SyncError(report.troubles[0]) if report.troubles else None
            if report.signed_utc is not None:
                self._signed(report.signed_utc)
        return True
