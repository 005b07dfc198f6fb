"""What the server as a process tells of a request: its id to the client, and in its log, where no secret ever is."""

import json
import re
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any

import pytest
from server_program import ServerProgram

from underlay.api.routes import ENDPOINTS, FEED_PATH
from underlay.client.credentials import Credentials
from underlay.client.http import Session
from underlay.identity.table import ENDPOINTS as IDENTITY

GLOBAL_ID = "req-01234567-89AB-cdef-0123-456789abcdef"
REQUEST_ID = re.compile("req-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SECRET = "corrECt-horse-battery"


@pytest.fixture(scope="module")
def token(server: ServerProgram) -> str:
    """The administrator's."""
    session = Session(server.url, Credentials(server.admin.password, username="admin", project_name="admin"))
    token = session.token()
    session.close()
    return token


def ask(server: ServerProgram, method: str, url: str, body: object = None, **headers: str) -> tuple[int, str]:
    """Status and request id."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
    content = None if body is None else json.dumps(body).encode()
    connection.request(method, url, content, {name.replace("_", "-"): value for name, value in headers.items()})
    reply = connection.getresponse()
    found = reply.headers.get_all("X-Openstack-Request-Id") or []
    connection.close()
    (request_id,) = found
    return reply.status, request_id


def lines(server: ServerProgram, request_id: str) -> list[dict[str, Any]]:
    """What the log has of the request."""
    read = [json.loads(line) for line in server.log().splitlines()]
    return [line for line in read if line.get("request_id") == request_id]


def test_every_answer_tells_its_id(server, token):
    """Once, whatever is asked of which part of the server; a new one each time."""
    asked = [
        ask(server, "GET", "/"),
        ask(server, "GET", "/v2.0/networks"),
        ask(server, "GET", "/v2.0/networks", x_auth_token=token),
        ask(server, "POST", "/v2.0/networks", {"network": {"name": "n"}}, x_auth_token=token),
        ask(server, "PATCH", "/v2.0/networks", x_auth_token=token),
        ask(server, "POST", "/v2.0/networks", {"network": {"name": "x" * 1_100_000}}, x_auth_token=token),
        ask(server, "GET", "/v2.0/nothing", x_auth_token=token),
        ask(server, "GET", "/nowhere"),
        ask(server, "GET", f"{FEED_PATH}?watch=maybe", x_auth_token=token),
        ask(server, "GET", f"{FEED_PATH}?watch=false", x_auth_token=token),
        ask(server, "GET", "/v3"),
        ask(server, "GET", "/v3/nothing"),
        ask(server, "POST", "/v3/auth/tokens", {"auth": {}}),
    ]
    assert [200, 401, 200, 201, 405, 413, 404, 404, 400, 200, 200, 404, 400] == [status for status, _ in asked]
    assert all(REQUEST_ID.fullmatch(request_id) for _, request_id in asked)
    assert len(asked) == len({request_id for _, request_id in asked})


def test_the_log_tells_the_id_of_what_was_done_and_refused(server, token):
    """With who asked for it; what only reads is not logged, nor are the reports of hosts."""
    status, done = ask(server, "POST", "/v2.0/networks", {"network": {"name": "n"}}, x_auth_token=token)
    _, refused = ask(server, "GET", "/v2.0/networks/none", x_auth_token=token)
    _, read = ask(server, "GET", "/v2.0/networks", x_auth_token=token)
    assert 201 == status
    (line,) = lines(server, done)
    assert ("request_done", "POST", "/v2.0/networks", 201) == (
        line["event"],
        line["method"],
        line["path"],
        line["status"],
    )
    assert all((line["user_id"], line["project_id"]))
    assert [("request_refused", "NetworkNotFound")] == [
        (each["event"], each["error"]) for each in lines(server, refused)
    ]
    assert [] == lines(server, read)


def test_the_log_tells_what_the_client_calls_the_request(server, token):
    """An id in OpenStack's form; nothing else that it may send there."""
    for sent, told in ((GLOBAL_ID, GLOBAL_ID), (f"{GLOBAL_ID} and more", None), ("nonsense", None)):
        _, request_id = ask(server, "GET", "/v2.0/none", x_auth_token=token, x_openstack_request_id=sent)
        assert request_id != sent
        assert [told] == [line.get("global_request_id") for line in lines(server, request_id)]


def bodies() -> Iterator[dict[str, Any]]:
    """Secrets in all places where the API takes some, and where it does not."""
    method = {"methods": ["password"], "password": {"user": {"name": "admin", "password": SECRET}}}
    yield {"auth": {"identity": method | {"domain": {"id": "default"}}}}
    yield {"auth": {"identity": {"methods": ["token"], "token": {"id": SECRET}}}}
    yield {"auth": {"passwordCredentials": {"username": "admin", "password": SECRET}, "tenantName": "admin"}}
    yield {"user": {"name": "u", "password": SECRET, "original_password": SECRET}}
    yield {"user": {"name": [], "password": SECRET}, "application_credential": {"name": "a", "secret": SECRET}}
    yield {"network": {"name": "n", "password": SECRET}, "instance": {"admin_pass": SECRET}}


def test_no_secret_is_in_the_log(server, token):
    """Passwords, tokens and secrets are sent to every route, as the administrator and as one whose token is wrong."""
    routes = [(row.method, row.path) for row in ENDPOINTS] + [(row.method, row.path) for row in IDENTITY]
    for method, path in routes:
        url = re.sub(r"{[^}]*}", "00000000000040008000000000000000", path)
        for body in bodies() if method not in ("GET", "HEAD", "DELETE") else (None,):
            ask(server, method, url, body, x_auth_token=SECRET, x_subject_token=SECRET)
            ask(server, method, url, body, x_auth_token=token, x_subject_token=SECRET)
    for name in ("token", "password", "X-Auth-Token"):
        ask(server, "GET", f"/v2.0/networks?{name}={SECRET}", x_auth_token=token)
    log = server.log()
    assert log.count("request_refused") > len(ENDPOINTS)
    secrets = (SECRET, token, server.admin.password, server.mary.password, server.host.password)
    assert [] == [secret for secret in secrets if secret in log]
