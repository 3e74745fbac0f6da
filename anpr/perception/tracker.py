"""Follows plates from frame to frame: which read belongs to which vehicle.

A pairing of a track and a read is judged by log odds: where the plate was expected, and whether the characters agree.
At 30 frames a second the place decides, at one frame a second the characters do, and neither has a special case.
Lifetimes are in seconds. One tracker for each camera.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import log
from typing import Final

from anpr.perception.alignment import align
from anpr.perception.fusion import EvidenceFuser, FusionSettings, Prior
from anpr.perception.kinematics import Kinematics
from anpr.perception.picture_edge import is_cut_at_side
from anpr.values import Box, Frame, Image, Motion, Position, Read
from anpr.vrm import fold

FAR_PX: Final = 28.0
FAR_TWO_LINES_PX: Final = 18.0
FAR_ASPECT: Final = 2.2
"""Widths in px below which plates are not read, for those wider than FAR_ASPECT times their height and for the others."""

_JUNK_POWER: Final = 4.0
"""A far plate gives junk now and then, characters that have nothing to do with it. How probably a track's text is junk is taken
to be its doubt to this power: 0.9 at a confidence of 0.03, 0.06 at 0.5. Junk agrees with nothing, so it cannot refuse a read."""


@dataclass(frozen=True, slots=True)
class TrackerSettings:
    """When reads are taken to be of one vehicle.

    `coast_s`: how long the place is expected without a detection; after that, up to `remember_s`, and wherever the place
    is all but impossible (a plate half hidden a moment ago), only the characters can find the vehicle again, with odds of
    at least `text_only_log_odds`. `unread_coast_s`: the same for a vehicle of which nothing was read yet, which has nothing to
    lose by beginning anew, while the next plate at its place may be another's. `join_log_odds`: least log odds for joining a read to a track. `text_limit` bounds what
    the characters can say, since a read may be of something else.
    `unread_log_odds`: a plate that was read before is seldom found unreadable a moment later, a grille beside it often.
    `double_confidence`: two tracks with the same text, each at least so sure of it, are one vehicle.
    """

    coast_s: float = 1.3
    unread_coast_s: float = 0.4
    remember_s: float = 5.0
    join_log_odds: float = 2.0
    text_only_log_odds: float = 9.0
    text_limit: float = 14.0
    unread_log_odds: float = -4.0
    double_confidence: float = 0.3


@dataclass(slots=True, eq=False)
class Track:
    """One vehicle being followed; private to the tracker and to the pipeline that owns it."""

    track_id: int
    motion: Kinematics
    fuser: EvidenceFuser
    first_ns: int
    first_utc: datetime
    last_ns: int
    last_utc: datetime
    first_width: float
    last_width: float
    """Widths of the first and last box that the picture's edge didn't cut, px; 0 where there is none."""
    reads: list[Read] = field(default_factory=list)
    detections: int = 0
    revision: int = 0
    plate_image: Image | None = None
    overview_image: Image | None = None
    pictures_id: str = ""
    pictured_utc: datetime | None = None
    plate_quality: float = 0.0
    position: Position | None = None

    def direction(self) -> Motion:
        """Return whether the vehicle comes nearer, from the growth of its plate over the whole track.

        A change of width by less than 8 % is within the noise of two detections, so it counts as steady; over less
        than 0.2 s, and of a plate that the picture's edge always cut, nothing is said.
        """
        seen_s = (self.last_ns - self.first_ns) * 1e-9
        if seen_s < 0.2 or self.detections < 3 or not self.first_width:
            return Motion.UNKNOWN
        growth = self.last_width / max(self.first_width, 1.0)
        if growth > 1.08:
            return Motion.TOWARDS
        return Motion.AWAY if growth < 1 / 1.08 else Motion.STEADY


@dataclass(slots=True)
class Tracker:
    """Joins reads to tracks for one camera; `next_id` gives each new track its id."""

    settings: TrackerSettings = field(default_factory=TrackerSettings)
    fusion: FusionSettings = field(default_factory=FusionSettings)
    prior: Prior | None = None
    next_id: Callable[[], int] = field(default_factory=lambda: itertools.count(1).__next__)
    _tracks: list[Track] = field(default_factory=list)

    @property
    def tracks(self) -> Sequence[Track]:
        """The vehicles followed now, oldest first."""
        return tuple(self._tracks)

    def expected(self, box: Box, at_ns: int) -> Track | None:
        """Return the track whose expected box covers most of `box` (intersection over union at least 0.5), if any."""
        best, best_overlap = None, 0.5
        for track in self._tracks:
            if at_ns - track.motion.at_ns > self._coast_ns(track):
                continue
            aspect = (box[3] - box[1]) / max(box[2] - box[0], 1.0)
            overlap = intersection_over_union(track.motion.box_at(at_ns, aspect), box)
            if overlap >= best_overlap:
                best, best_overlap = track, overlap
        return best

    def update(self, frame: Frame, reads: Sequence[Read]) -> list[Track]:
        """Join this frame's reads to tracks or start new ones; returns the tracks that got one, in the reads' order.

        Best pairs are joined first; a read or a track is joined once. Plates that overlap by more than half are one.
        """
        pairs = []
        for r, read in enumerate(reads):
            for t, track in enumerate(self._tracks):
                odds = self._log_odds(track, read, frame)
                if odds is not None:
                    pairs.append((-odds, t, r))
        joined: dict[int, Track] = {}
        taken: set[int] = set()
        for _, t, r in sorted(pairs):
            if t in taken or r in joined:
                continue
            taken.add(t)
            joined[r] = self._tracks[t]
        return [self._extend(joined.get(r) or self._begin(frame, read), frame, read) for r, read in enumerate(reads)]

    def absorb_doubles(self, touched: Sequence[Track]) -> list[tuple[Track, Track]]:
        """Join tracks that turn out to be of one vehicle: the same characters, and never seen in the same frame.

        Returns (gone, kept) pairs; the older track is kept and has the reads of both.
        """
        joined: list[tuple[Track, Track]] = []
        for track in touched:
            for other in self._tracks:
                if other is not track and track in self._tracks and self._is_double(track, other):
                    kept, gone = sorted((track, other), key=lambda t: t.track_id)
                    _absorb(kept, gone)
                    self._tracks.remove(gone)
                    joined.append((gone, kept))
                    break
        return joined

    def _is_double(self, track: Track, other: Track) -> bool:
        if not track.fuser.has_evidence or not other.fuser.has_evidence:
            return False
        mine, theirs = track.fuser.fused(), other.fuser.fused()
        sure = min(mine.confidence, theirs.confidence) >= self.settings.double_confidence
        if not sure or fold(mine.text) != fold(theirs.text):
            return False
        return not {r.frame_seq for r in track.reads} & {r.frame_seq for r in other.reads}

    def follow(self, track: Track, frame: Frame, box: Box) -> None:
        """Move a track to a detection that was not read."""
        _advance(track, frame, box)

    def expire(self, now_ns: int | None) -> list[Track]:
        """Take out and return the tracks not seen for their lifetime, or all of them when `now_ns` is None.

        A track that was read lives for `remember_s`; one that was not cannot be found again after `unread_coast_s`.
        """
        gone = [t for t in self._tracks if now_ns is None or now_ns - t.motion.at_ns > self._lifetime_ns(t)]
        self._tracks = [t for t in self._tracks if t not in gone]
        return gone

    def _coast_ns(self, track: Track) -> float:
        return (self.settings.coast_s if track.fuser.has_evidence else self.settings.unread_coast_s) * 1e9

    def _lifetime_ns(self, track: Track) -> float:
        return self.settings.remember_s * 1e9 if track.fuser.has_evidence else self._coast_ns(track)

    def _log_odds(self, track: Track, read: Read, frame: Frame) -> float | None:
        """Return the log odds that the read is of the track's vehicle, or None when they do not suffice.

        The characters are only compared where they can still decide: aligning is the dearest part of tracking.
        """
        s = self.settings
        if frame.captured_ns - track.motion.at_ns > self._coast_ns(track):
            return self._by_text_alone(track, read)
        height, width = frame.image.shape[:2]
        place = track.motion.log_odds(read.detection.box_px, frame.captured_ns, (width, height))
        if place + s.text_limit < s.join_log_odds:
            text = self._by_text_alone(track, read)
            return None if text is None else text + s.join_log_odds - s.text_limit
        odds = place + self._text_log_odds(track, read)
        return odds if odds >= s.join_log_odds else None

    def _by_text_alone(self, track: Track, read: Read) -> float | None:
        if not (track.fuser.has_evidence and _share_characters(track.fuser.fused().text, read.text)):
            return None
        text = self._text_log_odds(track, read)
        return text if text >= self.settings.text_only_log_odds else None

    def _text_log_odds(self, track: Track, read: Read) -> float:
        s = self.settings
        if not track.fuser.has_evidence:
            return 0.0
        if not read.text:
            return 0.0 if too_far_to_read(read.detection.box_px) else s.unread_log_odds
        fused = track.fuser.fused()
        least = max(-s.text_limit, _JUNK_POWER * log(max(1.0 - fused.confidence, 1e-9)))
        return max(least, min(s.text_limit, align(fused.probabilities, read.probabilities).log_odds))

    def _begin(self, frame: Frame, read: Read) -> Track:
        box = read.detection.box_px
        track = Track(
            track_id=self.next_id(),
            motion=Kinematics.start(box, frame.captured_ns),
            fuser=EvidenceFuser(self.fusion, self.prior),
            first_ns=frame.captured_ns,
            first_utc=frame.captured_utc,
            last_ns=frame.captured_ns,
            last_utc=frame.captured_utc,
            first_width=0.0,
            last_width=0.0,
            position=frame.position,
        )
        self._tracks.append(track)
        return track

    def _extend(self, track: Track, frame: Frame, read: Read) -> Track:
        _advance(track, frame, read.detection.box_px)
        track.fuser.add(read)
        track.reads.append(read)
        return track


def too_far_to_read(box: Box) -> bool:
    """Whether a plate is too small in the picture to be worth reading: followed, it will be read once it is nearer.

    On the made drive that ships, whose plates have one line, the reader was right on 1 % of those 20 to 25 px wide, 6 % at 25 to 30, 36 % at 30
    to 35 and 79 % at 35 to 40. Plates of two lines have larger characters for their width.
    """
    width = box[2] - box[0]
    return width < (FAR_PX if width > FAR_ASPECT * (box[3] - box[1]) else FAR_TWO_LINES_PX)


def _share_characters(a: str, b: str) -> bool:
    """Whether two texts have half of their different characters in common; else they cannot be of one plate."""
    fewest = min(len(set(a)), len(set(b)))
    return fewest > 0 and 2 * len(set(a) & set(b)) >= fewest


def _absorb(kept: Track, gone: Track) -> None:
    """Give a track the reads and pictures of another, and the motion of the one that was seen last."""
    for read in gone.reads:
        kept.fuser.add(read)
    kept.reads = sorted([*kept.reads, *gone.reads], key=lambda r: r.captured_ns)
    kept.detections += gone.detections
    if gone.first_ns < kept.first_ns:
        kept.first_ns, kept.first_utc, kept.first_width = (
            gone.first_ns, gone.first_utc, gone.first_width or kept.first_width
        )  # fmt: skip
    if gone.last_ns > kept.last_ns:
        kept.last_ns, kept.last_utc, kept.last_width = gone.last_ns, gone.last_utc, gone.last_width or kept.last_width
        kept.motion, kept.position = gone.motion, gone.position
    if gone.plate_quality > kept.plate_quality:
        kept.plate_quality = gone.plate_quality
        kept.plate_image, kept.overview_image = gone.plate_image, gone.overview_image
        kept.pictures_id, kept.pictured_utc = gone.pictures_id, gone.pictured_utc


def _advance(track: Track, frame: Frame, box: Box) -> None:
    if track.detections:
        track.motion.update(box, frame.captured_ns)
    track.detections += 1
    track.last_ns, track.last_utc, track.position = frame.captured_ns, frame.captured_utc, frame.position
    if not is_cut_at_side(box, frame.image):
        track.last_width = box[2] - box[0]
        track.first_width = track.first_width or track.last_width


def intersection_over_union(a: Box, b: Box) -> float:
    """Return the shared area of two boxes over the area that they cover together, 0 to 1."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    areas = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
    return shared / max(areas - shared, 1e-9)
