"""What the commands ask of a connection to the server."""

from collections.abc import Sequence
from typing import Any, Protocol

from underlay.cli.errors import CliError

Query = Sequence[tuple[str, str]]


class Session(Protocol):
    """One authenticated connection to the Networking API."""

    def call(self, method: str, path: str, query: Query = (), body: Any = None) -> Any:
        """The decoded answer; None when it has no body.

        Args:
        path: below the API version, as in `/networks`.

        Raises RefusedError when the server says no, CliError when there is no server to say anything.
        """


class RefusedError(CliError):
    """The server's own words."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def part_of(answer: Any, key: str) -> Any:
    """What the answer holds under this key; CliError when it is no such answer."""
    if not isinstance(answer, dict) or key not in answer:
        raise CliError(f"The server's answer has no '{key}': is that the network service?")
    return answer[key]
