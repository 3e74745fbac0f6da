"""Looks for what must be gone in every file of a folder: texts in plain, UTF-16 and packed, and parts of pictures.

What is locked is opened with the folder's own key first: what is erased must be gone for whoever has that too.
"""

import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from anpr import sqlite
from anpr.sealing.data_key import known_keys
from anpr.sealing.pages import opened_page
from hotlists.keys import fold_keys, pack
from hotlists.store.index import open_index
from hotlists.store.index_key import IndexKey

WINDOW = 16
"""So many bytes in a row of a picture are enough to be found."""


def residue(folder: Path, marks: Iterable[str] = (), bodies: Iterable[bytes] = ()) -> dict[str, list[str]]:
    """Return what was found, by file; marks are of six or more letters and digits."""
    wanted = sorted(marks)
    packed, plain = pack(wanted)
    assert plain.all()
    keys = fold_keys(packed)
    lengths = {len(mark) for mark in wanted}
    found: dict[str, list[str]] = {}
    for path in sorted(file for file in folder.rglob("*") if file.is_file()):
        content = opened(path)
        said = _said(content, lengths)
        here = [mark for mark in wanted if mark in said]
        whole = np.concatenate([_windows(content, start) for start in range(8)]) if content else keys[:0]
        here += [f"key of {wanted[place]}" for place in np.flatnonzero(np.isin(keys, whole))]
        here += [f"body {number}" for number, body in enumerate(bodies) if _part_is_in(body, content)]
        if here:
            found[str(path.relative_to(folder))] = here
    return found


def opened(path: Path) -> bytes:
    """Return what stands in a file, behind it what whoever has the data key reads there."""
    content = path.read_bytes()
    keys = known_keys(path.parent) or known_keys(path.parent.parent)
    if not keys:
        return content
    key = keys[0]
    if path.suffix == ".keys" and len(content) > 48:
        index = open_index(path, content[8:40].decode("latin-1"), IndexKey(key.for_indexes))
        return content if index is None else content + b"".join(column.tobytes() for column in index.marks())
    if ".db" not in path.name or content.startswith(sqlite.HEADER):
        return content
    places = range(56, len(content), 4120) if path.name.endswith("-wal") else range(0, len(content), 4096)
    firsts = {
        place for place in places if path.name.endswith("-wal") and content[place - 24 : place - 20] == b"\0\0\0\1"
    } | {0}
    return content + b"".join(opened_page(key, content[at : at + 4096], first=at in firsts) for at in places)


def _said(content: bytes, lengths: set[int]) -> set[str]:
    """Return all texts of these lengths in a file, as bytes or as UTF-16, that marks may be."""
    runs = [run.decode() for run in re.findall(rb"[A-Z0-9]{6,}", content)]
    runs += [run[::2].decode() for run in re.findall(rb"(?:[A-Z0-9]\0){6,}", content)]
    runs += [run[1::2].decode() for run in re.findall(rb"(?:\0[A-Z0-9]){6,}", content)]
    return {run[at : at + length] for run in runs for length in lengths for at in range(len(run) - length + 1)}


def _windows(content: bytes, start: int) -> "np.ndarray[tuple[int], np.dtype[np.uint64]]":
    length = max(0, len(content) - start) // 8 * 8
    return np.frombuffer(content, np.uint64, length // 8, start) if length else np.zeros(0, np.uint64)


def _part_is_in(body: bytes, content: bytes) -> bool:
    return any(body[place : place + WINDOW] in content for place in range(0, len(body) - WINDOW + 1, WINDOW))
