"""A guest's console as a file: its last part, and its length kept within bounds.

QEMU appends to `console.log`. When that has grown long, its last part goes to `console.log.1` and the file is emptied;
what the guest writes in that moment may be lost.
"""

import os
from pathlib import Path
from typing import Final

MOST_BYTES: Final = 256 << 10
"""So much of it is kept at least, and told to the server at most."""
_TRIM_BYTES: Final = 1 << 20


def mark(path: Path) -> tuple[int, int] | None:
    """Changes when the console does; None while there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


def tail(path: Path) -> bytes:
    """The last MOST_BYTES; empty when there is nothing."""
    newest = _end_of(path, MOST_BYTES)
    return _end_of(_before(path), MOST_BYTES - len(newest)) + newest


def trim(path: Path) -> None:
    """Bound the file's length."""
    found = mark(path)
    if found is not None and found[0] > _TRIM_BYTES:
        fresh = path.with_name(f".{path.name}.new")
        fresh.write_bytes(_end_of(path, MOST_BYTES))
        fresh.replace(_before(path))
        os.truncate(path, 0)


def _before(path: Path) -> Path:
    return path.with_name(f"{path.name}.1")


def _end_of(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - most))
            return file.read(most)
    except OSError:
        return b""
