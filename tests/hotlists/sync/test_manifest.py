import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpr.errors import ConfigError, SyncError
from hotlists.store.settings import ListSettings
from hotlists.sync.manifest import LARGEST_FILE_BYTES, PublishedDelta, PublishedFile, PublishedList


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda c: st.lists(c) | st.dictionaries(st.text(max_size=5), c),
    )
)
def test_any_json_is_no_list(value: object) -> None:
    with pytest.raises(SyncError):
        PublishedList.from_text(json.dumps(value))
    with contextlib.suppress(ConfigError):
        ListSettings.from_values(value)
    with contextlib.suppress(ConfigError):
        ListSettings.from_values({"name": "x", "hours": value, "cars": value, "max_age_s": value})


def content(name: str) -> str:
    return name * 64


def step(before: str, after: str) -> PublishedDelta:
    return PublishedDelta(content(before), content(after), 1, "7", PublishedFile(content("e"), 5))


def offered(at: str, *deltas: PublishedDelta, cars: tuple[str, ...] = ("*",)) -> PublishedList:
    settings = ListSettings("stolen", priority=7, cars=cars)
    return PublishedList(
        settings, 3, "2026-11-20T12:00:00+00:00", 9, str(2**64 - 1), PublishedFile(content(at), 99), content(at), deltas
    )


def test_what_is_written_is_read_back() -> None:
    one = offered("c", step("a", "b"), step("b", "c"))
    assert PublishedList.from_text(one.to_text()) == one


def test_times_of_other_zones_are_the_same_time() -> None:
    document = json.loads(offered("c").to_text()) | {"effective_utc": "2026-11-20T13:00:00+01:00"}
    assert PublishedList.from_text(json.dumps(document)) == offered("c")


def test_damage_asks_for_another_copy() -> None:
    document = json.loads(offered("c").to_text())
    damages: tuple[dict[str, object], ...] = (
        {"revision": "x"}, {"revision": 0}, {"revision": 2**31}, {"revision": 1e999}, {"entries": -1}, {"deltas": [{}]},
        {"effective_utc": "soon"}, {"content": "../x"}, {"snapshot": {"sha256": "x", "bytes": 1}}, {"settings": {}},
    )  # fmt: skip
    for damage in damages:
        with pytest.raises(SyncError, match=r"damaged \(\w+\): publish it again"):
            PublishedList.from_text(json.dumps(document | damage))


@pytest.mark.parametrize(("start", "ways"), [("a", ["ab", "bc"]), ("b", ["bc"]), ("c", []), ("d", None), ("x", None)])
def test_steps_lead_from_a_content_to_the_snapshot(start: str, ways: list[str] | None) -> None:
    one = offered("c", step("a", "b"), step("b", "c"), step("x", "y"))
    steps = one.steps_from(content(start))
    assert (None if steps is None else [s.before[0] + s.after[0] for s in steps]) == ways


def test_circle_of_steps_ends() -> None:
    assert offered("c", step("a", "b"), step("b", "a")).steps_from(content("a")) is None


@pytest.mark.parametrize(
    ("cars", "car", "is_for"),
    [
        (("*",), "any", True),
        (("north-*", "chief"), "north-1", True),
        (("north-*", "chief"), "chief", True),
        (("north-*",), "North-1", False),
        (("north-?",), "north-12", False),
        ((), "any", False),
    ],
)
def test_allotment(cars: tuple[str, ...], car: str, is_for: bool) -> None:
    assert offered("c", cars=cars).is_for(car) is is_for


@pytest.mark.parametrize("sha256", ["", "a" * 63, "a" * 65, "A" * 64, "../" + "a" * 61, 64])
def test_name_of_a_file_is_a_hash_since_it_becomes_a_path(sha256: str) -> None:
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        PublishedFile(sha256, 1)


def test_sizes_of_files() -> None:
    assert PublishedFile("ab" + "0" * 62, LARGEST_FILE_BYTES).path == f"objects/ab/ab{'0' * 62}.zst"
    for size in (-1, LARGEST_FILE_BYTES + 1, "1"):
        with pytest.raises(ValueError, match="a size"):
            PublishedFile("a" * 64, size)  # type: ignore[arg-type]
