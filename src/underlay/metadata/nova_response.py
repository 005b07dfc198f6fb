"""Reads one HTTP response of Nova's metadata server from a stream, within limits."""

import asyncio
from typing import Final

import httptools
import msgspec

RESPONSE_BYTES: Final = 1_048_576
"""Head and body together; user data has at most 64 KiB."""


class NovaResponse(msgspec.Struct, frozen=True):
    """Attributes:
    headers: names in lower case.
    reusable: whether the connection may be used for the next request.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    reusable: bool = False


class BadResponse(ValueError):  # noqa: N818 - it names the state found
    """What came is no HTTP response, is cut short, or is too large."""


async def read_response(reader: asyncio.StreamReader, head_only: bool) -> NovaResponse:
    """Read until the response is complete, or to the stream's end when it does not say how long it is.

    Raises:
    BadResponse: it is none.
    OSError: the connection broke.
    """
    parts = _Parts(head_only)
    parser = httptools.HttpResponseParser(parts)
    total = 0
    while not parts.complete:
        octets = await reader.read(65_536)
        if not octets:
            break
        total += len(octets)
        if total > RESPONSE_BYTES:
            raise BadResponse(f"over {RESPONSE_BYTES} bytes")
        try:
            parser.feed_data(octets)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            if not parts.complete:
                raise BadResponse(str(error)) from error
    if not parts.complete and not parts.ends_with_stream:
        raise BadResponse("the response is cut short")
    keeps_alive = parts.keeps_alive and parser.get_http_version() == "1.1"
    reusable = parts.complete and not parts.ends_with_stream and keeps_alive
    return NovaResponse(parser.get_status_code(), tuple(parts.headers), bytes(parts.body), reusable)


class _Parts:
    """What httptools has found so far."""

    def __init__(self, head_only: bool) -> None:
        self._head_only = head_only
        self._has_head = False
        self.complete = False
        self.keeps_alive = True
        self.headers: list[tuple[str, str]] = []
        self.body = bytearray()

    @property
    def ends_with_stream(self) -> bool:
        """Whether the body goes on to the end of the stream (RFC 9112 section 6.3)."""
        framed = any(name in ("content-length", "transfer-encoding") for name, _ in self.headers)
        return self._has_head and not framed

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.decode("latin-1").lower(), value.decode("latin-1")))
        if self.headers[-1][0] == "connection" and "close" in self.headers[-1][1].lower():
            self.keeps_alive = False

    def on_headers_complete(self) -> None:
        self._has_head = True
        self.complete = self._head_only

    def on_body(self, piece: bytes) -> None:
        self.body += piece

    def on_message_complete(self) -> None:
        self.complete = True
