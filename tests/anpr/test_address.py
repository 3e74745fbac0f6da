"""An address is shown without whatever may be a secret, however it is written, by every way that makes a text of it."""

import copy
import dataclasses
import json
import pickle
import traceback
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from anpr.address import Address, Secret, looks_like_address, shown

SECRET = "SECRET"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rtsp://10.0.0.5/stream1", "rtsp://10.0.0.5/stream1"),
        ("rtsp://patrol:SECRET@10.0.0.5:554/stream1", "rtsp://…@10.0.0.5:554/stream1"),
        ("rtsp://patrol:SE@CRET@camera.lan/s", "rtsp://…@camera.lan/s"),
        ("rtsp://patrol:SE/CRET@10.0.0.5/s", "rtsp://…@10.0.0.5/s"),
        ("rtsp://patrol:SE#CRET@[fe80::1]:554/s", "rtsp://…@[fe80::1]:554/s"),
        ("rtsp://patrol:SE?CRET@camera/s", "rtsp://…"),
        ("rtsp://patrol:SE\\CRET@camera/s", "rtsp://…"),
        ("rtsp://patrol:SE[CRET@10.0.0.5/s", "rtsp://…@10.0.0.5/s"),
        ("rtsp://10.0.0.5/s?user=a&password=SE@CRET", "rtsp://…"),
        ("rtsp://10.0.0.5/s?user=a&password=SECRET", "rtsp://10.0.0.5/s?…"),
        ("rtsp://10.0.0.5/s#SECRET", "rtsp://10.0.0.5/s#…"),
        ("rtsp://10.0.0.5/user=admin_password=SECRET_channel=1_stream=0.sdp", "rtsp://10.0.0.5/…"),
        ("rtsp://10.0.0.5/user/admin/password/SECRET/1", "rtsp://10.0.0.5/…/…/…/…/…"),
        ("rtsps://10.0.0.1:7441/AbCdSECRET012345", "rtsps://10.0.0.1:7441/…"),
        ("rstp://patrol:SECRET@10.0.0.5/s", "rstp://…@10.0.0.5/s"),
        ("rtsp//patrol:SECRET@10.0.0.5/s", "…@10.0.0.5/s"),
        ("rtsp:/patrol:SECRET/10.0.0.5", "…/…/10.0.0.5"),
        ("patrol:SECRET@camera", "…"),
        ("rtsp://patrol:SECRET", "rtsp://…"),
        ("udp://@239.0.0.1:1234", "udp://…@239.0.0.1:1234"),
        ("srt://:9000?passphrase=SECRET", "srt://:9000?…"),
        ("/dev/video0", "/dev/video0"),
        ("0", "0"),
        ("", ""),
        ("C:\\clips\\a.mp4", "C:\\clips\\a.mp4"),
        ("/media/Straße 1/a.mp4", "/media/Straße 1/a.mp4"),
    ],
)
def test_what_is_shown(text: str, expected: str) -> None:
    assert shown(text) == expected
    assert shown(expected) == expected


WORDS = st.text(st.sampled_from("abcXYZ019-_.~/?#@[]:;=&%+ !$\\\"'é"), max_size=4)
SECRETS = st.builds(lambda a, b: f"{a}{SECRET}{b}", WORDS, WORDS)
HOSTS = st.sampled_from(["10.0.0.5", "camera", "camera.lan:554", "[::1]", "10.0.0.5:99999"])
SCHEMES = st.sampled_from(
    ["rtsp://", "RTSP://", "http://", "https://", "rstp://", "rtsp:/", "rtsp//", "rtsp:", "://", ""]
)
PATHS = st.sampled_from(["", "/", "/s", "/live/1.sdp", "?n=1", "/s?n=1#x"])
SHAPES = st.sampled_from(
    [
        "{scheme}patrol:{secret}@{host}{path}",
        "{scheme}{secret}:x@{host}{path}",
        " {scheme}patrol:{secret}@{host}{path}",
        "{scheme}{host}/s?password={secret}",
        "{scheme}{host}/s?n=1&loginpas={secret}&m=2",
        "{scheme}{host}/s#{secret}",
        "{scheme}{host}/user=admin_password={secret}_channel=1.sdp",
    ]
)


@st.composite
def addresses(draw: st.DrawFn) -> str:
    return draw(SHAPES).format(scheme=draw(SCHEMES), secret=draw(SECRETS), host=draw(HOSTS), path=draw(PATHS))


@dataclass(frozen=True)
class Settings:
    source: Address


@given(addresses())
@example("rtsp://patrol:12/SECRET@10.0.0.5/s")
def test_no_way_of_making_a_text_of_it_shows_a_secret(text: str) -> None:
    address = Address(text)
    assert address.to_open() == text.strip()
    settings = Settings(address)
    error = ValueError(f"no luck with {address}", address)
    told = "".join(traceback.format_exception(error))
    ways = [
        str(address), repr(address), f"{address}", f"{address:>200}", "%s %r" % (address, address),  # noqa: UP031
        repr(settings), str(dataclasses.asdict(settings)), json.dumps(dataclasses.asdict(settings), default=str),
        str([address]), told, repr(address.beside(Path("/etc"))), shown(str(address)),
    ]  # fmt: skip
    assert not [way for way in ways if SECRET in way]


@given(addresses())
def test_what_holds_a_secret_looks_like_an_address(text: str) -> None:
    assert looks_like_address(text)


def test_it_is_a_value() -> None:
    one = Address(" rtsp://u:p@camera/1\n")
    assert one == Address("rtsp://u:p@camera/1")
    assert one != Address("rtsp://u:q@camera/1")
    assert one != "rtsp://u:p@camera/1"
    assert len({one, Address("rtsp://u:p@camera/1")}) == 1
    assert copy.deepcopy(one) == pickle.loads(pickle.dumps(one)) == one  # noqa: S301 - our own
    assert (bool(one), bool(Address(" "))) == (True, False)
    kept = "_Address__text"
    with pytest.raises(AttributeError):
        setattr(one, kept, "")
    with pytest.raises(AttributeError):
        delattr(one, kept)
    assert not hasattr(one, "__dict__")


def test_its_scheme_and_how_files_are_seen_from_the_other_folder() -> None:
    texts = ("HTTPS://office", "rtsp://x", "a.mp4", "/b", "0", "", "a:b://c")
    assert [Address(text).scheme for text in texts] == ["https", "rtsp", "", "", "", "", ""]
    seen = [Address(text).beside(Path("/there")).to_open() for text in ("a.mp4", "/b", "0", "rtsp://x", "")]
    assert seen == ["/there/a.mp4", "/b", "0", "rtsp://x", ""]


def test_of_a_key_nothing_is_shown_at_all() -> None:
    key = Secret(f" {SECRET} ")
    texts = [
        str(key),
        repr(key),
        f"{key}",
        f"{key:>20}",
        json.dumps({"key": str(key)}, ensure_ascii=False),
        str(dataclasses.asdict(Kept(key))),
    ]
    assert all(SECRET not in text and "…" in text for text in texts)
    assert (key.to_open(), len(key), str(Secret(""))) == (SECRET, len(SECRET), "")
    for same in (copy.deepcopy(key), pickle.loads(pickle.dumps(key))):  # noqa: S301 - of our own making
        assert isinstance(same, Secret)
        assert SECRET not in str(same)


@dataclass(frozen=True)
class Kept:
    key: Secret


@pytest.mark.parametrize(
    ("text", "is_here"),
    [("http://127.0.0.1:8790/x", True), ("http://[::1]/", True), ("http://localhost.evil.example/", False), ("http://[", False)],
)  # fmt: skip
def test_whether_an_address_is_of_this_machine(text: str, is_here: bool) -> None:
    assert Address(text).is_this_machine is is_here
