"""Readers to compare with: ours, EasyOCR, RapidOCR, and any program by a one-line adapter.

An adapter is a command with `{picture}`; what it prints is the text, or JSON of which the first string under a key
`text`, `plate` or `texts` (searched into depth) is the text.
"""

import json
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import psutil

from anpr.errors import ConfigError, Failure, InputError
from anpr.perception.easyocr_reader import open_easyocr
from anpr.perception.stills import Stills
from anpr.values import Image
from anpr.vrm import ALPHABET, normalise
from benchmarks.accuracy.programs import arguments

Reader = Callable[[Image, Path], str]
ADAPTER_TIMEOUT_S: Final = 60.0


def plain(text: str) -> str:
    """Return the characters of a mark alone: capital letters and digits."""
    return "".join(c for c in normalise(text) if c in ALPHABET)


def own_reader(stills: Stills) -> Reader:
    """Return this project's reader."""

    def read(picture: Image, _: Path) -> str:
        plates = stills.crop(picture)
        return plates[0][0].text if plates else ""

    return read


def easyocr_reader(*, one_line: bool = False) -> Reader:
    """Return EasyOCR, limited to letters and digits; `one_line` skips its search for text and reads the whole picture."""
    reader = open_easyocr(finds_text=not one_line)

    def read(picture: Image, _: Path) -> str:
        if one_line:
            found = reader.recognize(np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)), allowlist=ALPHABET)
        else:
            found = reader.readtext(picture, allowlist=ALPHABET)
        return plain(
            "".join(item[1] for item in sorted(found, key=lambda item: (round(item[0][0][1] / 20), item[0][0][0])))
        )

    return read


def rapidocr_reader(*, one_line: bool = False) -> Reader:
    """Return RapidOCR (PaddleOCR's models on ONNX Runtime); `one_line` skips its search for text."""
    try:
        from rapidocr_onnxruntime import RapidOCR  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ConfigError("RapidOCR is not installed: pip install patrol-anpr[bench]") from error
    reader = RapidOCR(intra_op_num_threads=psutil.cpu_count(logical=False) or 1)

    def read(picture: Image, _: Path) -> str:
        if one_line:
            found, _times = reader(picture, use_det=False, use_cls=False, use_rec=True)
            return plain("".join(item[0] for item in found or ()))
        found, _times = reader(picture)
        return plain("".join(item[1] for item in found or ()))

    return read


def program_reader(command: str) -> Reader:
    """Return any program as a reader."""

    def read(_: Image, file: Path) -> str:
        try:
            done = subprocess.run(
                arguments(command, picture=file), capture_output=True, timeout=ADAPTER_TIMEOUT_S, check=True
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise Failure(f"{command.split(maxsplit=1)[0]} failed on {file.name}: {error}") from error
        return text_of(done.stdout.decode(errors="replace"))

    return read


def text_of(said: str) -> str:
    """Return the text in what a program printed: JSON or plain.

    >>> text_of('{"results": [{"plate": "AB51 CDE", "confidence": 91}]}')
    'AB51CDE'
    """
    lines = said.strip().splitlines()
    try:
        content = json.loads(said)
    except ValueError:
        content = None
    if isinstance(content, dict | list):
        return plain(next(_strings(content), ""))
    return plain(lines[0]) if lines else ""  # marks such as 12345 and 1E23 are JSON numbers as well


def _strings(content: Any) -> Iterator[str]:
    if isinstance(content, dict):
        for key in ("text", "plate", "texts"):
            value = content.get(key)
            if isinstance(value, str):
                yield value
            elif isinstance(value, list):
                yield "".join(str(v) for v in value if isinstance(v, str))
        for value in content.values():
            yield from _strings(value)
    elif isinstance(content, list):
        for value in content:
            yield from _strings(value)


PEERS: Final[dict[str, Callable[[], Reader]]] = {
    "easyocr": easyocr_reader,
    "easyocr-line": partial(easyocr_reader, one_line=True),
    "rapidocr": rapidocr_reader,
    "rapidocr-line": partial(rapidocr_reader, one_line=True),
}
"""Each as it comes, and told that the picture is one line of text, which is what suits a plate cut out tightly."""


def reader_named(peer: str) -> tuple[str, Callable[[], Reader]]:
    """Return the name and maker of a peer: one of `PEERS`, or `NAME=COMMAND` with `{picture}`."""
    name, equals, command = peer.partition("=")
    if equals and "{picture}" in command:
        return name, lambda: program_reader(command)
    if peer in PEERS:
        return peer, PEERS[peer]
    raise InputError(f"--peer {peer}: expected {', '.join(PEERS)} or NAME=COMMAND with {{picture}} in the command")
