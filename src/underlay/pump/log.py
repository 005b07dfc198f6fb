"""Log lines of the pumps: event name and fields, one JSON object a line on stderr, as structlog would write them.

Not structlog: importing it costs 12 MB and 0.16 s here (26.1.0, with the `rich` that it finds), as much as all the
rest of a pump; docs/dhcp.md has the figures.
"""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal, TextIO

import msgspec

Level = Literal["info", "warning", "error"]
Now = Callable[[], datetime]


def utc_now() -> datetime:
    """The time of day, for log lines."""
    return datetime.now(UTC)


class Log:
    """Writes events; a stream that takes no more is no reason to stop serving."""

    def __init__(self, stream: TextIO | None = None, now: Now = utc_now) -> None:
        self._stream = stream or sys.stderr
        self._now = now

    def info(self, event: str, **fields: object) -> None:
        """What was done."""
        self._write("info", event, fields)

    def warning(self, event: str, **fields: object) -> None:
        """What will be tried again, or was refused."""
        self._write("warning", event, fields)

    def error(self, event: str, **fields: object) -> None:
        """What someone must look at."""
        self._write("error", event, fields)

    def _write(self, level: Level, event: str, fields: dict[str, object]) -> None:
        line = {"event": event, "level": level, "timestamp": self._now(), **fields}
        try:
            print(msgspec.json.encode(line, enc_hook=str).decode(), file=self._stream, flush=True)
        except (OSError, ValueError):
            return
