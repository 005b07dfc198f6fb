"""A client that calls an ASGI application without a socket or a server, one request at a time."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.types import ASGIApp, Message, Scope


class Reply(msgspec.Struct, frozen=True):
    """What came back; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


def request(
    app: ASGIApp, method: str, url: str, body: object = None, headers: Mapping[str, str] | None = None
) -> Reply:
    """One request to http://server:9696. `body`: bytes as they are, None for none, anything else as JSON."""
    return asyncio.run(exchange(app, method, url, body, headers))


async def exchange(
    app: ASGIApp, method: str, url: str, body: object = None, headers: Mapping[str, str] | None = None
) -> Reply:
    """The same in an event loop that runs, so that several can be under way."""
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    path, _, query = url.partition("?")
    sent = {"host": "server:9696", "content-length": str(len(content)), **(headers or {})}
    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in sent.items()],
        "client": ("127.0.0.1", 1),
        "server": ("server", 9696),
    }
    received: list[Message] = []
    incoming: list[Message] = [{"type": "http.request", "body": content, "more_body": False}]

    async def receive() -> Message:
        if not incoming:
            await asyncio.Event().wait()  # the client stays until it has its answer
        return incoming.pop()

    async def send(message: Message) -> None:
        received.append(message)

    await app(scope, receive, send)
    headers = {name.decode(): value.decode() for name, value in received[0]["headers"]}
    return Reply(received[0]["status"], headers, b"".join(each.get("body", b"") for each in received[1:]))
