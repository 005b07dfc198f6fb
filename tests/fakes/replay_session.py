"""A server that was recorded: answers each request of a script, in order, and nothing else."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from underlay.cli.session import RefusedError


class ReplaySession:
    """A `Session` over exchanges, each a mapping with `ask` (method, path and query), `send`, `status`, `answer`."""

    def __init__(self, exchanges: Sequence[dict[str, Any]]) -> None:
        self.left = list(exchanges)

    def call(self, method: str, path: str, query: Sequence[tuple[str, str]] = (), body: Any = None) -> Any:
        """The recorded answer; AssertionError when another request was recorded at this place."""
        ask = f"{method} /v2.0{path}" + (f"?{urlencode(query)}" if query else "")
        assert self.left, f"nothing more was to be asked, but: {ask} {body}"
        exchange = self.left.pop(0)
        expected = (exchange["ask"], exchange.get("send"))
        assert expected == (ask, body)
        if exchange.get("status", 200) >= 400:
            raise RefusedError(exchange["status"], exchange["answer"]["NeutronError"]["message"])
        return exchange.get("answer")
