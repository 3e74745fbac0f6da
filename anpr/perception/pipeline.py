"""Perception, one frame at a time: detect → read → track → fuse. No threads, no clock but the one that is passed in.

The same frames give the same sightings, but for the names of their pictures: nothing here depends on how long a stage takes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Protocol
from uuid import uuid4

import numpy as np

from anpr.perception.fusion import FusionSettings, Prior
from anpr.perception.hidden_places import with_places
from anpr.perception.picture_edge import is_cut, is_readable_in_part
from anpr.perception.plate_probability import plate_probability
from anpr.perception.sighting_images import cut_overview, cut_plate
from anpr.perception.tracker import Track, Tracker, TrackerSettings, too_far_to_read
from anpr.values import Detection, Frame, Image, Motion, Read, Sighting
from anpr.vrm import NOTHING

BESIDE_HIDDEN: Final = 0.18
"""Share of the plate's width shown on each side of a plate of which a character may be hidden: more than a character."""

KNOWN_WELL: Final = 0.5
"""A plate of which the whole mark is at least so sure isn't read again where the picture's edge cuts it; a judgement."""


class PlateFinder(Protocol):
    """Finds plates in a picture."""

    input_width: int
    """Width in pixels to which pictures are scaled; may be changed between frames."""

    def detect(self, image: Image) -> list[Detection]:
        """Return the plates found; an empty list means that it looked and found none."""


class PlateText(Protocol):
    """Reads plates that were found."""

    def read(self, image: Image, detections: Sequence[Detection], *, look_again: bool | None = None) -> list[Read]:
        """Return one read for each detection, in order; an empty text where nothing readable was found.

        `look_again` allows more looks at plates that are hard to read.
        """


@dataclass(frozen=True, slots=True)
class PipelineSettings:
    """How much work is spent on a plate, and what is worth reporting.

    A track whose text has reached `settled_confidence` in at least `settled_reads` reads is read again only every
    `settled_every_s`. A finished track is reported when its text has `reported_characters` or more and a confidence
    of `reported_confidence` or more; others are counted as unread. What could not be read `unreadable_reads` times in
    a row is tried again every `unreadable_every_s`. Where frames are `look_again_s` or more apart, each plate gets
    more looks, since the next frame may come too late to be one.
    """

    settled_confidence: float = 0.99
    settled_reads: int = 6
    settled_every_s: float = 0.25
    unreadable_reads: int = 3
    unreadable_every_s: float = 0.15
    look_again_s: float = 0.2
    reported_confidence: float = 0.3
    reported_characters: int = 2
    tracker: TrackerSettings = field(default_factory=TrackerSettings)
    fusion: FusionSettings = field(default_factory=FusionSettings)


@dataclass(frozen=True, slots=True, eq=False)
class FrameResult:
    """What one frame gave: `sightings` are those whose evidence changed, `finished` those that are complete.

    `absorbed` holds (gone, kept) track ids of tracks that turned out to be of one vehicle.
    """

    frame: Frame
    detections: tuple[Detection, ...]
    reads: tuple[Read, ...]
    sightings: tuple[Sighting, ...]
    finished: tuple[Sighting, ...]
    stage_ms: dict[str, float]
    absorbed: tuple[tuple[int, int], ...] = ()


@dataclass(slots=True)
class Pipeline:
    """Perception for one engine; tracks of each camera are apart, track ids are unique over all of them.

    `clock_ns` only measures how long stages take.
    """

    detector: PlateFinder
    reader: PlateText
    clock_ns: Callable[[], int]
    settings: PipelineSettings = field(default_factory=PipelineSettings)
    prior: Prior | None = None
    unread_tracks: int = 0
    cut_off: int = 0
    """Detections that the picture's edge cut through and that were not read: too little was left, or their mark was known."""
    _trackers: dict[str, Tracker] = field(default_factory=dict)
    _track_ids: int = 0
    _last_frame_ns: dict[str, int] = field(default_factory=dict)
    _frame_width_px: dict[str, int] = field(default_factory=dict)

    def process(self, frame: Frame) -> FrameResult:
        """Take one frame through all stages."""
        started = self.clock_ns()
        detections = self.detector.detect(frame.image)
        return self.read(frame, detections, (self.clock_ns() - started) * 1e-6)

    def read(self, frame: Frame, detections: Sequence[Detection], detect_ms: float) -> FrameResult:
        """Take one frame, whose plates were found in `detect_ms`, through the stages after that."""
        detected = self.clock_ns()
        self._frame_width_px[frame.camera_id] = frame.image.shape[1]
        tracker = self._tracker(frame.camera_id)
        fresh: list[Detection] = []
        far: list[Detection] = []
        for detection in detections:
            if is_cut(detection.box_px, frame.image) and not self._worth_reading_cut(detection, frame):
                self.cut_off += 1
                continue
            if too_far_to_read(detection.box_px):
                far.append(detection)
                continue
            track = tracker.expected(detection.box_px, frame.captured_ns)
            if track is not None and self._is_settled(track, frame):
                tracker.follow(track, frame, detection.box_px)
            else:
                fresh.append(detection)
        again = self._is_far_apart(frame)
        found = self.reader.read(frame.image, fresh, look_again=again) if fresh else []
        reads = [_stamped(read, frame) for read in (*found, *(_unread(detection) for detection in far))]
        read_done = self.clock_ns()
        tracks = tracker.update(frame, reads)
        for track, read in zip(tracks, reads, strict=True):
            _keep_pictures(track, frame, read)
        doubles = tracker.absorb_doubles(tracks)
        gone = {one.track_id for one, _ in doubles}
        tracks = [*(t for t in tracks if t.track_id not in gone), *(k for _, k in doubles if k not in tracks)]
        sightings = tuple(self._sighting(t, frame.camera_id, final=False) for t in tracks if t.fuser.has_evidence)
        finished = self._finish(tracker, frame.camera_id, frame.captured_ns)
        done = self.clock_ns()
        stage_ms = {
            "detect": detect_ms,
            "read": (read_done - detected) * 1e-6,
            "track": (done - read_done) * 1e-6,
        }
        return FrameResult(
            frame,
            tuple(detections),
            tuple(reads),
            sightings,
            finished,
            stage_ms,
            tuple((one.track_id, kept.track_id) for one, kept in doubles),
        )

    def set_input_width(self, width: int) -> None:
        """Change how large pictures are when plates are looked for in them; the governor's lever."""
        self.detector.input_width = width

    def finish(self) -> tuple[Sighting, ...]:
        """End all tracks, as at the end of a clip, and return their sightings."""
        ended: list[Sighting] = []
        for camera_id, tracker in self._trackers.items():
            ended.extend(self._finish(tracker, camera_id, None))
        return tuple(ended)

    def _tracker(self, camera_id: str) -> Tracker:
        if camera_id not in self._trackers:
            self._trackers[camera_id] = Tracker(
                self.settings.tracker, self.settings.fusion, self.prior, next_id=self._next_track_id
            )
        return self._trackers[camera_id]

    def _next_track_id(self) -> int:
        self._track_ids += 1
        return self._track_ids

    def _worth_reading_cut(self, detection: Detection, frame: Frame) -> bool:
        """Whether a plate that the edge cuts is read for what is left of it: its mark isn't known from before."""
        if not is_readable_in_part(detection.box_px, frame.image):
            return False
        track = self._tracker(frame.camera_id).expected(detection.box_px, frame.captured_ns)
        return track is None or track.fuser.fused().whole_confidence < KNOWN_WELL

    def _is_settled(self, track: Track, frame: Frame) -> bool:
        s = self.settings
        since_s = (frame.captured_ns - track.reads[-1].captured_ns) * 1e-9
        latest = [r for r in track.reads[-s.unreadable_reads :] if not too_far_to_read(r.detection.box_px)]
        if since_s < s.unreadable_every_s and len(latest) == s.unreadable_reads and not any(r.text for r in latest):
            return True
        if len(track.reads) < s.settled_reads:
            return False
        return since_s < s.settled_every_s and track.fuser.fused().whole_confidence >= s.settled_confidence

    def _is_far_apart(self, frame: Frame) -> bool:
        """Whether this camera's frames come so seldom that each counts."""
        before = self._last_frame_ns.get(frame.camera_id)
        self._last_frame_ns[frame.camera_id] = frame.captured_ns
        return before is None or frame.captured_ns - before >= self.settings.look_again_s * 1e9

    def _finish(self, tracker: Tracker, camera_id: str, now_ns: int | None) -> tuple[Sighting, ...]:
        finished = []
        for track in tracker.expire(now_ns):
            fused = track.fuser.fused()
            s = self.settings
            sure = fused.confidence * plate_probability(track.reads, fused.text)
            if len(fused.text) >= s.reported_characters and sure >= s.reported_confidence:
                finished.append(self._sighting(track, camera_id, final=True))
            else:
                self.unread_tracks += 1
        return tuple(finished)

    def _sighting(self, track: Track, camera_id: str, *, final: bool) -> Sighting:
        fused = track.fuser.fused()
        sighting = Sighting(
            track_id=track.track_id,
            camera_id=camera_id,
            revision=track.revision,
            final=final,
            text=fused.text,
            confidence=fused.whole_confidence * plate_probability(track.reads, fused.text),
            alternatives=with_places(fused.readings, fused.hidden),
            probabilities=fused.probabilities,
            reads=tuple(track.reads),
            first_ns=track.first_ns,
            last_ns=track.last_ns,
            first_utc=track.first_utc,
            last_utc=track.last_utc,
            motion=track.direction() if track.detections else Motion.UNKNOWN,
            position=track.position,
            plate_image=track.plate_image,
            overview_image=track.overview_image,
            pictures_id=track.pictures_id,
            pictured_utc=track.pictured_utc,
            frame_width_px=self._frame_width_px.get(camera_id, 0),
            hidden=fused.hidden,
        )
        track.revision += 1
        return sighting


def _unread(detection: Detection) -> Read:
    return Read(detection, "", 0.0, np.zeros((0, NOTHING + 1), np.float32))


def _stamped(read: Read, frame: Frame) -> Read:
    return replace(read, frame_seq=frame.seq, frame_name=frame.name, captured_ns=frame.captured_ns)


def _keep_pictures(track: Track, frame: Frame, read: Read) -> None:
    """Keep the pictures of the best look: sure, and large in the frame."""
    box = read.detection.box_px
    quality = (read.confidence + 0.05) * (box[2] - box[0]) ** 0.5
    if quality <= track.plate_quality * 1.05:
        return
    track.plate_quality = quality
    track.plate_image = cut_plate(frame.image, read.detection, beside=BESIDE_HIDDEN if read.hidden else 0.0)
    track.overview_image = cut_overview(frame.image, box)
    track.pictures_id, track.pictured_utc = uuid4().hex, frame.captured_utc
