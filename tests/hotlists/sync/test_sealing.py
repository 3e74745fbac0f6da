import contextlib
import io
import random
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from anpr.errors import ConfigError, SyncError
from hotlists.store.store import HotlistStore
from hotlists.sync.client import CAR_KEY
from hotlists.sync.download import Wait, download
from hotlists.sync.manifest import PublishedFile
from hotlists.sync.publish import publish
from hotlists.sync.sealed_file import Sealed
from hotlists.sync.sealing import (
    PIECE_BYTES,
    OpenedFile,
    car_key,
    cars_in,
    key_in,
    list_keys,
    make_car_key,
    opened_text,
    public_pem,
    ring_of,
    seal,
    sealed_text,
)
from hotlists.sync.signing import make_key_pair
from hotlists.sync.sources import Offer
from tests.hotlists.made import Clock, import_vrms, random_vrms, vrms_of
from tests.hotlists.office import Office, sync

VRMS = random_vrms(300)
KEY = bytes(range(32))


def sealed(content: bytes, key: bytes = KEY) -> bytes:
    target = io.BytesIO()
    seal(io.BytesIO(content), target, key)
    return target.getvalue()


def opened(content: bytes, key: bytes = KEY) -> bytes:
    return OpenedFile(io.BytesIO(content), key).readall() or b""


@pytest.mark.parametrize("size", [0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES])
def test_what_is_sealed_is_opened_and_cut_moved_or_altered_pieces_are_not(size: int) -> None:
    content = bytes(n % 251 for n in range(size))
    whole = sealed(content)
    assert opened(whole) == content
    assert content == b"" or content[:50] not in whole
    assert sealed(content) == whole  # what did not change is not fetched again
    piece = PIECE_BYTES + 16
    spoilt = {whole[:-1], whole[:-17], whole + b"x", whole[:20], b"", b"patrol-anpr sealed 2\n" + whole[21:]}
    if size > 2 * PIECE_BYTES:
        head = whole[:53]
        spoilt |= {
            head + whole[53 + piece :],
            whole[: 53 + piece],
            head + whole[53 + piece : 53 + 2 * piece] + whole[53:],
        }
    spoilt |= {whole[:place] + bytes((whole[place] ^ 1,)) + whole[place + 1 :] for place in (0, 30, 53, len(whole) - 1)}
    for other in spoilt:
        with pytest.raises(SyncError, match="damaged"):
            opened(other)
    with pytest.raises(SyncError, match="damaged"):
        opened(whole, bytes(32))


@settings(deadline=None)
@given(st.text())
def test_texts_are_sealed_and_opened(text: str) -> None:
    text = text.encode("utf-8", "replace").decode("utf-8")
    made = sealed_text(text, KEY)
    assert opened_text(made, KEY) == text
    with pytest.raises(SyncError, match="cannot be opened"):
        opened_text(made, bytes(32))


def test_a_ring_gives_the_key_to_each_of_its_cars_and_to_nobody_else() -> None:
    cars = [X25519PrivateKey.generate() for _ in range(5)]
    ring = ring_of(KEY, [car.public_key() for car in cars])
    assert [key_in(ring, car) for car in cars] == [KEY] * 5
    assert key_in(ring, X25519PrivateKey.generate()) is None
    assert ring == ring_of(KEY, [car.public_key() for car in reversed(cars)])
    with pytest.raises(SyncError, match="damaged"):
        key_in(ring[:-1], cars[0])
    spoilt = bytes(byte ^ (index > 40) for index, byte in enumerate(ring))
    for car in cars:
        with contextlib.suppress(SyncError):
            assert key_in(spoilt, car) != KEY


def test_another_set_of_cars_or_another_publisher_has_another_key_and_contents_keep_their_names() -> None:
    publisher = Ed25519PrivateKey.generate()
    one, other = (X25519PrivateKey.generate().public_key() for _ in range(2))
    both, alone = list_keys(publisher, "stolen", [one, other]), list_keys(publisher, "stolen", [one])
    assert both.key != alone.key
    assert (both.target, both.naming) == (alone.target, alone.naming)
    assert list_keys(publisher, "stolen", [other, one]) == both
    assert list_keys(publisher, "other", [one, other]).key != both.key
    assert list_keys(Ed25519PrivateKey.generate(), "stolen", [one, other]).key != both.key
    assert both.content("ab" * 32) not in ("ab" * 32, alone.content("cd" * 32))


def test_key_files_of_cars(tmp_path: Path) -> None:
    path = tmp_path / "data" / CAR_KEY
    assert car_key(path) is None
    key = make_car_key(path)
    assert path.stat().st_mode & 0o077 == 0
    assert make_car_key(path).private_bytes_raw() == key.private_bytes_raw()
    cars = tmp_path / "cars"
    cars.mkdir()
    with pytest.raises(ConfigError, match="holds no car's key"):
        cars_in(cars)
    (cars / "north-1.pem").write_bytes(public_pem(key))
    assert [(car, one.public_bytes_raw()) for car, one in cars_in(cars).items()] == [
        ("north-1", key.public_key().public_bytes_raw())
    ]
    make_key_pair(tmp_path / "signing.key", cars / "wrong.pem")
    with pytest.raises(ConfigError, match="of another kind: export it again"):
        cars_in(cars)
    (cars / "wrong.pem").write_text("x")
    with pytest.raises(ConfigError, match="cannot be read: export it again"):
        cars_in(cars)
    path.write_bytes((tmp_path / "signing.key").read_bytes())
    with pytest.raises(ConfigError, match="of another kind"):
        car_key(path)


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_published_folder_of_encrypted_lists_says_nothing_and_each_car_reads_its_own(
    store: HotlistStore, office: Office, tmp_path: Path, clock: Clock
) -> None:
    mine = make_car_key(store.path.with_name(CAR_KEY))
    north, south = mine.public_key(), X25519PrivateKey.generate().public_key()
    office.options = replace(office.options, cars={"north-1": north, "south-1": south}, withdrawal_keys=())
    import_vrms(office.store, office.folder, VRMS[:200], "stolen", priority=77)
    import_vrms(office.store, office.folder, VRMS[200:], "Nightjar", cars=("south-*",))
    publish(office.store, office.published, [office.key], office.options)
    first = sync(store, office, str(office.published), car_id="any")
    assert (first.updated, first.troubles) == (("stolen",), ())
    assert vrms_of(store) == sorted(VRMS[:200])
    assert store.get("stolen").settings.priority == 77
    content = everything_in(office.published)
    for text in (b"stolen", b"Nightjar", VRMS[0].encode(), b"priority", b"north"):
        assert text not in content
    # by delta, and nothing that did not change is fetched again
    assert sync(store, office, str(office.published)).fetched_bytes == 0
    office.publish(VRMS[1:201], priority=77)
    second = sync(store, office, str(office.published))
    assert second.by_delta == ("stolen",)
    assert second.fetched_bytes < 0.5 * first.fetched_bytes
    assert vrms_of(store) == sorted(VRMS[1:201])
    # somebody else's key opens nothing, and a car without one is told what to do
    with HotlistStore(tmp_path / "other" / "hotlists.db", clock=clock) as other:
        with pytest.raises(ConfigError, match="has no key yet: export one"):
            sync(other, office, str(office.published))
        make_car_key(other.path.with_name(CAR_KEY))
        report = sync(other, office, str(office.published))
        assert (report.updated, report.troubles, other.lists()) == ((), (), [])


@pytest.mark.parametrize("for_cars", [True, False])
def test_what_a_car_fetched_lies_closed_whether_it_is_encrypted_for_cars_or_not(
    store: HotlistStore, office: Office, for_cars: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = make_car_key(store.path.with_name(CAR_KEY)).public_key()
    office.options = replace(office.options, cars={"a": mine} if for_cars else None)
    lay: dict[str, bytes] = {}

    def fetched(offer: Offer, file: PublishedFile, folder: Path, wait: Wait, rng: random.Random) -> Path:
        path = download(offer, file, folder, wait, rng)
        lay[file.sha256] = path.read_bytes()
        assert Sealed(folder.parent, file.sha256).content(path) == (office.published / file.path).read_bytes()
        return path

    monkeypatch.setattr("hotlists.sync.client.download", fetched)
    for vrms in (VRMS[:200], VRMS[1:201]):
        office.publish(vrms)
        assert sync(store, office, str(office.published)).troubles == ()
        assert vrms_of(store) == sorted(vrms)
    assert len(lay) == (3 if for_cars else 2)  # the ring of keys, the snapshot, the delta
    published = {path.read_bytes() for path in (office.published / "objects").glob("*/*")}
    for content in lay.values():
        assert content not in published
        assert not content.startswith((b"patrol-anpr", b"\x28\xb5\x2f\xfd"))


def test_a_car_that_is_taken_off_reads_nothing_new(store: HotlistStore, office: Office) -> None:
    mine = make_car_key(store.path.with_name(CAR_KEY)).public_key()
    other = X25519PrivateKey.generate().public_key()
    office.options = replace(office.options, cars={"a": mine, "b": other})
    office.publish(VRMS[:100])
    sync(store, office, str(office.published))
    office.options = replace(office.options, cars={"b": other})
    office.publish(VRMS[:110])
    assert sync(store, office, str(office.published)).withdrawn == ("stolen",)
    office.options = replace(office.options, cars={"a": mine, "b": other})
    office.publish()
    assert sync(store, office, str(office.published)).updated == ("stolen",)
    assert len(vrms_of(store)) == 110


def test_an_altered_sealed_file_is_not_what_was_signed(store: HotlistStore, office: Office) -> None:
    office.options = replace(office.options, cars={"a": make_car_key(store.path.with_name(CAR_KEY)).public_key()})
    office.publish(VRMS)
    for path in (office.published / "objects").glob("*/*"):
        path.write_bytes(path.read_bytes()[:-1] + b"\0")
    (said,) = sync(store, office, str(office.published)).troubles
    assert "not what was signed" in said
