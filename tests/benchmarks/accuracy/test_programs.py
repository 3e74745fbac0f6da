"""Programs that stand in for an engine: run, measured, and named when they fail."""

import pytest

from anpr.errors import Failure
from benchmarks.accuracy.programs import arguments, engine_fingerprint, run_program
from tests.benchmarks.made_clips import FAKE_COMMAND


def test_programs_that_do_not_start_or_end_are_named() -> None:
    with pytest.raises(Failure, match="no-such-program cannot be started"):
        run_program(["no-such-program"], 5)
    with pytest.raises(Failure, match="longer than"):
        run_program(arguments(FAKE_COMMAND.split()[0] + " -c 'while True: pass'"), 0.3)


def test_a_name_with_spaces_stays_one_argument() -> None:
    assert arguments("alpr -j {clip}", clip="a b.mp4") == ["alpr", "-j", "a b.mp4"]


def test_the_engine_has_a_stable_fingerprint() -> None:
    assert engine_fingerprint() == engine_fingerprint()
    assert len(engine_fingerprint()) == 12
