"""The console script `quantum`: reads argv and environment, prints, and gives the exit status.

0 done; 1 refused, not found or not reachable; 2 the command line is wrong; 130 interrupted.
"""

import gc
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TextIO

from underlay.cli import messages
from underlay.cli.commands import COMMANDS
from underlay.cli.errors import CliError, UsageError
from underlay.cli.grammar import parse
from underlay.cli.invocation import Invocation, split
from underlay.cli.perform import perform
from underlay.cli.present import present
from underlay.cli.session import Session
from underlay.cli.view import view_of

Connect = Callable[[Invocation, Mapping[str, str], TextIO], Session]


def main() -> int:
    """The program. The garbage collector is off: it would cost a tenth of so short a life, at start and at exit."""
    gc.disable()
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    sys.stderr.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        status = run(sys.argv[1:], os.environ, sys.stdout, sys.stderr)
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        # stdout takes no more: the disk is full, or its reader has gone (`quantum net-list | head`), which is no news.
        # What is left is not to be flushed to it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            sys.stderr.write(f"Cannot write: {error.strerror}\n")
        return 1
    finally:
        gc.freeze()


def connect(invocation: Invocation, environment: Mapping[str, str], stderr: TextIO) -> Session:
    """A session over HTTP; nothing is sent yet."""
    from underlay.cli.auth import access_of

    access = access_of(invocation.settings, environment)
    from underlay.cli.http_session import HttpSession

    loud = invocation.settings.get("verbose") or invocation.settings.get("debug")
    quiet = invocation.settings.get("quiet")
    return HttpSession(access, None if quiet else stderr, stderr if loud else None)


def run(
    argv: Sequence[str],
    environment: Mapping[str, str],
    stdout: TextIO,
    stderr: TextIO,
    connect: Connect = connect,
) -> int:
    """One run of the program; everything outside comes in as an argument."""
    try:
        invocation = split(argv)
    except CliError as error:
        stderr.write(f"quantum: error: {error}\n")
        return error.exit_status
    settings, words = invocation.settings, invocation.words
    if settings.get("version"):
        stdout.write(f"{messages.VERSION}\n")
        return 0
    if settings.get("help") or "bash-completion" in words[:1] or "help" in words[:1]:
        return _help(words, stdout, stderr)
    if not words:
        from underlay.cli.prompt import run_prompt

        gc.enable()
        session = connect(invocation, environment, stderr)
        return run_prompt(lambda line: _run_words(line, lambda: session, invocation, stdout, stderr))
    return _run_words(words, lambda: connect(invocation, environment, stderr), invocation, stdout, stderr)


def _run_words(
    words: Sequence[str],
    session: Callable[[], Session],
    invocation: Invocation,
    stdout: TextIO,
    stderr: TextIO,
) -> int:
    """One command."""
    command = COMMANDS.get(words[0])
    if command is None:
        if words[0] in ("help", "bash-completion"):
            return _help(words, stdout, stderr)
        return _unknown(words, stderr)
    try:
        request = parse(command, words[1:])
        if not invocation.settings.get("quiet"):
            stderr.writelines(f"{warning}\n" for warning in request.warnings)
        for answer in perform(request, session()):
            stdout.write(present(answer, view_of(request.settings)))
            stdout.flush()
    except UsageError as error:
        from underlay.cli.help import usage

        stderr.write(f"{usage(command)}\nquantum {command.name}: error: {error}\n")
        stderr.write(f"Try 'quantum help {command.name}' for more information.\n")
        return error.exit_status
    except CliError as error:
        if invocation.settings.get("debug"):
            import traceback

            stderr.write(traceback.format_exc())
        stderr.write(f"{error}\n")
        return error.exit_status
    return 0


def _help(words: Sequence[str], stdout: TextIO, stderr: TextIO) -> int:
    from underlay.cli import help

    if "bash-completion" in words[:1]:
        stdout.write(help.completion(COMMANDS))
        return 0
    asked = [word for word in words if word != "help"][:1]
    if not asked:
        stdout.write(help.main_help(COMMANDS))
        return 0
    if asked[0] not in COMMANDS:
        return _unknown(asked, stderr)
    stdout.write(help.command_help(COMMANDS[asked[0]]))
    return 0


def _unknown(words: Sequence[str], stderr: TextIO) -> int:
    from difflib import get_close_matches

    stderr.write(messages.UNKNOWN_COMMAND.format(words=list(words)) + "\n")
    near = get_close_matches(words[0], COMMANDS, n=3)
    if near:
        stderr.write(f"Did you mean {' or '.join(near)}?\n")
    return 1
