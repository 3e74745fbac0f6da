"""Tells from a camera's pictures alone that it is frozen, black, blinded, smeared or damaged."""

from collections import deque
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from anpr.faults import FaultKind
from anpr.values import Image
from camera.damage import DamageCount
from camera.picture_measures import PictureMeasures, measure

_NS = 1_000_000_000
_REFRESHES = 3
_REFRESHES_WITHIN_S = 60


@dataclass(frozen=True, slots=True)
class HealthLimits:
    """When a picture counts as bad; times in seconds.

    `raise_after_s` and `clear_after_s` bridge tunnels' mouths, passing lorries and single bad frames, and leave room
    to name a fault within 2 s. `black_brightest` is the grey level that no pixel of a black picture exceeds: by
    night a headlight, a lamp or a plate does. Raise `raise_black_after_s` for infra-red cameras, whose pictures
    are rightly black on an empty road. `damaged_share` is the share of rows that repeat the one above (see `PictureMeasures`). `frozen_parked_s` is for codecs that repeat a still picture exactly until
    their next key frame.
    """

    check_every_s: float = 0.2
    raise_after_s: float = 1.0
    raise_black_after_s: float = 1.0
    clear_after_s: float = 0.6
    frozen_after_s: float = 1.2
    frozen_parked_s: float = 12.0
    moving_mps: float = 2.0
    black_brightest: int = 30
    plain_spread: int = 6
    blinded_share: float = 0.5
    smeared_below: float = 0.45
    smeared_floor: float = 0.03
    damaged_share: float = 0.2
    baseline_after: int = 25
    unchanged_mean: float = 0.03


@dataclass(slots=True)
class _Condition:
    """A state that counts once it has lasted, and stops to count once it has been gone for a while."""

    raise_after_s: float
    clear_after_s: float
    is_on: bool = False
    _since_ns: int | None = None

    def update(self, now_ns: int, seen: bool) -> bool:
        """Take what was seen at a time; return whether the condition holds now."""
        if seen == self.is_on:
            self._since_ns = None
            return self.is_on
        if self._since_ns is None:
            self._since_ns = now_ns
        wait_s = self.clear_after_s if self.is_on else self.raise_after_s
        if now_ns - self._since_ns >= wait_s * _NS:
            self.is_on, self._since_ns = seen, None
        return self.is_on


@dataclass(slots=True)
class _Sharpness:
    """A camera's usual sharpness: follows in about a minute, and much slower downwards while it looks smeared."""

    baseline: float | None = None
    seen: int = 0
    first: list[float] = field(default_factory=list)

    def relative(self, value: float, limits: HealthLimits) -> float | None:
        """Return the value as a share of the baseline, which learns from it; None while there is none."""
        if self.baseline is None:
            self.first.append(value)
            if len(self.first) >= limits.baseline_after:
                self.baseline = float(np.median(self.first))
                self.first.clear()
            return None
        share = value / max(self.baseline, 1e-6)
        self.baseline += (value - self.baseline) * (0.003 if share > limits.smeared_below else 0.00005)
        return share


class PictureChecks:
    """Judges one camera's pictures, a few times a second; deterministic, not safe for threads.

    Frozen means exactly the same sampled pixels, which a sensor's noise makes impossible in a live picture. A codec
    can repeat a still scene exactly, though, while the car is parked: a camera that was seen to do so gets
    `frozen_parked_s`, unless the GPS says that the car moves.
    """

    def __init__(self, limits: HealthLimits | None = None, sharpness_baseline: float | None = None) -> None:
        self._limits = limits or HealthLimits()
        keep = self._limits
        self._checked_ns: int | None = None
        self._previous: NDArray[np.uint8] | None = None
        self._same_since_ns = 0
        self._same_count = 0
        self._repeats_when_still = False
        self._refreshed_ns: deque[int] = deque(maxlen=_REFRESHES)
        self._is_frozen = False
        self._black = _Condition(keep.raise_black_after_s, keep.clear_after_s)
        self._blinded = _Condition(keep.raise_after_s, keep.clear_after_s)
        self._smeared = _Condition(keep.raise_after_s, keep.clear_after_s)
        self._sharpness = _Sharpness(baseline=sharpness_baseline)
        self._damage = DamageCount(keep.raise_after_s)
        self._looks_damaged = False

    @property
    def sharpness_baseline(self) -> float | None:
        """The camera's usual sharpness, to be given to the next run; None before 25 pictures were measured."""
        return self._sharpness.baseline

    @property
    def faults(self) -> frozenset[FaultKind]:
        """The faults that the pictures show now; the worst hides what follows from it."""
        if self._damage.is_on:
            return frozenset((FaultKind.CAMERA_DAMAGED,))
        if self._is_frozen:
            return frozenset((FaultKind.CAMERA_FROZEN,))
        if self._black.is_on:
            return frozenset((FaultKind.CAMERA_BLACK,))
        if self._blinded.is_on:
            return frozenset((FaultKind.CAMERA_BLINDED,))
        return frozenset((FaultKind.CAMERA_SMEARED,)) if self._smeared.is_on else frozenset()

    @property
    def damage(self) -> str:
        """How many of the last pictures were damaged, in words."""
        return self._damage.words

    def count_lost(self, now_ns: int) -> None:
        """Count data that became no picture as a damaged one."""
        self._damage.add(now_ns, True)

    def restart(self) -> None:
        """Forget what was seen of a connection that has ended; the usual sharpness and the count of damage stay."""
        self._checked_ns = self._previous = None
        self._is_frozen = False
        keep = self._limits
        self._black = _Condition(keep.raise_black_after_s, keep.clear_after_s)
        self._blinded = _Condition(keep.raise_after_s, keep.clear_after_s)
        self._smeared = _Condition(keep.raise_after_s, keep.clear_after_s)

    def look(
        self, image: Image, now_ns: int, speed_mps: float | None = None, *, is_damaged: bool = False
    ) -> frozenset[FaultKind]:
        """Judge the picture if it is time to, and return `faults`.

        `image` is uint8 (height, width, 3); `speed_mps` the car's speed if it is known now; `is_damaged` says that the
        decoder found it so. What the picture itself shows of damage counts until the next one is judged.
        """
        keep = self._limits
        if self._checked_ns is not None and now_ns - self._checked_ns < keep.check_every_s * _NS:
            self._damage.add(now_ns, is_damaged or self._looks_damaged)
            return self.faults
        self._checked_ns = now_ns
        seen = measure(image)
        # Rows of a picture of one colour repeat too; that has a name of its own.
        self._looks_damaged = seen.damaged_share >= keep.damaged_share and seen.spread > keep.plain_spread
        self._damage.add(now_ns, is_damaged or self._looks_damaged)
        self._check_frozen(seen, now_ns, speed_mps)
        is_black = seen.brightest <= keep.black_brightest
        is_blinded = seen.blinded_share >= keep.blinded_share
        is_plain = seen.spread <= keep.plain_spread and not is_blinded
        self._black.update(now_ns, is_black or is_plain)
        self._blinded.update(now_ns, is_blinded)
        if not (is_black or is_plain or is_blinded):
            self._check_sharpness(seen, now_ns)
        return self.faults

    def _check_sharpness(self, seen: PictureMeasures, now_ns: int) -> None:
        if seen.sharpness is None:
            return
        share = self._sharpness.relative(seen.sharpness, self._limits)
        is_smeared = seen.sharpness < self._limits.smeared_floor
        if share is not None:
            is_smeared = is_smeared or share < self._limits.smeared_below
        self._smeared.update(now_ns, is_smeared)

    def _check_frozen(self, seen: PictureMeasures, now_ns: int, speed_mps: float | None) -> None:
        previous, self._previous = self._previous, seen.grey
        if previous is None or previous.shape != seen.grey.shape:
            self._start_run(now_ns)
            return
        keep = self._limits
        is_moving = speed_mps is not None and speed_mps >= keep.moving_mps
        change = float(np.mean(np.abs(seen.grey.astype(np.int16) - previous.astype(np.int16))))
        if change == 0.0 or (is_moving and change <= keep.unchanged_mean):
            self._same_count += 1
            patience_s = keep.frozen_after_s
            if self._repeats_when_still and not is_moving:
                patience_s = keep.frozen_parked_s
            # A black, white or plain picture has no noise to tell it by: it is named by its colour, not frozen.
            has_noise = seen.brightest > keep.black_brightest and seen.spread > keep.plain_spread
            lasted_s = (now_ns - self._same_since_ns) / _NS
            self._is_frozen = has_noise and self._same_count >= 3 and lasted_s >= patience_s
            return
        if self._same_count >= 2 and change < 1.0:
            # The repeats ended in nearly the same picture: perhaps a codec's key frame of a still scene. Key frames
            # come again and again; a camera that froze and came back in a still scene must not pass for one.
            self._refreshed_ns.append(now_ns)
            if len(self._refreshed_ns) == _REFRESHES and now_ns - self._refreshed_ns[0] <= _REFRESHES_WITHIN_S * _NS:
                self._repeats_when_still = True
        self._start_run(now_ns)

    def _start_run(self, now_ns: int) -> None:
        self._same_since_ns, self._same_count, self._is_frozen = now_ns, 0, False
