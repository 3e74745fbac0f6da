"""The documents name only what is there: links, files and modules; and the contract has every field that is written."""

import ast
import importlib
import importlib.util
import re
import textwrap
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from anpr.trust.accounts import CrewMember
from anpr.values import HotlistEntry
from hotlists.store.settings import ListSettings
from hotlists.store.status import ListStatus

ROOT = Path(__file__).parents[1]
ROOMS = ("anpr", "camera", "hotlists", "models", "benchmarks", "tests", "docs")
DOCUMENTS = sorted(
    [
        *ROOT.glob("*.md"),
        *(path for room in ROOMS for path in (ROOT / room).rglob("*.md") if "vendor" not in path.parts),
    ]
)
SOURCES = sorted(
    path
    for room in ROOMS
    for path in (ROOT / room).rglob("*")
    if path.suffix in {".py", ".toml", ".js"} and path.is_file()
)

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_MARKDOWN_LINK = re.compile(r"\[[^\]]*\]\([^)\s]+\)")
_FENCE = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_MODULE = re.compile(r"python -m ([a-z_][\w.]*)")
_NAMED = re.compile(r"(?<![\"\w/.-])((?:[\w-]+/)*[A-Z][A-Z_]+\.md)\b(?!\")")
_PATH = re.compile(rf"(?:{'|'.join(ROOMS)})/[\w./-]*")


def slug(heading: str) -> str:
    """Return the anchor that a heading gets."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


def anchors(path: Path) -> set[str]:
    text = _FENCE.sub("", path.read_text(encoding="utf-8"))
    return {slug(line.lstrip("#")) for line in text.splitlines() if line.startswith("#")}


def broken_links(path: Path) -> Iterator[str]:
    for target in _LINK.findall(_FENCE.sub("", path.read_text(encoding="utf-8"))):
        file, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        found = (path.parent / file).resolve() if file else path
        if not found.exists() or (anchor and found.suffix == ".md" and anchor not in anchors(found)):
            yield target


def missing_paths(path: Path) -> Iterator[str]:
    """Give what looks like a file of the repository and is none; a name in capitals stands for any name."""
    for code in _CODE.findall(_FENCE.sub("", path.read_text(encoding="utf-8"))):
        if not _PATH.fullmatch(code) or "NAME" in code:
            continue
        where = [ROOT / code, path.parent / code]
        if not any(place.exists() or place.with_suffix(".py").exists() for place in where):
            yield code


def importable(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_document_names_only_what_is_there(path: Path) -> None:
    assert list(broken_links(path)) == []
    assert list(missing_paths(path)) == []
    modules = set(_MODULE.findall(path.read_text(encoding="utf-8")))
    assert {module for module in modules if not importable(module)} == set()


def test_sources_name_only_documents_that_are_there() -> None:
    missing = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in SOURCES
        if path != Path(__file__)
        for name in _NAMED.findall(_MARKDOWN_LINK.sub("", path.read_text(encoding="utf-8")))
        if not (ROOT / name).exists() and not (path.parent / name).exists()
    ]
    assert missing == []


def test_sources_name_only_modules_that_are_there() -> None:
    """A file that was moved or renamed is soon forgotten in the comments of others."""
    there = {path.name for room in (*ROOMS, "tools") for path in (ROOT / room).rglob("*.py")} | {"setup.py"}
    missing = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in SOURCES
        if path.relative_to(ROOT).parts[0] != "tests"  # tests make files up
        for name in re.findall(r"\b[a-z_]+\.py\b", path.read_text(encoding="utf-8"))
        if name not in there
    }
    assert missing == set()


def test_the_checks_find_what_is_wrong(tmp_path: Path) -> None:
    page = tmp_path / "PAGE.md"
    page.write_text(
        "# One\n[a](#one) [b](#two) [c](nowhere.md) [d](https://example.org)\n"
        "`anpr/values.py` `anpr/nowhere.py` `anpr/cli/NAME.py` `anpr replay`\n```\n[e](fenced.md) `anpr/fenced.py`\n```\n",
        encoding="utf-8",
    )
    assert list(broken_links(page)) == ["#two", "nowhere.md"]
    assert list(missing_paths(page)) == ["anpr/nowhere.py"]
    assert importable("benchmarks.hotlist_scale")
    assert not importable("benchmarks.nowhere")


def written_fields(path: Path) -> set[str]:
    """Return the fields of the JSON objects that a module writes: keys of written dictionaries, names given to `print_json`."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Dict) and any(_text(key) in {"type", "file", "collar", "frame"} for key in node.keys):
            found |= {text for key in node.keys if (text := _text(key))}
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print_json":
            found |= {keyword.arg for keyword in node.keywords if keyword.arg}
    return found - {"type"}


def _text(key: ast.expr | None) -> str:
    return key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else ""


def test_the_json_contract_has_every_field_that_commands_write() -> None:
    text = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")
    contract = text[text.index("## The JSON contract") :]
    documented = set(_CODE.findall(contract))
    written = written_fields(ROOT / "anpr" / "engine" / "json_lines.py")
    for path in (ROOT / "anpr" / "cli").rglob("*.py"):
        written |= written_fields(path)
    for value in (ListStatus, ListSettings, HotlistEntry, CrewMember):
        written |= {field.name for field in fields(value)}
    assert {"text", "list_revision", "damage", "rejects_file", "head", "added_utc", "max_age_s"} <= written
    assert written - documented == set()


NOT_YET_THERE = ("camera.sources.card", "hotlists.importers.pairs")
"""Modules that a recipe has its reader write."""


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_python_in_a_document_is_python_and_imports_what_is_there(document: Path) -> None:
    for block in re.findall(
        r"^ *```python\n(.*?)^ *```", (ROOT / document).read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    ):
        for node in ast.walk(ast.parse(textwrap.dedent(block))):
            if (
                not isinstance(node, ast.ImportFrom)
                or (node.module or "").split(".")[0] not in ROOMS
                or node.module in NOT_YET_THERE
            ):
                continue
            module = importlib.import_module(node.module or "")
            lacking = [
                alias.name
                for alias in node.names
                if not hasattr(module, alias.name) and importlib.util.find_spec(f"{node.module}.{alias.name}") is None
            ]
            assert lacking == [], f"{node.module} has no {lacking}"
