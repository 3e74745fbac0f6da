"""Takes out of texts what must not leave the car: user names and passwords in addresses, and marks.

The log and the report are made so that none gets in (an address is an `anpr.address.Address`, never a text); this is the
second line of defence. It rather masks too much.
"""

import dataclasses
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from anpr.address import HIDDEN, Address, shown

MARK: Final = "[mark]"
"""What stands for something that may be a VRM."""

_ADDRESS: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:?//[^\s\"'<>]*(?<![),.;:])")
_QUERY: Final = re.compile(r"([?&;][\w.\-\[\]%]+=)[^&;\s\"'<>)]+")
_NAMED: Final = re.compile(
    r"\b(authorization|bearer|cookie|key|passphrase|password|passwd|pwd|pin|secret|token)([\"']?\s*[=:]\s*[\"']?|\s+(?=\S{16,}))"
    r"(?:bearer\s+)?[^\s,;)&\"']+",
    re.IGNORECASE,
)

_TOKEN: Final = re.compile(r"(?<![^\W_])(?=[^\W_]*\d)(?=[^\W_]*[^\W\d_])[^\W_]{2,8}(?![^\W_])")
_SPACED: Final = re.compile(
    r"(?<![^\W_])(?:[^\W\d_]{2}[\dOIoi]{2}[ -][^\W_]{3}|[^\W\d_]\d{1,3}[ -][^\W\d_]{3}|[^\W\d_]{3}[ -]\d{1,3}[^\W\d_]"
    r"|[^\W\d_]{1,3}[ -]\d{1,4}|\d{1,4}[ -][^\W\d_]{1,3})(?![^\W_])"
)
_PLAIN_WORDS: Final = re.compile(
    r"[a-z]{4,}\d{1,3}|tty[A-Z]{0,3}\d{1,2}|COM\d{1,2}|\d\dT\d\d|sha256|utf8|mp4|v4l2|h26[45]"
)
_LITTLE_WORDS: Final = re.compile(
    "a|all|an|and|as|at|by|for|fps|gb|go|h|has|hz|if|in|is|it|kb|m|mb|min|mm|mph|ms|no|not|of|on|one|or|out|px|s|the|to"
    "|two|was|x"
)


def without_credentials(text: str) -> str:
    """Return a text without users and passwords of addresses, values of their queries, and named secrets.

    >>> without_credentials("no answer from http://u:p@cam/x?key=abc&n=1")
    'no answer from http://…@cam/x?…'
    """
    text = _ADDRESS.sub(lambda found: shown(found.group()), text)
    text = _QUERY.sub(r"\1" + HIDDEN, text)
    return _NAMED.sub(r"\1\2" + HIDDEN, text)


def without_marks(text: str) -> str:
    """Return a text in which everything that looks like a UK mark, plain or spaced, is masked.

    >>> without_marks("AB51CDE, ab51 cde and A 1 in 20 ms at /dev/video0")
    '[mark], [mark] and [mark] in 20 ms at /dev/video0'
    """
    parts: list[str] = []
    at = 0
    while found := _SPACED.search(text, at):
        if _is_speech(found.group()):  # only its first word is passed over: "no 12 ABC" holds a mark
            end = found.start() + len(re.split("[ -]", found.group())[0])
            parts.append(text[at:end])
        else:
            end = found.end()
            parts.append(text[at : found.start()] + MARK)
        at = end
    return _TOKEN.sub(_masked, "".join(parts) + text[at:])


def redacted(text: str) -> str:
    """Return a text without credentials and without anything that looks like a mark."""
    return without_marks(without_credentials(text))


def config_facts(config: Any) -> Any:
    """Return a configuration (a dataclass, or part of one) as JSON can hold it, without credentials and marks.

    Ids of cameras stay, since faults and threads are named after them.
    """
    if dataclasses.is_dataclass(config) and not isinstance(config, type):
        values = {field.name: getattr(config, field.name) for field in dataclasses.fields(config)}
        return {name: value if name == "id" else config_facts(value) for name, value in values.items()}
    if isinstance(config, Mapping):
        return {str(key): config_facts(value) for key, value in config.items()}
    if isinstance(config, list | tuple):
        return [config_facts(value) for value in config]
    if isinstance(config, str | Path | Address):
        return redacted(str(config))
    return config if isinstance(config, int | float | None) else redacted(str(config))


def _masked(found: re.Match[str]) -> str:
    return found.group() if _PLAIN_WORDS.fullmatch(found.group()) else MARK


def _is_speech(text: str) -> bool:
    return _LITTLE_WORDS.fullmatch("".join(c for c in text if c.isalpha())) is not None
