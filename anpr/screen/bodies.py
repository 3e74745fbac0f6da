"""What the requests of a page hold: read with care, and refused in a sentence."""

from collections.abc import Mapping
from typing import Any

from anpr.alerting.decisions import VRM_LIMIT
from anpr.errors import InputError
from anpr.vrm import MAX_LENGTH, is_mark, normalise

Body = Mapping[str, Any]
Answer = dict[str, Any]


def integer(body: Body, key: str) -> int:
    """Return a whole number of the request. Raises InputError when it is none."""
    value = body.get(key)
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 2**53:
        raise InputError(f"{key} must be a whole number")
    return value


def string(body: Body, key: str, limit: int, default: str | None = None) -> str:
    """Return a text of the request. Raises InputError when it is none or longer than `limit`."""
    value = body.get(key, default)
    if not isinstance(value, str):
        raise InputError(f"{key} must be a text")
    if len(value) > limit:
        raise InputError(f"{key} has {len(value)} characters, at most {limit} are possible")
    return value


def mark(body: Body) -> str:
    """Return the request's VRM, normalised. Raises InputError when it is empty or too long."""
    vrm = normalise(string(body, "vrm", VRM_LIMIT))
    if not vrm:
        raise InputError("type a registration mark first")
    return vrm


def typed_mark(body: Body, key: str = "vrm") -> str:
    """Return a mark that was typed from a picture. Raises InputError when no plate can say so."""
    vrm = normalise(string(body, key, VRM_LIMIT))
    if not is_mark(vrm):
        raise InputError(f"a mark of a picture has 1 to {MAX_LENGTH} letters and digits: type what the plate says")
    return vrm
