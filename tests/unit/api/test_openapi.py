"""The OpenAPI document: valid, complete, and what the server really answers.

That answers have the described forms is checked of every answer of every test: `fakes.api_server.ApiServer.call`.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from fakes.api_server import ApiServer
from fakes.asgi import Reply, request
from fakes.openapi import DOCUMENT, disagreement
from underlay.api.attributes import INSIDE, RESOURCES
from underlay.api.attributes.attribute import Resource
from underlay.api.routes import ENDPOINTS, FEED_PATH

OPEN = ("/", "/v2.0", "/v2.0/openapi.json")
EACH = pytest.mark.parametrize("resource", [*RESOURCES, *INSIDE], ids=lambda resource: resource.name)


@pytest.fixture(scope="module")
def server() -> Iterator[ApiServer]:
    """A server that is asked and has nothing."""
    return ApiServer()


def test_it_is_valid() -> None:
    """By the OpenAPI 3.1 specification."""
    OpenAPIV31SpecValidator(DOCUMENT).validate()


def test_it_has_the_server_s_paths_and_no_others() -> None:
    """The URL table, the feed, and what is told without a token."""
    described = {(method.upper(), path) for path, item in DOCUMENT["paths"].items() for method in item}
    served = {(row.method, row.path) for row in ENDPOINTS} | {("GET", path) for path in (*OPEN, FEED_PATH)}
    assert served == {(method, path) for method, path in described if method != "PARAMETERS"}


@pytest.mark.parametrize("path", DOCUMENT["paths"])
def test_a_method_that_it_does_not_describe_is_not_served(server: ApiServer, path: str) -> None:
    """405 is the answer to just those."""
    url = re.sub(r"{[^}]*}", "none", path) + "?watch=false" * (path == FEED_PATH)
    methods = ("GET", "POST", "PUT", "DELETE", "PATCH")
    refused = {method for method in methods if server.call(method, url).status == 405}
    assert refused == {method for method in methods if method.lower() not in DOCUMENT["paths"][path]}


def test_it_is_told_to_everybody(server: ApiServer) -> None:
    """Without a token, as the version documents are."""
    reply = server.call("GET", "/v2.0/openapi.json", token=None)
    assert (200, "application/json", DOCUMENT) == (
        reply.status,
        reply.headers["content-type"],
        reply.json(),
    )


def test_all_but_documents_needs_a_token() -> None:
    """The document says so where the server does."""
    without = {path for path, item in DOCUMENT["paths"].items() if item.get("get", {}).get("security") == []}
    assert (set(OPEN), [{"token": []}]) == (without, DOCUMENT["security"])


@EACH
def test_every_attribute_is_explained_once(resource: Resource) -> None:
    """In the schema of what is shown, else of what is sent, else at the list's filters."""
    schemas = DOCUMENT["components"]["schemas"]
    texts: list[tuple[str, str]] = [
        (name, row["description"])
        for suffix in ("", "_create", "_update")
        for name, row in schemas.get(resource.name + suffix, {}).get("properties", {}).items()
        if "description" in row and resource.attribute(name)
    ]
    path = f"/v2.0/{resource.url}"
    listed: list[dict[str, Any]] = DOCUMENT["paths"].get(path, {}).get("get", {}).get("parameters", [])
    texts += [(row["name"], row["description"]) for row in listed if "description" in row and row["in"] == "query"]
    explained = Counter(name for name, text in texts if resource.attribute(name))
    assert dict.fromkeys((row.name for row in resource.attributes), 1) == explained


@EACH
def test_what_is_not_described_is_not_accepted(resource: Resource) -> None:
    """A body for creating or changing has no other attributes than the table's, and says which it must have."""
    schemas = DOCUMENT["components"]["schemas"]
    if resource.create:
        creation = schemas[f"{resource.name}_create"]
        required = [row.name for row in resource.attributes if row.required]
        assert (False, required) == (creation["additionalProperties"], creation.get("required", []))
        assert {row.name for row in resource.attributes if row.post} == set(creation["properties"])
    changed = {row.name for row in resource.attributes if row.put}
    assert changed == set(schemas.get(f"{resource.name}_update", {"properties": {}})["properties"])


def test_a_wrong_answer_is_found(server: ApiServer) -> None:
    """The check of all answers is one that can fail: on status, form, and bodies where none is."""
    reply = request(server.app, "GET", "/v2.0/networks", headers={"x-auth-token": "admin"})
    assert disagreement("GET", "/v2.0/networks", reply) is None
    for status, body in (
        (202, reply.body),
        (200, b'{"networks": {}}'),
        (200, b'{"networks": [{"id": 7}]}'),
        (404, b"{}"),
    ):
        assert disagreement("GET", "/v2.0/networks", Reply(status, reply.headers, body)) is not None
    assert disagreement("DELETE", "/v2.0/networks/a", Reply(204, reply.headers, b"{}")) is not None
