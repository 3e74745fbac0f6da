"""Light and weather: how bright everything is, and what the camera makes of it."""

from dataclasses import dataclass, fields, replace
from typing import Final, Literal

import numpy as np

Colour3 = tuple[float, float, float]
"""BGR, 0 to 255 or a gain for each channel."""
Light = Literal["day", "low_sun", "dusk", "night", "infrared"]
Weather = Literal["dry", "rain"]


@dataclass(frozen=True, slots=True)
class Conditions:
    """Light and weather as the picture shows them, exposure control included.

    Gains multiply what a surface looks like in full daylight. The gain of a plate is `ambient` plus
    `retroreflection` x (12 m / distance)^1.5, since a plate sends the camera car's own lamps back; other bodies get
    `headlights` of the same law. The exponent lies between a bare lamp's 2 and the flatter light of a dipped beam.
    """

    light: str
    weather: str
    ambient: float
    tint: Colour3
    sky_top: Colour3
    sky_bottom: Colour3
    sun: float
    """How much brighter a surface that faces the sun is."""
    headlights: float
    retroreflection: float
    lamps: float
    """Brightness of other vehicles' lamps, 0 off to 1 blinding."""
    noise_sigma: float
    visibility_m: float
    glare: float
    exposure_s: float
    grey: float
    """1: an infrared picture without colour."""
    rain: float
    wet: float
    """How much the road mirrors and darkens."""

    def toward(self, other: "Conditions", share: float) -> "Conditions":
        """Return conditions between these (share 0) and the other ones (1); names change in the middle."""
        changed: dict[str, object] = {}
        for field in fields(self):
            mine, theirs = getattr(self, field.name), getattr(other, field.name)
            if isinstance(mine, str):
                changed[field.name] = mine if share < 0.5 else theirs
            elif isinstance(mine, tuple):
                changed[field.name] = tuple(a + (b - a) * share for a, b in zip(mine, theirs, strict=True))
            else:
                changed[field.name] = mine + (theirs - mine) * share
        return replace(self, **changed)  # type: ignore[arg-type]

    def body_gain(self, distance_m: float, facing_sun: float, facing_us: float = 1.0) -> Colour3:
        """Return the gain of a body's panel at that distance; the facings are 0 to 1."""
        own = facing_us * self.headlights * min((12.0 / max(distance_m, 3.0)) ** 1.5, 3.0)
        level = self.ambient * (1.0 + self.sun * (facing_sun - 0.4)) + own
        b, g, r = (level * t for t in self.tint)
        return b, g, r

    def plate_gain(self, distance_m: float, facing_sun: float) -> Colour3:
        """Return the gain of a plate at that distance, own lamps and exposure control included."""
        own = self.retroreflection * min((12.0 / max(distance_m, 3.0)) ** 1.5, 3.0)
        level = min(self.ambient * (1.0 + 0.5 * self.sun * (facing_sun - 0.4)) + own, 2.2)
        b, g, r = (level * t for t in self.tint)
        return b, g, r

    def haze(self, distance_m: float) -> tuple[float, Colour3]:
        """Return the share of haze in front of something at that distance, and the haze's colour."""
        return float(1.0 - np.exp(-distance_m / self.visibility_m)), self.sky_bottom


DAY: Final = Conditions(
    light="day", weather="dry", ambient=0.95, tint=(1.0, 1.0, 1.0), sky_top=(214, 170, 118), sky_bottom=(226, 216, 202),
    sun=0.35, headlights=0.0, retroreflection=0.0, lamps=0.0, noise_sigma=1.8, visibility_m=1500.0, glare=0.0,
    exposure_s=1 / 1000, grey=0.0, rain=0.0, wet=0.0,
)  # fmt: skip
LIGHTS: Final[dict[str, Conditions]] = {
    "day": DAY,
    "low_sun": replace(
        DAY, light="low_sun", ambient=0.62, tint=(0.80, 0.96, 1.08), sky_top=(196, 164, 130), sky_bottom=(150, 206, 250),
        sun=0.8, glare=0.75, visibility_m=600.0, noise_sigma=2.5,
    ),
    "dusk": replace(
        DAY, light="dusk", ambient=0.40, tint=(1.12, 0.98, 0.94), sky_top=(120, 84, 60), sky_bottom=(150, 144, 176),
        sun=0.1, headlights=0.10, retroreflection=0.25, lamps=0.55, noise_sigma=4.0, exposure_s=1 / 500,
    ),
    "night": replace(
        DAY, light="night", ambient=0.085, tint=(0.86, 0.96, 1.06), sky_top=(14, 10, 10), sky_bottom=(34, 30, 34),
        sun=0.0, headlights=0.30, retroreflection=0.85, lamps=0.9, noise_sigma=6.5, exposure_s=1 / 250,
    ),
    "infrared": replace(
        DAY, light="infrared", ambient=0.05, tint=(1.0, 1.0, 1.0), sky_top=(8, 8, 8), sky_bottom=(14, 14, 14),
        sun=0.0, headlights=0.16, retroreflection=0.95, lamps=0.35, noise_sigma=3.5, exposure_s=1 / 1000, grey=1.0,
    ),
}  # fmt: skip
"""Exposure times are those usual for reading plates: short by day and with an infrared flash, longer without."""


def conditions(light: str, weather: str = "dry") -> Conditions:
    """Return the conditions of a light (a key of `LIGHTS`) and a weather, dry or rain."""
    chosen = LIGHTS[light]
    if weather == "dry":
        return chosen
    grey = float(np.mean(chosen.sky_bottom)) * 0.92
    return replace(
        chosen, weather="rain", ambient=chosen.ambient * 0.8, sky_top=(grey * 0.86,) * 3, sky_bottom=(grey,) * 3,
        sun=chosen.sun * 0.2, lamps=max(chosen.lamps, 0.35), visibility_m=180.0, noise_sigma=chosen.noise_sigma + 0.8,
        rain=1.0, wet=1.0, glare=chosen.glare * 0.5, exposure_s=chosen.exposure_s,
    )  # fmt: skip
