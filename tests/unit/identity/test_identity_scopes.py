"""Domains, roles that are made, and tokens for a domain or the whole cloud."""

import pytest

from fakes.identity_server import SECRET, IdentityServer, password_auth
from underlay.identity.roles import ROLE_IDS
from underlay.model.identity import RoleName

READER, ADMIN, MANAGER, MEMBER, SERVICE, HOST = (
    ROLE_IDS[RoleName(name)] for name in ("reader", "admin", "manager", "member", "service", "host")
)


@pytest.fixture
def server() -> IdentityServer:
    """A fresh one."""
    return IdentityServer()


def test_a_name_may_be_used_once_in_each_domain(server):
    """And is logged in with by domain, id or name; a disabled domain opens no door, and makes tokens void."""
    root = server.token("root")
    domain = server.ask("POST", "/v3/domains", root, {"domain": {"name": "lab"}}).json()["domain"]
    made = []
    for kind in ("project", "user"):
        body = {kind: {"name": "mary", "domain_id": domain["id"], "password": SECRET}}
        made.append(server.ask("POST", f"/v3/{kind}s", root, body).json()[kind])
    project, user = made
    grant = f"/v3/projects/{project['id']}/users/{user['id']}/roles/{MEMBER}"
    assert 204 == server.ask("PUT", grant, root).status
    auth = {
        "identity": {
            "methods": ["password"],
            "password": {"user": {"name": "mary", "domain": {"name": "lab"}, "password": SECRET}},
        },
        "scope": {"project": {"name": "mary", "domain": {"id": domain["id"]}}},
    }
    reply = server.log_in(auth)
    token = reply.json()["token"]
    assert (user["id"], project["id"]) == (token["user"]["id"], token["project"]["id"])
    assert {"id": domain["id"], "name": "lab"} == token["project"]["domain"] == token["user"]["domain"]
    assert [1, 2] == [
        len(server.ask("GET", f"/v3/users?name=mary{more}", root).json()["users"])
        for more in (f"&domain_id={domain['id']}", "")
    ]
    server.ask("PATCH", f"/v3/domains/{domain['id']}", root, {"domain": {"enabled": False}})
    assert 401 == server.log_in(auth).status
    assert 401 == server.ask("GET", "/v3/auth/projects", reply.headers["x-subject-token"]).status
    assert 201 == server.log_in(password_auth("mary")).status


def test_a_domain_must_be_disabled_to_be_deleted_and_the_default_one_stays(server):
    """403 in Keystone's words."""
    root = server.token("root")
    url = f"/v3/domains/{server.ask('POST', '/v3/domains', root, {'domain': {'name': 'lab'}}).json()['domain']['id']}"
    reply = server.ask("DELETE", url, root)
    assert (403, True) == (reply.status, "please disable it first" in reply.json()["error"]["message"])
    server.ask("PATCH", url, root, {"domain": {"enabled": False}})
    assert [204, 404] == [server.ask("DELETE", url, root).status for _ in range(2)]
    assert 403 == server.ask("DELETE", "/v3/domains/default", root).status
    assert 403 == server.ask("PATCH", "/v3/domains/default", root, {"domain": {"enabled": False}}).status


@pytest.mark.parametrize(
    ("path", "scope", "shown"),
    [
        ("domains/default", {"domain": {"name": "Default"}}, {"domain": {"id": "default", "name": "Default"}}),
        ("system", {"system": {"all": True}}, {"system": {"all": True}}),
    ],
)
def test_a_token_is_for_a_domain_or_the_system_where_the_user_has_a_role(server, path, scope, shown):
    """It opens the identity endpoint by its roles, and the Networking API to nobody."""
    mary = server.user("mary")
    assert 204 == server.ask("PUT", f"/v3/{path}/users/{mary.id}/roles/{ADMIN}", server.token("root")).status
    reply = server.log_in(password_auth("mary", scope=scope))
    token, text = reply.json()["token"], reply.headers["x-subject-token"]
    assert shown == {key: token[key] for key in shown}
    assert ["admin", "manager", "member", "reader"] == [role["name"] for role in token["roles"]]
    assert ("project" in token, "catalog" in token) == (False, True)
    assert 200 == server.ask("GET", "/v3/users", text).status
    assert 1 == len(next(iter(server.ask("GET", f"/v3/auth/{path.split('/')[0]}", text).json().values())))


def test_a_role_that_is_made_means_what_it_implies(server):
    """Nothing by itself; once it implies member, its holder is one; deleted, its holder's tokens are void."""
    root, rita, project = server.token("root"), server.user("rita"), server.project("mary")
    role = server.ask("POST", "/v3/roles", root, {"role": {"name": "operator"}}).json()["role"]
    assert 204 == server.ask("PUT", f"/v3/projects/{project.id}/users/{rita.id}/roles/{role['id']}", root).status
    scope = {"project": {"id": project.id}}
    token = server.log_in(password_auth("rita", scope=scope)).headers["x-subject-token"]
    assert frozenset({"operator"}) == server.tokens.verify(token).roles
    implied = f"/v3/roles/{role['id']}/implies/{MEMBER}"
    assert [404, 201, 204] == [server.ask(method, implied, root).status for method in ("HEAD", "PUT", "HEAD")]
    assert frozenset({"operator", "member", "reader"}) == server.tokens.verify(token).roles
    assert 204 == server.ask("DELETE", f"/v3/roles/{role['id']}", root).status
    assert 401 == server.ask("GET", "/v3/auth/projects", token).status


def test_fixed_roles_stay_as_they_are(server):
    """Not changed, deleted, made again, nor implied where that would give away what reaches into every project."""
    root = server.token("root")
    role = server.ask("POST", "/v3/roles", root, {"role": {"name": "operator"}}).json()["role"]
    assert [403, 403] == [
        server.ask("PATCH", f"/v3/roles/{ADMIN}", root, {"role": {"description": "x"}}).status,
        server.ask("DELETE", f"/v3/roles/{ADMIN}", root).status,
    ]
    assert 409 == server.ask("POST", "/v3/roles", root, {"role": {"name": "admin"}}).status
    for implied in (ADMIN, SERVICE, HOST):
        assert 403 == server.ask("PUT", f"/v3/roles/{role['id']}/implies/{implied}", root).status
    assert 403 == server.ask("DELETE", f"/v3/roles/{ADMIN}/implies/{MANAGER}", root).status
    assert 400 == server.ask("PUT", f"/v3/roles/{READER}/implies/{MEMBER}", root).status


def test_assignments_are_shown_by_scope_and_as_they_take_effect(server):
    """scope.system, scope.domain.id, effective; with names."""
    root, mary = server.token("root"), server.user("mary")
    for path in ("domains/default", "system"):
        assert 204 == server.ask("PUT", f"/v3/{path}/users/{mary.id}/roles/{MEMBER}", root).status
    url = f"/v3/role_assignments?user.id={mary.id}"

    def shown(more: str) -> list[str]:
        found = server.ask("GET", url + more, root).json()["role_assignments"]
        return [f"{next(iter(each['scope']))} {each['role'].get('name', '')}".strip() for each in found]

    assert ["domain", "project", "system"] == shown("")
    assert ["system member", "system reader"] == shown("&scope.system=all&effective&include_names")
    assert ["domain"] == shown("&scope.domain.id=default")
    assert 400 == server.ask("GET", "/v3/role_assignments?effective&group.id=x", root).status


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("name__contains=ar", 1),
        ("name__startswith=MA", 0),
        ("name__istartswith=MA", 1),
        ("enabled=false", 0),
        ("x=1", 5),
    ],
)
def test_lists_take_keystone_s_inexact_filters(server, query, expected):
    """contains, startswith, endswith, and the same without regard to case; unknown ones are passed over."""
    assert expected == len(server.ask("GET", f"/v3/users?{query}", server.token("root")).json()["users"])


def test_the_catalog_can_be_read(server):
    """Services, endpoints, regions: what the token's catalog says, by id and filtered."""
    root = server.token("root")
    services = server.ask("GET", "/v3/services?type=network", root).json()["services"]
    assert ["neutron"] == [each["name"] for each in services]
    url = f"/v3/endpoints?service_id={services[0]['id']}&interface=public"
    endpoints = server.ask("GET", url, root).json()["endpoints"]
    assert ["http://server:9696/networking"] == [each["url"] for each in endpoints]
    assert endpoints[0] == server.ask("GET", f"/v3/endpoints/{endpoints[0]['id']}", root).json()["endpoint"]
    assert "RegionOne" == server.ask("GET", "/v3/regions/RegionOne", root).json()["region"]["id"]
    assert [404] * 3 == [
        server.ask("GET", f"/v3/{kind}/nothing", root).status for kind in ("services", "endpoints", "regions")
    ]
