"""The places themselves; `test_signing` has what a server's certificate must be."""

from pathlib import Path

import httpx
import pytest

from anpr.address import Address
from anpr.config.car import SyncConfig
from anpr.errors import SyncError
from hotlists.sync.manifest import PublishedFile
from hotlists.sync.metadata import TIMESTAMP
from hotlists.sync.sources import FolderOffer, HttpOffer, Offer, RangeRefused, open_offer
from tests.hotlists.web import serve

CONTENT = bytes(range(256)) * 600
FILE = PublishedFile("ab" + "0" * 62, len(CONTENT))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "published" / FILE.path
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    (tmp_path / "published" / TIMESTAMP).parent.mkdir()
    (tmp_path / "published" / TIMESTAMP).write_bytes(b"signed")
    return tmp_path / "published"


def from_start(offer: Offer, start: int) -> bytes:
    """The bytes from `start` on, put together from chunks that must follow each other."""
    content = b""
    for offset, chunk in offer.chunks(FILE, start):
        assert offset == start + len(content)
        content += chunk
    return content


@pytest.mark.parametrize("start", [0, 1, 65_536, len(CONTENT) - 1, len(CONTENT)])
def test_folder_gives_the_bytes_from_where_it_is_asked(folder: Path, start: int) -> None:
    offer = open_offer(SyncConfig(Address(str(folder)), Path("key.pem")))
    assert isinstance(offer, FolderOffer)
    assert offer.place == str(folder)
    assert from_start(offer, start) == CONTENT[start:]
    assert offer.metadata(TIMESTAMP, 6) == b"signed"
    assert offer.metadata("metadata/2.root.json", 6) is None


def test_folder_that_lacks_something_says_what_to_do(folder: Path) -> None:
    (folder / FILE.path).unlink()
    for place, most in ((folder, 5), (folder / "nowhere", 6)):  # too long, and no folder
        with pytest.raises(SyncError, match=r"holds no published lists .*: check the stick and the path"):
            FolderOffer(Address(str(place))).metadata(TIMESTAMP, most)
    with pytest.raises(SyncError, match=r"lacks a published file .*: copy it again"):
        list(FolderOffer(Address(str(folder))).chunks(FILE, 0))


def test_server_gives_the_rest_of_a_file_and_signed_files(folder: Path) -> None:
    with serve(folder) as web:
        offer = open_offer(SyncConfig(Address(web.url + "/"), Path("key.pem")))
        assert from_start(offer, 0) == CONTENT
        assert from_start(offer, 70_000) == CONTENT[70_000:]
        assert offer.metadata(TIMESTAMP, 6) == b"signed"
        assert offer.metadata("metadata/2.root.json", 6) is None
        web.ranges = False
        whole = list(offer.chunks(FILE, 70_000))
        assert whole[0][0] == 0
        assert b"".join(chunk for _, chunk in whole) == CONTENT
        offer.close()
    assert [(asked, status) for _, asked, status in web.requests[:2]] == [("", 200), ("bytes=70000-", 206)]


def answering(response: httpx.Response) -> HttpOffer:
    return HttpOffer(SyncConfig(Address("https://office"), Path("key.pem")), httpx.MockTransport(lambda _: response))


@pytest.mark.parametrize("status", [204, 206, 301, 304, 500])
def test_any_other_answer_is_a_trouble_to_be_tried_again(status: int) -> None:
    offer = answering(httpx.Response(status, headers={"Location": "http://elsewhere"}))
    with pytest.raises(SyncError, match=f"answered {status} where 200 was expected: it is tried again later"):
        offer.metadata(TIMESTAMP, 6)
    with pytest.raises(SyncError, match=f"answered {status} where 200"):
        list(offer.chunks(FILE, 0))


def rest(start: int, **headers: str) -> httpx.Response:
    return httpx.Response(206, headers=headers, content=iter([CONTENT[start:]]))


@pytest.mark.parametrize("answered", [f"bytes 10-{len(CONTENT) - 1}/{len(CONTENT)}", f"bytes 10-{len(CONTENT) - 1}/*"])
def test_range_that_is_what_was_asked_for_is_taken(answered: str) -> None:
    offer = answering(rest(10, **{"Content-Range": answered}))
    assert list(offer.chunks(FILE, 10)) == [(10, CONTENT[10:])]


@pytest.mark.parametrize(
    "response",
    [
        rest(10),
        rest(10, **{"Content-Range": f"bytes 11-{len(CONTENT) - 1}/{len(CONTENT)}"}),
        rest(10, **{"Content-Range": f"bytes 10-99/{len(CONTENT)}"}),
        rest(10, **{"Content-Range": f"bytes 10-{len(CONTENT) - 1}/{len(CONTENT) + 1}"}),
        rest(10, **{"Content-Range": "10 to the end"}),
        rest(10, **{"Content-Range": f"bytes 10-{len(CONTENT) - 1}/{len(CONTENT)}", "Content-Length": "90"}),
        httpx.Response(416, headers={"Content-Range": f"bytes */{len(CONTENT)}"}),
    ],
)
def test_range_that_was_not_asked_for_is_refused_for_the_whole_file(response: httpx.Response) -> None:
    with pytest.raises(RangeRefused, match="is fetched whole"):
        list(answering(response).chunks(FILE, 10))


@pytest.mark.parametrize("status", [403, 404, 410])
def test_what_a_server_does_not_have_is_not_there(status: int) -> None:
    assert answering(httpx.Response(status)).metadata(TIMESTAMP, 6) is None
    with pytest.raises(SyncError, match=f"answered {status} where 200"):
        list(answering(httpx.Response(status)).chunks(FILE, 0))


def test_signed_file_without_end_is_not_held_in_memory() -> None:
    assert answering(httpx.Response(200, content=iter([b"x" * 100]))).metadata(TIMESTAMP, 100) == b"x" * 100
    with pytest.raises(SyncError, match="is longer than 99 bytes: it is not read on"):
        answering(httpx.Response(200, content=iter([b"x" * 100]))).metadata(TIMESTAMP, 99)
