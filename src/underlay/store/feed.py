"""The feed (DESIGN.md): one reader a process for all watchers, and what one watcher is given.

    commit -> hint -> reader thread: FeedLog.advance -> wakes the watchers concerned -> each takes its lines

The hint only wakes: what is sent is what the change log says. A slow poll finds the commits of other processes.
A watcher holds a position, not lines; one that is too slow falls off and gets RevisionGone, as if it had come too late.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from threading import Event, Lock, Thread
from typing import Final

import structlog

from underlay.model.change import Kind
from underlay.model.errors import RevisionGone
from underlay.model.ids import HostName, NetworkId, Revision
from underlay.store.contract import Log, LogSource
from underlay.store.feed_lines import Choice
from underlay.store.feed_listing import list_everything, list_host, missed_by_host, missed_changes
from underlay.store.feed_log import FeedLog
from underlay.store.watcher import Joined, Sight, Watcher

_log = structlog.get_logger()


class Feed:
    """One a process.

    Args:
    log_changes, log_bytes: what is kept in memory for watchers that are slow or come back.
    poll_s: how long a commit of another process may go unseen.
    silence_s: after so long without a line a watcher is given a sign of life.
    """

    def __init__(
        self,
        source: LogSource[Log],
        *,
        log_changes: int = 10_000,
        log_bytes: int = 64 << 20,
        poll_s: float = 1.0,
        silence_s: float = 10.0,
    ) -> None:
        self._source: Final = source
        self._poll_s: Final = poll_s
        self._silence_s: Final = silence_s
        self._lines: Final = FeedLog(source, log_changes, log_bytes)
        self._hint: Final = Event()
        self._stopping = False
        self._thread: Thread | None = None
        self._wakers: dict[HostName | None, set[Callable[[], None]]] = {}
        self._wakers_lock: Final = Lock()

    def start(self) -> None:
        """Start the reader thread."""
        self.refresh()
        self._source.on_commit(self._hint.set)
        self._thread = Thread(target=self._run, name="feed", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the reader thread. Watchers get no more lines."""
        self._stopping = True
        self._hint.set()
        if self._thread:
            self._thread.join()

    def refresh(self) -> None:
        """Take in what was committed up to now, and wake those whom it concerns."""
        hosts = self._lines.advance()
        with self._wakers_lock:
            wakers = [wake for host in hosts for wake in self._wakers.get(host, ())]
        for wake in wakers:
            wake()

    async def open(
        self,
        *,
        since: Revision | None,
        host: HostName | None = None,
        kinds: frozenset[Kind] | None = None,
        network_ids: frozenset[NetworkId] | None = None,
        ids: frozenset[str] | None = None,
        watch: bool = True,
    ) -> Watcher:
        """A watcher, which must be closed. Without `since` it begins with all records; else with what came after.

        Args:
        host: only what this host needs.
        kinds, network_ids, ids: only records that fit all of these (`feed_lines.Choice`).
        watch: False: it ends when it is in sync.

        Raises RevisionGone when the changes after `since` are not kept any more, or `since` is in the future: it
        is from another database."""
        loop = asyncio.get_running_loop()
        news = asyncio.Event()

        def wake() -> None:
            # A loop that is closed has no watchers left to wake.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(news.set)

        sight = Sight(host, Choice(kinds, network_ids, ids), watch=watch, silence_s=self._silence_s)
        joining = loop.run_in_executor(None, self._join, sight, since, wake)
        try:
            joined = await asyncio.shield(joining)
        except asyncio.CancelledError:
            joining.add_done_callback(lambda done: None if done.exception() else self._leave(host, wake))
            raise
        return Watcher(self._lines, sight, joined, news, refresh=self.refresh, leave=lambda: self._leave(host, wake))

    def _join(self, sight: Sight, since: Revision | None, wake: Callable[[], None]) -> Joined:
        self.refresh()
        position, revision, complete = self._lines.join(sight.host, since)
        with self._wakers_lock:
            self._wakers.setdefault(sight.host, set()).add(wake)
        try:
            return Joined(position, None if complete else self._prologue(sight, since, revision))
        except BaseException:
            self._leave(sight.host, wake)
            raise

    def _leave(self, host: HostName | None, wake: Callable[[], None]) -> None:
        with self._wakers_lock:
            wakers = self._wakers.get(host, set())
            wakers.discard(wake)
            if not wakers:
                self._wakers.pop(host, None)
        self._lines.leave(host)

    def _prologue(self, sight: Sight, since: Revision | None, revision: Revision) -> Iterator[bytes]:
        """What the watcher gets before the lines in memory."""
        host, choice = sight.host, sight.choice
        if since is None:
            everything = list_everything(self._source, choice, revision)
            return everything if host is None else list_host(self._source, host, choice, revision)
        with self._source.read_log() as log:
            oldest = log.oldest_revision()
        if since < oldest:
            raise RevisionGone(since=since, oldest=oldest)
        if host is None:
            return missed_changes(self._source, choice, since, revision)
        return missed_by_host(self._source, host, choice, since, revision)

    def _run(self) -> None:
        while not self._stopping:
            self._hint.wait(self._poll_s)
            self._hint.clear()
            try:
                self.refresh()
            except Exception as error:
                # Whatever is wrong with the database, watchers must get their lines once it is right again.
                _log.warning("feed_read_failed", reason=repr(error))
