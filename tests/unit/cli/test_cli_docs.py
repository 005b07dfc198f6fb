"""docs/cli.md cannot lag behind the command table."""

from pathlib import Path

import pytest

from underlay.cli.commands import COMMANDS
from underlay.cli.grammar import options_of
from underlay.cli.invocation import GLOBAL_OPTIONS

TEXT = (Path(__file__).parents[3] / "docs" / "cli.md").read_text()


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_is_documented_with_its_options(name: str) -> None:
    """The command has a row of its own, which names its arguments and own options and what it does."""
    command = COMMANDS[name]
    rows = [row for row in TEXT.splitlines() if row.startswith((f"| `{name} ", f"| `{name}`"))]
    assert [command.help] == [row.split(" | ")[1].removesuffix(" |") for row in rows]
    wanted = [slot.metavar for slot in command.positionals]
    wanted += [option.name for option in command.options if option.help]
    assert [] == [word for word in wanted if word not in rows[0]]


def test_options_of_every_command_are_documented() -> None:
    """The options that commands share are named in the text, unless they are hidden."""
    shared = {
        option for command in COMMANDS.values() for option in options_of(command) if option not in command.options
    }
    names = {option.short or option.name for option in shared if option.help}
    assert set() == {name for name in names if name not in TEXT}


def test_ways_to_log_in_are_documented() -> None:
    """Each global option is named by itself or by its variable."""
    assert [] == [
        option.name
        for option in GLOBAL_OPTIONS
        if option.to.upper() not in TEXT
        and option.name not in TEXT
        and (option.short or "?") not in TEXT
        and f"`_{option.to.rpartition('_')[2].upper()}`" not in TEXT
    ]


def test_no_command_is_documented_that_is_not_there() -> None:
    """Rows of the table name commands of the program."""
    rows = TEXT.partition("## Commands")[2].partition("\n`net-list`")[0].splitlines()
    names = {row[3:].partition("`")[0].partition(" ")[0] for row in rows if row.startswith("| `")}
    assert set(COMMANDS) == names
