"""Choices of all commands: every word is taken in small letters, capitals and as a title."""

import json
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from anpr.cli import root
from anpr.cli.options import WordChoice
from hotlists.importers.options import FileKind

FORMAT = "anpr hotlist import --format"


def commands(command: click.Command, context: click.Context) -> Iterator[click.Context]:
    """Yield the context of the command and of everything below it."""
    yield context
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None, name
            yield from commands(below, click.Context(below, parent=context, info_name=name))


def options() -> Iterator[tuple[str, click.Parameter, click.Context]]:
    for context in commands(root, click.Context(root, info_name="anpr")):
        for parameter in context.command.params:
            yield f"{context.command_path} {parameter.opts[0]}", parameter, context


CHOICES = {name: (one, context) for name, one, context in options() if isinstance(one.type, click.Choice)}


def test_the_walk_reaches_every_command() -> None:
    paths = {context.command_path for context in commands(root, click.Context(root, info_name="anpr"))}
    assert {"anpr demo", "anpr hotlist import", "anpr audit export", "anpr crew add", "anpr bench all"} <= paths
    assert FORMAT in CHOICES


@pytest.mark.parametrize("name", CHOICES)
def test_every_word_is_taken_in_any_case_and_shown_in_small_letters(name: str) -> None:
    parameter, context = CHOICES[name]
    kind = parameter.type
    assert isinstance(kind, click.Choice)
    shown = kind.get_missing_message(parameter, context).removeprefix("Choose from:").replace(",", " ").split()
    assert len(shown) == len(kind.choices)
    assert f"[{'|'.join(shown)}]" in context.command.get_help(context).replace("\n", "")
    for word, choice in zip(shown, kind.choices, strict=True):
        assert word == word.lower() == str(choice).lower()
        for typed in (word, word.upper(), word.title(), choice):
            assert kind.convert(typed, parameter, context) is choice, typed


def test_no_option_takes_an_enum_but_as_a_choice() -> None:
    """`type=FileKind` would make click call the enum, which takes its words in one case only."""
    assert [name for name, one, _ in options() if isinstance(one.type, click.types.FuncParamType)] == []


def test_a_choice_is_known_by_its_value_never_by_its_name_in_the_program() -> None:
    kind = WordChoice(FileKind)
    assert kind.convert("jsonl", None, None) is FileKind.JSON_LINES
    with pytest.raises(click.BadParameter, match=r"'JSON_LINES' is not one of 'auto', 'police', .*'jsonl'"):
        kind.convert("JSON_LINES", None, None)


@pytest.mark.parametrize("typed", ["table", "TABLE", "Table"])
def test_a_list_is_imported_with_its_format_in_any_case(tmp_path: Path, typed: str) -> None:
    (tmp_path / "list.csv").write_text("vrm,make\nAB51CDE,FORD\n", "utf-8")
    arguments = ["--data", str(tmp_path / "data"), "hotlist", "import", str(tmp_path / "list.csv"), "--list", "Stolen"]
    result = CliRunner().invoke(root, [*arguments, "--format", typed, "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout.splitlines()[-1])["entries"] == 1
