"""Sound from the engine's own host when no page gives any: no page open, a silent browser, a crashed screen server.

This part has its own thread and depends on the desk alone, so that an alert is heard even when the server hangs.
"""

import logging
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from threading import Event, Lock, Thread
from time import monotonic
from typing import Final, Protocol

from anpr.alerting.steps import times_asked
from anpr.errors import Failure
from anpr.screen.port import AlertView, CrewDesk, HealthMark
from anpr.screen.rules import ScreenRules
from anpr.screen.sounds import NAMES, chosen_wav
from anpr.screen.wire import sound_of

_LOG: Final = logging.getLogger("anpr.screen")

PAGE_SOUNDS_WITHIN_S: Final = 0.4
"""How long a page that can sound has to say that it did, before the host sounds as well."""

_LOUDNESS: Final = ("fault", "note", "withdrawn", "alert", "urgent")
_REMEMBERED: Final = 4096


class Player(Protocol):
    """Plays one of the sounds on this machine without waiting for its end."""

    def play(self, name: str) -> None:
        """Start the sound; raises Failure when it cannot be played."""


class CommandPlayer:
    """Plays with a command of the system (`aplay`, `paplay`, `pw-play`), one sound at a time."""

    def __init__(self, command: str, folder: Path, sounds: Path | None = None) -> None:
        self._command = command
        self._files = _written(folder, sounds)
        self._running: subprocess.Popen[bytes] | None = None

    def play(self, name: str) -> None:
        """Start the sound, ending one that still plays."""
        if self._running is not None and self._running.poll() is None:
            self._running.kill()
            self._running.wait(1.0)
        quiet = subprocess.DEVNULL
        try:
            self._running = subprocess.Popen(  # noqa: S603 - a fixed command and our own file
                [self._command, str(self._files[name])], stdin=quiet, stdout=quiet, stderr=quiet
            )
        except OSError as error:
            raise Failure(f"{self._command} cannot be started ({error.strerror}): check the sound system") from error


class WindowsPlayer:
    """Plays with Windows' own `winsound`."""

    def __init__(self, folder: Path, sounds: Path | None = None) -> None:
        self._files = _written(folder, sounds)

    def play(self, name: str) -> None:
        """Start the sound, ending one that still plays."""
        if sys.platform == "win32":
            import winsound  # noqa: PLC0415 - exists on Windows alone

            try:
                winsound.PlaySound(str(self._files[name]), winsound.SND_FILENAME | winsound.SND_ASYNC)
            except RuntimeError as error:
                raise Failure(f"Windows cannot play the sound ({error}): check the loudspeaker") from error
        else:
            raise Failure("winsound is on Windows only: choose another player")


def find_player(folder: Path | None = None, sounds: Path | None = None) -> Player | None:
    """Return what can play sounds on this machine, or None.

    The WAV files are written to `folder` (default: temporary); those in the folder `sounds` replace ours.
    """
    folder = folder or Path(tempfile.mkdtemp(prefix="patrol-sounds-"))
    if sys.platform == "win32":
        return WindowsPlayer(folder, sounds)
    for command in ("pw-play", "paplay", "aplay"):
        if path := shutil.which(command):
            return CommandPlayer(path, folder, sounds)
    return None


class HostSound:
    """Sounds new alerts on the host unless a page says that it did; `start` and `stop` from any thread.

    `page_can_sound()` says whether a page with working sound is connected. Pages report with `page_sounded`.
    """

    def __init__(
        self,
        desk: CrewDesk,
        config: ScreenRules,
        player: Player | None,
        page_can_sound: Callable[[], bool],
        clock_s: Callable[[], float] = monotonic,
    ) -> None:
        self._desk = desk
        self._config = config
        self._player = player
        self._page_can_sound = page_can_sound
        self._clock_s = clock_s
        self._changed = Event()
        self._stopping = False
        self._lock = Lock()
        self._known: dict[tuple[int, str], None] = {}
        self._due: dict[tuple[int, str], tuple[float, str]] = {}
        self._trouble = "" if player else "this machine has no player for sounds"
        self._thread = Thread(target=self._run, name="host sound", daemon=True)
        self._unsubscribe: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Begin; alerts that wait already are taken as heard."""
        for alert in self._alerts():
            self._known[_key(alert)] = None
        self._unsubscribe = self._desk.subscribe(self._changed.set)
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._unsubscribe()
        self._unsubscribe = lambda: None
        self._stopping = True
        self._changed.set()
        self._thread.join(2.0)

    def page_sounded(self, alert_id: int) -> None:
        """A page has made the sound of this alert."""
        with self._lock:
            for key in [key for key in self._due if key[0] == alert_id]:
                del self._due[key]

    def mark(self) -> HealthMark:
        """Return the mark of the sound: green only while a page or the host can be heard."""
        if self._page_can_sound():
            return HealthMark("sound", "ok", "Sound on")
        if not self._trouble:
            return HealthMark("sound", "ok", "Sound from the engine")
        return HealthMark("sound", "fault", f"No sound: {self._trouble}", "Touch the page once, or fit a loudspeaker")

    def turn(self) -> float | None:
        """Sound what is due and return the seconds until the next turn is, None when nothing waits."""
        now = self._clock_s()
        audible = self._page_can_sound()
        alerts = self._alerts()
        with self._lock:
            for alert in alerts:
                key = _key(alert)
                new = key not in self._known
                self._known.pop(key, None)
                self._known[key] = None  # at the end: what is still shown is never forgotten
                sound = sound_of(alert, self._config) if new and not alert.acknowledged_by else ""
                if sound:
                    self._due[key] = (now + (PAGE_SOUNDS_WITHIN_S if audible else 0.0), sound)
            while len(self._known) > _REMEMBERED:
                del self._known[next(iter(self._known))]
            ready = [key for key, (due_s, _) in self._due.items() if due_s <= now]
            sounds = [self._due.pop(key)[1] for key in ready]
            wait_s = min((due_s - now for due_s, _ in self._due.values()), default=None)
        if sounds:
            self._play(max(sounds, key=_LOUDNESS.index))
        return wait_s

    def _alerts(self) -> tuple[AlertView, ...]:
        state = self._desk.state()
        return (*state.alerts, *state.unseen)

    def _play(self, name: str) -> None:
        if self._player is None:
            return
        try:
            self._player.play(name)
            self._trouble = ""
        except Failure as failure:
            self._trouble = str(failure)

    def _run(self) -> None:
        wait_s: float | None = 0.0
        while not self._stopping:
            self._changed.wait(wait_s)
            self._changed.clear()
            try:
                wait_s = self.turn()
            except Exception as error:  # noqa: BLE001 - top of a thread: becomes a visible fault
                _LOG.exception("the sound thread met an error that nobody expected")
                self._trouble = f"{type(error).__name__} in the sound thread"
                wait_s = 1.0


def _key(alert: AlertView) -> tuple[int, str]:
    """An alert sounds once when it comes, and again whenever it asks to be seen once more: withdrawn, corrected, seen whole, on a further list."""
    possible = "possible " if alert.possible else ""
    state = "withdrawn" if alert.state == "withdrawn" else f"raised {possible}{alert.list_vrm}"
    return alert.alert_id, f"{state} {times_asked(alert.steps)}"


def _written(folder: Path, sounds: Path | None) -> dict[str, Path]:
    files = {name: folder / f"{name}.wav" for name in NAMES}
    for name, path in files.items():
        path.write_bytes(chosen_wav(name, sounds))
    return files
