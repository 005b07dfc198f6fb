"""Telling the person at the terminal what is going on, and how long it took."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def timed(title: str) -> Iterator[None]:
    """Print the title at once, and its duration when the block has ended."""
    print(f"  {title} ...", end="", flush=True)
    begun = time.monotonic()
    try:
        yield
    except BaseException:
        print(" failed", flush=True)
        raise
    print(f" {time.monotonic() - begun:.1f} s", flush=True)


def tell(line: str) -> None:
    """Print a line to the terminal."""
    print(line, flush=True)


def fail(line: str) -> int:
    """Print a line to stderr; the exit code for it."""
    print(line, file=sys.stderr, flush=True)
    return 1
