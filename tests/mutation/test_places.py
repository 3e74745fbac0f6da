import ast
from textwrap import dedent

import pytest

from tests.mutation.places import is_valid, places


def bugs(text: str) -> set[str]:
    """What a text becomes, one bug at a time, without the empty lines that keep the line numbers."""
    source = dedent(text).encode()
    return {mutant.applied(source).decode().strip() for mutant in places("one.py", source)}


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ("x = a < b", "x = a <= b"),
        ("x = a not  in b", "x = a in b"),
        ("x = a is b", "x = a is not b"),
        ("x = a == b != c", "x = a == b == c"),
        ("x = a and b or c", "x = a or b or c"),
        ("x = not (a and b)", "x = (a and b)"),
        ("x = a - b", "x = a + b"),
        ("x = 0", "x = 1"),
        ("x = 7", "x = 8"),
        ("x = 0.5", "x = 1.0"),
        ("x = True", "x = False"),
        ("x = 'covert'", "x = 'covert_'"),
        ("x = min(a, b)", "x = max(a, b)"),
        ("x = [a for a in b if a]", "x = [a for a in b if (True)]"),
        ("x = a if b else c", "x = a if (False) else c"),
        ("def f(a=3): ...", "def f(a=4): ..."),
        ("def f():\n    return a", "def f():\n    return (None)"),
        ("def f():\n    return a < b", "def f():\n    return (not (a < b))"),
        ("while a:\n    continue", "while a:\n    break"),
        ("if a:\n    b()", "if (True):\n    b()"),
        ("a.b = c", "pass"),
        ("raise ValueError(f'{a} is wrong')", "pass"),
        ("x = 'SELECT a FROM b WHERE c >= ? ORDER BY d DESC'", "x = 'SELECT a FROM b WHERE c > ? ORDER BY d DESC'"),
        ("x = 'SELECT a FROM b WHERE c >= ? ORDER BY d DESC'", "x = 'SELECT a FROM b WHERE c >= ? ORDER BY d'"),
        ("x = f'DELETE FROM {a} WHERE b = ? AND c < ?'", "x = f'DELETE FROM {a} WHERE b = ? OR c < ?'"),
    ],
)
def test_each_kind_of_bug(text: str, becomes: str) -> None:
    assert becomes in bugs(text)


@pytest.mark.parametrize(
    "text",
    [
        "'''A docstring with 1 < 2.'''",
        "from a import b",
        "__all__ = ['a']",
        "x: Literal['a', 1] = y",
        "_LOG.error('alert %s', 1)",
        "x = logging.getLogger('anpr')",
        "T = TypeVar('T')",
        "if TYPE_CHECKING:\n    x = 1",
        "class A(Protocol):\n    x = 1",
        "@dataclass(frozen=True)\nclass A:\n    b = field(init=False)",
        "x = 'Words for people, which may change.'",
        "def f(actor):\n    del actor",
    ],
)
def test_what_decides_nothing_is_left_alone(text: str) -> None:
    assert bugs(text) == set()


def test_lines_stay_where_they_are_and_tests_are_asked_about_the_right_ones() -> None:
    source = dedent("""
        def f(é):  # é takes two bytes
            return "é" if (
                é <
                3
            ) else g(
                é,
            )
    """).encode()
    found = places("one.py", source)
    assert {"comparison", "number", "return", "condition forced"} <= {mutant.kind for mutant in found}
    for mutant in found:
        assert is_valid(mutant, source)
        assert mutant.applied(source).count(b"\n") == source.count(b"\n")
    (less,) = (mutant for mutant in found if mutant.kind == "comparison")
    assert less.lines == (4, 5)
    assert less.shown(source) == ("é <", "é <=")


def test_a_bug_in_a_row_of_texts_is_put_into_its_own_piece() -> None:
    source = b'x = (\n    "SELECT a FROM b"\n    " WHERE c < ?"\n)\n'
    changed = [mutant.applied(source) for mutant in places("one.py", source)]
    assert [ast.literal_eval(text.split(b"=", 1)[1].decode().strip()) for text in changed] == [
        "SELECT a FROM b WHERE c <= ?"
    ]


def test_a_change_that_says_the_same_is_no_bug() -> None:
    source = b"x = 1  # one\n"
    (mutant,) = places("one.py", source)
    assert is_valid(mutant, source)
    assert not is_valid(type(mutant)("one.py", "number", 4, 5, "0x1", (1, 1)), source)
    assert not is_valid(type(mutant)("one.py", "number", 4, 5, "(", (1, 1)), source)
