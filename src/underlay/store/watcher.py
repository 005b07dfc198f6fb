"""One reader of the feed, as an asynchronous iterator of whole lines.

    prologue (from the database, page by page) -> what came meanwhile -> InSync -> changes -> ... -> InSync in silence

It holds a position in lines that all watchers share.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Final

import msgspec

from underlay.model.ids import HostName
from underlay.store.feed_lines import Choice, in_sync_line
from underlay.store.feed_log import FeedLog

_CHUNK_BYTES: Final = 256 * 1024
"""At most about so much is given at once."""


class Sight(msgspec.Struct, frozen=True):
    """What the watcher asked for; see `Feed.open`."""

    host: HostName | None
    choice: Choice
    watch: bool
    silence_s: float


class Joined(msgspec.Struct, frozen=True):
    """Where it begins.

    Attributes:
    position: in the shared lines.
    prologue: what comes before; None for nothing.
    """

    position: int
    prologue: Iterator[bytes] | None


class Watcher:
    """Made by `Feed.open`; close it with `aclose` in any case. One task at a time may wait for its next chunk; once
    cancelled in that, only closing is left."""

    def __init__(
        self,
        lines: FeedLog,
        sight: Sight,
        joined: Joined,
        news: asyncio.Event,
        *,
        refresh: Callable[[], None],
        leave: Callable[[], None],
    ) -> None:
        self._lines = lines
        self._sight = sight
        self._position = joined.position
        self._prologue = joined.prologue
        self._news = news
        self._refresh = refresh
        self._leave: Callable[[], None] | None = leave
        self._in_sync_due = True

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        """The next lines. Raises RevisionGone when the watcher was too slow, StopAsyncIteration without `watch`."""
        while self._prologue is not None:
            chunk = await asyncio.to_thread(next, self._prologue, None)
            if chunk is None:
                await asyncio.to_thread(self._refresh)
                self._prologue = None
            elif chunk:
                return chunk
        while True:
            self._news.clear()
            lines, self._position, revision = self._lines.take(self._sight.host, self._position, _CHUNK_BYTES)
            chunk = b"".join(line.data for line in filter(self._sight.choice.takes, lines))
            if chunk:
                return chunk
            if lines:
                continue
            if self._in_sync_due:
                self._in_sync_due = False
                return in_sync_line(revision)
            if not self._sight.watch:
                raise StopAsyncIteration
            try:
                async with asyncio.timeout(self._sight.silence_s):
                    await self._news.wait()
            except TimeoutError:
                self._in_sync_due = True

    async def aclose(self) -> None:
        """Stop watching; may be called again."""
        leave, self._leave = self._leave, None
        if leave is not None:
            leave()
