"""What the desk of the tests has: lists and entries as a crew sees them, health marks, and evidence for a text."""

from collections.abc import Container, Mapping
from datetime import UTC, datetime
from functools import lru_cache

import numpy as np

from anpr.screen.hand_port import NewEntry
from anpr.screen.port import HealthMark, ListedView, ListView
from anpr.screen.views import listed_view
from anpr.values import AlertStep, HotlistEntry, HotlistInfo, StepKind
from tests.builders import evidence as builders

START = datetime(2026, 11, 22, 2, 14, 5, tzinfo=UTC)

HOTLISTS = {
    info.name: info
    for info in (
        HotlistInfo("PNC stolen", 412, START, START, 90, "#c8102e", entries=214_330, max_age_s=86400, threshold=0.8),
        HotlistInfo("PNC wanted", 412, START, START, 95, "#7b1fa2", entries=48_112, max_age_s=86400, threshold=0.8),
        HotlistInfo("Local VOI", 38, START, START, 70, "#d97706", entries=61, max_age_s=172800, crew_may_disable=True),
        HotlistInfo("No insurance", 77, START, START, 40, "#1565c0", entries=1_204_551, max_age_s=604800, crew_may_disable=True),
        HotlistInfo("No tax", 77, START, START, 20, "#00796b", entries=2_881_043, max_age_s=604800, crew_may_disable=True),
    )
}  # fmt: skip

HEALTHY = (
    HealthMark("cameras", "ok", "2 of 2 cameras reading"),
    HealthMark("gps", "ok", "Fix, 9 satellites"),
    HealthMark("clock", "ok", "Set by GPS"),
    HealthMark("lists", "ok", "Newest 3 h old"),
    HealthMark("disk", "ok", "71 GB free"),
    HealthMark("budget", "ok", "64 ms of 250 ms"),
)


def evidence(text: str, unsure: Mapping[int, tuple[str, float]] | None = None) -> np.ndarray:
    """Return fused evidence for the text; `unsure` gives another character and its probability at a position."""
    return _evidence(text, tuple((unsure or {}).items()))


@lru_cache(maxsize=2000)
def _evidence(text: str, pairs: tuple[tuple[int, tuple[str, float]], ...]) -> np.ndarray:
    doubts = {position: {text[position]: 1 - p, other: p} for position, (other, p) in pairs}
    return builders.evidence(text, doubts, certainty=0.993)


def list_view(
    info: HotlistInfo, disabled: Container[str], muted: Container[str], own: Container[str] = ("Local VOI",)
) -> ListView:
    """Return a list as the crew sees it, three hours old."""
    return ListView(
        info.name, info.priority, info.colour, info.entries, info.revision, 3 * 3600.0, info.max_age_s,
        info.name not in disabled, info.crew_may_disable, info.name in own, info.name in muted,
    )  # fmt: skip


def added_view(entry: NewEntry) -> ListedView:
    """Return an entry that the crew added by hand as the look-up shows it."""
    row = HotlistEntry(
        entry.vrm, entry.list_name, 0, entry.make, entry.model, entry.colour, entry.action, entry.markers,
        entry.reason, information=entry.information, weed_date=entry.expires_utc,
    )  # fmt: skip
    return listed_view(row, HOTLISTS[entry.list_name], 0.0)


def told(words: str, at_utc: datetime | None = None) -> AlertStep:
    """Return a step of an alert that is told in these words."""
    return AlertStep(StepKind.OTHER, at_utc, words=words)
