"""Bytes as they arrive -> complete requests, within limits. No sockets, no clock.

The parsing is httptools' (llhttp); a request that is too large or no HTTP ends the connection with a refusal.
"""

from http import HTTPStatus
from typing import Final

import httptools
import msgspec

from underlay.metadata.exchange import Request, Response, plain

HEAD_BYTES: Final = 16_384
"""Request line and headers together."""
BODY_BYTES: Final = 65_536
PIPELINED_REQUESTS: Final = 16
"""Requests that may wait for the answers to those before them."""


class Assembled(msgspec.Struct, frozen=True):
    """What one piece of input completed.

    Attributes:
    refusal: no more is to be read; answer this after the requests, and close.
    closing: no more is to be read; close after the requests.
    """

    requests: tuple[Request, ...] = ()
    refusal: Response | None = None
    closing: bool = False


class Assembly:
    """The requests of one connection."""

    def __init__(self) -> None:
        self._parser = httptools.HttpRequestParser(self)
        self._complete: list[Request] = []
        self._fed = 0
        self._begin()

    @property
    def in_request(self) -> bool:
        """Whether a request has begun that is not complete."""
        return self._pending

    def feed(self, octets: bytes) -> Assembled:
        """Take in what has arrived."""
        self._complete = []
        self._pending = True
        self._fed = len(octets)
        self._head_bytes += 0 if self._in_body else len(octets)
        try:
            self._parser.feed_data(octets)
        except httptools.HttpParserUpgrade:
            return Assembled(tuple(self._complete), closing=True)
        except httptools.HttpParserError:
            return Assembled(tuple(self._complete), plain(HTTPStatus.BAD_REQUEST, "this is no HTTP request"))
        return Assembled(tuple(self._complete), self._refusal())

    def on_message_begin(self) -> None:
        """(httptools) A request begins; the first in a piece of input has all of the piece counted as its head."""
        self._begin()
        self._pending = True
        self._head_bytes = 0 if self._complete else self._fed

    def on_url(self, piece: bytes) -> None:
        """(httptools) A piece of the request's target."""
        self._target += piece

    def on_header(self, name: bytes, value: bytes) -> None:
        """(httptools) One header."""
        self._header_bytes += len(name) + len(value) + 4
        if self._header_bytes <= HEAD_BYTES:
            self._headers.append((name.decode("latin-1").lower(), value))

    def on_headers_complete(self) -> None:
        """(httptools) The body follows."""
        self._in_body = True

    def on_body(self, piece: bytes) -> None:
        """(httptools) A piece of the body."""
        self._body += piece

    def on_message_complete(self) -> None:
        """(httptools) The request is complete; one that is too large is refused in `feed`."""
        if self._is_too_large() is None:
            request = Request(
                self._parser.get_method().decode("latin-1"),
                bytes(self._target),
                tuple(self._headers),
                bytes(self._body),
                bool(self._parser.should_keep_alive()),
            )
            self._complete.append(request)
            self._begin()

    def _begin(self) -> None:
        self._pending = False
        self._in_body = False
        self._head_bytes = 0
        self._header_bytes = 0
        self._target = bytearray()
        self._headers: list[tuple[str, bytes]] = []
        self._body = bytearray()

    def _refusal(self) -> Response | None:
        if len(self._complete) > PIPELINED_REQUESTS:
            return plain(HTTPStatus.BAD_REQUEST, f"more than {PIPELINED_REQUESTS} requests at once")
        if not self._in_body and self._head_bytes > HEAD_BYTES:
            return plain(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"over {HEAD_BYTES} bytes of headers")
        return self._is_too_large()

    def _is_too_large(self) -> Response | None:
        if self._header_bytes + len(self._target) > HEAD_BYTES:
            return plain(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"over {HEAD_BYTES} bytes of headers")
        if len(self._body) > BODY_BYTES:
            return plain(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"over {BODY_BYTES} bytes of body")
        return None
