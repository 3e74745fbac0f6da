"""Programs that stand in for an engine: run, measured, and named when they fail."""

import sys
from pathlib import Path

import pytest

from anpr.errors import Failure
from benchmarks.accuracy.programs import OWN_ENGINE, ROOT, arguments, engine_fingerprint, run_program
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


def test_lines_time_and_memory_of_a_run_are_told() -> None:
    code = "import sys; held = bytearray(60_000_000); print('one'); print('two'); sys.stderr.write('noise')"
    run = run_program([sys.executable, "-c", code], 60)
    assert run.lines == ["one", "two"]
    assert 0 < run.wall_s < 60
    assert run.memory_bytes > 1_000_000


def test_a_program_that_fails_is_quoted_by_its_last_words() -> None:
    with pytest.raises(Failure, match=r"ended with code 3: at last$"):
        run_program([sys.executable, "-c", "import sys; print('first\\nat last', file=sys.stderr); sys.exit(3)"], 60)
    with pytest.raises(Failure, match=r"stopped by signal 9$"):
        run_program([sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"], 60)


def test_places_are_filled_after_splitting_so_quotes_in_a_name_do_no_harm() -> None:
    assert arguments(OWN_ENGINE, clip="a 'b\" {x}.mp4")[-2:] == ["a 'b\" {x}.mp4", "--json"]
    assert arguments("p --db={hotlists} {clip}", clip="c", hotlists="h h") == ["p", "--db=h h", "c"]


def test_a_path_is_given_whole_so_that_it_means_the_same_in_every_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert arguments("p {clip} {name}", clip=Path("clips/a b.mp4"), name="a.mp4") == [
        "p",
        str(tmp_path / "clips" / "a b.mp4"),
        "a.mp4",
    ]


def test_own_modules_run_where_their_source_is_and_other_programs_where_the_user_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "where.py").write_text("import os; print(os.getcwd())", encoding="utf-8")
    assert run_program([sys.executable, "where.py"], 60).lines == [str(tmp_path)]
    with pytest.raises(Failure, match="No module named where"):
        run_program([sys.executable, "-m", "where"], 60)
    assert (ROOT / "anpr" / "__main__.py").is_file()
