"""One HTTP request over urllib3: bytes in, bytes out, errors of our own. Knows nothing of tokens.

Every wait has a limit. A connection that could not be made is tried again for any request, because the server has
seen nothing of it; one that broke later, only for a request that may be repeated.
"""

import time
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlencode

import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from underlay.client.errors import Unreachable
from underlay.client.exchange import Query, Reply, Timeouts, Tls, told, verification
from underlay.client.stream import Stream

REPEATABLE: Final = frozenset({"GET", "HEAD", "PUT"})
FIRST_WAIT_S: Final = 0.2
DEFAULT_TIMEOUTS: Final = Timeouts()
DEFAULT_TLS: Final = Tls()


class Transport:
    """Keeps connections open between requests; safe to use from several threads.

    Args:
    attempts: how often a request is tried in all.
    wait: called with the seconds to wait before the next attempt.
    """

    def __init__(
        self,
        timeouts: Timeouts = DEFAULT_TIMEOUTS,
        tls: Tls = DEFAULT_TLS,
        attempts: int = 3,
        wait: Callable[[float], object] = time.sleep,
    ) -> None:
        self._timeouts = timeouts
        self._tls = tls
        self._attempts = attempts
        self._wait = wait
        self._pool = urllib3.PoolManager(
            maxsize=4,
            retries=False,
            timeout=urllib3.Timeout(connect=timeouts.connect, read=timeouts.answer),
            **verification(tls),
        )

    def send(
        self, method: str, url: str, query: Query, headers: Mapping[str, str], body: bytes | None, repeatable: bool
    ) -> Reply:
        """One request and its whole answer, whatever the status. Raises Unreachable."""
        full_url = f"{url}?{urlencode(query)}" if query else url
        left = self._attempts
        while True:
            left -= 1
            try:
                answer = self._pool.request(method, full_url, body=body, headers=dict(headers), redirect=False)
            except HTTPError as error:
                if not left or not (repeatable or _never_sent(error)):
                    raise Unreachable(url, told(error)) from error
                self._wait(FIRST_WAIT_S * 2 ** (self._attempts - left - 1))
            else:
                return Reply(answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.data)

    def stream(self, url: str, query: Query, silence_s: float) -> Stream:
        """A GET whose answer is read as it comes, on a connection of its own; not yet opened."""
        return Stream(url, query, self._timeouts.connect, self._tls, silence_s)

    def close(self) -> None:
        """Close the connections kept."""
        self._pool.clear()


def _never_sent(error: HTTPError) -> bool:
    return isinstance(error, NewConnectionError | ConnectTimeoutError)
