"""Two devices fill in one stop while the program that keeps it is killed again and again: no character that was kept is lost.

`python -m benchmarks.load.stop_kills --kills 200`; one JSON object at the end, code 1 when anything was lost or the file is broken.
The devices type, take fields over, load anew and send again what was not answered, as the page does.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from anpr.clock import utc_now
from anpr.config.data_folder import records_db, tablet_key
from anpr.desk.records import CrewRecords
from anpr.desk.stops import CrewStops
from anpr.engine.latency import LatencyBook
from anpr.records.store import RecordStore
from anpr.screen.stop_port import FinishedStop, StopBegin
from anpr.stops.field_texts import Outcome, Turn, Typed
from anpr.trust.tablet_key import TabletKey

CARD: Final = "no_hit"
FIELDS: Final = ("stopped_vrm", "seen_make", "driver_surname", "incident")
LONGEST_S: Final = 0.5
"""A program is killed at a random moment of this time after it has begun to listen."""

_LETTERS: Final = "ABCDEFGHIJ KLMNOP"


@dataclass(frozen=True, slots=True)
class Killed:
    """What the kills left: messages answered as kept, characters that were shown as kept and are gone, turns, the file's state."""

    kills: int
    kept: int
    taken_over: int
    characters: int
    lost: int
    integrity: str

    @property
    def is_sound(self) -> bool:
        """Whether nothing was lost or broken, and something was kept."""
        return not self.lost and self.integrity == "ok" and self.kept >= self.kills


@dataclass(slots=True)
class _Device:
    """A page of an officer: its writer's name, its messages, and what stands in its fields."""

    name: str
    chance: random.Random
    loads: int = 0
    sent: int = 0
    texts: dict[str, str] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    unanswered: dict[str, Any] | None = None

    @property
    def writer(self) -> str:
        return f"{self.name}-{self.loads}"

    def next_message(self) -> dict[str, Any]:
        """Return what the page sends next: what was not answered, with a new number; else what its officer does."""
        if self.unanswered is not None:
            message = self.unanswered
        else:
            key = self.chance.choice(FIELDS)
            if self.chance.random() < 0.1:
                message = {"do": "take", "key": key, "turn": 0}
            else:
                text = self.texts.get(key, "")[: self.chance.randrange(20)] + self.chance.choice(_LETTERS)
                message = {"do": "type", "key": key, "answer": text, "seen": self.seen.get(key, 0)}
        self.sent += 1
        self.unanswered = {**message, "writer": self.writer, "sent": self.sent}
        return self.unanswered

    def load(self) -> None:
        """Load the page anew: another writer, that knows nothing of what it had not been told is kept."""
        self.loads += 1
        self.sent, self.unanswered = 0, None
        self.texts.clear()
        self.seen.clear()


@dataclass(slots=True)
class _Ledger:
    """What was shown as kept: for each turn of each field the text that its writer was told of last."""

    kept: dict[tuple[str, int], str] = field(default_factory=dict)
    messages: int = 0
    taken_over: int = 0

    def told(self, key: str, turns: Iterable[dict[str, Any]], writer: str) -> None:
        """Note the turns of a device that the program answered with."""
        for turn in turns:
            if turn["writer"] == writer:
                self.kept[key, turn["number"]] = turn["answer"]

    def lost(self, turns: Mapping[str, tuple[Turn, ...]], uncertain: Mapping[tuple[str, int], set[str]]) -> int:
        """Return how many characters are gone; of a turn whose last message was not answered, either text will do."""
        there = {(key, turn.number): str(turn.answer) for key, several in turns.items() for turn in several}
        gone = [
            text for place, text in self.kept.items()
            if there.get(place) != text and there.get(place, "\0") not in uncertain.get(place, set())
        ]  # fmt: skip
        return sum(len(text) or 1 for text in gone)


def kill_stops(folder: Path, kills: int, seed: int = 1, tick: Callable[[], None] = lambda: None) -> Killed:
    """Begin one stop, have two devices fill it in, and kill the program as many times; look each time whether all is there."""
    chance = random.Random(seed)
    devices = tuple(_Device(name, random.Random(f"{seed} {name}")) for name in ("tablet", "phone"))
    ledger, lost = _Ledger(), 0
    stops = _stops(folder)
    stop_id = stops.begin(StopBegin(CARD), "1234 A. Constable", lambda: None)
    for _ in range(kills):
        _until_killed(folder, stop_id, devices, ledger, chance)
        lost += ledger.lost(_turns(stops, stop_id), _uncertain(devices, _turns(stops, stop_id)))
        # what is there now is what a page that asks is shown
        ledger.kept = {
            (key, turn.number): str(turn.answer) for key, several in _turns(stops, stop_id).items() for turn in several
        }
        for device in devices:
            if chance.random() < 0.2:
                device.load()
        tick()
    with closing(RecordStore(records_db(folder), "judge")) as store:
        integrity = str(store.connection.execute("PRAGMA integrity_check").fetchone()[0])
    characters = sum(len(text) for text in ledger.kept.values())
    return Killed(kills, ledger.messages, ledger.taken_over, characters, lost, integrity)


def _uncertain(devices: Iterable[_Device], turns: dict[str, tuple[Turn, ...]]) -> dict[tuple[str, int], set[str]]:
    """Return what else may stand in turns: a text that was on its way when the program was killed, written by the turn's own device."""
    found: dict[tuple[str, int], set[str]] = {}
    for device in devices:
        message = device.unanswered
        if message is None or message["do"] != "type":
            continue
        for turn in turns.get(message["key"], ()):
            if turn.writer == device.writer:
                found.setdefault((message["key"], turn.number), set()).add(message["answer"])
    return found


def _until_killed(
    folder: Path, stop_id: int, devices: tuple[_Device, ...], ledger: _Ledger, chance: random.Random
) -> None:
    command = [sys.executable, "-m", "benchmarks.load.stop_kills", "--keep", str(folder), str(stop_id)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as program:
        if program.stdin is None or program.stdout is None:
            raise RuntimeError("the program has no pipes")
        program.stdout.readline()
        end = time.monotonic() + chance.uniform(0.0, LONGEST_S)
        while time.monotonic() < end:
            _exchange(chance.choice(devices), program.stdin, program.stdout, ledger)
        # one message is on its way when it is killed, somewhere between being read and being answered
        last = chance.choice(devices)
        _send(last.next_message(), program.stdin)
        time.sleep(chance.uniform(0.0, 0.02))
        program.kill()
        answer = program.stdout.readline()
        if answer.endswith("\n"):
            _heard(last, json.loads(answer), ledger)


def _exchange(device: _Device, to: IO[str], back: IO[str], ledger: _Ledger) -> None:
    _send(device.next_message(), to)
    _heard(device, json.loads(back.readline()), ledger)


def _send(message: dict[str, Any], to: IO[str]) -> None:
    to.write(json.dumps(message) + "\n")
    to.flush()


def _heard(device: _Device, answer: dict[str, Any], ledger: _Ledger) -> None:
    message = device.unanswered
    if message is None or answer["outcome"] == Outcome.OVERTAKEN:
        return  # it is sent again with another number
    device.unanswered = None
    ledger.messages += 1
    ledger.taken_over += message["do"] == "take"
    key = message["key"]
    ledger.told(key, answer["turns"], device.writer)
    now = max(
        (turn for turn in answer["turns"] if not turn["aside"]), key=lambda turn: int(turn["number"]), default=None
    )
    device.seen[key] = now["number"] if now is not None else 0
    device.texts[key] = now["answer"] if now is not None else ""


def _stops(folder: Path) -> CrewStops:
    records = CrewRecords(records_db(folder), lambda _: None, LatencyBook(), utc_now)
    return CrewStops(records, lambda _: None, lambda: None, utc_now, lambda: TabletKey.open(tablet_key(folder)))


def _turns(stops: CrewStops, stop_id: int) -> dict[str, tuple[Turn, ...]]:
    stop = stops.stop(stop_id)
    if isinstance(stop, FinishedStop):
        raise TypeError("nobody finishes this stop")
    return dict(stop.turns)


def _keep(folder: Path, stop_id: int) -> None:
    """Be the program that is killed: keep what comes on standard input, and answer once it is on disk."""
    stops = _stops(folder)
    _turns(stops, stop_id)
    print("listening", flush=True)
    for line in sys.stdin:
        message = json.loads(line)
        key, writer = message["key"], message["writer"]
        outcome = Outcome.KEPT
        if message["do"] == "take":
            stops.take_over(stop_id, key, writer, writer, message["turn"])
        else:
            outcome = stops.type(
                stop_id, key, Typed(writer, writer, message["answer"], message["sent"], message["seen"])
            )
        turns = [asdict(turn) for turn in _turns(stops, stop_id).get(key, ())]
        print(json.dumps({"outcome": outcome.value, "turns": turns}), flush=True)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", nargs=2, metavar=("FOLDER", "STOP"), help="be the program that is killed")
    asked = parser.parse_args()
    if asked.keep:
        _keep(Path(asked.keep[0]), int(asked.keep[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        found = kill_stops(Path(folder), asked.kills, asked.seed)
    print(json.dumps(asdict(found)))
    sys.exit(0 if found.is_sound else 1)


if __name__ == "__main__":
    main()
