"""What is fuzzed: each target takes any bytes, and whatever they are, the lists in use stay whole and usable.

`tests.hotlists.importers.test_fuzz` runs them on a few inputs; `python -m tests.hotlists.fuzz` for as long as one likes.
"""

import contextlib
import hashlib
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import zstandard

from anpr.address import Address
from anpr.config.car import SyncConfig
from anpr.errors import AnprError, ImportRefused
from hotlists.importers.import_list import ImportOptions, import_list
from hotlists.importers.options import FileKind, ReadOptions
from hotlists.matching import in_force
from hotlists.matching.matcher import HotlistMatcher
from hotlists.store.settings import ListSettings
from hotlists.store.store import HotlistStore
from hotlists.sync.client import SyncClient
from hotlists.sync.manifest import PublishedFile
from hotlists.sync.metadata import TIMESTAMP, Approval, approval_fields, path_of
from hotlists.sync.row_files import row_line
from hotlists.sync.signing import signer
from hotlists.sync.sources import HttpOffer
from tests.hotlists.forging import meta, newest, said_by, signed
from tests.hotlists.made import import_vrms, police_row, sighting, vrms_of
from tests.hotlists.office import Office

KEPT = ["AB51CDE", "CD5?EFG"]
"""The list that must still be there and found, whatever comes."""

_KINDS = tuple(FileKind)


class Car:
    """A store with one list of its own and one from a back office whose manifest is signed with a real key."""

    def __init__(self, folder: Path) -> None:
        (folder / "office").mkdir(parents=True)
        self.folder = folder
        self.store = HotlistStore(folder / "data" / "hotlists.db")
        self.office = Office(folder / "office", self.store.clock)
        import_vrms(self.store, folder, KEPT, "kept")
        self.office.publish(["EF53GHJ", "GH54*"])
        self.office.publish(["EF53GHJ", "JK55LMN"])
        (self.said,) = said_by(newest(self.office.published)[2])
        self.matcher = HotlistMatcher(self.store.path)

    def close(self) -> None:
        self.matcher.close()
        self.store.close()
        self.office.store.close()

    def import_file(self, data: bytes) -> None:
        """A file of any content, read as each kind."""
        kind, content = _KINDS[data[0] % len(_KINDS)] if data else FileKind.AUTO, data[1:]
        path = self.folder / "any.csv"
        path.write_bytes(content)
        options = ImportOptions(ReadOptions(kind, partial=bool(data) and data[0] >= 128), most_rejects=1.0)
        try:
            report = import_list(self.store, path, ListSettings("fuzzed"), options)
        except ImportRefused as refusal:
            sentence = str(refusal)
        else:
            sentence = ""
            assert report.entries == len(vrms_of(self.store, "fuzzed")) > 0
            assert report.rows == report.entries + report.rejected + report.merged
        assert "\n" not in sentence, "a refusal is one sentence"
        self.check()

    def sync_lists(self, data: bytes) -> None:
        """Signed targets in which values were replaced: the key is right, what it signed is not."""
        rng = random.Random(data)
        said = json.loads(json.dumps(self.said))
        with contextlib.suppress(ValueError):
            value = json.loads(data)
            for _ in range(rng.randrange(1, 3)):
                _replace(said, value, rng)
        self._start(follows=rng.random() < 0.5)
        self._sync(self._served(self._signed(said)))

    def sync_files(self, data: bytes) -> None:
        """A snapshot or a delta of any content, hashed and signed as it is; the first byte says in which form."""
        form, lines = (data[0], data[1:]) if data else (0, b"")
        content = lines if form & 1 else zstandard.ZstdCompressor(level=1).compress(lines)
        one = json.loads(json.dumps(self.said))
        one["revision"] = 50
        by_delta = bool(form & 2)
        after = one["content"] = "0" * 64
        if by_delta:
            before = self.said["content"]
            one["deltas"] = [one["deltas"][0] | {"before": before, "after": after, "file": _named(content)}]
            one["snapshot"] = {"sha256": after, "bytes": len(content) + 1}
        else:
            one["snapshot"] = _named(content)
        self._start(follows=by_delta)
        self._sync(self._served(self._signed(one) | {PublishedFile(**_named(content)).path: content}))

    def sync_server(self, data: bytes) -> None:
        """A server that answers anything: statuses, headers and bodies come from the data."""
        rng = random.Random(data)
        pieces = [data[i : i + 40] for i in range(0, len(data), 40)] or [b""]

        def answer(request: httpx.Request) -> httpx.Response:
            honest = self.office.published / request.url.path.lstrip("/")
            content = honest.read_bytes() if rng.random() < 0.7 and honest.is_file() else rng.choice(pieces)
            start = rng.choice([0, 0, 3, len(content)])
            headers = {
                "Content-Range": rng.choice([f"bytes {start}-", "bytes x", "", data[:20].decode("latin-1", "replace")]),
                "ETag": data[20:40].hex(),
            }
            status = rng.choice([200, 200, 200, 206, 206, 304, 404, 500, 100 + rng.randrange(500)])
            headers = {k: "".join(c for c in v if c.isascii() and c.isprintable()) for k, v in headers.items()}
            return httpx.Response(max(200, status), headers=headers, stream=httpx.ByteStream(content[start:]))

        self._sync(httpx.MockTransport(answer))

    def _start(self, *, follows: bool) -> None:
        """Begin without the back office's list, or with the newest revision of it."""
        for stored in self.store.lists():
            if stored.name != "kept":
                self.store.erase(stored.name)
        for table in ("sync_sources", "sync_trust", "sync_lists"):
            self.store.database.table(table).delete_where()
        if follows:
            self._sync(self._served({}))
            assert vrms_of(self.store) == ["EF53GHJ", "JK55LMN"]

    def check(self) -> None:
        """The list that was there is whole, and everything in force can be loaded, listed and matched."""
        assert vrms_of(self.store, "kept") == KEPT, "the list in use was touched"
        for one in in_force.load(self.store).lists:
            assert len(one.index) + len(one.pattern_rows) == one.revision.entries
        self.matcher.refresh()
        hits = [hit for vrm in ("AB51CDE", "EF53GHJ") for hit in self.matcher.match(sighting(vrm))]
        assert [hit.entry.vrm for hit in hits if hit.hotlist.name == "kept"] == ["AB51CDE"]
        self.matcher.status()

    def _sync(self, transport: httpx.MockTransport) -> None:
        config = SyncConfig(Address("https://office"), self.office.root, car_id="car")
        client = SyncClient(self.store, config, wait=lambda _: None, rng=random.Random(1))
        offer = HttpOffer(config, transport)
        try:
            with contextlib.suppress(AnprError):
                client.sync(offer)
        finally:
            offer.close()
        self.check()

    def _signed(self, said: Any) -> dict[str, bytes]:
        """The signed files of targets that say this of the list, by path; approved by the root key, so that all of it is tried."""
        timestamp, snapshot, targets = newest(self.office.published)
        targets.version += 1
        (one,) = targets.targets.values()
        one.unrecognized_fields["custom"]["list"] = json.dumps(said)
        with contextlib.suppress(KeyError, TypeError):
            one.hashes["sha256"] = said["snapshot"]["sha256"]
        payload = Approval.payload(self.office.repository, one.path, targets.version)
        agreed = signer(self.office.root_key).sign(payload)
        approvals = {one.path: Approval(targets.version, {agreed.keyid: agreed.signature})}
        targets.unrecognized_fields.update(approval_fields(approvals))
        files = {path_of("targets", targets.version): signed(targets, [self.office.key])}
        snapshot.version += 1
        snapshot.meta["targets.json"] = meta(targets.version, files[path_of("targets", targets.version)])
        files[path_of("snapshot", snapshot.version)] = signed(snapshot, [self.office.key])
        timestamp.version += 1
        timestamp.snapshot_meta = meta(snapshot.version, files[path_of("snapshot", snapshot.version)])
        return files | {TIMESTAMP: signed(timestamp, [self.office.key])}

    def _served(self, files: dict[str, bytes]) -> httpx.MockTransport:
        def answer(request: httpx.Request) -> httpx.Response:
            path = request.url.path.lstrip("/")
            content = files.get(path)
            honest = self.office.published / path
            if content is None and honest.is_file():
                content = honest.read_bytes()
            return httpx.Response(404) if content is None else httpx.Response(200, stream=httpx.ByteStream(content))

        return httpx.MockTransport(answer)


TARGETS: dict[str, Callable[[Car, bytes], None]] = {
    "import": Car.import_file,
    "lists": Car.sync_lists,
    "files": Car.sync_files,
    "server": Car.sync_server,
}


def seeds(target: str) -> Iterator[bytes]:
    """Inputs from which a fuzzer starts."""
    rows = "\n".join([police_row("AB51CDE", weed_date="24/12/2026"), police_row("CD5?", reason='"a, ""b"""')])
    if target == "import":
        for number, text in enumerate(
            (rows, "VRM;make\nAB1;x\n", '{"vrm": "AB1", "weed_date": "2026-01-01"}\n', "AB*\n")
        ):
            for encoding in ("utf-8", "utf-16", "cp1252"):
                yield bytes((number % len(_KINDS),)) + text.encode(encoding)
    elif target == "lists":
        values: tuple[object, ...] = (0, -1, 1e308, "x", None, [], {}, True, 1 << 70, "Mon 1:00-2:00")
        yield from (json.dumps(value).encode() for value in values)
    elif target == "files":
        row = row_line(("AB51CDE", *[""] * 15, 1798156800))
        for first in range(8):
            yield bytes((first,)) + f"{row}\n".encode()
            yield bytes((first,)) + f"-EF53GHJ\n+{row}\n".encode()
    else:
        yield from (b"", b"bytes 0-", b"\x28\xb5\x2f\xfd" * 30)


def _named(content: bytes) -> dict[str, Any]:
    return {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}


def _replace(document: Any, value: Any, rng: random.Random) -> None:
    """Put a value in place of another one somewhere in a document."""
    while True:
        if isinstance(document, dict) and document:
            keys: list[Any] = sorted(document)
        elif isinstance(document, list) and document:
            keys = list(range(len(document)))
        else:
            return
        key = rng.choice(keys)
        if not isinstance(document[key], dict | list) or rng.random() < 0.2:
            document[key] = value
            return
        document = document[key]
