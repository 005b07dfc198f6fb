"""A small HTTP/1.1 load generator: keep-alive connections, one request at a time on each.

Lean on purpose: it runs on the same cores as the server it measures.
"""

import asyncio
import time
from collections.abc import Sequence

import msgspec


class Request(msgspec.Struct, frozen=True):
    """One request; body b"" for none."""

    method: str
    path: str
    body: bytes = b""


class Load(msgspec.Struct, frozen=True):
    """What a run of requests gave: seconds for all, and each answer's (status, body) in the order of the requests."""

    seconds: float
    answers: tuple[tuple[int, bytes], ...]

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.answers) / self.seconds


def _encode(host: str, token: str, request: Request) -> bytes:
    head = f"{request.method} {request.path} HTTP/1.1\r\nHost: {host}\r\nX-Auth-Token: {token}\r\n"
    if request.body:
        head += f"Content-Type: application/json\r\nContent-Length: {len(request.body)}\r\n"
    return head.encode() + b"\r\n" + request.body


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, data: bytes) -> tuple[int, bytes]:
    writer.write(data)
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    length = next((int(line[15:]) for line in lines if line.lower().startswith(b"content-length:")), 0)
    return int(lines[0][9:12]), await reader.readexactly(length) if length else b""


async def _run(address: tuple[str, int], token: str, requests: Sequence[Request], concurrency: int) -> Load:
    answers: list[tuple[int, bytes]] = [(0, b"")] * len(requests)
    encoded = [_encode(f"{address[0]}:{address[1]}", token, request) for request in requests]
    turns = iter(range(len(requests)))

    async def one_connection() -> None:
        reader, writer = await asyncio.open_connection(*address, limit=1 << 28)
        try:
            for turn in turns:
                answers[turn] = await _exchange(reader, writer, encoded[turn])
        finally:
            writer.close()

    started = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(concurrency):
            group.create_task(one_connection())
    return Load(time.perf_counter() - started, tuple(answers))


def run(address: tuple[str, int], token: str, requests: Sequence[Request], concurrency: int) -> Load:
    """Send all the requests over so many connections; raises RuntimeError when one was not answered with 2xx."""
    load = attempted(address, token, requests, concurrency)
    for status, body in load.answers:
        if not 200 <= status < 300:
            raise RuntimeError(f"answered {status}: {body[:300]!r}")
    return load


def attempted(address: tuple[str, int], token: str, requests: Sequence[Request], concurrency: int) -> Load:
    """The same, whatever is answered."""
    return asyncio.run(_run(address, token, requests, concurrency))
