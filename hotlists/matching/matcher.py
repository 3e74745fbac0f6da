"""Looks the readings of a sighting up in all lists in force and says how probable each entry is."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from anpr import hidden, sqlite
from anpr.clock import utc_now
from anpr.errors import AnprError, PartlyMatched, StoreError
from anpr.evidence import is_from_afar, spell
from anpr.threads import RetryingThread
from anpr.values import Hidden, Hit, HotlistEntry, HotlistInfo, Sighting
from anpr.vrm import ALPHABET, fold, normalise
from hotlists.entry_vrm import ANY, ONE
from hotlists.keys import MAX_CHARACTERS, unpack
from hotlists.matching import in_force
from hotlists.matching.in_force import InForce, ListInForce
from hotlists.matching.pattern_search import fitting_rows
from hotlists.matching.possible import FLOOR as POSSIBLE_FLOOR
from hotlists.matching.possible import MOST_KEPT, Filled, filled, without_doubt
from hotlists.matching.posterior import Hypotheses
from hotlists.matching.readings import COVERAGE, K, PlateReadings, folded_readings, readings_of_texts
from hotlists.matching.weighing import Weighed, weigh, weigh_texts
from hotlists.store.database import open_database, pool_sql
from hotlists.store.known_lists import KnownLists
from hotlists.store.status import ListStatus, status_of, status_order
from hotlists.store.store import Clock, HotlistStore

_DAY: Final = timedelta(days=1)

FLOOR: Final = 0.01
"""Hits less probable than this are not returned."""

UNSURE: Final = 0.5
"""A best reading less probable than this leaves much to the others: more of them are looked up. Measured with 300,000
entries: of vehicles with two characters wrong 96 % instead of 89 % are reported; the time of a match stays at the
median, and grows from 1.4 to 2.0 ms at p99 (a busy machine)."""

RELOAD_CHECK_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class MatchSettings:
    """How much of the evidence is looked up: the `k` best readings, until `coverage`; hits from `floor` on.

    `unsure_k` and `unsure_coverage` hold instead where the best reading is less probable than UNSURE.
    """

    k: int = K
    coverage: float = COVERAGE
    floor: float = FLOOR
    unsure_k: int = 200
    unsure_coverage: float = 0.9999


class HotlistMatcher:
    """Matches sightings against the lists in force; implements `anpr.engine.engine.Matcher`.

    Any thread may call it; each gets its own connection. A new revision is loaded by a thread of its own and put in
    place by one assignment, so a match never waits for one and never sees half of one.

    `doubt` returns the latest time that was sure while the tablet's date is not to be trusted, else None. Meanwhile entries and
    lists end by that time alone, and a hit on an entry that has a date says that it cannot be checked.

    With `at_once` False it begins without lists that cannot be read now, and each match raises why until they can be.
    """

    def __init__(
        self,
        path: Path,
        settings: MatchSettings | None = None,
        clock: Clock = utc_now,
        doubt: Callable[[], datetime | None] = lambda: None,
        *,
        at_once: bool = True,
    ) -> None:
        self._doubt = doubt
        self._path = path
        self._settings = settings or MatchSettings()
        self._clock = clock
        self._known = KnownLists(path, clock)
        self._local = threading.local()
        self._connections: list[sqlite.Connection] = []
        self._loading = threading.Lock()
        self._watch: RetryingThread | None = None
        self._in_force = InForce(-1, ())
        self.on_change: Callable[[InForce, InForce], None] | None = None
        self._before_lists: StoreError | None = None
        self._unread: tuple[ListInForce, int] | None = None
        try:
            self.refresh()
        except StoreError as error:
            if at_once:
                self.close()
                raise
            self._before_lists = error
        except BaseException:
            self.close()
            raise

    @property
    def in_force(self) -> InForce:
        """The lists that are matched against now."""
        return self._in_force

    @property
    def trouble(self) -> AnprError | None:
        """Why changes of the store are not followed now, None when they are: a fault to show."""
        return self._watch.trouble if self._watch is not None else None

    def watch(self, every_s: float = RELOAD_CHECK_S) -> None:
        """Follow changes of the store from a thread of its own, until `close`."""
        if self._watch is None:
            self._watch = RetryingThread("hotlists-reload", self.refresh, every_s)
            self._watch.start()

    def close(self) -> None:
        """Stop following changes and close all connections."""
        if self._watch is not None:
            self._watch.stop()
            self._watch = None
        for connection in self._connections:
            connection.close()
        self._connections.clear()
        self._local = threading.local()

    def refresh(self) -> bool:
        """Load what has changed in the store since the last time; return whether anything had. Raises StoreError."""
        with self._loading:
            try:
                (generation,) = self._connection().execute("SELECT value FROM generation").fetchone()
                before = self._in_force
                if generation == before.generation:
                    return False
                with HotlistStore(self._path, create=False, clock=self._clock) as store:
                    after = in_force.load(store, before)
            except sqlite.Error as error:
                self._let_go()
                raise StoreError(f"the hotlists file {self._path} cannot be read ({error}): check the disk") from error
            self._in_force, self._before_lists = after, None
        if self.on_change is not None:
            self.on_change(before, after)
        return True

    def match(self, sighting: Sighting) -> list[Hit]:
        """Return every entry that this vehicle may be, highest priority first, then most probable.

        Hits below their list's threshold are included down to the floor. While a vehicle was only seen from afar
        (`anpr.evidence.is_from_afar`) a listed mark has no advantage over its look-alikes: the picture alone must say it.
        Raises StoreError when the store cannot be read, as PartlyMatched with the hits on the lists that can.
        """
        settings = self._settings
        if sighting.probabilities.ndim == 2 and len(sighting.probabilities):
            readings = folded_readings(sighting.probabilities, settings.k, settings.coverage)
            if len(readings.probability) and readings.probability[0] < UNSURE:
                readings = folded_readings(sighting.probabilities, settings.unsure_k, settings.unsure_coverage)
        else:
            readings = readings_of_texts(sighting.alternatives, settings.k)
        places = hidden.places(sighting.hidden, len(sighting.text))
        if not places or not len(readings.folded):
            return self.match_readings(sighting, readings)
        if not len(sighting.probabilities):
            readings = without_doubt(readings, places)
        return self._match_possible(sighting, readings, places)

    def match_readings(
        self, sighting: Sighting, readings: PlateReadings, only: Callable[[ListInForce], bool] | None = None
    ) -> list[Hit]:
        """Return the hits of readings made elsewhere; `only` chooses lists to report (all are weighed)."""
        if self._before_lists is not None:
            raise self._before_lists
        if not len(readings.folded):
            return []
        lists = self._in_force.lists
        weighed = weigh(lists, readings, self._settings.floor, even_odds=is_from_afar(sighting))
        hits: list[Hit] = []
        trouble: StoreError | None = None
        sure_utc = self._doubt()
        for number, one in enumerate(lists):
            if self._applies(one, sighting, sure_utc) and (only is None or only(one)):
                try:
                    hits.extend(self._hits(one, weighed, number, sighting, readings, sure_utc))
                except StoreError as error:
                    trouble = error
        return _unless_partly(_ordered(hits), trouble)

    def _match_possible(self, sighting: Sighting, readings: PlateReadings, places: Sequence[Hidden]) -> list[Hit]:
        """Return the hits of a sighting of which characters may be hidden: none of them is more than possible.

        The crew is told of none while the vehicle was only seen from afar: what looks hidden there is often seen at the next look.
        """
        lists = self._in_force.lists
        seen = filled(readings, places)
        weighed = weigh_texts(lists, seen.texts, even_odds=is_from_afar(sighting))
        sure_utc = self._doubt()
        hits: list[Hit] = []
        trouble: StoreError | None = None
        for number, one in enumerate(lists):
            if self._applies(one, sighting, sure_utc):
                try:
                    hits.extend(self._possible_hits(one, weighed, number, sighting, readings, places, seen, sure_utc))
                except StoreError as error:
                    trouble = error
        return _unless_partly(_ordered(hits), trouble)

    def look_up(self, vrm: str) -> list[tuple[HotlistEntry, HotlistInfo, float]]:
        """Return the entries that a VRM typed by hand matches exactly or by wildcard, with the age of their lists.

        Conditions (hours, area, weed date, switched off) do not matter here. Characters no plate has find nothing.
        """
        text = fold(normalise(vrm))
        if not text or any(c not in ALPHABET for c in text):
            return []
        readings = folded_readings(spell(text, 1.0)) if len(text) <= MAX_CHARACTERS else None
        if readings is None:
            return []
        found: list[tuple[HotlistEntry, HotlistInfo, float]] = []
        for one in self._in_force.lists:
            rows = [int(row) for row in one.index.find(int(readings.folded[0]))]
            rows += [one.pattern_rows[pattern] for _, pattern in one.wildcards.match(readings.folded[:1])]
            list_age_s = one.revision.age_s(self._clock())
            found.extend((_entry(one, row), one.info, list_age_s) for row in self._rows(one, rows))
        found.sort(key=lambda item: -item[1].priority)
        return found

    def search(
        self, pattern: str, most: int, only: Callable[[HotlistInfo], bool] = lambda _: True
    ) -> tuple[list[tuple[HotlistEntry, HotlistInfo, float]], int]:
        """Return the first `most` entries on lists that are `only` wanted which fit a pattern, and how many fit in all.

        Those of the more important lists come first. Conditions do not matter, as in `look_up`; a pattern on a list fits
        where there may be a mark that fits both. Takes a second among ten million entries.
        """
        found: list[tuple[HotlistEntry, HotlistInfo, float]] = []
        count = 0
        wanted = [one for one in self._in_force.lists if only(one.info)]
        for one in sorted(wanted, key=lambda one: (-one.info.priority, one.info.name)):
            rows = fitting_rows(one.index, one.wildcards.numbered, one.pattern_rows, pattern)
            list_age_s = one.revision.age_s(self._clock())
            shown = self._rows(one, rows[: max(most - len(found), 0)])
            found.extend((_entry(one, row), one.info, list_age_s) for row in shown)
            count += len(rows)
        return found, count

    def status(self, now: datetime | None = None) -> list[ListStatus]:
        """Return the state and age of every list. Raises StoreError."""
        return self._known.status(now or self._clock())

    def unreadable(self) -> StoreError | None:
        """Return why entries cannot be read now that could not be when they were last wanted; None when they can again."""
        if self._before_lists is not None or self._unread is None:
            return self._before_lists
        one, row = self._unread
        if one.revision.id in {known.revision.id for known in self._in_force.lists}:
            try:
                self._rows(one, [row])
            except StoreError as error:
                return error
        self._unread = None
        return None

    def loaded_status(self) -> list[ListStatus]:
        """Return the state and age of the lists that are matched against, whether their file can be read or not."""
        now = self._clock()
        return sorted((status_of(one.stored, now) for one in self._in_force.lists), key=status_order)

    def _applies(self, one: ListInForce, sighting: Sighting, sure_utc: datetime | None) -> bool:
        """Whether the list alerts now and here; without a position an area does not keep it silent, nor do hours in doubt."""
        at = sure_utc or sighting.last_utc
        if one.silent or (one.expiry is not None and at >= one.expiry):
            return False
        if sure_utc is None and not one.hours.include(at):
            return False
        position = sighting.position
        return position is None or one.area.include(position.latitude_deg, position.longitude_deg)

    def _hits(
        self,
        one: ListInForce,
        weighed: Weighed,
        number: int,
        sighting: Sighting,
        readings: PlateReadings,
        sure_utc: datetime | None,
    ) -> Iterator[Hit]:
        found = _listed(weighed, number)
        for place, pattern in one.wildcards.match(readings.folded):
            found.setdefault(one.pattern_rows[pattern], []).append(place)
        for hit, (place, *_) in self._made(one, found, weighed.chances, sighting, sure_utc, self._settings.floor):
            yield replace(
                hit,
                exact=place == 0 and fold(hit.entry.vrm) == unpack(int(readings.folded[0])),
                reading=_reading(readings, weighed.hypotheses, place),
            )

    def _possible_hits(
        self,
        one: ListInForce,
        weighed: Weighed,
        number: int,
        sighting: Sighting,
        readings: PlateReadings,
        places: Sequence[Hidden],
        seen: Filled,
        sure_utc: datetime | None,
    ) -> Iterator[Hit]:
        found = _listed(weighed, number)
        for trial, pattern in one.wildcards.match(seen.tried):
            found.setdefault(one.pattern_rows[pattern], []).extend(seen.standing_for[trial])
        if len(found) > MOST_KEPT:
            likely = sorted(found, key=lambda row: -weighed.chances[found[row]].sum())[:MOST_KEPT]
            found = {row: found[row] for row in likely}
        for hit, texts in self._made(one, found, weighed.chances, sighting, sure_utc, POSSIBLE_FLOOR):
            vrm, best = hit.entry.vrm, seen.best(texts)
            if ONE in vrm or ANY in vrm:
                offer = seen.offer_of_pattern(texts, vrm, len(one.wildcards))
            else:
                offer = seen.offer(texts, len(one.index))
            if is_from_afar(sighting) and not sighting.final:
                offer = 0.0
            reading = hidden.marked(readings.text(seen.ways[seen.way_of[best]].reading), places)
            yield replace(hit, reading=reading, possible=True, offer=offer)

    def _made(
        self,
        one: ListInForce,
        found: Mapping[int, list[int]],
        chances: NDArray[np.float64],
        sighting: Sighting,
        sure_utc: datetime | None,
        floor: float,
    ) -> Iterator[tuple[Hit, list[int]]]:
        """Yield the hits of rows that are `found` to be some of the texts, and the numbers of those texts."""
        chance_of_row: dict[int, float] = {}
        for number, texts in found.items():
            for text in texts:
                chance_of_row[number] = chance_of_row.get(number, 0.0) + float(chances[text])
        probable = [number for number, chance in chance_of_row.items() if chance >= floor]
        at = sure_utc or sighting.last_utc
        for row in self._rows(one, probable):
            until_s = _until_s(one, row)
            if until_s is None or at.timestamp() < until_s:
                hit = Hit(
                    sighting=sighting,
                    entry=_entry(one, row),
                    hotlist=one.info,
                    probability=min(1.0, chance_of_row[row[0]]),
                    exact=False,
                    reading="",
                    list_age_s=one.revision.age_s(at),
                    date_checked=sure_utc is None or until_s is None,
                )
                yield hit, found[row[0]]

    def _rows(self, one: ListInForce, rows: list[int]) -> list[tuple[Any, ...]]:
        statement = pool_sql("SELECT row_id, COLUMNS FROM POOL WHERE row_id = ? AND VISIBLE", one.revision.pool)
        ordinal = one.revision.ordinal
        found = []
        for row in rows:
            try:
                found.extend(self._connection().execute(statement, (row, ordinal, ordinal)).fetchall())
            except (sqlite.Error, StoreError) as error:
                # The list was withdrawn or replaced twice since it was loaded: its entries are gone, which is no fault.
                if "no such table" in str(error):
                    return []
                self._unread = (one, row)
                self._let_go()
                raise StoreError(f"the hotlists file {self._path} cannot be read ({error}): check the disk") from error
        return found

    def _connection(self) -> sqlite.Connection:
        connection: sqlite.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = open_database(self._path, create=True).conn
            self._local.connection = connection
            self._connections.append(connection)
        return connection

    def _let_go(self) -> None:
        """Close this thread's connection: after one page that it could not read SQLCipher reads nothing more by it."""
        connection: sqlite.Connection | None = getattr(self._local, "connection", None)
        if connection is not None:
            self._local.connection = None
            self._connections.remove(connection)
            connection.close()


def open_matcher(
    path: Path,
    settings: MatchSettings | None = None,
    *,
    clock: Clock = utc_now,
    doubt: Callable[[], datetime | None] = lambda: None,
    reload_every_s: float | None = RELOAD_CHECK_S,
    at_once: bool = True,
) -> HotlistMatcher:
    """Open the hotlists file (made if need be) for matching; follows new revisions by itself unless told not to."""
    matcher = HotlistMatcher(path, settings, clock, doubt, at_once=at_once)
    if reload_every_s is not None:
        matcher.watch(reload_every_s)
    return matcher


def _listed(weighed: Weighed, number: int) -> dict[int, list[int]]:
    """Return the rows of a list that are one of the texts, with the numbers of those texts."""
    found: dict[int, list[int]] = {}
    for place, rows in weighed.rows[number]:
        for row in rows.tolist():
            found.setdefault(row, []).append(place)
    return found


def _ordered(hits: list[Hit]) -> list[Hit]:
    return sorted(hits, key=lambda hit: (-hit.hotlist.priority, -hit.probability, hit.hotlist.name, hit.entry.row_id))


def _unless_partly(hits: list[Hit], trouble: StoreError | None) -> list[Hit]:
    """Return the hits; raise PartlyMatched with them where a list could not be read."""
    if trouble is not None:
        raise PartlyMatched(str(trouble), tuple(hits)) from trouble
    return hits


def _until_s(one: ListInForce, row: tuple[Any, ...]) -> float | None:
    """Return when the entry ends, in seconds since 1970 UTC: by its weed date, else by the list's rule; None for never."""
    if row[-1] is not None:
        return float(row[-1])
    days = one.stored.settings.default_weed_days
    return None if days is None else (one.revision.received_utc + days * _DAY).timestamp()


def _entry(one: ListInForce, row: tuple[Any, ...]) -> HotlistEntry:
    return HotlistEntry(row[1], one.stored.name, row[0], *row[2:15])


def _reading(readings: PlateReadings, hypotheses: Hypotheses, place: int) -> str:
    """Return the text that matched: a reading as the plate shows it, or the folded text with a character more or less."""
    if place < len(readings.folded):
        return readings.text(place)
    return unpack(int(hypotheses.keys[place]))
