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
