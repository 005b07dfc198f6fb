"""Compares answers of the server with its OpenAPI document."""

import json
from functools import cache
from typing import Any

import jsonschema_rs

from fakes.asgi import Reply
from underlay.api.app import plain_path
from underlay.api.dispatch import UrlTable
from underlay.api.openapi.document import render
from underlay.api.routes import ENDPOINTS

DOCUMENT: dict[str, Any] = json.loads(render())
TABLE = UrlTable(ENDPOINTS)


def template_of(path: str, method: str) -> str | None:
    """The document's path for a path as it is asked for; None when it describes none with this method."""
    match = TABLE.find(plain_path(path))
    if match is not None:
        endpoint = match.by_method.get(method)
        return None if endpoint is None else endpoint.path
    return path if method.lower() in DOCUMENT["paths"].get(path, {}) else None


def disagreement(method: str, url: str, reply: Reply) -> str | None:
    """What the document says otherwise of the answer; None when it agrees, or describes no such call."""
    template = template_of(url.partition("?")[0], method)
    if template is None:
        return None
    answers = DOCUMENT["paths"][template][method.lower()]["responses"]
    if str(reply.status) not in answers:
        return f"{method} {template}: status {reply.status} is not described"
    form = _form_of(method, template, str(reply.status))
    if form is None:
        is_told = not reply.body or reply.headers["content-type"] != "application/json"
        return None if is_told else f"{method} {template}: {reply.status} has a body"
    try:
        body = json.loads(reply.body)
    except ValueError:
        return f"{method} {template}: {reply.status}: not JSON: {reply.body[:300]!r}"
    problem = next(iter(form.iter_errors(body)), None)
    return None if problem is None else f"{method} {template}: {reply.status}: {_explained(problem)}"


def _explained(problem: Any) -> str:
    """What is wrong and where; of alternatives, what is wrong with each."""
    branches = getattr(problem.kind, "context", None)
    if branches:
        return " and ".join(_explained(branch[0]) for branch in branches if branch)
    return f"{'/'.join(map(str, problem.instance_path))}: {problem.message[:300]}"


@cache
def _form_of(method: str, template: str, status: str) -> Any:
    """Validates the body of an answer; None when it has none."""
    answer = DOCUMENT["paths"][template][method.lower()]["responses"][status]
    if "$ref" in answer:
        answer = DOCUMENT["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    content = answer.get("content", {}).get("application/json")
    if content is None:
        return None
    return jsonschema_rs.Draft202012Validator(
        {"components": DOCUMENT["components"], **content["schema"]}, validate_formats=True
    )
