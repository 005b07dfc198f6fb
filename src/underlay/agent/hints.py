"""What the threads at the rim leave for the loop: lines of the feed, and the wish to stop."""

import os
import queue

import msgspec

from underlay.model.change import Change, InSync


class FeedRestart(msgspec.Struct, frozen=True):
    """The feed lists everything again from here."""


class Stop(msgspec.Struct, frozen=True):
    """The program is to end, leaving everything in place.

    Attributes:
    failure: why it cannot go on; empty when it was asked to end.
    """

    failure: str = ""


Hint = Change | InSync | FeedRestart | Stop


class Hints:
    """A queue whose file descriptor becomes readable. Any thread and a signal handler may `put`; one thread drains."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Hint] = queue.SimpleQueue()
        self._event = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)

    def put(self, hint: Hint) -> None:
        """Leave the hint and wake the loop."""
        self._queue.put(hint)
        os.eventfd_write(self._event, 1)

    def drain(self) -> list[Hint]:
        """All hints left since the last call, in order."""
        try:
            os.eventfd_read(self._event)
        except BlockingIOError:
            return []
        hints: list[Hint] = []
        while not self._queue.empty():
            hints.append(self._queue.get())
        return hints

    def fileno(self) -> int:
        """Readable while there are hints."""
        return self._event
