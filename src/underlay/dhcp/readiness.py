"""What to do when a file descriptor becomes readable: epoll(7) with a call for each."""

import select
from collections.abc import Callable


class Readiness:
    """epoll with what to call for each file descriptor."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._calls: dict[int, Callable[[], object]] = {}

    def add(self, descriptor: int, call: Callable[[], object]) -> None:
        """Call it whenever the descriptor is readable or in error."""
        self._epoll.register(descriptor, select.EPOLLIN)
        self._calls[descriptor] = call

    def remove(self, descriptor: int) -> None:
        """No longer."""
        self._epoll.unregister(descriptor)
        del self._calls[descriptor]

    def wait(self) -> None:
        """Wait until something is ready, and make the calls; one that was removed meanwhile is skipped."""
        for descriptor, _ in self._epoll.poll():
            call = self._calls.get(descriptor)
            if call is not None:
                call()

    def close(self) -> None:
        """Close epoll."""
        self._epoll.close()
