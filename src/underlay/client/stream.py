"""An answer that is read line by line as it comes, and that another thread can end at any time."""

import http.client
import socket
import threading
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import urlencode

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse
from urllib3.util import parse_url

from underlay.client.errors import NotUnderstood, Unreachable
from underlay.client.exchange import Query, Reply, Tls, told, verification

READ_BYTES: Final = 65_536
MAX_LINE_BYTES: Final = 16 << 20
_FAULTS: Final = (HTTPError, OSError, http.client.HTTPException)


class Stream:
    """One GET on a connection of its own. `open`, then `lines`, then `close`; `abort` from anywhere.

    Args:
    url: without a query.
    silence_s: how long nothing may come before the server counts as gone.
    """

    def __init__(self, url: str, query: Query, connect_s: float, tls: Tls, silence_s: float) -> None:
        parts = parse_url(url)
        self._url = url
        self._target = f"{parts.path or '/'}?{urlencode(query)}"
        self._silence_s = silence_s
        self._connection = (
            HTTPSConnection(parts.host or "", parts.port, timeout=connect_s, **verification(tls))
            if parts.scheme == "https"
            else HTTPConnection(parts.host or "", parts.port, timeout=connect_s)
        )
        self._response: BaseHTTPResponse | None = None
        self._socket: socket.socket | None = None
        self._aborted = False
        self._lock = threading.Lock()

    def open(self, headers: Mapping[str, str]) -> Reply:
        """Connect, ask, wait for the answer's head. With status 200 the body is left to `lines`. Raises Unreachable."""
        try:
            self._connection.connect()
            with self._lock:
                self._socket = self._connection.sock
                if self._aborted:
                    raise Unreachable(self._url, "given up")
            self._connection.timeout = self._silence_s  # what `request` sets on the socket (urllib3 2)
            self._connection.request("GET", self._target, headers=headers, preload_content=False)
            self._response = self._connection.getresponse()
            status = self._response.status
            body = b"" if status == http.HTTPStatus.OK else self._response.read(READ_BYTES)
        except _FAULTS as error:
            raise Unreachable(self._url, told(error)) from error
        return Reply(status, {name.lower(): value for name, value in self._response.headers.items()}, body)

    def lines(self) -> Iterator[bytes]:
        """Whole lines, without their ends, until the server ends the answer; a line cut short is dropped.
        Raises Unreachable when the connection breaks, is aborted, or is silent for too long."""
        rest = b""
        for data in self.chunks():
            *whole, rest = (rest + data).split(b"\n")
            yield from whole
            if len(rest) > MAX_LINE_BYTES:
                raise NotUnderstood(self._url, f"a line of more than {MAX_LINE_BYTES} bytes")

    def chunks(self) -> Iterator[bytes]:
        """The answer's body as it comes, for what is not lines. Raises Unreachable as `lines` does."""
        response = self._response
        while response is not None:
            try:
                data = response.read1(READ_BYTES)
            except _FAULTS as error:
                raise Unreachable(self._url, told(error)) from error
            if not data:
                return
            yield data

    def abort(self) -> None:
        """End `open` or `lines` in another thread, at once; while it is connecting, when that ends."""
        with self._lock:
            self._aborted = True
            if self._socket is not None:
                try:
                    # Not SSLSocket.shutdown, which takes the TLS state away from under the reader (CPython 3.11).
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
                except OSError:
                    return  # the connection is gone already

    def close(self) -> None:
        """Let go of the connection; by the thread that read."""
        with self._lock:
            self._socket = None
        if self._response is not None:
            self._response.close()
        self._connection.close()
