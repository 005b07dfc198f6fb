"""HTTP in, HTTP out: the identity endpoint as Starlette routes, for `api` to mount beside the Networking API.

The event loop only reads and writes; handlers run in worker threads. Those that hash passwords queue for
`MAX_HASHING` places, so that logins can use up neither memory nor the threads of other requests.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

import msgspec
import structlog
from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Scope

from underlay.identity.errors import (
    Busy,
    Failed,
    Forbidden,
    IdentityError,
    NotAllowed,
    NotFound,
    TooLarge,
    TooSlow,
    Unauthorized,
)
from underlay.identity.refusals import log_refusal, masked
from underlay.identity.service import Answer, Ask, Endpoint, Service
from underlay.identity.table import ENDPOINTS, LOGIN

MAX_BODY_BYTES: Final = 65_536
BODY_LIMIT_S: Final = 30
MAX_HASHING: Final = 2
MAX_WAITING: Final = 100
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")

Responder = Callable[[Request], Awaitable[Response]]


class _Route(Route):
    """Slashes at the end of a path change nothing, as in Keystone, which takes a body without tags for `.../tags/`."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        return super().matches({**scope, "path": scope["path"].rstrip("/")})


def identity_routes(service: Service) -> list[BaseRoute]:
    """The routes: /v3, /identity and /v2.0/tokens, so they come before those of the Networking API; only /v3 and its
    tokens for `hosts_only`. The last ones answer what is unknown below /v3 and /identity, in Keystone's form."""
    hashing = CapacityLimiter(MAX_HASHING)
    by_path: dict[str, dict[str, Endpoint]] = {}
    for endpoint in LOGIN if service.hosts_only else ENDPOINTS:
        by_path.setdefault(endpoint.path, {})[endpoint.method] = endpoint
    routes: list[BaseRoute] = [
        _Route(path, _responder(service, by_method, hashing), methods=METHODS) for path, by_method in by_path.items()
    ]
    unknown = _responder(service, {}, hashing)
    return [*routes, *(Route(f"/{prefix}/{{rest:path}}", unknown, methods=METHODS) for prefix in ("v3", "identity"))]


def error_response(error: IdentityError, base: str) -> Response:
    """The error as Keystone tells it; for the Networking API's 401 as well, where keystonemiddleware would answer."""
    headers = {"WWW-Authenticate": f'Keystone uri="{base}/v3"'} if isinstance(error, Unauthorized) else {}
    if isinstance(error, Busy):
        headers["Retry-After"] = "1"
    body = {"error": {"code": error.status, "message": error.message, "title": error.title}}
    return _response(Answer(status=error.status, body=body, headers=headers))


def base_url(request: Request, public_url: str) -> str:
    """How clients reach this server: as configured, or as the request's Host says; without a slash at the end."""
    return (public_url or f"{request.url.scheme}://{request.url.netloc}").rstrip("/")


def _responder(service: Service, by_method: dict[str, Endpoint], hashing: CapacityLimiter) -> Responder:
    async def respond(request: Request) -> Response:
        base = base_url(request, service.public_url)
        try:
            endpoint = _endpoint(by_method, request)
            body = await _body(request)
            if endpoint.hashes and hashing.statistics().tasks_waiting >= MAX_WAITING:
                raise Busy
            call = partial(_call, service, endpoint, request, base, body)
            return _response(await run_sync(call, limiter=hashing if endpoint.hashes else None))
        except IdentityError as error:
            user = error.user if isinstance(error, Unauthorized) else ""
            log_refusal(request, error.status, error, error.message, user)
            return error_response(error, base)
        except ClientDisconnect:
            return Response(status_code=400)
        except Exception:
            structlog.get_logger().exception("identity_failed", method=request.method, path=masked(request.url.path))
            return error_response(Failed(), base)

    return respond


def _call(service: Service, endpoint: Endpoint, request: Request, base: str, body: bytes) -> Answer:
    standing = None
    if endpoint.access != "anyone":
        standing = service.tokens.check(request.headers.get("x-auth-token", ""))
    if endpoint.access == "admin" and standing is not None and not standing.is_admin:
        raise Forbidden(endpoint.action)
    ask = Ask(
        base=base,
        url_path=request.url.path,
        path=request.path_params,
        query=request.query_params,
        body=body,
        standing=standing,
        subject=request.headers.get("x-subject-token", ""),
    )
    return endpoint.handler(service, ask)


def _endpoint(by_method: dict[str, Endpoint], request: Request) -> Endpoint:
    if not by_method:
        raise NotFound("the path", request.url.path)
    endpoint = by_method.get(request.method)
    if endpoint is None and request.method == "HEAD":
        endpoint = by_method.get("GET")
    if endpoint is None:
        raise NotAllowed(request.method)
    return endpoint


async def _body(request: Request) -> bytes:
    chunks: list[bytes] = []
    length = 0
    try:
        async with asyncio.timeout(BODY_LIMIT_S):
            async for chunk in request.stream():
                length += len(chunk)
                if length > MAX_BODY_BYTES:
                    raise TooLarge(MAX_BODY_BYTES)
                chunks.append(chunk)
    except TimeoutError:
        raise TooSlow(BODY_LIMIT_S) from None
    return b"".join(chunks)


def _response(answer: Answer) -> Response:
    if answer.body is None:
        return Response(status_code=answer.status, headers=answer.headers)
    return Response(
        msgspec.json.encode(answer.body),
        status_code=answer.status,
        headers=answer.headers,
        media_type="application/json",
    )
