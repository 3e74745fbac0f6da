"""The screen's sounds, made here from sine waves: short, different in rhythm and pitch, so that one is enough to tell.

urgent: three rising pairs, fast. alert: two notes up. note: one soft note. fault: two low notes down.
withdrawn: two soft notes down.
"""

import io
import wave
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anpr.errors import ConfigError

RATE_HZ: Final = 22050

_PEAK: Final = 0.7
"""Peak of the waveform; the rest is headroom for small loudspeakers."""

# (frequency in Hz, seconds, loudness 0 to 1); 0 Hz is silence. 800 to 1800 Hz carries over road noise and sirens.
_SCORES: Final[dict[str, tuple[tuple[float, float, float], ...]]] = {
    "urgent": ((988, 0.09, 1.0), (1568, 0.13, 1.0), (0, 0.05, 0.0)) * 3,
    "alert": ((880, 0.12, 0.9), (0, 0.03, 0.0), (1319, 0.22, 0.9)),
    "note": ((1047, 0.16, 0.5),),
    "fault": ((440, 0.20, 0.9), (0, 0.05, 0.0), (330, 0.30, 0.9)),
    "withdrawn": ((784, 0.12, 0.5), (0, 0.02, 0.0), (523, 0.20, 0.5)),
}

NAMES: Final = tuple(_SCORES)


@cache
def sound_wav(name: str) -> bytes:
    """Return the sound as a WAV file: one channel of 16 bits at `RATE_HZ`. Raises KeyError for an unknown name."""
    samples = np.concatenate([_tone(*note) for note in _SCORES[name]])
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes((samples * _PEAK * 32767).astype("<i2").tobytes())
    return out.getvalue()


def chosen_wav(name: str, folder: Path | None) -> bytes:
    """Return the sound of this name from the folder if it has one, else ours.

    Raises ConfigError for a file that is no WAV, which neither browser nor host could play.
    """
    path = folder / f"{name}.wav" if folder is not None else None
    if path is None or not path.exists():
        return sound_wav(name)
    try:
        content = path.read_bytes()
        with wave.open(io.BytesIO(content)) as file:
            file.getnframes()
    except (OSError, EOFError, wave.Error) as error:
        raise ConfigError(f"the sound {path} cannot be used ({error}): give a WAV file") from error
    return content


def duration_s(name: str) -> float:
    """Return how long the sound lasts."""
    return sum(seconds for _, seconds, _ in _SCORES[name])


def _tone(frequency_hz: float, seconds: float, loudness: float) -> NDArray[np.float64]:
    t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    phase = 2 * np.pi * frequency_hz * t
    # a little of the second and third harmonic: a pure sine is hard to place and drowns in engine noise
    tone = np.sin(phase) + 0.3 * np.sin(2 * phase) + 0.12 * np.sin(3 * phase)
    edge = np.minimum(1.0, np.minimum(t, t[::-1]) / 0.008)  # no clicks
    shaped: NDArray[np.float64] = loudness * edge * tone / 1.42
    return shaped
