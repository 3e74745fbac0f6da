import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpr.errors import SyncError
from hotlists.sync.row_files import read_delta, snapshot_batches, write_lines


@given(st.binary(max_size=200))
def test_any_bytes_are_no_published_file(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.mktemp("files")
    path = folder / "any.zst"
    for read in (lambda: list(snapshot_batches(path)), lambda: read_delta(path)):
        path.write_bytes(b"x" + content)  # no zstd, whatever follows
        with pytest.raises(SyncError):
            read()
        path.write_bytes(_compressed(folder, content))
        with contextlib.suppress(SyncError):
            read()


def _compressed(folder: Path, content: bytes) -> bytes:
    made = write_lines(content.decode("latin-1").split("\n"), folder, small=True)
    return (folder / made.path).read_bytes()
