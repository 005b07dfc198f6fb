"""One connection over a real socket pair: order, limits, slow and broken clients."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from underlay.metadata.connection import PATIENCE, Connection, Patience
from underlay.metadata.crowd import Crowd
from underlay.metadata.exchange import Request, Response, plain

GET = b"GET /%d HTTP/1.1\r\n\r\n"
LAST = b"GET /%d HTTP/1.1\r\nConnection: close\r\n\r\n"


class Registrar:
    """Counts who left."""

    def __init__(self) -> None:
        self.gone = 0

    def left(self, connection: Connection) -> None:
        """One did."""
        self.gone += 1


def now(request: Request) -> Response:
    """Answers with the target."""
    return Response(HTTPStatus.OK, request.target + b"\n")


async def _later(request: Request) -> Response:
    await asyncio.sleep(0)
    return now(request)


def later(request: Request) -> Awaitable[Response]:
    """The same, after a while."""
    return _later(request)


async def _broken(request: Request) -> Response:
    raise ConnectionResetError


def exchange(octets: bytes, answer: Callable[[Request], Response | Awaitable[Response]] = now) -> bytes:
    """Everything that a client gets that sends this, says no more, and reads to the end."""

    async def run() -> bytes:
        ours, theirs = socket.socketpair()
        registrar = Registrar()
        loop = asyncio.get_running_loop()
        await loop.connect_accepted_socket(lambda: Connection(answer, registrar), theirs)
        reader, writer = await asyncio.open_connection(sock=ours)
        writer.write(octets)
        writer.write_eof()
        try:
            got = await reader.read()
        except ConnectionResetError:
            got = b""
        writer.close()
        await asyncio.sleep(0)
        assert 1 == registrar.gone
        return got

    return asyncio.run(run())


def bodies(octets: bytes) -> list[bytes]:
    """The last line of each answer."""
    return [answer.rsplit(b"\n", 2)[-2] for answer in octets.split(b"HTTP/1.1 ")[1:]]


@pytest.mark.parametrize("answer", [now, later])
def test_answers_come_in_the_order_of_the_requests(
    answer: Callable[[Request], Response | Awaitable[Response]],
) -> None:
    """Pipelined, answered at once or later."""
    octets = b"".join(GET % number for number in range(5)) + LAST % 5
    assert [b"/%d" % number for number in range(6)] == bodies(exchange(octets, answer))


def test_nothing_is_answered_after_the_last_request() -> None:
    """`Connection: close` ends it."""
    assert [b"/1"] == bodies(exchange(LAST % 1 + GET % 2))


def test_a_refusal_comes_after_the_answers_before_it() -> None:
    """The good request is answered, the garbage refused, the connection closed."""
    got = exchange(GET % 1 + b"garbage\r\n\r\n")
    assert [b"200", b"400"] == [answer[:3] for answer in got.split(b"HTTP/1.1 ")[1:]]


def test_an_answer_that_cannot_be_had_is_503() -> None:
    """The client is told; the loop goes on."""
    assert exchange(LAST % 1, _broken).startswith(b"HTTP/1.1 503 ")


def test_a_half_request_is_dropped_when_the_client_leaves() -> None:
    """Nothing to answer."""
    assert b"" == exchange((GET % 1)[:-3])


@settings(max_examples=60)
@given(st.binary(max_size=200), st.booleans())
def test_random_bytes_always_end_in_a_closed_connection(octets: bytes, after_a_request: bool) -> None:
    """Nothing raises, nothing hangs."""
    got = exchange((GET % 1 if after_a_request else b"") + octets)
    assert got.startswith(b"HTTP/1.1 200") or not after_a_request


@asynccontextmanager
async def client(
    answer: Callable[[Request], Response | Awaitable[Response]], patience: Patience = PATIENCE
) -> AsyncIterator[tuple[socket.socket, asyncio.Transport, Registrar]]:
    """A connection whose client is a blocking socket that does nothing by itself."""
    ours, theirs = socket.socketpair()
    registrar = Registrar()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_accepted_socket(lambda: Connection(answer, registrar, patience), theirs)
    try:
        yield ours, transport, registrar
    finally:
        ours.close()
        transport.abort()


async def until_gone(registrar: Registrar) -> None:
    """Until the connection is over."""
    async with asyncio.timeout(5):
        while not registrar.gone:
            await asyncio.sleep(0.01)


def test_a_client_that_trickles_is_told_and_sent_away() -> None:
    """The time for a request counts from its first byte, however often more comes."""

    async def run() -> bytes:
        async with client(now, Patience(request_s=0.2)) as (ours, _, registrar):
            for byte in b"GET / HTTP/1.1\r\nA: bbbbbbbbbbbbbbbbbbbbbbbb":
                if registrar.gone:
                    break
                try:
                    ours.send(bytes((byte,)))
                except BrokenPipeError:
                    break
                await asyncio.sleep(0.02)
            await until_gone(registrar)
            return ours.recv(1000)

    assert asyncio.run(run()).startswith(b"HTTP/1.1 408 ")


def test_a_silent_client_is_sent_away() -> None:
    """Without a word."""

    async def run() -> bytes:
        async with client(now, Patience(idle_s=0.05)) as (ours, _, registrar):
            await until_gone(registrar)
            return ours.recv(1000)

    assert b"" == asyncio.run(run())


def test_a_client_that_does_not_read_is_sent_away() -> None:
    """And no more is answered than its buffers take."""
    answered: list[bytes] = []

    def much(request: Request) -> Response:
        answered.append(request.target)
        return Response(HTTPStatus.OK, bytes(1_000_000))

    async def run() -> None:
        async with client(much, Patience(drain_s=0.1)) as (ours, _, registrar):
            ours.setblocking(False)
            ours.send((GET % 1) * 10)
            await until_gone(registrar)

    asyncio.run(run())
    assert len(answered) < 5


def test_an_answer_under_way_is_dropped_with_its_client() -> None:
    """A guest that leaves does not keep Nova busy."""
    cancelled: list[bool] = []

    async def never(request: Request) -> Response:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append(True)
            raise
        return plain(HTTPStatus.OK, "")

    async def run() -> None:
        async with client(never) as (ours, transport, registrar):
            ours.send(GET % 1)
            await asyncio.sleep(0.05)
            transport.abort()
            await until_gone(registrar)
            await asyncio.sleep(0)
            assert [True] == cancelled

    asyncio.run(run())


def test_the_crowd_is_bounded_by_source_and_in_all() -> None:
    """Who leaves makes room."""
    crowd = Crowd(in_all=3, from_one_source=2)
    assert [True, True, False] == [crowd.enter("a") for _ in range(3)]
    assert [True, False] == [crowd.enter("b"), crowd.enter("c")]
    crowd.leave("a")
    assert (True, 3) == (crowd.enter("c"), crowd.total)
