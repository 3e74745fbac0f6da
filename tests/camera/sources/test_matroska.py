"""How much a Matroska clip lacks, by its own word."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from camera.sources.matroska import lacking_bytes
from tests.camera.parts import numbered, write_clip


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return write_clip(tmp_path_factory.mktemp("clip") / "a.mkv", numbered(10)).read_bytes()


@pytest.mark.parametrize("lacking", [0, 1, 2, 500, 1000])
def test_what_was_cut_off_is_counted(content: bytes, tmp_path: Path, lacking: int) -> None:
    (tmp_path / "a.mkv").write_bytes(content[: len(content) - lacking])
    assert lacking_bytes(tmp_path / "a.mkv") == lacking


def test_a_recorder_that_streams_does_not_say_how_long_it_will_be(content: bytes, tmp_path: Path) -> None:
    at = content.index(b"\x18\x53\x80\x67") + 4
    assert content[at] == 1  # a length of eight bytes
    unsaid = content[:at] + b"\x01" + b"\xff" * 7 + content[at + 8 :]
    (tmp_path / "a.mkv").write_bytes(unsaid[: len(unsaid) // 2])
    assert lacking_bytes(tmp_path / "a.mkv") == 0


@pytest.mark.parametrize("content", [b"", b"\x1a\x45\xdf\xa3", b"\x1a\x45\xdf\xa3\x84abcd", b"RIFF" + bytes(50)])
def test_what_is_no_such_clip_lacks_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.mkv").write_bytes(content)
    assert lacking_bytes(tmp_path / "a.mkv") == 0


@given(junk=st.binary(max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_taken(tmp_path: Path, junk: bytes) -> None:
    (tmp_path / "a.mkv").write_bytes(b"\x1a\x45\xdf\xa3" + junk)
    assert lacking_bytes(tmp_path / "a.mkv") >= 0
