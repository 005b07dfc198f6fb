"""Clients that ask slowly, never, or take no answer: what they can hold up, and for how long."""

import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from fakes.http_server import closed_port
from underlay.main.connections import Limits, Lobby

BIG = 24 * 1024 * 1024
WAIT_S = 20


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """`/big` is a long answer, `/refused` reads no body, `/` reads it and tells its length."""
    request = Request(scope, receive)
    match scope["path"]:
        case "/big":
            response = Response(b"x" * BIG)
        case "/refused":
            response = Response(status_code=413)
        case _:
            response = Response(str(len(await request.body())))
    await response(scope, receive, send)


@contextmanager
def serving(limits: Limits) -> Iterator[int]:
    """The port of loopback where the application is served with these limits."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as listener:
        lobby = Lobby(limits)
        server = uvicorn.Server(
            uvicorn.Config(application, http=lobby.connect, lifespan="off", log_config=None)  # type: ignore[arg-type]
        )
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(WAIT_S)


def connected(port: int, sent: bytes = b"") -> socket.socket:
    """A client that has sent so much."""
    client = socket.create_connection(("127.0.0.1", port), timeout=WAIT_S)
    client.sendall(sent)
    return client


def rest(client: socket.socket) -> bytes:
    """All that comes until the server ends the connection."""
    received = b""
    try:
        while data := client.recv(1 << 20):
            received += data
    except ConnectionResetError:
        pass
    return received


def ask(port: int) -> int:
    """Status of a plain request on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT_S)
    connection.request("GET", "/")
    status = connection.getresponse().status
    connection.close()
    return status


QUICK = Limits(connections=100, head_s=0.3, stalled_s=0.3)
PATIENT = Limits(connections=5, head_s=600, stalled_s=600)


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        (b"", b""),
        (b"GET", b"HTTP/1.1 408 "),
        (b"GET / HTTP/1.1\r\nHost: x\r\n", b"HTTP/1.1 408 "),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /", b"HTTP/1.1 200 "),
        (b"POST /refused HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx", b"HTTP/1.1 413 "),
    ],
    ids=["silent", "method", "headers", "second request", "rest of a refused body"],
)
def test_a_connection_without_a_whole_head_in_time_is_ended(sent: bytes, answered: bytes) -> None:
    """The first and any later one; also when the rest of a body that is not wanted does not come."""
    with serving(QUICK) as port, connected(port, sent) as client:
        received = rest(client)
        assert answered == received[: len(answered)]
        assert (b"" != answered) == (received != b"")
        assert 200 == ask(port)


def test_drops_of_a_head_do_not_prolong_it() -> None:
    """The time is for the whole head, not from one byte to the next."""
    with serving(QUICK) as port, connected(port, b"GET / HTTP/1.1\r\nX: ") as client:
        client.setblocking(False)
        deadline = time.monotonic() + WAIT_S
        received = b""
        while not received and time.monotonic() < deadline:
            time.sleep(0.05)
            try:
                client.send(b"x")
                received = client.recv(100)
            except BlockingIOError:
                continue
        assert received.startswith(b"HTTP/1.1 408 ")


def test_a_body_and_an_idle_connection_have_more_time_than_a_head() -> None:
    """The body's time is the application's, idle time between requests is uvicorn's."""
    with serving(QUICK) as port, connected(port, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\na") as client:
        time.sleep(3 * QUICK.head_s)
        client.sendall(b"b")
        assert client.recv(1000).startswith(b"HTTP/1.1 200 ")
        time.sleep(3 * QUICK.head_s)
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert client.recv(1000).startswith(b"HTTP/1.1 200 ")


def test_a_head_has_a_size() -> None:
    """More than that gets 431, however many headers it is in."""
    with serving(PATIENT) as port, connected(port, b"GET / HTTP/1.1\r\n") as client:
        line = b"X-Long: " + b"x" * 8000 + b"\r\n"
        try:
            for _ in range(100):
                client.sendall(line)
                time.sleep(0.001)
        except (BrokenPipeError, ConnectionResetError):
            pass
        received = rest(client)
        assert received.startswith(b"HTTP/1.1 431 ") or received == b""
        assert 200 == ask(port)


def test_who_takes_no_answer_is_given_up_and_who_takes_it_slowly_is_not() -> None:
    """An answer that moves on may take longer than the limit; one that stands still may not."""
    with serving(QUICK) as port:
        with connected(port, b"GET /big HTTP/1.1\r\nHost: x\r\n\r\n") as client:
            time.sleep(6 * QUICK.stalled_s)
            assert len(rest(client)) < BIG
        with connected(port, b"GET /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n") as client:
            received = 0
            while data := client.recv(1 << 20):
                received += len(data)
                time.sleep(0.05)
            assert received > BIG


@pytest.mark.parametrize(
    "sent",
    [b"", b"GET / HTTP/1.1\r\nX: ", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx"],
    ids=["silent", "slow head", "slow body"],
)
def test_when_all_places_are_taken_the_longest_waiting_makes_room(sent: bytes) -> None:
    """So whoever asks at once is answered, however many others hold connections open."""
    with serving(PATIENT) as port, ExitStack() as stack:
        slow = [stack.enter_context(connected(port, sent)) for _ in range(3 * PATIENT.connections)]
        assert [200] * 10 == [ask(port) for _ in range(10)]
        assert b"" == rest(slow[0])


def test_an_answer_under_way_never_makes_room() -> None:
    """When all are busy the new one is told to come back."""
    with serving(PATIENT) as port, ExitStack() as stack:
        request = b"GET /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        busy = [stack.enter_context(connected(port, request)) for _ in range(PATIENT.connections)]
        begun = [client.recv(15) for client in busy]
        late = stack.enter_context(connected(port, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
        assert rest(late).startswith(b"HTTP/1.1 503 ")
        assert [b"HTTP/1.1 200 OK"] * len(busy) == begun
        assert all(len(rest(client)) > BIG for client in busy)


@contextmanager
def real_server(folder: Path, **settings: int) -> Iterator[int]:
    """`underlay-server serve` as a process of its own; the port."""
    port = closed_port()
    chosen = {
        "DATABASE": f"sqlite:///{folder}/underlay.sqlite",
        "SECRET_FILE": f"{folder}/token.key",
        "LISTEN_PORT": port,
        **{name.upper(): value for name, value in settings.items()},
    }
    environment = {**os.environ, **{f"UNDERLAY_SERVER_{name}": str(value) for name, value in chosen.items()}}
    command = [sys.executable, "-m", "underlay.main.server"]
    subprocess.run([*command, "init"], env=environment, check=True, capture_output=True, timeout=60)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*command, "serve"], env=environment, stderr=log)
    try:
        deadline = time.monotonic() + WAIT_S
        while b"serving" not in (folder / "log").read_bytes() and time.monotonic() < deadline:
            time.sleep(0.05)
        yield port
        process.terminate()
        assert 0 == process.wait(WAIT_S)
    finally:
        process.kill()
        process.wait(WAIT_S)


SLOW: tuple[Callable[[int], bytes], ...] = (
    lambda _: b"",
    lambda number: f"GET /v2.0/networks HTTP/1.1\r\nX-{number}: ".encode(),
    lambda number: f"POST /v3/auth/tokens HTTP/1.1\r\nHost: x\r\nContent-Length: {number + 9}\r\n\r\n{{".encode(),
    lambda number: f"POST /v2.0/networks HTTP/1.1\r\nHost: x\r\nContent-Length: {number + 9}\r\n\r\n{{".encode(),
)


@pytest.mark.parametrize("places", [8192, 100])
def test_five_hundred_slow_clients_keep_nobody_from_being_served(tmp_path: Path, places: int) -> None:
    """Silent ones, slow heads, slow bodies; with places for all of them, and with fewer."""
    with real_server(tmp_path, max_connections=places) as port, ExitStack() as stack:
        for number in range(500):
            stack.enter_context(connected(port, SLOW[number % len(SLOW)](number)))
        assert [200] * 50 == [ask(port) for _ in range(50)]
    assert b'"level": "error"' not in (tmp_path / "log").read_bytes()
