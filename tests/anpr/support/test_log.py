"""The log says what happened and where, and holds nothing that must not leave the car."""

import errno
import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpr.address import Address
from anpr.config.car import CameraConfig, PatrolConfig
from anpr.errors import InputError, StoreError
from anpr.support.log import Log, current_log, logged
from anpr.support.log_file import A_MINUTE, FILES, MAX_BYTES, RepeatLimit
from anpr.support.redaction import redacted

OURS = logging.getLogger("anpr.test")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "logs" / "anpr.log"


@pytest.fixture
def log(path: Path) -> Iterator[Log]:
    opened = Log(path)
    yield opened
    opened.close()


def raise_with(error: Exception) -> None:
    raise error


def log_error(error: Exception, logger: logging.Logger = OURS) -> None:
    try:
        raise_with(error)
    except Exception:
        logger.exception("a part met an error")


@pytest.mark.usefixtures("log")
def test_a_traceback_has_type_places_and_source_but_no_value(path: Path) -> None:
    secret = "AB51CDE"
    log_error(KeyError(secret))
    text = path.read_text(encoding="utf-8")
    assert "builtins.KeyError" in text
    assert "tests/anpr/support/test_log.py:" in text
    assert "raise_with" in text
    assert "raise error" in text
    assert "[MainThread] anpr.test: a part met an error" in text
    assert secret not in text


@pytest.mark.usefixtures("log")
def test_causes_are_told_and_only_our_own_messages(path: Path) -> None:
    try:
        try:
            raise_with(ValueError("ab51 cde at rtsp://u:hush@cam/1"))
        except ValueError as error:
            raise StoreError("the file of AB51 CDE at rtsp://u:hush@cam/1?key=topsecret cannot be read") from error
    except StoreError:
        OURS.exception("no luck with %s", "FT99AEK")
    text = path.read_text(encoding="utf-8")
    assert "builtins.ValueError\n" in text
    assert "anpr.errors.StoreError: the file of [mark] at rtsp://…@cam/1?… cannot be read" in text
    for hidden in ("AB51", "ab51", "hush", "topsecret", "FT99"):
        assert hidden not in text


@pytest.mark.usefixtures("log")
def test_os_errors_say_which_but_not_of_what(path: Path) -> None:
    log_error(OSError(errno.ENOSPC, "No space left", "/data/AB51CDE.jpg"))
    assert "builtins.OSError (ENOSPC)" in path.read_text(encoding="utf-8")
    assert "AB51CDE" not in path.read_text(encoding="utf-8")


@pytest.mark.usefixtures("log")
def test_what_a_library_says_is_reduced_to_its_place(path: Path) -> None:
    log_error(KeyError("HUSHHUSH"), logging.getLogger("asyncio"))
    logging.getLogger("asyncio").warning("Task exception was never retrieved KeyError('HUSHHUSH')")
    logging.getLogger("uvicorn.error").info("not of interest")
    text = path.read_text(encoding="utf-8")
    assert "HUSHHUSH" not in text.replace("log_error(KeyError", "").replace('"HUSHHUSH"), logging', "")
    assert text.count("said by a library at tests/anpr/support/test_log.py:") == 2
    assert "asyncio" in text


def test_errors_that_nobody_caught_are_logged(log: Log, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "_hooks", (lambda *_: None, lambda _: None, lambda _: None))
    thread = threading.Thread(target=raise_with, args=(KeyError("AB51CDE"),), name="capture-front")
    thread.start()
    thread.join()
    sys.excepthook(ValueError, ValueError("AB51CDE"), None)

    class Bad:
        def __del__(self) -> None:
            raise RuntimeError("AB51CDE")

    Bad()
    text = path.read_text(encoding="utf-8")
    assert "an error ended the thread capture-front" in text
    assert "[capture-front]" in text
    for kind in ("KeyError", "ValueError", "RuntimeError"):
        assert f"builtins.{kind}" in text
    assert "AB51CDE" not in text.replace('raise RuntimeError("[mark]")', "")


def test_hooks_and_levels_are_given_back(path: Path) -> None:
    before = (sys.excepthook, threading.excepthook, sys.unraisablehook, logging.getLogger().handlers[:])
    with logged(path, "test"):
        assert sys.excepthook != before[0]
        assert current_log() is not None
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook, logging.getLogger().handlers[:]) == before
    assert current_log() is None


def test_start_stop_versions_and_configuration_without_secrets(path: Path) -> None:
    camera = CameraConfig(id="front", source=Address("rtsp://patrol:hush@10.0.0.5/stream1?token=abc"))
    with logged(path, "run", PatrolConfig(camera=(camera,))), logged(path, "inner"):
        pass
    text = path.read_text(encoding="utf-8")
    assert "start of run: {'anpr': '" in text
    assert "'onnxruntime': '" in text
    assert "'source': 'rtsp://…@10.0.0.5/stream1?…'" in text
    assert "'grab_to_alert_ms': 250.0" in text
    assert text.splitlines()[-1].endswith("end of run")
    assert "inner" not in text
    assert "hush" not in text


def test_the_end_by_an_error_is_logged_and_raised(path: Path) -> None:
    with pytest.raises(InputError), logged(path, "replay"):
        raise InputError("there is no clip: name another")
    text = path.read_text(encoding="utf-8")
    assert "replay ended by an error" in text
    assert "there is no clip: name another" in text
    with pytest.raises(KeyboardInterrupt), logged(path, "run"):
        raise KeyboardInterrupt
    assert path.read_text(encoding="utf-8").splitlines()[-1].endswith("run ended by KeyboardInterrupt")


def test_times_are_utc(log: Log, path: Path) -> None:
    OURS.warning("now")
    assert path.read_text(encoding="utf-8").partition(" ")[0].endswith("+00:00")


def test_the_log_rotates_and_stays_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_BYTES * FILES <= 5 * 2**20
    monkeypatch.setattr("anpr.support.log_file.MAX_BYTES", 20_000)
    log = Log(tmp_path / "logs" / "anpr.log")
    for number in range(150):
        OURS.warning("%s %s", "long " * 200, number)
    log.close()
    files = sorted((tmp_path / "logs").iterdir())
    assert len(files) == FILES
    assert all(file.stat().st_size <= 20_000 for file in files)
    assert all(file.stat().st_size > 15_000 for file in files[1:])
    assert files[0].read_text(encoding="utf-8").rstrip().endswith(" 149")


def test_a_folder_that_cannot_be_made_raises_nothing_and_is_said(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("in the way")
    log = Log(tmp_path / "logs" / "anpr.log")
    OURS.warning("one")
    assert log.trouble == "File exists"
    log.retry()
    assert log.trouble
    (tmp_path / "logs").unlink()
    log.retry()
    assert log.trouble == ""
    assert "the log can be written again" in (tmp_path / "logs" / "anpr.log").read_text(encoding="utf-8")
    log.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_raises_nothing_and_keeps_nothing_in_memory(tmp_path: Path) -> None:
    (tmp_path / "anpr.log").symlink_to("/dev/full")
    log = Log(tmp_path / "anpr.log")
    for number in range(100):
        OURS.error("%s %s", "long " * 1000, number)
    assert log.trouble == "No space left on device"
    assert log._file.stream is None
    log.close()


def test_repeats_of_one_error_are_counted_and_other_errors_still_come(path: Path) -> None:
    now_s = [0.0]
    limit = RepeatLimit(lambda: now_s[0])

    def record(line: int) -> logging.LogRecord:
        return logging.LogRecord("anpr", logging.ERROR, "x.py", line, "broken", None, None)

    assert [limit.filter(record(1)) for _ in range(20)] == [True] * A_MINUTE + [False] * (20 - A_MINUTE)
    assert limit.filter(record(2))
    assert list(limit.left_out()) == [("anpr:1", 20 - A_MINUTE)]
    now_s[0] = 61.0
    later = record(1)
    assert limit.filter(later)
    assert later.left_out == 20 - A_MINUTE  # type: ignore[attr-defined]


def test_what_was_left_out_is_told_at_the_end(path: Path) -> None:
    log = Log(path)
    for _ in range(A_MINUTE + 7):
        log_error(KeyError("AB51CDE"))
    log.close()
    text = path.read_text(encoding="utf-8")
    assert text.count("a part met an error") == A_MINUTE
    assert "left out as repeats: 7 more from anpr.test:" in text


MARKS = st.one_of(
    st.from_regex(r"[A-Z]{2}[0-9]{2} ?[A-Z]{3}", fullmatch=True),
    st.from_regex(r"[A-Z][0-9]{1,3} ?[A-Z]{3}", fullmatch=True),
    st.from_regex(r"[A-Z]{3} ?[0-9]{1,3}[A-Z]", fullmatch=True),
    st.from_regex(r"[A-Z]{1,3} ?[0-9]{1,4}", fullmatch=True),
    st.from_regex(r"[0-9]{1,4} ?[A-Z]{1,3}", fullmatch=True),
    st.from_regex(r"[A-Z]{3} ?[0-9]{4}", fullmatch=True),
)


@given(MARKS, st.sampled_from(["{}", "'{}'", "no {}, sorry", "KeyError('{}')", "/data/{}.jpg", "vrm={}", "({})"]))
def test_whatever_looks_like_a_mark_is_masked(mark: str, around: str) -> None:
    if mark.startswith("COM"):  # a serial port of Windows
        return
    assert mark not in redacted(around.format(mark))


@given(MARKS)
def test_marks_of_seven_characters_are_masked_in_lower_case_too(mark: str) -> None:
    if len(mark.replace(" ", "")) == 7:
        assert mark.lower() not in redacted(f"no {mark.lower()} there")


@pytest.mark.parametrize(
    "text",
    [
        "camera front sends no frames for 12 s at /dev/video0",
        "Frames are older than 250 ms",
        "the disk has 12 MB left",
        "anpr/engine/engine.py:86",
        "reading from /dev/ttyUSB0",
    ],
)
def test_ordinary_words_stay(text: str) -> None:
    assert redacted(text) == text.replace("12 MB", "[mark]")
