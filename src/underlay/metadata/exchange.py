"""One HTTP request and one response, as values (RFC 9110, RFC 9112). No sockets."""

from http import HTTPStatus
from typing import Final

import msgspec

TEXT: Final = "text/plain; charset=utf-8"


class Request(msgspec.Struct, frozen=True):
    """Attributes:
    target: path and query as the client wrote them.
    headers: names in lower case, in the order sent; a repeated name is there repeatedly.
    keep_alive: whether the client wants to go on with this connection.
    """

    method: str
    target: bytes
    headers: tuple[tuple[str, bytes], ...] = ()
    body: bytes = b""
    keep_alive: bool = True


class Response(msgspec.Struct, frozen=True):
    """Attributes:
    headers: besides Content-Type, Content-Length and Connection.
    """

    status: int
    body: bytes = b""
    content_type: str = TEXT
    headers: tuple[tuple[str, str], ...] = ()


def plain(status: HTTPStatus, message: str) -> Response:
    """A response that says in a line what is wrong."""
    headers = (("Allow", "GET, HEAD"),) if status is HTTPStatus.METHOD_NOT_ALLOWED else ()
    return Response(status, f"{status} {status.phrase}: {message}\n".encode(), headers=headers)


def encode(response: Response, head_only: bool, keep_alive: bool) -> bytes:
    """The response's bytes.

    Args:
    head_only: the request was HEAD: the same header, no body.
    """
    lines = [
        f"HTTP/1.1 {response.status} {_phrase(response.status)}",
        f"Content-Type: {response.content_type}",
        f"Content-Length: {len(response.body)}",
        f"Connection: {'keep-alive' if keep_alive else 'close'}",
        *(f"{name}: {value}" for name, value in response.headers),
    ]
    head = "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n"
    return head if head_only else head + response.body


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
