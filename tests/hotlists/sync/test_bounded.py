import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from anpr.errors import ConfigError, SyncError
from hotlists.store.store import HotlistStore
from hotlists.sync.bounded import NotOrdinary, TooLong, TooSlow, paced, read_whole
from hotlists.sync.metadata import TIMESTAMP, path_of
from hotlists.sync.signing import load_private_key
from tests.hotlists.forging import newest
from tests.hotlists.made import random_vrms, vrms_of
from tests.hotlists.office import Office, client, sync

VRMS = random_vrms(50)


def test_so_many_bytes_and_no_more(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"12345")
    assert read_whole(path, 5) == b"12345"
    with pytest.raises(TooLong, match="longer than 4 bytes"):
        read_whole(path, 4)


def strange(folder: Path) -> dict[str, Path]:
    """What may stand in the place of a file and never ends, or never begins."""
    os.mkfifo(folder / "pipe")
    (folder / "link").symlink_to("/dev/zero")
    (folder / "folder").mkdir()
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(folder / "socket"))
    server.close()
    return {name: folder / name for name in ("pipe", "link", "folder", "socket")}


@pytest.mark.skipif(sys.platform == "win32", reason="no such files there")
def test_what_is_no_ordinary_file_is_neither_waited_for_nor_read(
    tmp_path: Path, store: HotlistStore, office: Office
) -> None:
    office.publish(VRMS[:20])
    sync(store, office, str(office.published))
    office.publish(VRMS)
    _, snapshot, targets = newest(office.published)
    places = [
        office.published / TIMESTAMP, office.published / path_of("root", 2),
        office.published / path_of("snapshot", snapshot.version), office.published / path_of("targets", targets.version),
    ]  # fmt: skip
    for path in strange(tmp_path).values():
        with pytest.raises(OSError, match=r"no ordinary file|Is a directory|No such device"):
            read_whole(path, 10)
        for place in places:
            aside = place.with_name("aside")
            if place.exists():
                place.rename(aside)
            place.symlink_to(path)
            with pytest.raises(SyncError, match="check the stick"):
                sync(store, office, str(office.published))
            place.unlink()
            if aside.exists():
                aside.rename(place)
        with pytest.raises(ConfigError, match="cannot be read"):
            load_private_key(path)
    for path in (office.published / "objects").glob("*/*"):
        path.unlink()
        os.mkfifo(path)
    began = time.monotonic()
    (said,) = sync(store, office, str(office.published)).troubles
    assert "lacks a published file (it is no ordinary file)" in said
    assert time.monotonic() - began < 5
    assert len(vrms_of(store)) == 20


def test_not_ordinary_says_so(tmp_path: Path) -> None:
    assert NotOrdinary(tmp_path).strerror == "it is no ordinary file"


class Drip:
    """Pieces of a size that come a time apart, on a clock of their own."""

    def __init__(self, size: int, apart_s: float, count: int = 10_000) -> None:
        self.now = 0.0
        self._size, self._apart_s, self._count = size, apart_s, count

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        for number in range(self._count):
            self.now += self._apart_s
            yield number * self._size, b"x" * self._size

    def taken(self, pause_s: float = 0.0) -> int:
        total = 0
        for _, piece in paced(iter(self), clock_s=lambda: self.now):
            total += len(piece)
            self.now += pause_s
        return total


def test_a_drip_is_given_up_and_a_slow_link_is_not() -> None:
    with pytest.raises(TooSlow):
        Drip(1, 19.0).taken()
    with pytest.raises(TooSlow):
        Drip(100, 1.0).taken()
    assert Drip(1000, 1.0, count=200).taken() == 200_000
    assert Drip(100_000, 29.0, count=20).taken() == 2_000_000
    assert Drip(10, 0.0, count=50).taken(pause_s=100.0) == 500  # that the disk is slow is not the link's fault


def dripping(answer: bytes, apart_s: float) -> tuple[str, threading.Event]:
    """A server that takes whoever comes and sends its answer a byte at a time; return its address and what ends it."""
    server = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def serve() -> None:
        with server:
            server.settimeout(0.05)
            while not over.is_set():
                try:
                    taken, _ = server.accept()
                except TimeoutError:
                    continue
                with taken:
                    for byte in answer:
                        try:
                            taken.sendall(bytes((byte,)))
                        except OSError:
                            break
                        if over.wait(apart_s):
                            return

    threading.Thread(target=serve, daemon=True).start()
    return f"http://127.0.0.1:{server.getsockname()[1]}", over


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 500, b"HTTP/1.1 200 OK\r\n\r\n" + b" " * 500]
)
def test_a_server_that_drips_head_or_body_is_cut_off(
    store: HotlistStore, office: Office, monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    monkeypatch.setattr("hotlists.sync.sources._WHOLE_AT_LEAST_S", 0.4)
    monkeypatch.setattr("hotlists.sync.sources.SLOWEST_BYTES_S", 1e9)
    url, over = dripping(answer, 0.02)
    car = client(store, office, url)
    object.__setattr__(car.config, "timeout_s", 0.3)
    began = time.monotonic()
    try:
        with pytest.raises(SyncError, match="sends too slowly"):
            car.sync()
    finally:
        over.set()
    assert time.monotonic() - began < 5
