"""Readers to compare with: ours, EasyOCR, RapidOCR, and any program by a one-line adapter.

An adapter is a command with `{picture}`; what it prints is the text, or JSON of which the first string under a key
`text`, `plate` or `texts` (searched into depth) is the text.
"""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from anpr.errors import ConfigError, Failure, InputError
from anpr.stills import Stills
from anpr.values import Image
from anpr.vrm import ALPHABET, normalise
from benchmarks.programs import arguments

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


def easyocr_reader() -> Reader:
    """Return EasyOCR's reader, limited to letters and digits as its manual advises for such text."""
    try:
        import easyocr  # noqa: PLC0415 - an extra, and heavy
    except ImportError as error:
        raise ConfigError("EasyOCR is not installed: see the extra `easyocr` in the README") from error
    reader = easyocr.Reader(["en"], gpu=False, verbose=False)

    def read(picture: Image, _: Path) -> str:
        found = reader.readtext(picture, allowlist=ALPHABET)
        return plain(
            "".join(item[1] for item in sorted(found, key=lambda item: (round(item[0][0][1] / 20), item[0][0][0])))
        )

    return read


def rapidocr_reader() -> Reader:
    """Return RapidOCR's reader (PaddleOCR's models on ONNX Runtime)."""
    try:
        from rapidocr_onnxruntime import RapidOCR  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ConfigError("RapidOCR is not installed: pip install patrol-anpr[bench]") from error
    reader = RapidOCR()

    def read(picture: Image, _: Path) -> str:
        found, _times = reader(picture)
        return plain("".join(item[1] for item in found or ()))

    return read


def program_reader(command: str) -> Reader:
    """Return any program as a reader."""

    def read(_: Image, file: Path) -> str:
        try:
            done = subprocess.run(
                arguments(command, picture=str(file)), capture_output=True, timeout=ADAPTER_TIMEOUT_S, check=True
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
        return plain(next(_strings(json.loads(said)), ""))
    except ValueError:
        return plain(lines[0]) if lines else ""


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


PEERS: Final[dict[str, Callable[[], Reader]]] = {"easyocr": easyocr_reader, "rapidocr": rapidocr_reader}


def reader_named(peer: str) -> tuple[str, Callable[[], Reader]]:
    """Return the name and maker of a peer: one of `PEERS`, or `NAME=COMMAND` with `{picture}`."""
    name, equals, command = peer.partition("=")
    if equals and "{picture}" in command:
        return name, lambda: program_reader(command)
    if peer in PEERS:
        return peer, PEERS[peer]
    raise InputError(f"--peer {peer}: expected {', '.join(PEERS)} or NAME=COMMAND with {{picture}} in the command")
