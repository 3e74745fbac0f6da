"""Every line of the security model names a test that is there."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "SECURITY-MODEL.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))


@cache
def names_in(file: str) -> set[str]:
    path = ROOT / file
    tree = ast.parse(path.read_text(encoding="utf-8")) if path.is_file() else ast.Module([], [])
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_test_that_is_named_is_there() -> None:
    assert len(NAMED) > 40
    assert [f"{file}::{name}" for file, name in NAMED if name not in names_in(file)] == []


def test_every_line_that_says_protected_or_met_names_a_test() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("|") and not set(line) <= set("|- ")]
    told = [
        row
        for row in rows
        if "| met |" in row or (row.count("|") == 3 and not row.startswith(("| who", "| protected")))
    ]
    lacking = [row for row in told if "::" not in row]
    attackers = PAGE.partition("## Who might attack")[2].partition("##")[0]
    assert [row for row in lacking if row not in attackers] == []
    assert len(told) > 30
