"""The page's own modules: every import leads to a file that has that name, none goes in a circle, none exports in vain."""

import re
from graphlib import TopologicalSorter
from pathlib import Path

SCRIPTS = Path(__file__).parents[3] / "anpr" / "screen" / "static" / "js"
SOURCES = {path: path.read_text(encoding="utf-8") for path in SCRIPTS.rglob("*.js")}

_IMPORT = re.compile(r'^import \{ ([^}]+) \} from "(\.[^"]+)";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?:async )?(?:function|const|class) (\w+)", re.MULTILINE)


def imports(path: Path) -> dict[Path, set[str]]:
    """What a module takes of which other module."""
    return {(path.parent / other).resolve(): set(names.split(", ")) for names, other in _IMPORT.findall(SOURCES[path])}


def test_the_imports_are_written_as_these_tests_read_them() -> None:
    for path, source in SOURCES.items():
        assert len(imports(path)) == len(re.findall(r"^import\b", source, re.MULTILINE)), path
        assert len(_EXPORT.findall(source)) == len(re.findall(r"^export\b", source, re.MULTILINE)), path


def test_no_module_imports_itself_by_way_of_another() -> None:
    order = list(TopologicalSorter({path: imports(path) for path in SOURCES}).static_order())
    assert set(order) == set(SOURCES)
    assert order[-1] == SCRIPTS / "main.js"


def test_what_is_exported_is_imported_and_the_other_way_round() -> None:
    exported = {(path, name) for path, source in SOURCES.items() for name in _EXPORT.findall(source)}
    imported = {(other, name) for path in SOURCES for other, names in imports(path).items() for name in names}
    assert exported == imported
