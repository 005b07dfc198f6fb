"""One client's TCP connection: requests in, answers out, in order, and never longer than the limits allow.

A client that is slow to send, slow to read or silent loses its connection; the others do not notice.
"""

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final, Protocol

import msgspec

from underlay.metadata.assembly import Assembly
from underlay.metadata.exchange import Request, Response, encode, plain


class Patience(msgspec.Struct, frozen=True):
    """How long a client is waited for.

    Attributes:
    idle_s: between requests.
    request_s: from a request's first byte to its last, however it trickles.
    drain_s: until the client has taken an answer.
    """

    idle_s: float = 15.0
    request_s: float = 10.0
    drain_s: float = 15.0


PATIENCE: Final = Patience()
Answer = Callable[[Request], Response | Awaitable[Response]]


class Registrar(Protocol):
    """Knows which connections there are."""

    def left(self, connection: "Connection") -> None:
        """The connection is over."""


class Connection(asyncio.Protocol):
    """The protocol of one connection; `answer` says what to answer, now or later."""

    def __init__(self, answer: Answer, registrar: Registrar, patience: Patience = PATIENCE) -> None:
        self._answer = answer
        self._patience = patience
        self._registrar = registrar
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._assembly = Assembly()
        self._waiting: list[Request] = []
        self._refusal: Response | None = None
        self._last_input = False
        self._answering: asyncio.Task[None] | None = None
        self._writable = True
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """(asyncio) The client is there."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._wait_at_most(self._patience.idle_s)

    def connection_lost(self, exc: Exception | None) -> None:
        """(asyncio) The client is gone, or was sent away."""
        self._cancel_timer()
        if self._answering is not None:
            self._answering.cancel()
        self._transport = None
        self._registrar.left(self)

    def data_received(self, data: bytes) -> None:
        """(asyncio) Bytes came."""
        if self._last_input:
            return
        began = not self._assembly.in_request
        assembled = self._assembly.feed(data)
        self._waiting += assembled.requests
        self._refusal = assembled.refusal
        self._last_input = assembled.closing or assembled.refusal is not None
        if began or assembled.requests:
            self._wait_at_most(self._patience.request_s)
        self._go_on()

    def eof_received(self) -> bool:
        """(asyncio) The client sends no more; what it asked is still answered."""
        self._last_input = True
        return self._answering is not None or bool(self._waiting)

    def pause_writing(self) -> None:
        """(asyncio) The client takes its answers too slowly."""
        self._writable = False
        self._wait_at_most(self._patience.drain_s)

    def resume_writing(self) -> None:
        """(asyncio) The client has taken them."""
        self._writable = True
        if self._answering is None:
            self._wait_at_most(self._patience.idle_s)
        self._go_on()

    def abort(self) -> None:
        """End the connection now, whatever it was doing."""
        if self._transport is not None:
            self._transport.abort()

    def _go_on(self) -> None:
        while self._transport is not None and self._waiting and self._writable and self._answering is None:
            request = self._waiting.pop(0)
            answer = self._answer(request)
            if isinstance(answer, Response):
                self._write(request, answer)
            else:
                self._cancel_timer()
                self._answering = self._loop.create_task(self._answer_later(request, answer))
        if self._transport is None or self._transport.is_closing():
            return
        if self._waiting or self._answering is not None:
            self._transport.pause_reading()
        elif self._last_input:
            if self._refusal is not None:
                self._transport.write(encode(self._refusal, head_only=False, keep_alive=False))
            self._finish()
        else:
            self._transport.resume_reading()

    async def _answer_later(self, request: Request, answer: Awaitable[Response]) -> None:
        try:
            response = await answer
        except OSError:
            response = plain(HTTPStatus.SERVICE_UNAVAILABLE, "the answer could not be had")
        self._answering = None
        self._write(request, response)
        self._go_on()

    def _write(self, request: Request, response: Response) -> None:
        if self._transport is None:
            return
        is_last = self._last_input and not self._waiting and self._refusal is None
        keep_alive = request.keep_alive and not is_last
        self._transport.write(encode(response, request.method == "HEAD", keep_alive))
        if keep_alive and self._writable:
            self._wait_at_most(self._patience.request_s if self._assembly.in_request else self._patience.idle_s)
        if keep_alive:
            return
        self._waiting.clear()
        self._refusal = None
        self._last_input = True
        self._finish()

    def _finish(self) -> None:
        """Close once the client has taken the rest; a client that does not is not waited for."""
        if self._transport is not None:
            self._wait_at_most(self._patience.drain_s)
            self._transport.close()

    def _wait_at_most(self, seconds: float) -> None:
        self._cancel_timer()
        self._timer = self._loop.call_later(seconds, self._too_late)

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _too_late(self) -> None:
        if self._transport is None:
            return
        if self._assembly.in_request and not self._last_input:
            late = plain(
                HTTPStatus.REQUEST_TIMEOUT, f"the request was not complete after {self._patience.request_s:g} seconds"
            )
            self._transport.write(encode(late, head_only=False, keep_alive=False))
        self._transport.abort() if self._transport.get_write_buffer_size() else self._transport.close()
