"""The relay to Nova's metadata server: the caller's request, with headers that say and prove who it is.

Connections to Nova are used again. While Nova does not answer, its last good answer to the same question is repeated.
Of the client's own headers only harmless ones are passed on, by name; so none by which it could claim to be
somebody else gets through, however it is written. Every wait has a limit.
"""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from underlay.metadata.answer import path_of
from underlay.metadata.directory import Entry
from underlay.metadata.exchange import Request, Response, plain
from underlay.metadata.kept import Kept, asked
from underlay.metadata.nova import NovaAddress
from underlay.metadata.nova_response import BadResponse, NovaResponse, read_response
from underlay.metadata.sign import sign
from underlay.pump.log import Log

CONNECT_S: Final = 5.0
TOTAL_S: Final = 30.0
AT_ONCE: Final = 128
"""Requests under way to Nova; more wait, within TOTAL_S."""
IDLE: Final = 16
"""Connections kept open for the next request."""

_PASSED_ON: Final = frozenset(("accept", "accept-encoding", "content-type", "user-agent"))
_PASSED_BACK: Final = frozenset(("content-encoding", "retry-after", "x-metadata-provider"))
_PASSED_STATUSES: Final = frozenset((400, 403, 404, 409, 500, 501, 502, 503, 504))


def identity_headers(secret: bytes, caller: Entry) -> dict[str, str]:
    """What tells Nova who asks; signed, so that Nova believes it."""
    return {
        "X-Forwarded-For": str(caller.address),
        "X-Instance-ID": caller.device_id,
        "X-Tenant-ID": caller.project_id,
        "X-Instance-ID-Signature": sign(secret, caller.device_id),
    }


def encode_request(request: Request, nova: NovaAddress, identity: Mapping[str, str]) -> bytes:
    """The request to Nova: the client's method, path, query and body, our headers."""
    lines = [
        f"{request.method} {nova.prefix}{request.target.decode('latin-1')} HTTP/1.1",
        f"Host: {_host_header(nova)}",
        *(f"{name}: {value}" for name, value in identity.items()),
        *(f"{name}: {value.decode('latin-1')}" for name, value in request.headers if name in _PASSED_ON),
    ]
    if request.body or request.method not in ("GET", "HEAD"):
        lines.append(f"Content-Length: {len(request.body)}")
    return "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n" + request.body


def translate(response: NovaResponse) -> Response:
    """Nova's answer for the guest: success, and the errors that mean something to it; anything else is a 500."""
    if not 200 <= response.status < 300 and response.status not in _PASSED_STATUSES:
        return plain(HTTPStatus.INTERNAL_SERVER_ERROR, "Nova's metadata server gave an unexpected answer")
    headers = tuple((name, value) for name, value in response.headers if name in _PASSED_BACK)
    content_type = next((value for name, value in response.headers if name == "content-type"), "text/plain")
    return Response(response.status, response.body, content_type, headers)


class Relay:
    """Asks Nova on behalf of callers."""

    def __init__(
        self, nova: NovaAddress, secret: bytes, log: Log, total_s: float = TOTAL_S, repeat_for_s: float = 0.0
    ) -> None:
        """`repeat_for_s`: how old an answer may be that is repeated while Nova does not answer; 0: none is."""
        self._nova = nova
        self._secret = secret
        self._log = log
        self._total_s = total_s
        self._kept = Kept(repeat_for_s)
        self._places = asyncio.Semaphore(AT_ONCE)
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def answer(self, request: Request, caller: Entry | None) -> Response:
        """404 for a caller that is not one instance, else as Nova says; when it does not, as it said last, or 503."""
        if caller is None:
            return plain(HTTPStatus.NOT_FOUND, "no instance of this network has your address")
        if path_of(request.target) is None or not request.target.startswith(b"/"):
            return plain(HTTPStatus.BAD_REQUEST, "the path is not well-formed")
        key = asked(request, caller)
        now = asyncio.get_running_loop().time
        try:
            async with asyncio.timeout(self._total_s), self._places:
                response = await self._ask(request, caller)
        except (OSError, ValueError) as error:
            self._log.warning("nova_unreachable", host=self._nova.host, port=self._nova.port, reason=repr(error))
            nothing = plain(HTTPStatus.SERVICE_UNAVAILABLE, "Nova's metadata server does not answer")
            return self._kept.find(key, now()) or nothing
        if response.status == HTTPStatus.FORBIDDEN:
            self._log.error("nova_refuses_signature", reason="the shared secrets do not match")
        found = translate(response)
        self._kept.keep(key, found, now())
        return found

    async def _ask(self, request: Request, caller: Entry) -> NovaResponse:
        """By a connection that is open, or else by a new one; by a new one too when Nova has closed the open one,
        unless the request may have been taken and must not be twice."""
        octets = encode_request(request, self._nova, identity_headers(self._secret, caller))
        may_repeat = request.method in ("GET", "HEAD")
        head_only = request.method == "HEAD"
        while self._idle and may_repeat:
            reader, writer = self._idle.pop()
            try:
                return await self._exchange(reader, writer, octets, head_only)
            except (ConnectionError, BadResponse):
                continue
        async with asyncio.timeout(CONNECT_S):
            reader, writer = await asyncio.open_connection(self._nova.host, self._nova.port, ssl=self._nova.tls or None)
        return await self._exchange(reader, writer, octets, head_only)

    async def _exchange(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, octets: bytes, head_only: bool
    ) -> NovaResponse:
        is_kept = False
        try:
            writer.write(octets)
            await writer.drain()
            response = await read_response(reader, head_only)
            is_kept = response.reusable and len(self._idle) < IDLE
            if is_kept:
                self._idle.append((reader, writer))
            return response
        finally:
            if not is_kept:
                writer.close()


def _host_header(nova: NovaAddress) -> str:
    host = f"[{nova.host}]" if ":" in nova.host else nova.host
    return f"{host}:{nova.port}"
