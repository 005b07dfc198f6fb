"""The whole URL table, walked by everyone: who gets in, and in which form the others are refused."""

import re
from collections.abc import Iterator

import pytest

from fakes.api_server import ApiServer
from underlay.api.absent import ABSENT
from underlay.api.routes import ENDPOINTS, FEED_PATH, Endpoint

WALK = [*((row.method, row.path) for row in ENDPOINTS), ("GET", FEED_PATH)]


def filled(path: str) -> str:
    """The path with something in the place of each parameter."""
    return re.sub(r"{[^}]*}", "h2" if "/hosts/" in path else "00000000-0000-4000-8000-000000000000", path)


@pytest.fixture(scope="module")
def server() -> Iterator[ApiServer]:
    """A server that is asked and has nothing."""
    return ApiServer()


@pytest.mark.parametrize(("method", "path"), WALK)
@pytest.mark.parametrize("token", [None, "", "forged", "x" * 5000])
def test_nobody_gets_in_without_a_token(server: ApiServer, method: str, path: str, token: str | None) -> None:
    """Every row of the table is 401 without a token that verifies, in keystonemiddleware's form."""
    reply = server.call(method, filled(path), b"{}", token)
    assert (401, 'Keystone uri="http://server:9696/v3"') == (reply.status, reply.headers["www-authenticate"])


@pytest.mark.parametrize("path", ["/", "/v2.0", "/v2.0/", "/networking", "/networking/v2.0", "/networking/v2.0/"])
def test_the_version_documents_are_open(server: ApiServer, path: str) -> None:
    """Clients read them before they log in."""
    assert 200 == server.call("GET", path, token=None).status


def test_the_networking_api_has_a_path_of_its_own(server: ApiServer) -> None:
    """The catalog names it; there it alone is listed, and links lead on there. All below is as without it."""
    version = {
        "id": "v2.0",
        "status": "CURRENT",
        "links": [{"rel": "self", "href": "http://server:9696/networking/v2.0/"}],
    }
    assert {"versions": [version]} == server.call("GET", "/networking/", token=None).json()
    made = server.call("POST", "/networking/v2.0/networks.json", {"network": {"name": "a"}}, "member").json()["network"]
    assert made["id"] == server.call("GET", f"/v2.0/networks/{made['id']}", token="member").json()["network"]["id"]
    page = server.call("GET", "/networking/v2.0/networks?limit=1", token="member").json()
    assert page["networks_links"][0]["href"].startswith("http://server:9696/networking/v2.0/networks?")
    assert 404 == server.call("GET", "/networking/v3", token="member").status


WRITES = [row for row in ENDPOINTS if row.method != "GET"]


@pytest.mark.parametrize("row", WRITES, ids=lambda row: f"{row.method} {row.path}")
def test_a_reader_writes_nothing(server: ApiServer, row: Endpoint) -> None:
    """Role reader is refused on every call that writes, whatever it sends."""
    name = row.path.split("/")[2].removesuffix("s")
    body: object = {name: {}} if row.method != "DELETE" else None
    with server.store.read() as reading:
        before = reading.revision()
    reply = server.call(row.method, filled(row.path), body, "reader")
    assert reply.status in (400, 403, 404)
    with server.store.read() as reading:
        assert before == reading.revision()


@pytest.mark.parametrize(("method", "path"), [pair for pair in WALK if pair[1].startswith("/underlay/")])
@pytest.mark.parametrize("token", ["member", "reader", "other", "host"])
def test_what_hosts_do_is_for_that_host(server: ApiServer, method: str, path: str, token: str) -> None:
    """Reports and feed of host h2 are refused to members and to host h1."""
    bodies = {"heartbeat": {"agents": []}, "ports": {"ports": []}, "feed": None}
    reply = server.call(
        method, f"{filled(path)}?host=h2" if "feed" in path else filled(path), bodies[path.split("/")[-1]], token
    )
    assert (403, "PolicyNotAuthorized") == (reply.status, reply.json()["NeutronError"]["type"])


@pytest.mark.parametrize("token", ["member", "reader"])
def test_agents_are_the_administrator_s(server: ApiServer, token: str) -> None:
    """Others see an empty list, and no single one."""
    assert {"agents": []} == server.call("GET", "/v2.0/agents", token=token).json()
    assert 404 == server.call("GET", "/v2.0/agents/x", token=token).status
    assert 403 == server.call("GET", "/v2.0/networks/x/dhcp-agents", token=token).status
    assert 403 == server.call("GET", "/v2.0/agents/x/dhcp-networks", token=token).status


def test_quotas_of_others_are_the_administrator_s(server: ApiServer) -> None:
    """A member reads its own project's quota, nobody else's, and no list."""
    assert 200 == server.call("GET", "/v2.0/quotas/project-a", token="member").status
    for path in ("/v2.0/quotas", "/v2.0/quotas/project-b", "/v2.0/quotas/project-b/default"):
        assert 403 == server.call("GET", path, token="member").status


@pytest.mark.parametrize(
    ("method", "path", "status", "name"),
    [
        ("POST", "/v2.0/routers", 404, "HTTPNotFound"),
        ("GET", "/v2.0/routers/a", 404, "HTTPNotFound"),
        ("GET", "/v2.0/metering/metering-labels", 404, "HTTPNotFound"),
        ("GET", "/v2.0/networks/a/b", 404, "HTTPNotFound"),
        ("GET", "/v2.0/networks//", 404, "HTTPNotFound"),
        ("GET", "/nothing", 404, "HTTPNotFound"),
        ("GET", "/v2.0/extensions/router", 404, "HTTPNotFound"),
        ("PATCH", "/v2.0/networks", 405, "HTTPMethodNotAllowed"),
        ("POST", "/v2.0/networks/a", 405, "HTTPMethodNotAllowed"),
        ("POST", "/v2.0/agents", 405, "HTTPMethodNotAllowed"),
        ("BREW", "/v2.0/networks", 405, "HTTPMethodNotAllowed"),
        ("POST", "/", 405, "HTTPMethodNotAllowed"),
        ("DELETE", FEED_PATH, 405, "HTTPMethodNotAllowed"),
    ],
)
def test_what_is_not_there_is_told_in_the_api_s_form(
    server: ApiServer, method: str, path: str, status: int, name: str
) -> None:
    """Unknown paths are 404, known ones with another method 405, both as NeutronError."""
    reply = server.call(method, path)
    assert (status, name) == (reply.status, reply.json()["NeutronError"]["type"])


@pytest.mark.parametrize(("path", "collection"), ABSENT.items())
def test_what_clean_up_code_asks_for_is_an_empty_list(server: ApiServer, path: str, collection: str) -> None:
    """Routers, floating IPs, VPN: none, whatever the filters, and every other method is 404."""
    assert {collection: []} == server.call("GET", f"/v2.0/{path}?project_id=x&fields=id", token="reader").json()
    refusals = [server.call(method, f"/v2.0/{path}", b"{}").status for method in ("POST", "PUT", "DELETE")]
    assert [404, 404, 404] == refusals


@pytest.mark.parametrize(
    "path", ["network-segment-ranges", "network_segment_ranges", "security_groups", "security-groups"]
)
def test_collections_are_spelled_with_dashes_or_underscores(server: ApiServer, path: str) -> None:
    """The SDK writes one, Tempest the other; records below them too."""
    assert 200 == server.call("GET", f"/v2.0/{path}").status
    told = server.call("GET", f"/v2.0/{path}/00000000-0000-4000-8000-000000000000").json()["NeutronError"]
    assert told["type"] in ("NetworkSegmentRangeNotFound", "SecurityGroupNotFound")


@pytest.mark.parametrize("path", ["networks", "networks.json", "networks/", "quotas/tenant.json"])
def test_paths_may_end_in_json(server: ApiServer, path: str) -> None:
    """Clients of 2013 write `.json`."""
    assert 200 == server.call("GET", f"/v2.0/{path}").status


def test_every_answer_has_a_request_id(server: ApiServer) -> None:
    """Also those that refuse, each its own."""
    replies = [server.call("GET", path, token=None) for path in ("/", "/v2.0/networks", "/nothing")]
    ids = [reply.headers["x-openstack-request-id"] for reply in replies]
    assert (3, True) == (len(set(ids)), all(one.startswith("req-") for one in ids))


def test_head_is_get_without_a_body_to_send(server: ApiServer) -> None:
    """HEAD is answered as GET; the HTTP server leaves out the body."""
    assert 200 == server.call("HEAD", "/v2.0/networks").status


def test_a_body_that_is_too_large_is_refused_unread() -> None:
    """413, by what is announced and by what comes."""
    small = ApiServer(max_request_bytes=100)
    body = b'{"network": {"name": "' + b"x" * 200 + b'"}}'
    assert 413 == small.call("POST", "/v2.0/networks", body).status
    assert 413 == small.call("POST", "/v2.0/networks", body, content_length="1").status
    assert 400 == small.call("POST", "/v2.0/networks", b"{}", content_length="x").status


def test_extensions_are_listed_and_shown(server: ApiServer) -> None:
    """What works is listed; each can be shown by its alias."""
    listed = server.call("GET", "/v2.0/extensions", token="reader").json()["extensions"]
    assert {"agent", "provider", "quotas", "binding", "dhcp_agent_scheduler"} <= {one["alias"] for one in listed}
    assert {"extension": listed[0]} == server.call("GET", f"/v2.0/extensions/{listed[0]['alias']}").json()
