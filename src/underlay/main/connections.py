"""Connections of HTTP clients: how long each may take over a request or an answer, and how many there are.

uvicorn limits none of it but idle time between requests (Kludex/uvicorn issue 157), so this is its protocol with time
limits of our own. It inherits, because that is the hook that uvicorn has.

A connection waits from its beginning, and again from the end of an answer, until it has sent a whole request. Time:
`head_s` for each head, the time for a body is the application's; an answer must move on within `stalled_s`. Number:
beyond `connections`, the one that has waited longest makes room. So those who hold connections open without asking
anything only drive out each other, from however many addresses, and nobody who asks in time is kept out.
"""

import asyncio
import resource
from typing import Any, Final

import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

SPARE_FILES: Final = 256
"""Descriptors for all else: the database, the listener, connections that are still in the TLS handshake."""


class Limits(msgspec.Struct, frozen=True):
    """Attributes:
    connections: at most so many at once.
    head_s: seconds for request line and headers, from connecting or from their first byte.
    head_bytes: of these, as far as they do not arrive at once.
    stalled_s: seconds without a byte taken by a client that is sent an answer.
    """

    connections: int
    head_s: float = 10.0
    head_bytes: int = 65_536
    stalled_s: float = 60.0


class Lobby:
    """What all connections share. Attributes: waiting: those without a whole request, longest first."""

    def __init__(self, limits: Limits) -> None:
        self.limits: Final = limits
        self.waiting: Final[dict[LimitedProtocol, None]] = {}

    def connect(self, **given: Any) -> "LimitedProtocol":
        """A new connection; called by uvicorn."""
        return LimitedProtocol(self, **given)


class LimitedProtocol(HttpToolsProtocol):
    """One connection."""

    def __init__(self, lobby: Lobby, **given: Any) -> None:
        super().__init__(**given)
        self._limits = lobby.limits
        self._waiting = lobby.waiting
        self._head_bytes = 0
        self._in_head = True
        self._asking: asyncio.TimerHandle | None = None
        self._answering: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Make room if need be, and wait for a request."""
        super().connection_made(transport)
        if len(self.connections) > self._limits.connections:
            longest = next(iter(self._waiting), None)
            if longest is None:
                self._turn_away("503 Service Unavailable")
                return
            longest.give_up()
        self._wait()
        self._limit_asking()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is left behind."""
        self._stop_waiting()
        self._unlimit_asking()
        self._unlimit_answering()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what comes before the headers end. A head that comes whole, as nearly all do, costs no timer."""
        super().data_received(data)
        if self._in_head and not self.transport.is_closing():
            self._head_bytes += len(data)
            if self._head_bytes > self._limits.head_bytes:
                self._turn_away("431 Request Header Fields Too Large")
            elif self._asking is None:
                self._limit_asking()

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._in_head = True
        self._head_bytes = 0

    def on_headers_complete(self) -> None:
        """Its head is whole."""
        self._in_head = False
        self._unlimit_asking()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """It is whole; the rest of one that is answered already changes nothing."""
        if not self.cycle.response_complete:
            self._stop_waiting()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Answered. The rest of a body that was refused has as long as a head has."""
        if self.cycle.response_complete and self.cycle.more_body:
            self._limit_asking()
        super().on_response_complete()
        if not self.pipeline and not self.transport.is_closing():
            self._wait()

    def pause_writing(self) -> None:
        """The client does not take what it is sent."""
        super().pause_writing()
        self._limit_answering()

    def resume_writing(self) -> None:
        """It does again."""
        self._unlimit_answering()
        super().resume_writing()

    def give_up(self) -> None:
        """End the connection, whatever it is at."""
        self._stop_waiting()
        self.transport.abort()

    def _wait(self) -> None:
        self._waiting.pop(self, None)
        self._waiting[self] = None

    def _stop_waiting(self) -> None:
        self._waiting.pop(self, None)

    def _limit_asking(self) -> None:
        self._unlimit_asking()
        self._asking = self.loop.call_later(self._limits.head_s, self._asked_too_slowly)

    def _unlimit_asking(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None

    def _asked_too_slowly(self) -> None:
        if self._in_head and self.headers is not None:
            self._turn_away("408 Request Timeout")
        else:
            self.give_up()

    def _limit_answering(self) -> None:
        self._unlimit_answering()
        left = self.transport.get_write_buffer_size()
        self._answering = self.loop.call_later(self._limits.stalled_s, self._look_at_answer, left)

    def _unlimit_answering(self) -> None:
        if self._answering is not None:
            self._answering.cancel()
            self._answering = None

    def _look_at_answer(self, before: int) -> None:
        if self.transport.get_write_buffer_size() < before:
            self._limit_answering()
        else:
            self.give_up()

    def _turn_away(self, status: str) -> None:
        """Answer without the application, and end the connection."""
        head = (
            f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: {len(status)}\r\n"
        )
        self.transport.write(f"{head}\r\n{status}".encode())
        self._stop_waiting()
        self.transport.close()


def allowed_connections(wanted: int) -> int:
    """So many as the limit of open files lets there be, which is raised as far as it may and need be."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted + SPARE_FILES
    if soft != resource.RLIM_INFINITY and soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return wanted if soft == resource.RLIM_INFINITY else min(wanted, max(soft - SPARE_FILES, 1))
