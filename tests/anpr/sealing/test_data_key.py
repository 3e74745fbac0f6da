"""The key of a data folder: made once, found again, changed, lost; and never in a text."""

import json
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from anpr.errors import StoreError
from anpr.sealing import data_key
from anpr.sealing.data_key import (
    KeyLost,
    begin_change,
    end_change,
    key_file,
    known_keys,
    lost_keys,
    make_keys,
    put_away_lost,
    read_keys,
    remove_leftovers,
)

NOW = datetime(2026, 11, 29, 2, 45, tzinfo=UTC)


def test_a_key_is_made_once_however_many_make_it_at_once(tmp_path: Path) -> None:
    assert read_keys(tmp_path) is None
    made: list[bytes] = []
    threads = [threading.Thread(target=lambda: made.append(make_keys(tmp_path).current.secret)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 1
    assert len(made[0]) == data_key.KEY_BYTES
    assert [path.name for path in tmp_path.iterdir()] == ["data-key"]
    assert key_file(tmp_path).stat().st_mode & 0o077 == 0


def test_keys_for_databases_and_indexes_differ_and_no_text_shows_one(tmp_path: Path) -> None:
    key = make_keys(tmp_path).current
    kinds = [key.secret, key.for_databases, key.for_indexes]
    assert len({*kinds}) == 3
    assert {len(kind) for kind in kinds} == {32}
    assert make_keys(tmp_path / "other").current.for_databases != key.for_databases
    for kind in kinds:
        assert kind.hex() not in f"{key!r} {key} {make_keys(tmp_path)!r}"
    assert repr(key) == "DataKey(…)"


def test_a_change_has_both_keys_until_it_ends_and_what_was_is_overwritten(tmp_path: Path) -> None:
    first = make_keys(tmp_path).current
    second = tmp_path / "second name"
    second.hardlink_to(key_file(tmp_path))
    during = begin_change(tmp_path)
    assert during.current == first
    assert during.following not in (None, first)
    assert during.newest == during.following
    assert begin_change(tmp_path) == during
    assert set(second.read_bytes()) == {0}
    end_change(tmp_path)
    after = make_keys(tmp_path)
    assert (after.current, after.following) == (during.following, None)
    end_change(tmp_path)
    assert make_keys(tmp_path) == after


@pytest.mark.parametrize(
    "content",
    [
        b"", b"no json", b"[]", b"{}", b"null", b"\xff\xfe", json.dumps({"format": "another"}).encode(),
        json.dumps({"format": "patrol-anpr-data-key/1", "seal": "wax", "key": ""}).encode(),
        json.dumps({"format": "patrol-anpr-data-key/1", "seal": "file", "key": "QQ=="}).encode(),
        json.dumps({"format": "patrol-anpr-data-key/1", "seal": "file", "key": "UVE9PQ=="}).encode(),
        json.dumps({"format": "patrol-anpr-data-key/1", "seal": "file", "key": 7}).encode(),
        json.dumps({"format": "patrol-anpr-data-key/1", "seal": "dpapi", "key": "UVE9PQ=="}).encode(),
    ],
)  # fmt: skip
def test_a_key_that_cannot_be_opened_is_put_away_and_a_new_one_made(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_key, "_PAUSE_S", 0.0)
    key_file(tmp_path).write_bytes(content)
    with pytest.raises(KeyLost, match=r"cannot be opened .* start the patrol"):
        make_keys(tmp_path)
    assert known_keys(tmp_path) == []
    aside = put_away_lost(tmp_path, NOW)
    assert aside is not None
    assert (lost_keys(tmp_path), aside.read_bytes()) == ([aside], content)
    assert make_keys(tmp_path).current == known_keys(tmp_path)[0]
    assert put_away_lost(tmp_path, NOW) is None


def test_a_key_that_opens_again_after_all_is_known_where_it_was_put(tmp_path: Path) -> None:
    key = make_keys(tmp_path).current
    key_file(tmp_path).rename(tmp_path / "data-key-lost-20261129T024500Z-abcd")
    assert known_keys(tmp_path) == [key]
    assert read_keys(tmp_path) is None


def test_what_a_kill_left_of_a_key_goes_and_the_key_stays_where_it_is_a_second_name_of_it(tmp_path: Path) -> None:
    key = make_keys(tmp_path)
    (tmp_path / ".data-key.1").hardlink_to(key_file(tmp_path))  # killed between the two names
    (tmp_path / ".data-key.2").write_bytes(b"half a key")  # killed before the first
    (tmp_path / "second name").hardlink_to(tmp_path / ".data-key.2")
    remove_leftovers(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data-key", "second name"]
    assert set((tmp_path / "second name").read_bytes()) == {0}
    assert known_keys(tmp_path) == [key.current]


def test_without_room_there_is_a_sentence_and_no_half_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StoreError, match=r"cannot be written \(No space left on device\): check the disk"):
        make_keys(tmp_path)
    assert list(tmp_path.iterdir()) == []
