import hashlib
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpr.errors import StoreError, SyncError
from hotlists.store.store import HotlistStore
from hotlists.sync.download import TRIES, download, jittered_wait_s
from hotlists.sync.manifest import PublishedFile
from hotlists.sync.sealed_file import Sealed
from tests.hotlists.made import Clock, random_vrms, vrms_of
from tests.hotlists.office import Office, sync
from tests.hotlists.web import Web

VRMS = random_vrms(3000)


def test_link_cut_at_random_bytes_is_resumed_where_it_died(store: HotlistStore, office: Office, web: Web) -> None:
    rng = random.Random(7)
    size = office.publish(VRMS).lists[0].snapshot.bytes
    web.cut_after = lambda path: rng.randrange(1, size // 3) if path.startswith("/objects") else None
    assert sync(store, office, web.url).updated == ("stolen",)
    assert vrms_of(store) == sorted(VRMS)
    starts = [int(asked[6:-1]) for _, asked, status in web.requests if status == 206]
    assert len(starts) >= 2
    assert starts == sorted(starts)
    # the same with a server that knows no ranges: it starts again each time, and gets there when the link holds
    cuts = iter([size // 2, size // 3, None])
    web.ranges, web.cut_after = False, lambda path: next(cuts) if path.startswith("/objects") else None
    office.publish(random_vrms(3000, seed=2))
    assert sync(store, office, web.url).updated == ("stolen",)


def test_dead_link_keeps_what_came_and_goes_on_next_time(
    store: HotlistStore, office: Office, web: Web, clock: Clock
) -> None:
    size = office.publish(VRMS).lists[0].snapshot.bytes
    alive = [True]

    def cut(path: str) -> int | None:
        if not path.startswith("/objects"):
            return None
        first, alive[0] = alive[0], False
        return size // 2 if first else 0

    web.cut_after = cut
    report = sync(store, office, web.url)
    assert len(report.troubles) == 1
    assert vrms_of(store) == []
    web.cut_after = lambda _: None
    web.requests.clear()
    assert sync(store, office, web.url).updated == ("stolen",)
    assert [asked for _, asked, _ in web.requests][-1] == f"bytes={size // 2}-"
    assert vrms_of(store) == sorted(VRMS)


CONTENT = bytes(range(256)) * 4
FILE = PublishedFile(hashlib.sha256(CONTENT).hexdigest(), len(CONTENT))


class ScriptedOffer:
    """A place whose answers are given beforehand: bytes from where it was asked, and then the link breaks or ends."""

    place = "the office"

    def __init__(self, *answers: bytes | int, ranges: bool = True) -> None:
        self.answers = list(answers)
        self.asked: list[int] = []
        self.ranges = ranges

    def metadata(self, path: str, most_bytes: int) -> bytes | None:
        raise AssertionError(path)

    def chunks(self, file: PublishedFile, start: int) -> Iterator[tuple[int, bytes]]:
        self.asked.append(start)
        if not self.answers:
            raise SyncError("the link is dead")
        answer = self.answers.pop(0)
        offset = start if self.ranges else 0
        content = CONTENT[offset : offset + answer] if isinstance(answer, int) else answer
        for place in range(0, len(content), 100):
            yield offset + place, content[place : place + 100]

    def close(self) -> None:
        pass


def content_of(path: Path) -> bytes:
    with Sealed(path.parent.parent, FILE.sha256).open(path) as file:
        return file.read()


def fetch(offer: ScriptedOffer, folder: Path) -> tuple[Path, list[float]]:
    waits: list[float] = []
    return download(offer, FILE, folder, waits.append, random.Random(1)), waits


def test_transfer_goes_on_at_the_byte_where_it_broke_off(tmp_path: Path) -> None:
    offer = ScriptedOffer(1, 300, 1000)
    path, waits = fetch(offer, tmp_path / "new" / "folder")
    assert content_of(path) == CONTENT
    assert path.name == f"{FILE.sha256}.zst"
    assert offer.asked == [0, 1, 301]
    assert len(waits) == 2
    assert [p.name for p in path.parent.iterdir()] == [path.name]
    # what is there whole is not asked for again, what is there and spoilt is
    again = ScriptedOffer(2000)
    assert fetch(again, path.parent) == (path, [])
    assert again.asked == []
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert content_of(fetch(again, path.parent)[0]) == CONTENT
    assert again.asked == [0]


def test_place_without_ranges_begins_anew(tmp_path: Path) -> None:
    offer = ScriptedOffer(500, 700, 2000, ranges=False)
    assert content_of(fetch(offer, tmp_path)[0]) == CONTENT
    assert offer.asked == [0, 500, 700]


def test_link_that_brings_nothing_is_given_up_after_so_many_tries_in_a_row(tmp_path: Path) -> None:
    offer = ScriptedOffer(*[0] * (TRIES - 1), 10, *[0] * TRIES)
    with pytest.raises(SyncError, match="a file from the office ended too early"):
        fetch(offer, tmp_path)
    assert len(offer.asked) == TRIES - 1 + TRIES
    assert (tmp_path / f"{FILE.sha256}.part").stat().st_size == 10


def test_file_that_is_not_what_was_signed_is_thrown_away(tmp_path: Path) -> None:
    with pytest.raises(SyncError, match="a file from the office is not what was signed: it was thrown away"):
        fetch(ScriptedOffer(bytes(len(CONTENT))), tmp_path)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(SyncError, match="longer than was signed"):
        fetch(ScriptedOffer(*[CONTENT + b"x"] * TRIES), tmp_path)
    assert [path.stat().st_size for path in tmp_path.iterdir()] == [0]
    (tmp_path / f"{FILE.sha256}.part").write_bytes(CONTENT + b"longer")
    assert content_of(fetch(ScriptedOffer(2000), tmp_path)[0]) == CONTENT


def test_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"cannot be written \(.*\): free disk space"):
        fetch(ScriptedOffer(2000), tmp_path / "file")


@given(st.integers(0, 5000), st.floats(0.5, 60.0), st.integers(0, 2**32))
def test_waits_grow_with_full_jitter_up_to_an_hour(failures: int, base_s: float, seed: int) -> None:
    longest = min(3600.0, base_s * 2.0 ** min(failures, 20))
    waits = [jittered_wait_s(failures, base_s, random.Random(seed + n)) for n in range(20)]
    assert all(0.1 * longest <= wait_s <= longest for wait_s in waits)
    assert max(waits) - min(waits) > 0.2 * longest
