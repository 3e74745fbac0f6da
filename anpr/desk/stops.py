"""Stops on the real records: what is typed is on disk before anybody is told that it is kept."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any, Final

from anpr import sqlite
from anpr.desk.records import CrewRecords
from anpr.errors import InputError
from anpr.records.moments import KEEP_PICTURE
from anpr.records.stops import (
    Addition,
    StopRow,
    add_to_stop,
    additions_of,
    begin_stop,
    discard_stop,
    finish_stop,
    finished_stops,
    keep_turn,
    open_stops,
    require_open,
    set_card,
    set_place,
    stop_row,
    stops_of_alert,
    turns_of,
)
from anpr.screen.port import Enter
from anpr.screen.stop_port import AddedView, FinishedStop, ReceiptView, StopBegin, StopLine, StopPlace, StopView
from anpr.screen.views import OVERVIEW, PLATE, iso
from anpr.stops.card import Card
from anpr.stops.card_set import card_for, read_cards, receipt_form, shipped
from anpr.stops.field_texts import Holds, Outcome, Turn, Typed, counting, taken_over, typed
from anpr.stops.progress import Answer, Progress, progress
from anpr.stops.radio_line import place_words
from anpr.stops.receipt import Occasion, code_svg, receipt, signed
from anpr.stops.record import (
    LONGEST_ADDITION,
    SIGNED_AS,
    addition,
    sha256_of,
    stop_record,
    text_of,
)
from anpr.stops.vehicle import MARK, SEEN_COLOUR, SEEN_MAKE, with_vehicle
from anpr.trust.deed import Entry
from anpr.trust.tablet_key import TabletKey, fingerprint, is_signed

_OFFICER_BYTES: Final = 30
_PROGRAM: Final = "engine"
"""Writer of what a stop begins with."""

Here = Callable[[], tuple[float, float, float | None] | None]
"""Returns where the car is: latitude, longitude and bearing in degrees; None where that is not known."""


@dataclass(slots=True)
class CrewStops:
    """The stops of a car: `anpr.screen.stop_port.StopDesk` on the records file. Any thread may call it.

    `picture(id)` returns a JPEG, `key` opens the tablet's key, `changed` tells the screens that something is new. `folder` holds the cards.
    """

    records: CrewRecords
    picture: Callable[[str], bytes | None]
    here_now: Here
    clock_utc: Callable[[], datetime]
    key: Callable[[], TabletKey]
    changed: Callable[[], None] = lambda: None
    folder: Path = field(default_factory=shipped)
    clock_s: Callable[[], float] = monotonic
    _cards: tuple[Path, tuple[Card, ...]] | None = None
    _holds: Holds = field(default_factory=Holds)
    _revisions: dict[int, int] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    @property
    def revisions(self) -> Mapping[int, int]:
        """How often each open stop has changed, as far as it was asked for in this run."""
        return dict(self._revisions)

    def cards(self) -> tuple[Card, ...]:
        """Return the cards, read once."""
        if self._cards is None or self._cards[0] != self.folder:
            self._cards = (self.folder, tuple(with_vehicle(card) for card in read_cards(self.folder)))
        return self._cards[1]

    def open(self) -> tuple[StopLine, ...]:
        """Return the stops that are not finished."""

        def read(connection: sqlite.Connection) -> tuple[StopLine, ...]:
            rows = open_stops(connection)
            return tuple(self._line(row, _mark_of(turns_of(connection, row.stop_id))) for row in rows)

        lines = self.records.read(read)
        with self._lock:
            self._revisions = {line.stop_id: line.revision for line in lines}
        return lines

    def past(self, before: int | None, count: int) -> tuple[tuple[StopLine, ...], int | None]:
        """Return finished stops."""
        rows = self.records.read(lambda connection: finished_stops(connection, before, count + 1))
        lines = tuple(self._finished(row, []).line for row in rows[:count])
        return lines, (rows[count - 1].stop_id if len(rows) > count else None)

    def of_alert(self, alert_id: int) -> tuple[int, ...]:
        """Return the stops that began with an alert."""
        return tuple(self.records.read(lambda connection: stops_of_alert(connection, alert_id)))

    def begin(self, begin: StopBegin, actor: str, enter: Enter) -> int:
        """Begin a stop here and now."""
        card = self._card(begin.card)
        now = self.clock_utc()
        pictures = [
            (begin.pictures_id, kind, now.isoformat(), jpeg)
            for kind in (PLATE, OVERVIEW)
            if begin.pictures_id and (jpeg := self.picture(f"{begin.pictures_id}-{kind}")) is not None
        ]
        known: dict[str, Answer] = {MARK: begin.vrm} if begin.vrm else {}
        if begin.vrm:  # the card asks whether the vehicle is as listed; what is seen is said where that is tapped
            known |= {SEEN_COLOUR: "", SEEN_MAKE: ""}

        def write(connection: sqlite.Connection) -> int:
            _enter(enter, connection)
            stop_id = begin_stop(
                connection, card=card.name, at_utc=now, actor=actor, alert_id=begin.alert_id,
                pictures_id=begin.pictures_id if pictures else "", origin=begin.origin, place=self._place(now),
            )  # fmt: skip
            connection.executemany(KEEP_PICTURE, pictures)
            for key, answer in known.items():
                keep_turn(connection, stop_id, key, Turn(1, _PROGRAM, actor, answer, 0), now)
            return stop_id

        return self._written(write, enter)

    def stop(self, stop_id: int) -> StopView | FinishedStop:
        """Return a stop as it is now."""

        def read(connection: sqlite.Connection) -> tuple[StopRow, dict[str, tuple[Turn, ...]], list[Addition]]:
            row = stop_row(connection, stop_id)
            return row, turns_of(connection, stop_id), additions_of(connection, stop_id)

        row, turns, added = self.records.read(read)
        if row.finished_utc:
            return self._finished(row, added)
        card = self._card(row.card)
        line = self._line(row, _mark_of(turns))
        with self._lock:
            self._revisions[stop_id] = row.revision
        now_s = self.clock_s()
        held = {key: self._holds.holder(stop_id, key, now_s) for key in turns}
        return StopView(
            line, card, _progress(card, turns, row), turns, {key: who for key, who in held.items() if who[0]},
            row.alert_id, row.pictures_id, row.origin, _place_view(row),
        )  # fmt: skip

    def type(self, stop_id: int, key: str, what: Typed) -> Outcome:
        """Keep what a device says stands in a field."""

        def write(connection: sqlite.Connection) -> tuple[Outcome, bool]:
            row = stop_row(connection, stop_id)
            require_open(connection, stop_id)
            if all(one.key != key for one in self._card(row.card).questions):
                raise InputError("this card has no such question: load the page again")
            held_by, _ = self._holds.holder(stop_id, key, self.clock_s())
            outcome, turn = typed(turns_of(connection, stop_id).get(key, ()), held_by, what)
            if turn is not None:
                keep_turn(connection, stop_id, key, turn, self.clock_utc())
            return outcome, turn is not None

        with self._lock:  # who holds the field is looked at and said in one
            outcome, is_new = self.records.within(write)
            if outcome is Outcome.KEPT:
                self._holds.take(stop_id, key, what.writer, what.actor, self.clock_s())
        if is_new:
            self._tell(stop_id)
        return outcome

    def take_over(self, stop_id: int, key: str, writer: str, actor: str, chosen: int) -> None:
        """Have a device hold a field."""

        def write(connection: sqlite.Connection) -> None:
            require_open(connection, stop_id)
            turn = taken_over(turns_of(connection, stop_id).get(key, ()), writer, actor, chosen)
            if turn is not None:
                keep_turn(connection, stop_id, key, turn, self.clock_utc())

        with self._lock:
            self.records.within(write)
            self._holds.take(stop_id, key, writer, actor, self.clock_s())
        self._tell(stop_id)

    def here(self, stop_id: int) -> None:
        """Have the stop be here and now."""
        self.records.within(lambda connection: set_place(connection, stop_id, self._place(self.clock_utc())))
        self._tell(stop_id)

    def change_card(self, stop_id: int, card: str) -> None:
        """Go by another card."""
        name = self._card(card, exactly=True).name
        self.records.within(lambda connection: set_card(connection, stop_id, name))
        self._tell(stop_id)

    def finish(self, stop_id: int, known: Mapping[str, Any], actor: str, enter: Callable[[str], Enter]) -> None:
        """Sign and keep the record."""
        key = self.key()
        now = self.clock_utc()
        entries: list[Enter] = []

        def write(connection: sqlite.Connection) -> None:
            require_open(connection, stop_id)
            row, turns = stop_row(connection, stop_id), turns_of(connection, stop_id)
            card = self._card(row.card)
            reached = _progress(card, turns, row)
            if not reached.is_complete:
                raise InputError(f"the stop is not complete: {_lacking(card, reached)}")
            record = stop_record(card, reached, turns, self._told(row, turns, known, actor, now))
            text = text_of(record)
            entries.append(enter(sha256_of(text)))
            _enter(entries[-1], connection)
            signature = key.sign(SIGNED_AS + text.encode("ascii"))
            finish_stop(connection, stop_id, record=text, signature=signature, actor=actor, at_utc=now)

        self.records.within(write)
        _entered(entries[-1])
        with self._lock:
            self._revisions.pop(stop_id, None)
        self.changed()

    def discard(self, stop_id: int, actor: str, enter: Enter) -> None:
        """Erase an open stop."""
        del actor

        def write(connection: sqlite.Connection) -> None:
            discard_stop(connection, stop_id)
            _enter(enter, connection)

        self.records.within(write)
        _entered(enter)
        with self._lock:
            self._revisions.pop(stop_id, None)
        self.changed()

    def add(self, stop_id: int, text: str, actor: str, enter: Enter) -> None:
        """Add something to a finished stop."""
        if not text.strip() or len(text) > LONGEST_ADDITION:
            raise InputError(
                f"an addition has 1 to {LONGEST_ADDITION:,} characters: shorten it, or type what is to be added"
            )
        key, at = self.key(), iso(self.clock_utc())

        def write(connection: sqlite.Connection) -> None:
            row = stop_row(connection, stop_id)
            signature = key.sign(addition(row.record, text, actor, at))
            add_to_stop(connection, stop_id, Addition(text, actor, at, signature))
            _enter(enter, connection)

        self.records.within(write)
        _entered(enter)
        self.changed()

    def receipt(self, stop_id: int, actor: str) -> ReceiptView:
        """Return the signed receipt of a stop that is complete."""
        stop = self.stop(stop_id)
        if isinstance(stop, FinishedStop):
            text = str(stop.record.get("receipt", ""))
            if not text:
                raise InputError("no receipt was given at this stop")
            return ReceiptView(text, code_svg(text))
        if not stop.progress.is_complete:
            raise InputError(f"the stop is not complete: {_lacking(stop.card, stop.progress)}")
        text = self._receipt(stop.card, stop.progress, stop.place, stop.line, actor)
        return ReceiptView(text, code_svg(text))

    def _receipt(self, card: Card, reached: Progress, place: StopPlace, line: StopLine, actor: str) -> str:
        at = datetime.fromisoformat(place.at_utc).astimezone()
        officer = actor.encode()[:_OFFICER_BYTES].decode(errors="ignore").strip()
        said = place.words.encode()[:_OFFICER_BYTES].decode(errors="ignore")
        occasion = Occasion(at, said, line.vrm, officer, f"{line.stop_id}/{at:%d%b%y}".upper())
        return signed(receipt(card, reached, receipt_form(self.folder), occasion), self.key())

    def _told(
        self, row: StopRow, turns: Mapping[str, tuple[Turn, ...]], known: Mapping[str, Any], actor: str, now: datetime
    ) -> dict[str, Any]:
        """Return what a record says beside card and answers."""
        card = self._card(row.card)
        line = self._line(row, _mark_of(turns))
        place = _place_view(row)
        hashes = {
            kind: hashlib.sha256(jpeg).hexdigest()
            for kind in (PLATE, OVERVIEW)
            if row.pictures_id and (jpeg := self.picture(f"{row.pictures_id}-{kind}")) is not None
        }
        try:
            told = self._receipt(card, _progress(card, turns, row), place, line, actor)
        except InputError:  # one that may not be given is none: the stop is complete all the same
            told = ""
        return {
            "stop": row.stop_id, "alert": row.alert_id, "vrm": line.vrm, "begun_utc": row.begun_utc,
            "begun_by": row.begun_by, "finished_utc": iso(now), "finished_by": actor,
            "typed_by": sorted({turn.actor for several in turns.values() for turn in several}),
            "place": dict(row.place), "known": dict(known), "pictures": {"name": row.pictures_id, "sha256": hashes},
            "receipt": told,
        }  # fmt: skip

    def _written(self, write: Callable[[sqlite.Connection], int], enter: Enter) -> int:
        stop_id = self.records.within(write)
        _entered(enter)
        self._tell(stop_id)
        return stop_id

    def _tell(self, stop_id: int) -> None:
        with self._lock:
            self._revisions[stop_id] = self._revisions.get(stop_id, 0) + 1
        self.changed()

    def _line(self, row: StopRow, vrm: str) -> StopLine:
        return StopLine(
            row.stop_id, self._card(row.card).title, vrm, row.begun_utc, row.begun_by, row.revision, row.finished_utc
        )

    def _finished(self, row: StopRow, added: list[Addition]) -> FinishedStop:
        record = json.loads(row.record)
        public = self.key().public
        line = StopLine(
            row.stop_id, str(record["card"]["title"]), str(record.get("vrm", "")), row.begun_utc, row.begun_by, row.revision,
            row.finished_utc,
        )  # fmt: skip
        return FinishedStop(
            line, record, row.record, row.signature, public, fingerprint(public),
            is_signed(SIGNED_AS + row.record.encode(), row.signature, public),
            tuple(
                AddedView(
                    one.text, one.actor, one.at_utc,
                    is_signed(addition(row.record, one.text, one.actor, one.at_utc), one.signature, public),
                )
                for one in added
            ),
        )  # fmt: skip

    def _card(self, name: str, *, exactly: bool = False) -> Card:
        """Return the card of a name; of a stop whose card the force has taken away since, the one for other hits."""
        cards = self.cards()
        found = next((card for card in cards if card.name == name), None)
        if found is None and exactly:
            raise InputError("there is no such stop card: choose one of the list")
        return found or card_for(cards, "")

    def _place(self, now: datetime) -> dict[str, Any]:
        where = self.here_now()
        latitude, longitude, bearing = where if where is not None else (None, None, None)
        return {"at_utc": iso(now), "latitude_deg": latitude, "longitude_deg": longitude, "bearing_deg": bearing}


def _progress(card: Card, turns: Mapping[str, tuple[Turn, ...]], row: StopRow) -> Progress:
    answers = {key: now.answer for key, several in turns.items() if (now := counting(several)) is not None}
    return progress(card, answers, datetime.fromisoformat(row.begun_utc).astimezone().date())


def _mark_of(turns: Mapping[str, tuple[Turn, ...]]) -> str:
    now = counting(turns.get(MARK, ()))
    return now.answer if now is not None and isinstance(now.answer, str) else ""


def _place_view(row: StopRow) -> StopPlace:
    at, latitude, longitude = (row.place[name] for name in ("at_utc", "latitude_deg", "longitude_deg"))
    words = "place not known" if latitude is None or longitude is None else place_words(latitude, longitude)
    return StopPlace(at, latitude, longitude, row.place["bearing_deg"], words)


def _lacking(card: Card, reached: Progress) -> str:
    labels = {one.key: one.label for one in card.questions}
    missing = [labels[key] for key in (*reached.wrong, *reached.missing)]
    more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
    return f"answer {', '.join(missing[:3])}{more}"


def _enter(enter: Enter, connection: sqlite.Connection) -> None:
    """Enter a deed in the audit: in the transaction that records it where that can be."""
    if isinstance(enter, Entry):
        enter.within(connection)
    else:
        enter()


def _entered(enter: Enter) -> None:
    if isinstance(enter, Entry):
        enter.recorded()
