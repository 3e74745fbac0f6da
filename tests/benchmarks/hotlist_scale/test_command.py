"""The command: every figure that was asked for, and what it says of floor and aim."""

import json

from click.testing import CliRunner

from benchmarks.hotlist_scale.command import Figure, hotlist_scale


def test_command_prints_every_figure_it_was_asked_for() -> None:
    arguments = ["--rows", "600", "--big-rows", "900", "--wildcards", "50"]
    only = ["--only", "big-import", "--only", "lookup", "--only", "delta"]
    result = CliRunner().invoke(hotlist_scale, [*arguments, *only, "--json"])
    assert result.exit_code == 0, result.output
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    figures = {line["measure"]: line for line in lines if line["type"] == "figure"}
    assert any("import of 900 rows" in name for name in figures)
    assert any("wildcard" in name for name in figures)
    assert figures["delta of 1 % of 600 rows by the snapshot"]["verdict"] in ("aim met", "floor met", "MISSED")
    lookup = [line for line in lines if line["type"] == "lookup"]
    assert [one["wildcards"] for one in lookup] == [0, 50]


def test_verdicts() -> None:
    assert [Figure("x", v, "s", 30.0, 10.0).verdict() for v in (9.0, 20.0, 31.0)] == ["aim met", "floor met", "MISSED"]
    assert [Figure("x", v, "%", 90.0, 99.0, more=True).verdict() for v in (99.5, 95.0, 80.0)] == [
        "aim met",
        "floor met",
        "MISSED",
    ]


def test_a_figure_without_floor_and_aim_has_no_verdict_and_the_edges_are_met() -> None:
    assert Figure("x", 5.0, "s").verdict() == ""
    assert Figure("x", 10.0, "s", 30.0, 10.0).verdict() == "aim met"
    assert Figure("x", 30.0, "s", 30.0, 10.0).verdict() == "floor met"
    assert Figure("lists lost", 0.0, "", 0.0, 0.0).verdict() == "aim met"
    assert Figure("lists lost", 1.0, "", 0.0, 0.0).verdict() == "MISSED"


def test_the_table_for_people() -> None:
    result = CliRunner().invoke(hotlist_scale, ["--rows", "300", "--only", "delta"], env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    assert "delta of 1 % of 300 rows by the snapshot" in result.stdout
    assert "1.5 %" in result.stdout


def test_an_unknown_measure_is_refused() -> None:
    result = CliRunner().invoke(hotlist_scale, ["--only", "nothing"])
    assert result.exit_code == 2
    assert "big-import" in result.output
