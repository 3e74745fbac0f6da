"""From the command line to the figures: made drives, the parts beside them, and what is kept between runs."""

import json
import shlex
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from anpr.cli.bench import bench
from anpr.errors import InputError

PERFECT = f"{shlex.quote(sys.executable)} {shlex.quote(str(Path(__file__).parent / 'perfect_engine.py'))} {{clip}}"


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(bench, arguments)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.mark.slow
def test_a_perfect_program_gets_everything_right_on_made_drives_and_clips_are_made_once(tmp_path: Path) -> None:
    drives = ("drives", "--sets", "fast=1", "--seconds", "1.2", "--out", str(tmp_path), "--jobs", "1", "--json")
    first = json.loads(run(*drives, "--program", PERFECT).stdout)["sections"]["drives"]
    assert first["legible_vehicles"] >= 1
    for name in ("capture_rate", "read_rate", "vehicles_read_right"):
        assert first["accuracy"][name]["value"] == 1.0
    assert first["accuracy"]["first_right_read_s_p50"]["value"] == pytest.approx(0.0, abs=1e-6)
    assert first["accuracy"]["misreads_per_1000"]["value"] == 0.0
    clip = next(tmp_path.glob("drives-*/fast-000.*"))
    made_at = clip.stat().st_mtime_ns
    second = json.loads(run(*drives, "--program", PERFECT).stdout)["sections"]["drives"]
    assert clip.stat().st_mtime_ns == made_at
    assert second["clip_sha256"] == first["clip_sha256"]
    assert second["accuracy"] == first["accuracy"]


def test_generate_alone_lists_the_truth_files(tmp_path: Path) -> None:
    result = run("generate", str(tmp_path), "--sets", "dusk=1", "--seconds", "0.1", "--seed", "4")
    assert result.output.strip().endswith("dusk-000.truth.json")
    assert len(list(tmp_path.glob("dusk-000.*"))) == 3


@pytest.mark.parametrize("sets", ["day=many", "noon=1"])
def test_unknown_sets_are_refused(tmp_path: Path, sets: str) -> None:
    with pytest.raises(InputError, match="day"):
        run("generate", str(tmp_path), "--sets", sets)
