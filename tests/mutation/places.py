"""Every place of a Python file where a small bug may be put, found in its syntax tree and kept as a span of text."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final

from tests.mutation.mutant import Mutant
from tests.mutation.strings import string_bugs

_COMPARISONS: Final = {
    ast.Lt: (r"<", "<="), ast.LtE: (r"<=", "<"), ast.Gt: (r">", ">="), ast.GtE: (r">=", ">"),
    ast.Eq: (r"==", "!="), ast.NotEq: (r"!=", "=="), ast.In: (r"\bin\b", "not in"),
    ast.NotIn: (r"\bnot\s+in\b", "in"), ast.Is: (r"\bis\b", "is not"), ast.IsNot: (r"\bis\s+not\b", "is"),
}  # fmt: skip
_ARITHMETIC: Final = {
    ast.Add: (r"\+", "-"), ast.Sub: (r"-", "+"), ast.Mult: (r"\*", "/"), ast.Div: (r"/", "*"),
    ast.FloorDiv: (r"//", "/"), ast.Mod: (r"%", "*"),
}  # fmt: skip
_CALLS: Final = {"min": "max", "max": "min", "any": "all", "all": "any", "reversed": "list"}
_QUIET_CALLS: Final = frozenset({"TypeVar", "ParamSpec", "getLogger", "cast", "field"})
"""Calls whose arguments are names for the type checker or the log, or say how a dataclass is made."""

_LOG_METHODS: Final = frozenset({"debug", "info", "warning", "error", "exception", "critical"})
_QUIET_NAMES: Final = frozenset({"__all__", "__slots__", "__match_args__"})

_Bug = tuple[str, int, int, str, ast.AST]
"""Kind, start, end, replacement, and the node whose lines tests must execute to notice."""


def places(path: str, source: bytes) -> list[Mutant]:
    """Return the small bugs that can be put into a file, in the order of its text; each leaves valid Python."""
    finder = _Finder(source)
    found: list[Mutant] = []
    for kind, start, end, put, node in finder.bugs(ast.parse(source)):
        gone = source.count(b"\n", start, end) - put.count("\n")
        held = _with_lines(put, gone)
        lines = (getattr(node, "lineno", 1), getattr(node, "end_lineno", None) or 1)
        found.append(Mutant(path, kind, start, end, held, lines))
    return sorted(found, key=lambda mutant: (mutant.start, mutant.end, mutant.put))


def is_valid(mutant: Mutant, source: bytes) -> bool:
    """Whether the mutated file is Python and says something else than before."""
    try:
        changed = ast.parse(mutant.applied(source))
    except SyntaxError:
        return False
    return ast.dump(changed) != ast.dump(ast.parse(source))


def _with_lines(put: str, gone: int) -> str:
    """Return the replacement of a text that had `gone` more line ends, with as many inside it."""
    if gone <= 0:
        return put
    empty = "\n" * gone
    return put[:-1] + empty + ")" if put.endswith(")") else put + empty


@dataclass(slots=True)
class _Finder:
    """Walks the tree of one file; spans are in bytes of its source."""

    source: bytes
    _starts: list[int] = field(default_factory=list)
    """Where each line begins, from line 1 at place 1."""

    def __post_init__(self) -> None:
        self._starts = [0, *accumulate((len(line) + 1 for line in self.source.split(b"\n")), initial=0)]

    def bugs(self, node: ast.AST) -> Iterator[_Bug]:
        """Yield the bugs of a node and all below it."""
        if _is_quiet(node):
            return
        yield from self._own_bugs(node)
        for child in _children(node):
            yield from self.bugs(child)

    def _own_bugs(self, node: ast.AST) -> Iterator[_Bug]:
        match node:
            case ast.Compare():
                sides = [node.left, *node.comparators]
                for sign, left, right in zip(node.ops, sides, sides[1:], strict=False):
                    yield from self._sign("comparison", _COMPARISONS[type(sign)], left, right, node)
            case ast.BoolOp():
                swap = (r"\band\b", "or") if isinstance(node.op, ast.And) else (r"\bor\b", "and")
                for left, right in zip(node.values, node.values[1:], strict=False):
                    yield from self._sign("and or", swap, left, right, node)
            case ast.BinOp() if type(node.op) in _ARITHMETIC:
                yield from self._sign("arithmetic", _ARITHMETIC[type(node.op)], node.left, node.right, node)
            case ast.UnaryOp(op=ast.Not()):
                start, end = self._span(node)
                text = self.source[start:end].decode()
                yield "not dropped", start, start + len(text) - len(text[3:].lstrip()), "", node
            case ast.Constant() | ast.JoinedStr():
                yield from self._literal(node)
            case ast.Return(value=ast.expr() as value):
                yield from self._returned(node, value)
            case ast.If() | ast.IfExp() | ast.While():
                for forced in ("(False)",) if isinstance(node, ast.While) else ("(True)", "(False)"):
                    yield "condition forced", *self._span(node.test), forced, node.test
            case ast.comprehension():
                for condition in node.ifs:
                    yield "filter dropped", *self._span(condition), "(True)", condition
            case ast.Break() | ast.Continue():
                put = "continue" if isinstance(node, ast.Break) else "break"
                yield "loop", *self._span(node), put, node
            case ast.Call(func=ast.Name(id=name)) if name in _CALLS:
                yield "call swapped", *self._span(node.func), _CALLS[name], node
            case ast.stmt() if _is_removable(node):
                yield "statement removed", *self._span(node), "pass", node

    def _sign(
        self, kind: str, swap: tuple[str, str], left: ast.expr, right: ast.expr, whole: ast.expr
    ) -> Iterator[_Bug]:
        """Yield the swap of the sign that stands between two expressions."""
        start, end = self._span(left)[1], self._span(right)[0]
        found = re.search(swap[0], re.sub(r"#.*", lambda c: " " * len(c[0]), self.source[start:end].decode()))
        if found:
            yield kind, start + found.start(), start + found.end(), swap[1], whole

    def _literal(self, node: ast.Constant | ast.JoinedStr) -> Iterator[_Bug]:
        start, end = self._span(node)
        value = node.value if isinstance(node, ast.Constant) else ""
        if isinstance(value, bool):
            yield "constant", start, end, str(not value), node
        elif isinstance(value, int | float):
            other = value + 1 if value < 100 and isinstance(value, int) else value * 2 or 1.0
            yield "number", start, end, repr(other), node
        elif isinstance(value, str):
            text = self.source[start:end].decode()
            for first, last, put in string_bugs(text):
                at, to = (start + len(text[:place].encode()) for place in (first, last))
                yield "string", at, to, put, node

    def _returned(self, node: ast.Return, value: ast.expr) -> Iterator[_Bug]:
        if isinstance(value, ast.Constant) and (value.value is None or isinstance(value.value, bool)):
            return
        start, end = self._span(value)
        if isinstance(value, ast.Compare | ast.BoolOp) or (
            isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.Not)
        ):
            yield "return", start, end, f"(not ({self.source[start:end].decode()}))", node
        else:
            yield "return", start, end, "(None)", node

    def _span(self, node: ast.AST) -> tuple[int, int]:
        """Return where a node's text begins and ends, in bytes."""
        first, last = self._starts[getattr(node, "lineno", 1)], self._starts[getattr(node, "end_lineno", 1)]
        return first + getattr(node, "col_offset", 0), last + getattr(node, "end_col_offset", 0)


def _is_quiet(node: ast.AST) -> bool:
    """Whether nothing in this node decides what the program does: texts for people, names for type checkers."""
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant() | ast.JoinedStr()):
            return True
        case ast.ClassDef():
            return any(isinstance(base, ast.Name) and base.id == "Protocol" for base in node.bases)
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name in _QUIET_NAMES
        case ast.Call(func=ast.Name(id=name)):
            return name in _QUIET_CALLS
        case ast.Call(func=ast.Attribute(attr="getLogger")):
            return True
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attr)):
            return attr in _LOG_METHODS and "log" in name.lower()
    return False


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of a node that decide something: no annotations, decorators or messages of errors."""
    left_out: list[ast.AST | None] = []
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            left_out = [node.returns, *node.decorator_list]
        case ast.ClassDef():
            left_out = [*node.decorator_list]
        case ast.AnnAssign() | ast.arg():
            left_out = [node.annotation]
        case ast.Raise():
            left_out = [node.exc, node.cause]
        case ast.JoinedStr():
            left_out = list(ast.iter_child_nodes(node))  # Python 3.11 does not say where they stand
        case ast.Call():
            left_out = [keyword for keyword in node.keywords if keyword.arg == "strict"]
    yield from (child for child in ast.iter_child_nodes(node) if child not in left_out)


def _is_removable(node: ast.stmt) -> bool:
    """Whether the program runs on without this statement: calls, assignments to parts of things, `del`, `raise`."""
    match node:
        case ast.Expr(value=call):
            return not _is_quiet(call)
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript(), *_]) | ast.AugAssign() | ast.Raise():
            return True
        case ast.Delete(targets=targets):  # `del actor` says that an argument is not used
            return not all(isinstance(target, ast.Name) for target in targets)
    return False
