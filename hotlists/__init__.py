"""Lists of vehicles of interest: import, storage, synchronisation and matching by probability.

What the rest of the program needs: `open_matcher` for matching, `Follower` for syncing in the background,
`look_back` beside the alerts. The commands are in `hotlists.commands`.
"""

from hotlists.follow import Follower
from hotlists.lookback import PastHit, look_back
from hotlists.matcher import HotlistMatcher, MatchSettings, open_matcher
from hotlists.status import ListStatus
from hotlists.sync_config import SyncConfig, load_sync_config

__all__ = [
    "Follower",
    "HotlistMatcher",
    "ListStatus",
    "MatchSettings",
    "PastHit",
    "SyncConfig",
    "load_sync_config",
    "look_back",
    "open_matcher",
]
