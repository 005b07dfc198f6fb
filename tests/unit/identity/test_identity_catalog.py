"""The catalog: our own services, and those that the administrator adds."""

import pytest

from fakes.identity_server import IdentityServer, password_auth
from underlay.identity.places import id_of


@pytest.fixture
def server() -> IdentityServer:
    """Users root, mary, rita, each with a project."""
    return IdentityServer()


def made(server: IdentityServer, kind: str, **values: object) -> dict:
    """What POST /v3/KINDs answered."""
    reply = server.ask("POST", f"/v3/{kind}s", server.token("root"), {kind: values})
    assert 201 == reply.status, reply.body
    return reply.json()[kind]


def in_token(server: IdentityServer, **auth: object) -> dict[str, list[str]]:
    """Type -> URLs, of the catalog in mary's token."""
    catalog = server.log_in(password_auth("mary", **auth)).json()["token"]["catalog"]
    return {each["type"]: [endpoint["url"] for endpoint in each["endpoints"]] for each in catalog}


def test_a_service_that_is_added_is_in_every_token(server):
    """With the project's id in its URL, for those whose token has one; and for clients of 2013."""
    nova = made(server, "service", type="compute", name="nova")["id"]
    assert [] == in_token(server)["compute"]
    made(server, "endpoint", service_id=nova, interface="public", url="http://nova/v2.1/$(project_id)s")
    made(server, "endpoint", service_id=nova, interface="admin", url="http://admin/%(tenant_id)s", region="RegionOne")
    project = server.project("mary").id
    assert [f"http://admin/{project}", f"http://nova/v2.1/{project}"] == sorted(in_token(server)["compute"])
    catalog = server.ask("GET", "/v3/auth/catalog", server.token("mary")).json()["catalog"]
    assert ["compute", "identity", "network"] == sorted(each["type"] for each in catalog)
    credentials = {"username": "mary", "password": "right horse"}
    access = server.ask(
        "POST", "/v2.0/tokens", body={"auth": {"passwordCredentials": credentials, "tenantName": "mary"}}
    ).json()["access"]
    shown = {each["type"]: each["endpoints"] for each in access["serviceCatalog"]}
    assert {"publicURL", "internalURL", "adminURL", "region", "id"} == set(shown["network"][0])
    assert 2 == len(shown["compute"])


def test_what_is_disabled_is_in_no_token(server):
    """The endpoint alone, or the whole service; both are still listed."""
    nova = made(server, "service", type="compute")["id"]
    public = made(server, "endpoint", service_id=nova, interface="public", url="http://nova")["id"]
    made(server, "endpoint", service_id=nova, interface="internal", url="http://inside")
    root = server.token("root")
    assert 200 == server.ask("PATCH", f"/v3/endpoints/{public}", root, {"endpoint": {"enabled": False}}).status
    assert ["http://inside"] == in_token(server)["compute"]
    assert 200 == server.ask("PATCH", f"/v3/services/{nova}", root, {"service": {"enabled": False}}).status
    assert "compute" not in in_token(server)
    listed = server.ask("GET", f"/v3/endpoints?service_id={nova}", root).json()["endpoints"]
    assert 2 == len(listed)


def test_a_service_goes_with_its_endpoints(server):
    """And what is gone is 404."""
    nova = made(server, "service", type="compute")["id"]
    public = made(server, "endpoint", service_id=nova, interface="public", url="http://nova")["id"]
    root = server.token("root")
    assert [204, 404, 404] == [
        server.ask(method, url, root).status
        for method, url in (
            ("DELETE", f"/v3/services/{nova}"),
            ("GET", f"/v3/services/{nova}"),
            ("GET", f"/v3/endpoints/{public}"),
        )
    ]


def test_regions(server):
    """With an id of one's own, in another, changed; not deleted while something is in them."""
    root = server.token("root")
    assert "north" == made(server, "region", id="north", description="d")["id"]
    inner = made(server, "region", parent_region_id="north")["id"]
    assert 409 == server.ask("POST", "/v3/regions", root, {"region": {"id": "north"}}).status
    assert [201, 409] == [server.ask("PUT", "/v3/regions/south", root, {"region": {}}).status for _ in range(2)]
    found = server.ask("GET", "/v3/regions?parent_region_id=north", root).json()["regions"]
    assert [inner] == [each["id"] for each in found]
    assert 403 == server.ask("DELETE", "/v3/regions/north", root).status
    changed = server.ask("PATCH", f"/v3/regions/{inner}", root, {"region": {"parent_region_id": None}})
    assert changed.json()["region"]["parent_region_id"] is None
    assert [204, 404] == [server.ask(method, "/v3/regions/north", root).status for method in ("DELETE", "GET")]
    nova = made(server, "service", type="compute")["id"]
    made(server, "endpoint", service_id=nova, interface="public", url="http://nova", region_id=inner)
    assert 403 == server.ask("DELETE", f"/v3/regions/{inner}", root).status
    made(server, "endpoint", service_id=nova, interface="public", url="http://nova", region="made")
    assert 200 == server.ask("GET", "/v3/regions/made", root).status


@pytest.mark.parametrize(
    "path", [f"services/{id_of('network')}", f"endpoints/{id_of('public.identity')}", "regions/RegionOne"]
)
def test_what_follows_from_our_url_stays(server, path):
    """Neither changed nor deleted."""
    root = server.token("root")
    body = {path.split("/")[0][:-1]: {"description": "x"}}
    assert [403, 403] == [
        server.ask("PATCH", f"/v3/{path}", root, body).status,
        server.ask("DELETE", f"/v3/{path}", root).status,
    ]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("service", {}),
        ("service", {"type": ""}),
        ("endpoint", {"interface": "public", "url": "http://x"}),
        ("endpoint", {"service_id": "nothing", "interface": "public", "url": "http://x"}),
        ("endpoint", {"service_id": id_of("network"), "interface": "odd", "url": "http://x"}),
        ("endpoint", {"service_id": id_of("network"), "interface": "public", "url": ""}),
        ("endpoint", {"service_id": id_of("network"), "interface": "public", "url": "http://x", "enabled": "True"}),
        ("endpoint", {"service_id": id_of("network"), "interface": "public", "url": "http://x", "region_id": "no"}),
    ],
)
def test_what_is_not_well_formed_is_refused(server, kind, values):
    """400, and nothing is added."""
    before = server.ask("GET", f"/v3/{kind}s", server.token("root")).body
    assert 400 == server.ask("POST", f"/v3/{kind}s", server.token("root"), {kind: values}).status
    assert before == server.ask("GET", f"/v3/{kind}s", server.token("root")).body
