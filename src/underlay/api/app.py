"""The ASGI application: reads a request, has it answered in a worker thread, writes the answer.

The event loop only reads and writes. Each request gets an id (`X-Openstack-Request-Id`), which the log names too; and
the id that the client sent there, as OpenStack's services do for what they do for one and the same call of a user.
Whatever happens, the client gets an answer of the API's form, and nothing of our insides.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Executor
from contextlib import AbstractAsyncContextManager
from contextvars import copy_context
from functools import partial
from typing import Final, TypeVar
from uuid import uuid4

import structlog
from msgspec import Struct, structs
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from underlay.api import documents, watch
from underlay.api.compute import documents as compute_documents
from underlay.api.compute import faults as compute_faults
from underlay.api.compute import host_reports
from underlay.api.compute.table import ENDPOINTS as COMPUTE_ENDPOINTS
from underlay.api.dispatch import Match, UrlTable
from underlay.api.exchange import Answer, Ask, Service
from underlay.api.faults import Fault, render_fault, render_internal_fault
from underlay.api.identity import base_url, identify
from underlay.api.images import calls as image_calls
from underlay.api.images import faults as image_faults
from underlay.api.routes import ENDPOINTS, FEED_PATH, OPENAPI_PATH, PREFIX
from underlay.identity.places import COMPUTE, IMAGE, NETWORKING
from underlay.identity.refusals import log_refusal, masked
from underlay.model.caller import Caller
from underlay.model.errors import (
    HTTPBadRequest,
    HTTPMethodNotAllowed,
    HTTPNotFound,
    HTTPRequestEntityTooLarge,
    HTTPRequestTimeout,
    UnderlayError,
)

BODY_LIMIT_S: Final = 30
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_CHANGING: Final = frozenset(("POST", "PUT", "DELETE"))

_GLOBAL_ID: Final = re.compile("req-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
"""As oslo.middleware's request_id."""

T = TypeVar("T")


class Surface(Struct, frozen=True):
    """One of the APIs that are served beside each other.

    Attributes:
    plain: a request's path -> the path as the table has it.
    below: what begins so and is not in the table is nowhere; empty: another may have it.
    """

    table: UrlTable
    plain: Callable[[str], str]
    render_fault: Callable[[UnderlayError, str], Fault]
    render_internal_fault: Callable[[], Fault]
    below: str = ""


Responder = Callable[[Request], Awaitable[Response]]
Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]


def build_app(
    service: Service,
    feed: watch.Feed,
    workers: Executor,
    stopping: asyncio.Event,
    identity_routes: Sequence[BaseRoute] = (),
    lifespan: Lifespan | None = None,
) -> ASGIApp:
    """The whole server. Requests are answered by `workers`. Setting `stopping` ends all streams of the feed."""
    follow = _feed_responder(service, feed, stopping, workers)
    starlette = Starlette(
        routes=[
            *identity_routes,
            _document("/", service, partial(documents.show_versions, has_identity=service.identity_url == "")),
            *(_document(f"{NETWORKING}{end}", service, documents.show_networking_versions) for end in ("", "/")),
            *(_document(f"{PREFIX}{end}", service, documents.show_layout) for end in ("", "/")),
            *(_document(f"{NETWORKING}{PREFIX}{end}", service, documents.show_layout) for end in ("", "/")),
            *(_document(f"{root}{OPENAPI_PATH}", service, documents.show_openapi) for root in ("", NETWORKING)),
            *(Route(path, follow, methods=METHODS) for path in (FEED_PATH, f"{NETWORKING}{FEED_PATH}")),
            *(_compute_documents(service) if service.compute else ()),
        ],
        lifespan=lifespan,
        exception_handlers={HTTPException: partial(_respond_to_http_exception, service)},
    )
    starlette.router.redirect_slashes = False
    app: ASGIApp = with_surface(starlette, service, NETWORKING_SURFACE, workers)
    for surface in (COMPUTE_SURFACE, IMAGE_SURFACE, GUESTS_SURFACE) if service.compute else ():
        app = with_surface(app, service, surface, workers)
    return with_request_id(app)


def with_request_id(app: ASGIApp) -> ASGIApp:
    """Give every request an id, and every answer the header that tells it."""

    async def identified(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        request_id = f"req-{uuid4()}"
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id, **_global_id(scope))

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                header = (b"x-openstack-request-id", request_id.encode())
                message = {**message, "headers": [*message.get("headers", ()), header]}
            await send(message)

        await app(scope, receive, send_with_id)

    return identified


def _global_id(scope: Scope) -> dict[str, str]:
    """What the client calls the request, if that looks like an id: anything else is not to get into the log."""
    sent = Headers(scope=scope).get("x-openstack-request-id", "")
    return {"global_request_id": sent} if _GLOBAL_ID.fullmatch(sent) else {}


def with_surface(app: ASGIApp, service: Service, surface: Surface, workers: Executor) -> ASGIApp:
    """Answer what the surface has; leave the rest to `app`."""

    async def surfaced(scope: Scope, receive: Receive, send: Send) -> None:
        path = surface.plain(scope["path"]) if scope["type"] == "http" else ""
        match = surface.table.find(path)
        if match is None and not (surface.below and path.startswith(surface.below)):
            await app(scope, receive, send)
            return
        response = await _respond(service, surface, match, Request(scope, receive), workers)
        await response(scope, receive, send)

    return surfaced


def plain_path(path: str) -> str:
    """`/v2.0/networks.json`, `/v2.0/networks/` and `/networking/v2.0/networks` are `/v2.0/networks`."""
    path = path.removeprefix(NETWORKING) if path.startswith(f"{NETWORKING}/") else path
    return path.removesuffix("/").removesuffix(".json") if path.startswith(f"{PREFIX}/") else path


def plain_compute_path(path: str) -> str:
    """`/compute/v2.1/servers/` is `/v2.1/servers`."""
    return path.removeprefix(COMPUTE).removesuffix("/")


def plain_image_path(path: str) -> str:
    """`/image/v2/images` is `/v2/images`."""
    return path.removeprefix(IMAGE).removesuffix("/")


NETWORKING_SURFACE: Final = Surface(UrlTable(ENDPOINTS), plain_path, render_fault, render_internal_fault)
GUESTS_SURFACE: Final = Surface(UrlTable(host_reports.ENDPOINTS), plain_path, render_fault, render_internal_fault)
COMPUTE_SURFACE: Final = Surface(
    UrlTable(COMPUTE_ENDPOINTS),
    plain_compute_path,
    compute_faults.render_fault,
    compute_faults.render_internal_fault,
    below="/v2.1/",
)
IMAGE_SURFACE: Final = Surface(
    UrlTable(image_calls.ENDPOINTS),
    plain_image_path,
    image_faults.render_fault,
    image_faults.render_internal_fault,
    below="/v2/",
)


def _compute_documents(service: Service) -> Sequence[Route]:
    shown: Sequence[tuple[tuple[str, ...], Callable[[str], Answer]]] = (
        ((COMPUTE,), compute_documents.show_versions),
        ((f"{COMPUTE}/v2.1", "/v2.1"), compute_documents.show_version),
        ((IMAGE, f"{IMAGE}/versions", f"{IMAGE}/v2"), image_calls.show_versions),
    )
    return [_document(f"{path}{end}", service, show) for paths, show in shown for path in paths for end in ("", "/")]


def _document(path: str, service: Service, show: Callable[[str], Answer]) -> Route:
    async def respond(request: Request) -> Response:
        return _response(show(base_url(request, service.public_url)))

    return Route(path, respond, methods=["GET"])


async def _respond(
    service: Service, surface: Surface, match: Match | None, request: Request, workers: Executor
) -> Response:
    try:
        if match is None:
            raise HTTPNotFound
        body = await read_body(request, service.max_request_bytes)
        return _response(await _in_worker(workers, partial(_call, service, match, request, body)))
    except UnderlayError as error:
        return _refusal(service, request, error, surface.render_fault)
    except ClientDisconnect:
        return Response(status_code=400)
    except Exception:
        return _failure(request, surface.render_internal_fault)


def _call(service: Service, match: Match, request: Request, body: bytes) -> Answer:
    caller = identify(service.verify, service.policy, request)
    endpoint = match.by_method.get("GET" if request.method == "HEAD" else request.method)
    if endpoint is None:
        raise HTTPMethodNotAllowed(request.method)
    ask = Ask(
        caller=caller,
        base=base_url(request, service.public_url),
        url_path=request.url.path,
        path=match.parameters,
        query=tuple(request.query_params.multi_items()),
        body=body,
        if_match=request.headers.get("if-match", ""),
        headers=request.headers,
    )
    answered = endpoint.handler(service, ask)
    if request.method in _CHANGING and not request.url.path.startswith("/underlay/"):
        structlog.get_logger().info(
            "request_done",
            method=request.method,
            path=request.url.path,
            status=answered.status,
            user_id=caller.user_id,
            project_id=caller.project_id,
        )
    return answered


def _feed_responder(service: Service, feed: watch.Feed, stopping: asyncio.Event, workers: Executor) -> Responder:
    def check(request: Request) -> watch.Wish:
        caller: Caller = identify(service.verify, service.policy, request)
        if request.method != "GET":
            raise HTTPMethodNotAllowed(request.method)
        return watch.read_wish(request.query_params, caller)

    async def respond(request: Request) -> Response:
        try:
            wish = await _in_worker(workers, partial(check, request))
            watcher = await feed.open(**structs.asdict(wish))
        except UnderlayError as error:
            return _refusal(service, request, error)
        except Exception:
            return _failure(request)
        return StreamingResponse(
            watch.stream(watcher, stopping),
            media_type=watch.CONTENT_TYPE,
            # Runs in any case, also when the client has left before the first line.
            background=BackgroundTask(watcher.aclose),
        )

    return respond


async def _in_worker(workers: Executor, work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(workers, copy_context().run, work)


async def read_body(request: Request, limit: int) -> bytes:
    """The whole body. Raises HTTPRequestEntityTooLarge, HTTPRequestTimeout, HTTPBadRequest."""
    announced = request.headers.get("content-length")
    if announced is None and "transfer-encoding" not in request.headers:
        return b""
    announced = announced or "0"
    if not announced.isdigit():
        raise HTTPBadRequest("Content-Length is not a number")
    if int(announced) > limit:
        raise HTTPRequestEntityTooLarge(limit)
    chunks: list[bytes] = []
    length = 0
    try:
        async with asyncio.timeout(BODY_LIMIT_S):
            async for chunk in request.stream():
                length += len(chunk)
                if length > limit:
                    raise HTTPRequestEntityTooLarge(limit)
                chunks.append(chunk)
    except TimeoutError:
        raise HTTPRequestTimeout(BODY_LIMIT_S) from None
    return b"".join(chunks)


async def _respond_to_http_exception(service: Service, request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    return _refusal(service, request, HTTPMethodNotAllowed(request.method) if status == 405 else HTTPNotFound())


def _refusal(
    service: Service,
    request: Request,
    error: UnderlayError,
    render: Callable[[UnderlayError, str], Fault] = render_fault,
) -> Response:
    fault = render(error, service.identity_url or f"{base_url(request, service.public_url)}/v3")
    log_refusal(request, fault.status, error, error.message)
    return _fault_response(fault)


def _failure(request: Request, render: Callable[[], Fault] = render_internal_fault) -> Response:
    structlog.get_logger().exception("request_failed", method=request.method, path=masked(request.url.path))
    return _fault_response(render())


def _fault_response(fault: Fault) -> Response:
    return Response(fault.body, fault.status, dict(fault.headers), media_type="application/json")


def _response(given: Answer) -> Response:
    if given.file is not None:
        return FileResponse(given.file, given.status, dict(given.headers))
    if given.body is None:
        return Response(status_code=given.status, headers=dict(given.headers))
    response = Response(given.body, given.status, media_type="application/json")
    for name, value in given.headers:
        response.headers.append(name, value)
    return response
