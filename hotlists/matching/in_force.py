"""Everything the matcher needs of the lists in force, loaded once for each change and never altered."""

from dataclasses import dataclass
from datetime import datetime

from anpr.values import HotlistInfo
from hotlists.matching.wildcards import WildcardIndex
from hotlists.store.colours import default_colour
from hotlists.store.conditions import Area, Hours
from hotlists.store.database import pool_sql
from hotlists.store.index import KeyIndex
from hotlists.store.revision import Revision, StoredList
from hotlists.store.store import HotlistStore

_ROWS_A_QUERY = 500


@dataclass(frozen=True, slots=True, eq=False)
class ListInForce:
    """One list: its current revision, keys, patterns (`pattern_rows[i]` holds pattern i) and conditions."""

    stored: StoredList
    revision: Revision
    info: HotlistInfo
    index: KeyIndex
    wildcards: WildcardIndex
    pattern_rows: tuple[int, ...]
    hours: Hours
    area: Area
    expiry: datetime | None

    @property
    def silent(self) -> bool:
        """Whether the crew has switched the list off."""
        return self.stored.switched_off


@dataclass(frozen=True, slots=True, eq=False)
class InForce:
    """All lists with a revision in force, as of one generation of the store."""

    generation: int
    lists: tuple[ListInForce, ...]


def load(store: HotlistStore, before: InForce | None = None) -> InForce:
    """Return the lists in force now; indexes of revisions that `before` holds are used again. Raises StoreError."""
    generation = store.generation()
    known = {one.revision.id: one for one in before.lists} if before is not None else {}
    return InForce(
        generation,
        tuple(
            _load_list(store, stored, stored.current, known.get(stored.current.id))
            for stored in store.lists()
            if stored.current is not None
        ),
    )


def list_info(stored: StoredList, revision: Revision) -> HotlistInfo:
    """Return what hits say of their list."""
    settings = stored.settings
    return HotlistInfo(
        name=stored.name,
        revision=revision.number,
        received_utc=revision.received_utc,
        effective_utc=revision.effective_utc,
        current_utc=revision.current_utc,
        priority=settings.priority,
        colour=settings.colour or default_colour(stored.name),
        sound=settings.sound,
        threshold=settings.threshold,
        covert=settings.covert,
        crew_may_disable=settings.crew_may_disable,
        entries=revision.entries,
        source=revision.source,
        max_age_s=settings.max_age_s,
        encounter_s=settings.encounter_s,
        own=stored.origin == "hand",
    )


def _load_list(store: HotlistStore, stored: StoredList, revision: Revision, known: ListInForce | None) -> ListInForce:
    if known is not None:
        index, wildcards, pattern_rows = known.index, known.wildcards, known.pattern_rows
    else:
        index = store.index(revision)
        rows_and_patterns = _patterns(store, revision, [int(row) for row in index.patterns])
        pattern_rows = tuple(row for row, _ in rows_and_patterns)
        wildcards = WildcardIndex([pattern for _, pattern in rows_and_patterns])
    return ListInForce(
        stored=stored,
        revision=revision,
        info=list_info(stored, revision),
        index=index,
        wildcards=wildcards,
        pattern_rows=pattern_rows,
        hours=Hours.parse(stored.settings.hours),
        area=Area.parse(stored.settings.area),
        expiry=stored.settings.expiry(),
    )


def _patterns(store: HotlistStore, revision: Revision, rows: list[int]) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    statement = pool_sql("SELECT row_id, vrm FROM POOL WHERE row_id IN (IDS) AND VISIBLE", revision.pool)
    for start in range(0, len(rows), _ROWS_A_QUERY):
        chunk = rows[start : start + _ROWS_A_QUERY]
        marked = statement.replace("IDS", ",".join("?" * len(chunk)))
        found.extend(store.connection.execute(marked, (*chunk, revision.ordinal, revision.ordinal)))
    return found
