"""The witness's file is read whole lines at a time, also past a line that a kill cut off."""

from pathlib import Path

from benchmarks.shift.witness import WitnessReader


def test_a_line_is_taken_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "witness"
    reader = WitnessReader(path)
    with path.open("a") as file:
        file.write('{"at": 1, "k": "a"}\n{"at": 2, ')
        file.flush()
        assert [line["at"] for line in reader.fresh()] == [1]
        file.write('"k": "b"}\n')
        file.flush()
        assert [line["at"] for line in reader.fresh()] == [2]
    reader.close()


def test_what_a_kill_cut_off_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "witness"
    reader = WitnessReader(path)
    path.write_text('{"at": 1, "k": "step", "sigh{"at": 2, "k": "b"}\n{"at": 3, "k": "c"}\n')
    assert [line["at"] for line in reader.fresh()] == [2, 3]
    reader.close()
