"""An address of a camera or of published lists: a value that is shown without its secrets.

What stands in a configuration may hold a user, a password, a token or a key, well formed or mistyped. So it is no text
from the moment it is read: whatever prints, formats, logs or stores it gets what may be shown, and only those who open
it ask for the real thing by its name, `to_open`.
"""

import re
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

HIDDEN: Final = "…"
"""What stands for a secret."""

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,11}")
_HOST: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]*)(:\d{1,5})?")
_DRIVE: Final = re.compile(r"[A-Za-z]:(?=[\\/])")
_PLAIN: Final = re.compile(r"[A-Za-z0-9_.,~+-]*")
_NAMES_A_SECRET: Final = re.compile(r"pass|pwd|secret|token|auth|login|cred|api_?key|user", re.IGNORECASE)
_TOKEN: Final = re.compile(r"[A-Za-z0-9]{16,}")
"""So many letters and digits without a break are no word but a key: cameras and clouds put such into paths."""


class Address:
    """An address, a device, a file or a folder, as it was written; shown without whatever may be a secret.

    Two are equal when their texts are. Spaces around the text are no part of it. No dataclass:
    `dataclasses.asdict` would take it apart and hand out its text.
    """

    __slots__ = ("__text",)
    __text: str

    def __init__(self, text: str) -> None:
        object.__setattr__(self, "_Address__text", text.strip())

    def to_open(self) -> str:
        """Return the real address, secrets included: for those alone who open it, never for a text, log or record."""
        return self.__text

    @property
    def scheme(self) -> str:
        """The protocol before "://" in small letters; empty where there is none."""
        scheme, found, _ = self.__text.partition("://")
        return scheme.lower() if found and _SCHEME.fullmatch(scheme) else ""

    @property
    def is_this_machine(self) -> bool:
        """Whether it is an address of this machine, whose traffic nobody is on the way of."""
        try:
            return urlsplit(self.__text).hostname in {"127.0.0.1", "localhost", "::1"}
        except ValueError:
            return False

    def beside(self, folder: Path) -> "Address":
        """Return it as seen from another folder, where it names a file; numbers, addresses and nothing stay."""
        text = self.__text
        return self if not text or text.isdecimal() or "://" in text else Address(str(folder / text))

    def __len__(self) -> int:
        return len(self.__text)

    def __str__(self) -> str:
        return shown(self.__text)

    def __repr__(self) -> str:
        return f"Address({str(self)!r})"

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Address) and self.__text == other.__text

    def __hash__(self) -> int:
        return hash(self.__text)

    def __reduce__(self) -> tuple[type["Address"], tuple[str]]:
        return Address, (self.__text,)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"an address cannot be changed: {name}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"an address cannot be changed: {name}")


class Secret(Address):
    """A key or a password of a configuration: nothing of it is ever shown, however it is printed, logged or stored."""

    __slots__ = ()

    def __str__(self) -> str:
        return HIDDEN if len(self) else ""

    def __repr__(self) -> str:
        return f"Secret({str(self)!r})"

    def __reduce__(self) -> tuple[type["Address"], tuple[str]]:
        return Secret, (self.to_open(),)


def shown(text: str) -> str:
    """Return an address as it may be shown, however it is written: scheme, host, port and plain words of its path.

    Left out are all between the scheme and the last "@", values of a query, fragments, and parts of a path that may be
    a key. Where a "/", "?" or "#" stands before the "@", it cannot be told whether a password holds it or the path
    an "@": then only a host that is a number is shown.

    >>> shown("rtsp://patrol:secret@10.0.0.5/stream1?key=1")
    'rtsp://…@10.0.0.5/stream1?…'
    >>> shown("rtsp://patrol:sec/ret@camera/stream1")
    'rtsp://…'
    """
    scheme, found, rest = text.partition("://")
    if not found or not _SCHEME.fullmatch(scheme):
        return _shown_without_scheme(text)
    return f"{scheme}://{_shown_place(rest)}"


def looks_like_address(text: str) -> bool:
    """Return whether a text may be an address with secrets, well formed or not."""
    return not {"@", "/", "\\", "="}.isdisjoint(text)


def _shown_place(rest: str) -> str:
    end = _end_of_host(rest)
    host, tail, prefix = rest[:end], rest[end:], ""
    if "@" in tail:
        host = rest.rpartition("@")[2]
        end = _end_of_host(host)
        host, tail, prefix = host[:end], host[end:], f"{HIDDEN}@"
        if not _is_number(host):
            return HIDDEN
    elif "@" in host:
        host, prefix = host.rpartition("@")[2], f"{HIDDEN}@"
    if not _HOST.fullmatch(host) or (not host and not tail):
        return HIDDEN
    return prefix + host + _shown_path(tail)


def _end_of_host(rest: str) -> int:
    found = re.search(r"[/?#\\]", rest)
    return found.start() if found else len(rest)


def _is_number(host: str) -> bool:
    found = _HOST.fullmatch(host)
    if found is None:
        return False
    try:
        ip_address(found[1].strip("[]"))
    except ValueError:
        return False
    return True


def _shown_path(tail: str) -> str:
    path = re.split(r"[?#]", tail, maxsplit=1)[0]
    parts = path.split("/")
    kept = [HIDDEN if _may_be_secret(part, before) else part for before, part in zip(["", *parts], parts, strict=False)]
    return "/".join(kept) + (tail[len(path)] + HIDDEN if len(path) < len(tail) else "")


def _may_be_secret(part: str, before: str) -> bool:
    return bool(
        not _PLAIN.fullmatch(part)
        or _NAMES_A_SECRET.search(part)
        or _NAMES_A_SECRET.search(before)
        or _TOKEN.search(part)
    )


def _shown_without_scheme(text: str) -> str:
    """Show a device, a file or a folder as it is, and nothing that may belong to a mistyped address."""
    if "@" in text or "://" in text:
        host = text.rpartition("@")[2]
        end = _end_of_host(host)
        return f"{HIDDEN}@{host[:end]}{_shown_path(host[end:])}" if _is_number(host[:end]) else HIDDEN
    drive = _DRIVE.match(text)
    start = drive.end() if drive else 0
    parts = re.split(r"([\\/])", re.split(r"[?#]", text[start:], maxsplit=1)[0])
    length = sum(map(len, parts))
    kept = [HIDDEN if set(part) & set("=:;&") else part for part in parts]
    return text[:start] + "".join(kept) + (text[start + length] + HIDDEN if start + length < len(text) else "")
