"""Hits: sightings that match an entry of a list."""

from anpr.values import Hit, HotlistEntry, HotlistInfo, Sighting
from tests.builders.sighting import NOW, sighting


def hotlist(name: str = "stolen", priority: int = 80, *, covert: bool = False, threshold: float = 0.8) -> HotlistInfo:
    """What is known of a list as a whole."""
    return HotlistInfo(name, 1, NOW, NOW, priority=priority, threshold=threshold, covert=covert)


def hit(
    probability: float = 0.9,
    vrm: str = "AB12CDE",
    list_name: str = "stolen",
    priority: int = 80,
    *,
    of: Sighting | None = None,
    covert: bool = False,
    action: str = "",
) -> Hit:
    """A hit of `of` (else of a sighting of AB12CDE) on an entry of `vrm`, a minute after the list came."""
    seen = sighting() if of is None else of
    entry = HotlistEntry(vrm, list_name, action=action)
    return Hit(seen, entry, hotlist(list_name, priority, covert=covert), probability, vrm == seen.text, seen.text, 60.0)
