"""The ASGI application: reads a request, has it answered in a worker thread, writes the answer.

The event loop only reads and writes. Each request gets an id (`X-Openstack-Request-Id`), which the log names too.
Whatever happens, the client gets an answer of the API's form, and nothing of our insides.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Final
from uuid import uuid4

import structlog
from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from underlay.api import documents, watch
from underlay.api.exchange import Answer, Ask, Service
from underlay.api.faults import Fault, render_fault, render_internal_fault
from underlay.api.identity import base_url, identify
from underlay.api.routes import ENDPOINTS, FEED_PATH, PREFIX, Endpoint
from underlay.model.caller import Caller
from underlay.model.errors import (
    HTTPBadRequest,
    HTTPMethodNotAllowed,
    HTTPNotFound,
    HTTPRequestEntityTooLarge,
    HTTPRequestTimeout,
    UnderlayError,
)

WORKERS: Final = 16
BODY_LIMIT_S: Final = 30
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

Responder = Callable[[Request], Awaitable[Response]]
Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]


def build_app(
    service: Service,
    feed: watch.Feed,
    stopping: asyncio.Event,
    identity_routes: Sequence[BaseRoute] = (),
    lifespan: Lifespan | None = None,
) -> ASGIApp:
    """The whole server. Setting `stopping` ends all streams of the feed."""
    limiter = CapacityLimiter(WORKERS)
    by_path: dict[str, dict[str, Endpoint]] = {}
    for endpoint in ENDPOINTS:
        by_path.setdefault(endpoint.path, {})[endpoint.method] = endpoint
    routes: list[BaseRoute] = [
        *identity_routes,
        *(_document(path, service, documents.show_versions) for path in ("/",)),
        *(_document(path, service, documents.show_layout) for path in (PREFIX, f"{PREFIX}/")),
        Route(FEED_PATH, _feed_responder(service, feed, stopping, limiter), methods=METHODS),
        *(
            Route(path, _responder(service, by_method, limiter), methods=METHODS)
            for path, by_method in sorted(by_path.items(), key=lambda item: ("{" in item[0], item[0].count("/")))
        ),
    ]
    starlette = Starlette(
        routes=routes,
        lifespan=lifespan,
        exception_handlers={HTTPException: partial(_respond_to_http_exception, service)},
    )
    starlette.router.redirect_slashes = False
    return with_request_id(with_plain_paths(starlette))


def with_request_id(app: ASGIApp) -> ASGIApp:
    """Give every request an id, and every answer the header that tells it."""

    async def identified(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        request_id = f"req-{uuid4()}"
        structlog.contextvars.bind_contextvars(request_id=request_id)

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                header = (b"x-openstack-request-id", request_id.encode())
                message = {**message, "headers": [*message.get("headers", ()), header]}
            await send(message)

        await app(scope, receive, send_with_id)

    return identified


def with_plain_paths(app: ASGIApp) -> ASGIApp:
    """`/v2.0/networks.json` and `/v2.0/networks/` are `/v2.0/networks`."""

    async def plain(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if path.startswith(f"{PREFIX}/") and len(path) > len(PREFIX) + 1:
            trimmed = path.removesuffix("/").removesuffix(".json")
            if trimmed != path:
                scope = {**scope, "path": trimmed, "underlay.sent_path": path}
        await app(scope, receive, send)

    return plain


def _document(path: str, service: Service, show: Callable[[str], Answer]) -> Route:
    async def respond(request: Request) -> Response:
        return _response(show(base_url(request, service.public_url)))

    return Route(path, respond, methods=["GET"])


def _responder(service: Service, by_method: dict[str, Endpoint], limiter: CapacityLimiter) -> Responder:
    async def respond(request: Request) -> Response:
        try:
            body = await read_body(request, service.max_request_bytes)
            call = partial(_call, service, by_method, request, body)
            return _response(await run_sync(call, limiter=limiter))
        except UnderlayError as error:
            return _refusal(service, request, error)
        except ClientDisconnect:
            return Response(status_code=400)
        except Exception:
            return _failure(request)

    return respond


def _call(service: Service, by_method: dict[str, Endpoint], request: Request, body: bytes) -> Answer:
    caller = identify(service.verify, request)
    endpoint = by_method.get("GET" if request.method == "HEAD" else request.method)
    if endpoint is None:
        raise HTTPMethodNotAllowed(request.method)
    ask = Ask(
        caller=caller,
        base=base_url(request, service.public_url),
        url_path=request.scope.get("underlay.sent_path", request.url.path),
        path=request.path_params,
        query=tuple(request.query_params.multi_items()),
        body=body,
        if_match=request.headers.get("if-match", ""),
    )
    return endpoint.handler(service, ask)


def _feed_responder(service: Service, feed: watch.Feed, stopping: asyncio.Event, limiter: CapacityLimiter) -> Responder:
    def check(request: Request) -> watch.Wish:
        caller: Caller = identify(service.verify, request)
        if request.method != "GET":
            raise HTTPMethodNotAllowed(request.method)
        return watch.read_wish(request.query_params, caller)

    async def respond(request: Request) -> Response:
        try:
            wish = await run_sync(check, request, limiter=limiter)
            watcher = await feed.open(since=wish.since, host=wish.host, kinds=wish.kinds, watch=wish.watch)
        except UnderlayError as error:
            return _refusal(service, request, error)
        except Exception:
            return _failure(request)
        return StreamingResponse(watch.stream(watcher, stopping), media_type=watch.CONTENT_TYPE)

    return respond


async def read_body(request: Request, limit: int) -> bytes:
    """The whole body. Raises HTTPRequestEntityTooLarge, HTTPRequestTimeout, HTTPBadRequest."""
    announced = request.headers.get("content-length", "0")
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


def _refusal(service: Service, request: Request, error: UnderlayError) -> Response:
    fault = render_fault(error, f"{base_url(request, service.public_url)}/v3")
    structlog.get_logger().info(
        "request_refused",
        method=request.method,
        path=request.url.path,
        status=fault.status,
        error=type(error).__name__,
        message=error.message,
    )
    return _fault_response(fault)


def _failure(request: Request) -> Response:
    structlog.get_logger().exception("request_failed", method=request.method, path=request.url.path)
    return _fault_response(render_internal_fault())


def _fault_response(fault: Fault) -> Response:
    return Response(fault.body, fault.status, dict(fault.headers), media_type="application/json")


def _response(given: Answer) -> Response:
    if given.body is None:
        return Response(status_code=given.status, headers=dict(given.headers))
    response = Response(given.body, given.status, media_type="application/json")
    for name, value in given.headers:
        response.headers.append(name, value)
    return response
