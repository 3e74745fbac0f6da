"""Few kills of each kind: the command does two hundred."""

import os
from pathlib import Path

import pytest

from benchmarks.theft.kills import killed_at_any_moment, measure

pytestmark = pytest.mark.skipif(os.name != "posix", reason="programs are killed by fork")


def test_nothing_is_lost_and_nothing_left(tmp_path: Path) -> None:
    assert measure(16, tmp_path) == {
        name: {"whole": 4} for name in ("locking", "change of the key", "purge", "withdrawal")
    }


def test_what_is_lost_is_told(tmp_path: Path) -> None:
    def act(folder: Path, step: object) -> None:
        (folder / "kept").unlink()
        assert callable(step)
        step("removed")
        (folder / "kept").touch()

    outcomes = killed_at_any_moment(
        tmp_path, 10, lambda folder: (folder / "kept").touch(), act,
        lambda folder: "whole" if (folder / "kept").exists() else "lost",
    )  # fmt: skip
    assert outcomes["lost"] >= 5
