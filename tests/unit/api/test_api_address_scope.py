from fakes.api_server import MINE, OTHER, ApiServer
from underlay.model.change import Writes
from underlay.model.rbac_policy import RbacPolicy

SCOPES = "/v2.0/address-scopes"


def test_an_address_scope_over_http() -> None:
    """The path has a dash, the body's keys an underscore, as Neutron's; all five calls."""
    server = ApiServer()
    created = server.call("POST", SCOPES, {"address_scope": {"name": "routed", "ip_version": "4"}}, "member")
    assert 201 == created.status
    scope = created.json()["address_scope"]
    assert {
        "id": scope["id"],
        "name": "routed",
        "project_id": MINE,
        "tenant_id": MINE,
        "shared": False,
        "ip_version": 4,
    } == scope
    one = f"{SCOPES}/{scope['id']}"
    assert scope == server.call("GET", one, token="reader").json()["address_scope"]
    renamed = server.call("PUT", one, {"address_scope": {"name": "inside"}}, "member").json()["address_scope"]
    assert {**scope, "name": "inside"} == renamed
    assert {"address_scopes": [renamed]} == server.call("GET", f"{SCOPES}?ip_version=4&name=inside").json()
    assert {"address_scopes": []} == server.call("GET", f"{SCOPES}?ip_version=6").json()
    assert 204 == server.call("DELETE", one, token="member").status
    assert "AddressScopeNotFound" == server.call("GET", one).json()["NeutronError"]["type"]


def test_address_scopes_of_others_are_not_there() -> None:
    """Another project's scope is neither listed nor shown, until it is shared."""
    server = ApiServer()
    body = {"address_scope": {"ip_version": 6, "project_id": MINE}}
    scope = server.call("POST", SCOPES, body).json()["address_scope"]
    one = f"{SCOPES}/{scope['id']}"
    assert {"address_scopes": []} == server.call("GET", SCOPES, token="other").json()
    assert 404 == server.call("GET", one, token="other").status
    assert 403 == server.call("PUT", one, {"address_scope": {"shared": True}}, "member").status
    assert 200 == server.call("PUT", one, {"address_scope": {"shared": True}}).status
    assert [scope["id"]] == [each["id"] for each in server.call("GET", SCOPES, token="other").json()["address_scopes"]]
    assert 400 == server.call("PUT", one, {"address_scope": {"shared": False}}).status


def test_ip_version_is_4_or_6() -> None:
    """It must be sent, be 4 or 6, and stays."""
    server = ApiServer()
    assert 400 == server.call("POST", SCOPES, {"address_scope": {"name": "x"}}).status
    assert 400 == server.call("POST", SCOPES, {"address_scope": {"ip_version": 5}}).status
    scope = server.call("POST", SCOPES, {"address_scope": {"ip_version": 6}}).json()["address_scope"]
    assert 400 == server.call("PUT", f"{SCOPES}/{scope['id']}", {"address_scope": {"ip_version": 4}}).status


def test_what_is_shared_with_a_project_is_shared_for_it() -> None:
    """Granted by name: `shared` is true, and found by that filter, for this project only."""
    server = ApiServer()
    body = {"address_scope": {"ip_version": 6, "project_id": MINE}}
    scope = server.call("POST", SCOPES, body).json()["address_scope"]
    policy = RbacPolicy("r", MINE, "address_scope", scope["id"], "access_as_shared", OTHER)
    server.store.write(lambda moment: moment.commit_writes(Writes(puts=(policy,))))
    for token, shared in (("other", True), ("member", False)):
        assert shared is server.call("GET", f"{SCOPES}/{scope['id']}", token=token).json()["address_scope"]["shared"]
        found = server.call("GET", f"{SCOPES}?shared=true", token=token).json()["address_scopes"]
        assert ([scope["id"]] if shared else []) == [each["id"] for each in found]
