"""The JSON lines of a patrol: whole, in order, and never in the way of the reading."""

import errno
import io
import json
import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from anpr.cli import json_output
from anpr.cli.json_output import JsonOutput
from anpr.errors import Failure

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def pipe() -> Iterator[tuple[int, io.TextIOWrapper]]:
    reading, writing = os.pipe()
    stream = os.fdopen(writing, "w", encoding="utf-8")
    yield reading, stream
    stream.close()


def test_lines_come_whole_and_in_order(pipe: tuple[int, io.TextIOWrapper]) -> None:
    reading, stream = pipe
    output = JsonOutput(stream)
    for number in range(300):
        output.write({"n": number, "text": "ÄÖ"})
    output.close()
    stream.close()
    with os.fdopen(reading, encoding="utf-8") as lines:
        assert [json.loads(one)["n"] for one in lines] == list(range(300))


def test_who_has_gone_is_said_and_further_lines_are_let_go(pipe: tuple[int, io.TextIOWrapper]) -> None:
    reading, stream = pipe
    os.close(reading)
    output = JsonOutput(stream)
    output.write({"n": 1})
    while output.fault(NOW) is None:
        threading.Event().wait(0.01)
    fault = output.fault(NOW)
    assert fault is not None
    assert (fault.name, "has gone" in fault.text) == ("output_failed", True)
    output.write({"n": 2})
    with pytest.raises(Failure, match="not complete"):
        output.close()


def test_a_reader_that_reads_nothing_holds_nobody_up(
    pipe: tuple[int, io.TextIOWrapper], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, stream = pipe
    monkeypatch.setattr(json_output, "MOST_WAITING", 50)
    output = JsonOutput(stream)
    for _ in range(200):
        output.write({"text": "x" * 10_000})
    fault = output.fault(NOW)
    assert fault is not None
    assert "lines left out" in fault.text
    with pytest.raises(Failure, match="nobody read it"):
        output.close(0.05)


def test_a_full_disk_loses_no_line_once_there_is_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = True
    really = os.write

    def write(target: int, content: bytes) -> int:
        if full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return really(target, content[:7])

    monkeypatch.setattr(os, "write", write)
    monkeypatch.setattr(json_output, "RETRY_S", 0.01)
    with (tmp_path / "out.jsonl").open("w", encoding="utf-8") as stream:
        output = JsonOutput(stream)
        for number in range(3):
            output.write({"n": number})
        while output.fault(NOW) is None:
            threading.Event().wait(0.01)
        full = False
        while output.fault(NOW) is not None:
            threading.Event().wait(0.01)
        output.close()
    assert [json.loads(one)["n"] for one in (tmp_path / "out.jsonl").read_text().splitlines()] == [0, 1, 2]


def test_a_stream_in_memory_does_too() -> None:
    stream = io.StringIO()
    output = JsonOutput(stream)
    output.write({"n": 1})
    output.close()
    assert stream.getvalue() == '{"n": 1}\n'
