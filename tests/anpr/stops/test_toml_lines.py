"""Where tables and keys stand: against texts whose lines are known because the test wrote them."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from anpr.stops.toml_lines import line_of

TEXT = '''# [[b]] in a comment
title = """
[[b]]
key = 1 \\""" ]
"""
plain = '[[b]]' # = [
list = [
  "x", # ]
  "[[b]]",
]
"quoted key" = 1
[[b]]
key = 1
when = { a = "]", b = [1,
  2] }
[b.inner]
key = 2
[[b]]
[b.inner]
deep = 3
key.sub = 4
[c]
key = 5
'''


def test_what_only_looks_like_a_table_is_none() -> None:
    tomllib.loads(TEXT)
    assert line_of(TEXT, ("b",), 1) == 12
    assert line_of(TEXT, ("b",), 1, "key") == 13
    assert line_of(TEXT, ("b",), 1, "when") == 14
    assert line_of(TEXT, ("b",), 1, "inner") == 16
    assert line_of(TEXT, ("b",), 2) == 18
    assert line_of(TEXT, ("b",), 2, "inner") == 19
    assert line_of(TEXT, ("c",), 0, "key") == 23
    assert line_of(TEXT, ("c",)) == 22
    assert line_of(TEXT, (), 0, "quoted key") == 11
    assert line_of(TEXT, (), 0, "list") == 7


def test_what_is_not_there_is_where_its_table_begins() -> None:
    assert line_of(TEXT, ("b",), 2, "nothing") == 18
    assert line_of(TEXT, (), 0, "nothing") == 1
    assert line_of("a = [{ x = 1 }, { x = 2 }]\n", ("a",), 2, "x") == 1
    assert line_of("\r\na = 1\r\n[[b]]\r\n", ("b",), 1) == 3


@given(
    st.lists(
        st.lists(
            st.sampled_from(('x = "a"', "x = '''\n[[t]]\nk1 = 2\n'''", "x = [\n1, # ]\n2]", "# k1 = 3", "")), max_size=3
        ),
        min_size=1,
        max_size=5,
    ),
    st.data(),
)
def test_every_row_and_key_is_found_where_it_was_written(rows: list[list[str]], data: st.DataObject) -> None:
    lines: list[str] = []
    at: list[tuple[int, int]] = []
    for filling in rows:
        lines.append("[[t]]")
        header = "\n".join(lines).count("\n") + 1
        for number, statement in enumerate(filling):
            lines.append(statement.replace("x =", f"x{number} ="))
        lines.append("k1 = 1")
        at.append((header, "\n".join(lines).count("\n") + 1))
    text = "\n".join(lines)
    assert len(tomllib.loads(text)["t"]) == len(rows)
    row = data.draw(st.integers(1, len(rows)))
    assert (line_of(text, ("t",), row), line_of(text, ("t",), row, "k1")) == at[row - 1]


@given(st.text(max_size=80))
def test_what_is_no_toml_gives_a_line_all_the_same(text: str) -> None:
    assert 1 <= line_of(text, ("a",), 1, "b") <= text.count("\n") + 1
