import builtins
import importlib.util
from typing import Any

import cv2
import numpy as np
import pytest

from anpr.errors import ConfigError
from anpr.perception.easyocr_reader import EasyOcrReader
from anpr.values import Detection

INSTALLED = all(importlib.util.find_spec(name) for name in ("easyocr", "easyocr_en_models", "torch"))


def test_what_is_missing_is_said_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name in {"easyocr", "torch"}:
            raise ModuleNotFoundError(f"No module named '{name}'", name=name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ConfigError, match="make easyocr"):
        EasyOcrReader()


@pytest.mark.skipif(not INSTALLED, reason="the optional second reader is not installed (make easyocr)")
def test_it_reads_large_clear_text() -> None:
    image = np.full((160, 640, 3), 255, np.uint8)
    cv2.putText(image, "KX63 PLR", (40, 110), cv2.FONT_HERSHEY_SIMPLEX, 3.2, (0, 0, 0), 9)
    (read,) = EasyOcrReader().read(image, [Detection((20, 20, 620, 140), 0.9)])
    assert read.text == "KX63PLR"
    assert 0 < read.confidence < 1
    assert read.probabilities.shape == (7, 37)
