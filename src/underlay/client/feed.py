"""The feed as an endless iterator: list, then watch, over as many connections as it takes.

Yields each `Change` and `InSync` as the server sends them, and `Restart` before a new list of everything, when what
was missed cannot be told any more. After a drop it resumes from the last revision that was seen whole.
Source: DESIGN.md, "The feed".
"""

import threading
from collections.abc import Callable, Collection, Iterator
from http import HTTPStatus
from typing import Final

import msgspec

from underlay.client.errors import ClientError, NotUnderstood, Unreachable
from underlay.client.http import Session, refusal
from underlay.client.stream import Stream
from underlay.model.change import Change, InSync, Kind
from underlay.model.codec import decode_feed_line
from underlay.model.ids import HostName, Revision

FEED_PATH: Final = "/underlay/v1/feed"


class Restart(msgspec.Struct, frozen=True):
    """Everything is listed anew from here on; at the next `InSync`, what was not listed is gone."""


class Patience(msgspec.Struct, frozen=True):
    """How long to wait, in seconds. Before the nth attempt in a row: doubling, less up to half of it by chance.

    Attributes:
    silence_s: how long the server may say nothing; it speaks every 10 s.
    """

    first_s: float = 0.25
    longest_s: float = 15.0
    silence_s: float = 30.0

    def delay_s(self, failures: int, chance: float) -> float:
        """The wait after so many failures (1 and up); chance in [0, 1)."""
        whole = min(self.longest_s, self.first_s * 2.0 ** min(failures - 1, 30))
        return whole * (1 - chance / 2)


DEFAULT_PATIENCE: Final = Patience()


class Feed:
    """Iterate it in one thread; `close` it from any.

    Args:
    host: only what this host needs; None for everything, which is an admin's.
    kinds: only records of these kinds; empty for all, also those that only a newer server knows.
    chance: a random number in [0, 1).
    since: resume after this revision; None to begin with a list of everything.
    trouble: told of each failure and of the seconds until the next attempt.
    """

    def __init__(  # noqa: PLR0913 - half of them have a default
        self,
        session: Session,
        host: HostName | None,
        kinds: Collection[Kind],
        chance: Callable[[], float],
        since: Revision | None = None,
        trouble: Callable[[ClientError, float], None] = lambda error, delay_s: None,
        patience: Patience = DEFAULT_PATIENCE,
    ) -> None:
        self._session = session
        self._host = host
        self._chance = chance
        self._kinds = tuple(sorted(kinds))
        self._since = since
        self._trouble = trouble
        self._patience = patience
        self._stream: Stream | None = None
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._has_listed = since is not None

    def __iter__(self) -> Iterator[Change | InSync | Restart]:
        """Ends when it is closed."""
        failures = 0
        while not self._closed.is_set():
            error: ClientError
            try:
                for event in self._connection():
                    failures = 0
                    yield event
                error = Unreachable(FEED_PATH, "the server ended the feed")
            except ClientError as raised:
                error = raised
            failures += 1
            if not self._closed.is_set():
                delay_s = self._patience.delay_s(failures, self._chance())
                self._trouble(error, delay_s)
                self._closed.wait(delay_s)

    def close(self) -> None:
        """End the iteration, wherever it waits."""
        self._closed.set()
        with self._lock:
            if self._stream is not None:
                self._stream.abort()

    def _connection(self) -> Iterator[Change | InSync | Restart]:
        try:
            stream = self._opened()
            if self._since is None and self._has_listed:
                yield Restart()
            self._has_listed = True
            yield from self._events(stream)
        finally:
            self._let_go()

    def _opened(self) -> Stream:
        token = self._session.token()
        has_renewed = False
        while True:
            stream = self._new_stream()
            reply = stream.open({"X-Auth-Token": token, "Accept": "application/x-ndjson"})
            match reply.status:
                case HTTPStatus.OK:
                    return stream
                case HTTPStatus.GONE if self._since is not None:
                    self._since = None
                case HTTPStatus.UNAUTHORIZED if not has_renewed and (other := self._session.renew(token)) is not None:
                    token, has_renewed = other, True
                case _:
                    raise refusal(reply)

    def _new_stream(self) -> Stream:
        self._let_go()
        stream = self._session.stream(FEED_PATH, self._query(), self._patience.silence_s)
        with self._lock:
            self._stream = stream
            if self._closed.is_set():
                stream.abort()
        return stream

    def _let_go(self) -> None:
        with self._lock:
            stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()

    def _query(self) -> list[tuple[str, str]]:
        query: list[tuple[str, str]] = []
        if self._since is not None:
            query.append(("since", str(self._since)))
        if self._host is not None:
            query.append(("host", self._host))
        if self._kinds:
            query.append(("kinds", ",".join(self._kinds)))
        return query

    def _events(self, stream: Stream) -> Iterator[Change | InSync]:
        is_in_sync = False
        unfinished: Revision | None = None
        for line in stream.lines():
            try:
                event = decode_feed_line(line)
            except msgspec.DecodeError as error:
                raise NotUnderstood(FEED_PATH, f"{error} in a line of the feed") from error
            # Note [Where to resume]
            # A list is not in the order of revisions, and one revision may have several lines: what was seen whole is
            # the last revision that an InSync named, or that was followed by a later one after it.
            match event:
                case InSync(in_sync=revision):
                    is_in_sync, unfinished, self._since = True, None, revision
                case Change(revision=revision) if is_in_sync:
                    if unfinished is not None and revision > unfinished:
                        self._since = unfinished
                    unfinished = revision
            yield event
