"""The OpenAPI 3.1 document: every path that the server answers, but for identity's (`/v3`), which is Keystone's API.

Source: OpenAPI Specification 3.1.0. Paths and methods are the URL table's; `calls` says what each takes and answers,
`parts` has the schemas of the resources.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

import msgspec

from underlay import __version__
from underlay.api import schema
from underlay.api.openapi import parts
from underlay.api.openapi.calls import Call, call_of
from underlay.api.routes import ENDPOINTS, FEED_PATH, OPENAPI_PATH, PREFIX
from underlay.api.schema import plain
from underlay.api.watch import CONTENT_TYPE, PARAMETERS
from underlay.identity.places import NETWORKING

_DESCRIPTION: Final = """OpenStack Networking API v2.0, as Underlay serves it, and what it adds under `/underlay/v1`.
The Identity API v3 beside it (`/v3`) is described by Keystone's reference.

Paths under `/v2.0` may end in `.json` or `/`, and collections be spelled with dashes or underscores. Numbers and
booleans may be sent as text. What a caller may not see is 404 to him."""
_PARAMETER: Final = re.compile(r"{([^}]*)}")
_ALWAYS: Final = (400, 401, 403, 404, 503)
_ON_WRITES: Final = (408, 409, 413)


@cache
def render() -> bytes:
    """The document as JSON."""
    return msgspec.json.encode(document())


def document() -> dict[str, Any]:
    """The document. Raises KeyError when a handler is described nowhere."""
    paths: dict[str, dict[str, Any]] = {}
    for method, path, operation in _operations():
        paths.setdefault(path, {})[method.lower()] = {"operationId": _operation_id(method, path), **operation}
    for path, operations in paths.items():
        named = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
            for name in _PARAMETER.findall(path)
        ]
        if named:
            operations["parameters"] = named
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Underlay",
            "version": __version__,
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}, {"url": NETWORKING, "description": "As the catalog gives it."}],
        "security": [{parts.TOKEN: []}],
        "paths": paths,
        "components": parts.components(),
    }


def _operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for endpoint in ENDPOINTS:
        yield endpoint.method, endpoint.path, _operation(endpoint.method, call_of(endpoint.handler, endpoint.path))
    yield "GET", FEED_PATH, _feed()
    links = schema.list_of(schema.shown(rel=schema.TEXT, href=schema.TEXT))
    version = schema.shown(id=schema.TEXT, status=schema.TEXT, links=links)
    resource = schema.shown(name=schema.TEXT, collection=schema.TEXT, links=links)
    yield "GET", "/", _open("The versions", schema.shown(versions=schema.list_of(version)))
    yield "GET", PREFIX, _open("The layout of v2.0", schema.shown(resources=schema.list_of(resource)))
    yield "GET", OPENAPI_PATH, _open("This document", schema.OBJECT)


def _operation(method: str, call: Call) -> dict[str, Any]:
    parameters = [*call.query, *([parts.named("if_match")] if call.conditional else ())]
    statuses = {*_ALWAYS, *(_ON_WRITES if method != "GET" else ()), *((412,) if call.conditional else ())}
    statuses.update(call.refusals)
    responses = {str(status): parts.refusal(status) for status in sorted(statuses)}
    if call.status:
        warned = ("Warning",) if call.body else ()
        responses = {str(call.status): parts.answer_of("Done.", call.answer, warned), **responses}
    operation: dict[str, Any] = {"summary": call.summary}
    if parameters:
        operation["parameters"] = parameters
    if call.body is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": plain(call.body)}}}
    return {**operation, "responses": responses}


def _open(summary: str, answer: schema.Schema) -> dict[str, Any]:
    """A document that is told to everybody."""
    return {"summary": summary, "security": [], "responses": {"200": parts.answer_of("Done.", answer)}}


def _feed() -> dict[str, Any]:
    lines = {"description": "Lines of the feed, each a JSON object; see docs/feed.md.", "type": "string"}
    answered = parts.answer_of("Records, then changes as they come.", None)
    return {
        "summary": "List all records and watch them change",
        "parameters": [
            {"name": name, "in": "query", "description": description, "schema": plain(form)}
            for name, (description, form) in PARAMETERS.items()
        ],
        "responses": {
            "200": {**answered, "content": {CONTENT_TYPE: {"schema": lines}}},
            **{str(status): parts.refusal(status) for status in (400, 401, 403, 410, 503)},
        },
    }


def _operation_id(method: str, path: str) -> str:
    """`get_networks`, `put_networks_id_tags_tag`: unique, and a name in every language."""
    words = re.findall(r"[A-Za-z0-9]+", path.removeprefix(PREFIX).replace("/alias-", "/dashed-alias-"))
    return "_".join((method.lower(), *words)) if words else f"{method.lower()}_{'layout' if path == PREFIX else 'root'}"
