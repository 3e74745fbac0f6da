import subprocess
import sys
from pathlib import Path

import pytest

from anpr.errors import StoreError
from anpr.locks import FileLock

HOLDING = """
import sys
from pathlib import Path
from anpr.locks import FileLock
lock = FileLock(Path(sys.argv[1]))
assert lock.acquire()
print("held", flush=True)
sys.stdin.read()
"""


def test_one_at_a_time_and_again_after_it_was_let_go(tmp_path: Path) -> None:
    first, second = FileLock(tmp_path / "deep" / "a.lock"), FileLock(tmp_path / "deep" / "a.lock")
    assert first.acquire()
    assert not second.acquire()
    first.release()
    first.release()
    assert second.acquire()
    assert not first.acquire()
    second.release()


def test_a_killed_program_lets_go(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == b"held"
        assert not FileLock(path).acquire()
        other.kill()
        other.wait()
        lock = FileLock(path)
        assert lock.acquire()
        lock.release()


def test_no_place_for_the_lock_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match=r"the lock .*a\.lock cannot be taken"):
        FileLock(tmp_path / "file" / "a.lock").acquire()


def test_a_lock_in_pieces_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    path.write_bytes(b"a power cut left this" * 100)
    first = FileLock(path)
    assert first.acquire()
    assert not FileLock(path).acquire()
    first.release()
