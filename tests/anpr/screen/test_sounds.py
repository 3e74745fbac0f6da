import io
import wave

import numpy as np
import pytest

from anpr.screen.sounds import NAMES, RATE_HZ, duration_s, sound_wav


@pytest.mark.parametrize("name", NAMES)
def test_each_sound_is_a_clean_short_wav(name: str) -> None:
    with wave.open(io.BytesIO(sound_wav(name))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE_HZ)
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    assert len(samples) / RATE_HZ == pytest.approx(duration_s(name), abs=0.01)
    assert duration_s(name) < 1.5
    assert 5_000 < np.abs(samples).max() < 32_000
    assert abs(int(samples[0])) < 200  # no click at either end
    assert abs(int(samples[-1])) < 200
    assert len(sound_wav(name)) < 80_000
