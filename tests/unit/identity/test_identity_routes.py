"""Walks the whole route table with every kind of caller."""

import jwt
import msgspec
import pytest

from fakes.identity_server import NOW, SECRET, IdentityServer
from underlay.identity.roles import ROLE_IDS
from underlay.identity.service import Endpoint
from underlay.identity.table import ENDPOINTS
from underlay.model.identity import (
    ApplicationCredential,
    Assignment,
    CatalogEndpoint,
    CatalogService,
    CredentialId,
    Domain,
    DomainId,
    EndpointId,
    Group,
    GroupAssignment,
    GroupId,
    Implication,
    OnDomain,
    OnProject,
    OnSystem,
    Region,
    RegionId,
    Role,
    RoleId,
    RoleName,
    ServiceId,
)

AUDITOR = RoleId("a-role-of-ours")
ROWS = [pytest.param(row, id=f"{row.method} {row.path}") for row in ENDPOINTS]
GUARDED = [param for param in ROWS if param.values[0].access != "anyone"]
OF_OTHERS = {
    "get_project",
    "get_user",
    "list_user_projects",
    "validate_token",
    "check_token",
    "revoke_token",
    "list_groups_for_user",
    "list_access_rules",
    "list_application_credentials",
    "get_application_credential",
    "create_application_credential",
    "delete_application_credential",
}
SELF_ONLY = {"create_application_credential"}
BODIES = {
    "create_role": {"role": {"name": "new"}},
    "update_role": {"role": {"description": "new"}},
    "create_domain": {"domain": {"name": "new"}},
    "update_domain": {"domain": {"description": "new"}},
    "create_application_credential": {"application_credential": {"name": "new"}},
    "authenticate": {"auth": {"passwordCredentials": {"username": "mary", "password": SECRET}}},
    "create_project": {"project": {"name": "new"}},
    "update_project_tags": {"tags": ["new"]},
    "create_service": {"service": {"type": "new"}},
    "update_service": {"service": {"type": "new"}},
    "create_endpoint": {"endpoint": {"service_id": "nova", "interface": "admin", "url": "http://new"}},
    "update_endpoint": {"endpoint": {"url": "http://new"}},
    "create_region": {"region": {"description": "new"}},
    "update_region": {"region": {"description": "new"}},
    "create_group": {"group": {"name": "new"}},
    "update_group": {"group": {"description": "new"}},
    "update_project": {"project": {"description": "new"}},
    "create_user": {"user": {"name": "new"}},
    "update_user": {"user": {"description": "new"}},
    "change_password": {"user": {"password": "new", "original_password": SECRET}},
}


@pytest.fixture
def server() -> IdentityServer:
    """With something for each route that takes it away: roles, an implication, a domain, a credential of rita's."""
    made = IdentityServer()
    rita, mary = made.user("rita"), made.project("mary")
    made.store.roles.add(Role(AUDITOR, RoleName("auditor")))
    made.store.implications.add(Implication(RoleName("auditor"), RoleName("reader")))
    made.store.domains.add(Domain(DomainId("spare"), "spare", enabled=False))
    made.store.groups.add(Group(GroupId("crew"), "crew"))
    assert made.store.memberships.add(GroupId("crew"), rita.id)
    for target in (OnProject(mary.id), OnDomain(DomainId("spare")), OnSystem()):
        assert made.store.assignments.add(Assignment(rita.id, target, RoleName("auditor")))
        assert made.store.group_assignments.add(GroupAssignment(GroupId("crew"), target, RoleName("auditor")))
    for name in ("root", "mary"):
        made.store.projects.update(made.project(name).id, lambda each: msgspec.structs.replace(each, tags=("old",)))
    made.store.regions.put(Region(RegionId("there")))
    made.store.services.put(CatalogService(ServiceId("nova"), "compute"))
    made.store.endpoints.put(CatalogEndpoint(EndpointId("here"), ServiceId("nova"), "public", "http://nova"))
    roles = (RoleName("reader"),)
    assert made.store.credentials.add(
        ApplicationCredential(CredentialId("robot"), rita.id, made.project("rita").id, "robot", "", roles)
    )
    return made


def action_of(row: Endpoint) -> str:
    """`identity:list_users` -> `list_users`."""
    return row.action.partition(":")[2]


def stored(server: IdentityServer) -> tuple[object, ...]:
    """All that a handler could have changed, but for revocations."""
    store = server.store
    named = [shelf.find() for shelf in (store.domains, store.projects, store.users, store.roles, store.groups)]
    members = store.memberships.of_group(GroupId("crew"))
    held = store.assignments.find(), store.group_assignments.find(), store.implications.find()
    catalog = store.regions.find(), store.services.find(), store.endpoints.find()
    return *named, *held, *catalog, members, store.credentials.find(server.user("rita").id)


def send(server: IdentityServer, row: Endpoint, token: str, subject: str = "") -> tuple[int, dict]:
    """The row's request about things of rita's, or that mary does not own."""
    url = row.path.format(
        project_id=server.project("mary" if "roles" in row.path else "root").id,
        user_id=server.user("rita").id,
        role_id=AUDITOR,
        implied_id=ROLE_IDS["reader"],
        domain_id="spare",
        credential_id="robot",
        group_id="crew",
        tag="new" if row.method == "PUT" else "old",
        service_id="nova",
        endpoint_id="here",
        region_id="new" if row.method == "PUT" else "there",
    )
    body = BODIES.get(action_of(row))
    if row.path.startswith("/v3/auth") and row.method == "POST":
        body = {
            "auth": {
                "identity": {
                    "methods": ["password"],
                    "password": {"user": {"name": "mary", "password": SECRET}},
                }
            }
        }
    reply = server.ask(row.method, url, token, body, x_subject_token=subject or server.token("rita"))
    return reply.status, reply.json() if reply.body and row.method != "HEAD" else {}


@pytest.mark.parametrize("row", GUARDED)
@pytest.mark.parametrize("token", ["none", "garbage", "forged", "expired", "revoked", "disabled"])
def test_no_guarded_route_answers_without_a_valid_token(server, row, token):
    """401 in Keystone's form, whatever is wrong with the token, and nothing is done."""
    text = server.token("root")
    match token:
        case "none":
            text = ""
        case "garbage":
            text = "x.y.z"
        case "forged":
            claims = jwt.decode(text, options={"verify_signature": False})
            text = jwt.encode(claims, bytes(32), algorithm="HS256")
        case "expired":
            server.clock.now = NOW + 3600
        case "revoked":
            assert 204 == server.ask("DELETE", "/v3/auth/tokens", text, x_subject_token=text).status
        case "disabled":
            url = f"/v3/users/{server.user('root').id}"
            assert 200 == server.ask("PATCH", url, text, {"user": {"enabled": False}}).status
    before = stored(server)
    status, body = send(server, row, text)
    assert 401 == status
    if row.method != "HEAD":
        message = "The request you have made requires authentication."
        assert {"error": {"code": 401, "message": message, "title": "Unauthorized"}} == body
    assert before == stored(server)


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("name", ["mary", "net1"])
def test_a_member_does_nothing_that_is_the_admin_s(server, row, name):
    """403 names the action; what is open to users is open, but for what belongs to others."""
    status, body = send(server, row, server.token(name))
    if row.access == "admin" or action_of(row) in OF_OTHERS:
        assert 403 == status
        if row.method != "HEAD":
            assert "Forbidden" == body["error"]["title"]
            assert row.action in body["error"]["message"]
    else:
        assert status in (200, 201, 204)


@pytest.mark.parametrize("row", ROWS)
def test_an_admin_may_do_everything_but_what_is_a_user_s_own(server, row):
    """Nobody makes application credentials for others."""
    status, _ = send(server, row, server.token("root"))
    assert (403 if action_of(row) in SELF_ONLY else 200) == (200 if status in (200, 201, 204) else status)


@pytest.mark.parametrize("row", ROWS)
def test_a_reader_may_do_what_concerns_itself(server, row):
    """Oneself, one's own token, the projects one has a role on."""
    expected = 403 if row.access == "admin" or action_of(row) == "get_project" else 200
    status, _ = send(server, row, server.token("rita"))
    assert expected == (200 if status in (200, 201, 204) else status)


@pytest.mark.parametrize("url", ["/v3/nothing", "/v3/auth/tokens/more/still", "/identity/v3"])
def test_an_unknown_path_is_told_in_keystone_s_form(server, url):
    """404, not the Networking API's form and not text."""
    reply = server.ask("GET", url, server.token("root"))
    assert (404, "Not Found") == (reply.status, reply.json()["error"]["title"])


def test_a_method_that_a_path_does_not_have_is_405(server):
    """In Keystone's form."""
    reply = server.ask("PUT", "/v3/users", server.token("root"))
    assert (405, "Method Not Allowed") == (reply.status, reply.json()["error"]["title"])


def test_a_slash_at_the_end_changes_nothing(server):
    """Clients append one to OS_AUTH_URL; an empty tag, or one that is a slash, is a list of tags without a body."""
    assert server.ask("GET", "/v3").body == server.ask("GET", "/v3/").body
    url, root = f"/v3/projects/{server.project('mary').id}/tags", server.token("root")
    assert [400, 400, 400] == [server.ask("PUT", url + slashes, root).status for slashes in ("", "/", "//")]


def test_a_body_too_large_is_refused(server):
    """413 after 64 KiB, read no further."""
    reply = server.ask("POST", "/v3/auth/tokens", body=b" " * 65_537)
    assert (413, "Request Entity Too Large") == (reply.status, reply.json()["error"]["title"])


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"\xff\xfe", b"null", b'{"auth": 3}', b"[" * 60_000, b'{"auth": {"identity": {}}}']
)
@pytest.mark.parametrize("url", ["/v3/auth/tokens", "/v2.0/tokens"])
def test_a_body_that_is_no_login_is_400(server, url, body):
    """Whatever is sent, the answer says what is wrong, in Keystone's form."""
    reply = server.ask("POST", url, body=body)
    assert (400, "Bad Request") == (reply.status, reply.json()["error"]["title"])


def test_401_says_where_to_log_in(server):
    """WWW-Authenticate names the identity endpoint as the client reaches it."""
    assert 'Keystone uri="http://server:9696/v3"' == server.ask("GET", "/v3/users").headers["www-authenticate"]
