"""Plausible bugs made by hand, each in a place where it would do harm on the road; tests must notice them.

Code moves: an entry whose text is no longer there (or there twice) is reported as stale and has to be written anew.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.mutation.mutant import Mutant, source_of


class Stale(Exception):
    """The text that a hand-made bug changes does not stand in its file exactly once."""


@dataclass(frozen=True, slots=True)
class Known:
    """A bug made by hand: `find` stands once in the file and is replaced by `put`."""

    what: str
    path: str
    find: str
    put: str

    def mutant(self, tree: Path) -> Mutant:
        """Return the bug as a span of its file in this tree; raises Stale when it has no place there."""
        try:
            source = source_of(tree, self.path)
        except FileNotFoundError:
            raise Stale("the file is gone") from None
        found = source.count(self.find.encode())
        if found != 1:
            raise Stale(f"the text to find is there {found} times")
        start = source.index(self.find.encode())
        end = start + len(self.find.encode())
        first = source.count(b"\n", 0, start) + 1
        put = self.put + "\n" * (self.find.count("\n") - self.put.count("\n"))
        return Mutant(self.path, "known", start, end, put, (first, first + self.find.count("\n")))


KNOWN: Final = [
    Known(
        "covert hits raise alerts",
        "anpr/alerting/board.py",
        "consider(sighting, shown_hits(hits),",
        "consider(sighting, list(hits),",
    ),
    Known(
        "covert alerts are in the queue again after a restart",
        "anpr/patrol/parts.py",
        "in shown_lists(one.info for one in matcher.in_force.lists)}",
        "in (one.info for one in matcher.in_force.lists)}",
    ),
    Known(
        "covert hits found by look-back are announced",
        "anpr/alerting/board.py",
        "if not may_show(hit.hotlist) or self",
        "if self",
    ),
    Known(
        "covert lists are shown on the screen and in the history",
        "anpr/desk/lists.py",
        "in shown_lists(one.info for one in self.matcher.in_force.lists)}",
        "in (one.info for one in self.matcher.in_force.lists)}",
    ),
    Known(
        "a look-up shows entries of covert lists",
        "anpr/desk/lists.py",
        "listed = shown_entries(self.matcher.look_up(vrm))",
        "listed = self.matcher.look_up(vrm)",
    ),
    Known(
        "a look-up of a part of a mark shows entries of covert lists",
        "anpr/desk/lists.py",
        "self.matcher.search(pattern, most, may_show)",
        "self.matcher.search(pattern, most)",
    ),
    Known(
        "a covert list that is too old is named as a fault",
        "anpr/patrol/watch.py",
        "lists = shown_lists(self.matcher.status())",
        "lists = self.matcher.status()",
    ),
    Known(
        "covert hits are written as JSON and counted in the terminal",
        "anpr/cli/output.py",
        "for hit in shown_hits(matched.hits) if",
        "for hit in matched.hits if",
    ),
    Known(
        "of two rows of one VRM the earlier weed date holds",
        "hotlists/store/merging.py",
        'first["until_s"] >= other["until_s"]',
        'first["until_s"] <= other["until_s"]',
    ),
    Known(
        "decisions are purged with sightings (7 instead of 31 days)",
        "anpr/records/retention.py",
        '(retention.alerts_days, "decisions", "DELETE FROM decisions',
        '(retention.sightings_days, "decisions", "DELETE FROM decisions',
    ),
    Known(
        "a decision is recorded under the camera of the latest sighting",
        "anpr/desk/desk.py",
        'camera_id = "" if led.sighting.typed_by else led.sighting.camera_id',
        "camera_id = next((view.moment.camera_id for view in self._strip.views), led.sighting.camera_id)",
    ),
    Known(
        "a corrected alert counts as seen after a restart",
        "anpr/alerting/steps.py",
        "        StepKind.CORRECTED,\n        StepKind.WITHDRAWN,\n",
        "        StepKind.WITHDRAWN,\n",
    ),
    Known(
        "a hit on a further list is folded without asking again",
        "anpr/alerting/following.py",
        "self._shown(again, encounter, sighting, now_utc, asks_again=bool(further))",
        "self._shown(again, encounter, sighting, now_utc)",
    ),
    Known(
        "a hit exactly at its threshold raises no alert",
        "anpr/values.py",
        "return self.probability >= self.hotlist.threshold * share",
        "return self.probability > self.hotlist.threshold * share",
    ),
    Known(
        "a stale position is recorded as a current one",
        "anpr/records/rows.py",
        "int(position.stale) if position else None",
        "0 if position else None",
    ),
    Known(
        "the history shows pictures of another sighting",
        "anpr/records/alerts.py",
        "sighting_of(of_moment, pictures_id)",
        'sighting_of(of_moment, f"recorded-{alert_id}")',
    ),
    Known(
        "the newest finished alerts are forgotten and the oldest kept",
        "anpr/alerting/queue.py",
        "islice(self._finished, max(0,",
        "islice(reversed(self._finished), max(0,",
    ),
    Known(
        "the most important list can be muted",
        "anpr/desk/desk.py",
        "view.priority >= highest",
        "view.priority > highest",
    ),
    Known(
        "a missed budget is never met again",
        "anpr/engine/governor.py",
        "            self.missed = False\n            return Change.MET_AGAIN",
        "            return None",
    ),
    Known(
        "a hit's list age is that of now, not of the sighting",
        "hotlists/matching/matcher.py",
        "list_age_s=one.revision.age_s(at)",
        "list_age_s=one.revision.age_s(self._clock())",
    ),
    Known(
        "an expiry without a time zone is taken as the machine's",
        "anpr/desk/lists.py",
        'raise InputError("the entry is not added: its expiry has no time zone")',
        "expires = expires.astimezone()",
    ),
    Known(
        "look-back reports entries that were listed before",
        "hotlists/matching/look_back.py",
        "if _is_new(hit, changed, one):",
        "if True:",
    ),
    Known(
        "misread rates count the first decision, not the last",
        "anpr/records/store.py",
        "SELECT max(id) FROM decisions GROUP BY alert_id",
        "SELECT min(id) FROM decisions GROUP BY alert_id",
    ),
    Known(
        "an alert keeps pointing at a record that was joined to another",
        "anpr/records/store.py",
        '"UPDATE alerts SET sighting_id = ? WHERE sighting_id = ?", (kept, gone)',
        '"UPDATE alerts SET sighting_id = ? WHERE sighting_id = ?", (gone, kept)',
    ),
    Known(
        "a clock that is ahead of GPS time counts as right",
        "anpr/patrol/health.py",
        "if abs(offset) > CLOCK_TOLERANCE_S:",
        "if offset > CLOCK_TOLERANCE_S:",
    ),
]
