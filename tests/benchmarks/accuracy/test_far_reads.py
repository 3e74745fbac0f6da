import numpy as np
from click.testing import CliRunner

from anpr.evidence import spell
from anpr.values import Detection, Read
from benchmarks.accuracy.far_reads import Reliability, main

BOX = (0.0, 0.0, 32.0, 8.0)


def read(text: str, confidence: float) -> Read:
    return Read(Detection(BOX, 0.9), text, confidence, spell(text, 0.95))


def test_what_was_said_surely_and_is_not_so_is_counted_by_its_characters() -> None:
    counts = Reliability()
    counts.add(read("AB48CDE", 0.95), "AB46CDE")
    counts.add(read("AB46CDE", 0.5), "AB46CDE")
    assert (counts.reads, counts.right, counts.sure, counts.sure_and_right) == (2, 1, 1, 0)
    assert counts.characters == 14
    assert dict(counts.wrong) == {("8", "6"): 1}


def test_reads_of_something_else_say_nothing_of_characters() -> None:
    counts = Reliability()
    counts.add(read("ZZZZZZZ", 0.95), "AB46CDE")
    counts.add(Read(Detection(BOX, 0.9), "", 0.0, np.zeros((0, 37), np.float32)), "AB46CDE")
    assert (counts.reads, counts.characters, counts.wrong) == (2, 0, {})


def test_the_command_draws_reads_and_counts() -> None:
    told = CliRunner().invoke(main, ["--sets", "day=1", "--seconds", "1.2", "--seed", "5"])
    assert told.exit_code == 0, told.output
    assert "said with 0.9 or more" in told.output
