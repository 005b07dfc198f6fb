"""Help and completion, printed from the command table."""

from collections.abc import Mapping, Sequence
from typing import Final

from underlay.cli.grammar import options_of
from underlay.cli.invocation import GLOBAL_OPTIONS
from underlay.cli.vocabulary import Command, Option

COLUMN: Final = 30


def main_help(commands: Mapping[str, Command]) -> str:
    """What the program takes, and every command with its line."""
    width = max(len(name) for name in (*commands, "bash-completion"))
    lines = {command.name: command.help for command in commands.values()}
    lines |= {"bash-completion": "Print all commands and options.", "help": "Print help, or a command's."}
    listed = "".join(f"  {name.ljust(width)}  {lines[name]}\n" for name in sorted(lines))
    return (
        "usage: quantum [global options] [command] [arguments]\n\n"
        "Command-line interface to the Networking API v2.0. Without a command: a prompt.\n\n"
        f"Global options; every --os-x can be set as OS_X:\n{_listed(GLOBAL_OPTIONS)}\n"
        f"Commands for API v2.0:\n{listed}"
    )


def command_help(command: Command) -> str:
    """Usage, arguments and options of one command."""
    options = [option for option in options_of(command) if option.help]
    arguments = "".join(_line(slot.metavar, slot.help) for slot in command.positionals)
    text = f"{usage(command)}\n\n{command.help}\n"
    if arguments:
        text += f"\nArguments:\n{arguments}"
    text += f"\nOptions:\n{_listed(options)}"
    if command.takes_unknown:
        text += "\nOther options are passed on: --key value, --key=value, --key type=int|float|bool|dict|str value,\n"
        text += "--key list=true value..., --key action=clear.\n"
    return text


def usage(command: Command) -> str:
    """The one line above an error."""
    slots = "".join(
        f" {slot.metavar}" + (f" [{slot.metavar} ...]" if slot.repeats else "") for slot in command.positionals
    )
    return f"usage: quantum {command.name} [options]{slots}"


def completion(commands: Mapping[str, Command]) -> str:
    """Every command and every option, on one line, for a completion script."""
    options = [option for command in commands.values() for option in options_of(command)]
    options += GLOBAL_OPTIONS
    words = {*commands, "help", "bash-completion"}
    words |= {option.name for option in options} | {option.short for option in options if option.short}
    return " ".join(sorted(words)) + "\n"


def _listed(options: Sequence[Option]) -> str:
    return "".join(_line(_spelled(option), option.help) for option in options)


def _line(left: str, right: str) -> str:
    if len(left) + 4 > COLUMN:
        return f"  {left}\n{' ' * COLUMN}{right}\n"
    return f"  {left.ljust(COLUMN - 2)}{right}\n"


def _spelled(option: Option) -> str:
    short = f"{option.short}, " if option.short else ""
    metavar = "" if option.takes == "nothing" else f" {option.metavar}"
    return f"{short}{option.name}{metavar}"
