"""The interactive prompt: one session for many commands."""

from collections.abc import Callable, Sequence

from underlay.cli import messages

LEAVE = ("quit", "exit", "q")


def run_prompt(run_line: Callable[[Sequence[str]], int]) -> int:
    """Read lines until `quit`, `exit` or end of file; a command that fails does not end it."""
    import readline
    import shlex

    readline.set_auto_history(True)
    status = 0
    while True:
        try:
            line = input(messages.PROMPT)
        except EOFError:
            print()
            return status
        except KeyboardInterrupt:
            print()
            continue
        try:
            words = shlex.split(line, comments=True)
        except ValueError as error:
            print(f"Cannot read that line: {error}")
            continue
        if not words:
            continue
        if words[0] in LEAVE:
            return status
        status = run_line(words)
