"""Tests of training code are collected only where torch is installed (`make train-test`)."""

import importlib.util
from pathlib import Path

collect_ignore: list[str] = []
if importlib.util.find_spec("torch") is None:
    collect_ignore = [
        str(path.relative_to(Path(__file__).parent))
        for path in Path(__file__).parent.rglob("test_*.py")
        if "pytest.mark.training" in path.read_text("utf-8")
    ]
