"""Projects, users and grants through HTTP."""

import pytest

from fakes.identity_server import SECRET, IdentityServer, password_auth
from underlay.identity.roles import ROLE_IDS


@pytest.fixture
def server() -> IdentityServer:
    """A fresh one."""
    return IdentityServer()


def test_a_user_made_by_the_admin_works_once_it_has_a_role(server):
    """Create a project and a user, grant member, log in, withdraw: the token made before is void at once."""
    root = server.token("root")
    project = server.ask("POST", "/v3/projects", root, {"project": {"name": "lab"}}).json()["project"]
    user = {"name": "lena", "password": SECRET, "default_project_id": project["id"], "unknown": 1}
    lena = server.ask("POST", "/v3/users", root, {"user": user}).json()["user"]
    assert "project" not in server.log_in(password_auth("lena")).json()["token"]
    url = f"/v3/projects/{project['id']}/users/{lena['id']}/roles/{ROLE_IDS['member']}"
    assert [404, 204, 204] == [server.ask(method, url, root).status for method in ("GET", "PUT", "GET")]
    token = server.log_in(password_auth("lena")).headers["x-subject-token"]
    assert frozenset({"member", "reader"}) == server.tokens.verify(token).roles
    assert [204, 404] == [server.ask("DELETE", url, root).status for _ in range(2)]
    assert 401 == server.ask("GET", "/v3/auth/projects", token).status


def test_names_are_unique(server):
    """409 on create and on rename, in Keystone's words."""
    root = server.token("root")
    for kind in ("project", "user"):
        made = server.ask("POST", f"/v3/{kind}s", root, {kind: {"name": "mary"}})
        changed_id = getattr(server, kind)("rita").id
        renamed = server.ask("PATCH", f"/v3/{kind}s/{changed_id}", root, {kind: {"name": "mary"}})
        message = f"Conflict occurred attempting to store {kind} - Duplicate entry found with name mary"
        assert [409, 409] == [made.status, renamed.status]
        assert {"code": 409, "message": f"{message} at domain ID default.", "title": "Conflict"} == made.json()["error"]
        assert {"code": 409, "message": f"{message}.", "title": "Conflict"} == renamed.json()["error"]


@pytest.mark.parametrize("name", ["", "   ", "x" * 256, "a\x00", "a\nb"])
@pytest.mark.parametrize("kind", ["project", "user"])
def test_a_name_has_1_to_255_printable_characters(server, kind, name):
    """400 on create and on rename, and nothing is stored."""
    root, changed = server.token("root"), getattr(server, kind)("rita")
    made = server.ask("POST", f"/v3/{kind}s", root, {kind: {"name": name}})
    renamed = server.ask("PATCH", f"/v3/{kind}s/{changed.id}", root, {kind: {"name": name}})
    assert [400, 400] == [made.status, renamed.status]
    assert changed == getattr(server, kind)("rita")


def test_lists_are_filtered_by_name(server):
    """Exactly that name; none gives an empty list."""
    root = server.token("root")
    for kind in ("projects", "users", "roles"):
        known = "member" if kind == "roles" else "mary"
        found = server.ask("GET", f"/v3/{kind}?name={known}", root).json()[kind]
        assert [known] == [each["name"] for each in found]
        assert [] == server.ask("GET", f"/v3/{kind}?name=mar", root).json()[kind]


def test_no_answer_shows_a_hash(server):
    """Neither list, show nor update tells password_hash."""
    root, mary = server.token("root"), server.user("mary")
    replies = [server.ask("GET", f"/v3/users{tail}", root) for tail in ("", f"/{mary.id}")]
    replies.append(server.ask("PATCH", f"/v3/users/{mary.id}", root, {"user": {"password": "x"}}))
    assert [False] * 3 == [b"argon2" in each.body or b"hash" in each.body for each in replies]


def test_an_update_changes_what_is_named_and_nothing_else(server):
    """null clears; a change of description keeps the user's tokens."""
    root, mary, token = server.token("root"), server.user("mary"), server.token("mary")
    url = f"/v3/users/{mary.id}"
    shown = server.ask("PATCH", url, root, {"user": {"email": "m@example.org", "description": "tall"}}).json()["user"]
    assert ("m@example.org", "tall", "mary") == (shown["email"], shown["description"], shown["name"])
    assert "" == server.ask("PATCH", url, root, {"user": {"email": None}}).json()["user"]["email"]
    assert 200 == server.ask("GET", "/v3/auth/projects", token).status


def test_a_user_s_or_project_s_deletion_takes_its_assignments_along(server):
    """What is left names nothing that is gone."""
    root = server.token("root")
    assert 204 == server.ask("DELETE", f"/v3/users/{server.user('mary').id}", root).status
    assert 204 == server.ask("DELETE", f"/v3/projects/{server.project('rita').id}", root).status
    assert server.user("rita").default_project_id is None
    url = "/v3/role_assignments?include_names=true"
    left = server.ask("GET", url, root).json()["role_assignments"]
    names = {
        (each["user"]["name"], each["scope"].get("project", {}).get("name"), each["role"]["name"]) for each in left
    }
    expected = {
        ("admin", "admin", "admin"),
        ("admin", None, "admin"),
        ("root", "root", "admin"),
        ("net1", "service", "host"),
    }
    assert expected == names


def test_assignments_are_filtered(server):
    """By user.id, scope.project.id, role.id: all that are given."""
    root, mary = server.token("root"), server.user("mary")
    url = f"/v3/role_assignments?user.id={mary.id}"
    assert [1, 1, 0, 0] == [
        len(server.ask("GET", url + more, root).json()["role_assignments"])
        for more in (
            "",
            f"&role.id={ROLE_IDS['member']}",
            f"&role.id={ROLE_IDS['admin']}",
            f"&scope.project.id={server.project('rita').id}",
        )
    ]


@pytest.mark.parametrize("kind", ["project", "user", "role", "domain"])
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_what_does_not_exist_is_404(server, kind, method):
    """Named in Keystone's words."""
    reply = server.ask(method, f"/v3/{kind}s/nothing", server.token("root"), {kind: {}})
    assert (404, f"Could not find {kind}: nothing.") == (reply.status, reply.json()["error"]["message"])


def test_a_grant_names_what_exists(server):
    """404 for a user, project or role that does not, whichever it is."""
    root, mary, project = server.token("root"), server.user("mary").id, server.project("mary").id
    member = ROLE_IDS["member"]
    for url in (f"nothing/users/{mary}/roles/{member}", f"{project}/users/nothing/roles/{member}"):
        assert 404 == server.ask("PUT", f"/v3/projects/{url}", root).status
    assert 404 == server.ask("PUT", f"/v3/projects/{project}/users/{mary}/roles/nothing", root).status


@pytest.mark.parametrize("kind", ["project", "user"])
def test_an_unknown_domain_is_refused(server, kind):
    """404 on create, an empty list by filter."""
    root = server.token("root")
    assert 404 == server.ask("POST", f"/v3/{kind}s", root, {kind: {"name": "x", "domain_id": "other"}}).status
    assert [] == server.ask("GET", f"/v3/{kind}s?domain_id=other", root).json()[f"{kind}s"]


def test_a_disabled_default_project_is_no_scope(server):
    """The login succeeds, for no project; asking for it by name is refused."""
    url = f"/v3/projects/{server.project('mary').id}"
    assert 200 == server.ask("PATCH", url, server.token("root"), {"project": {"enabled": False}}).status
    reply = server.log_in(password_auth("mary"))
    assert (201, False) == (reply.status, "project" in reply.json()["token"])
    assert 401 == server.log_in(password_auth("mary", scope={"project": {"name": "mary"}})).status
    token = reply.headers["x-subject-token"]
    assert [] == server.ask("GET", "/v3/auth/projects", token).json()["projects"]


def test_a_disabled_user_does_not_log_in(server):
    """Nor change the password."""
    mary = server.user("mary")
    server.ask("PATCH", f"/v3/users/{mary.id}", server.token("root"), {"user": {"enabled": False}})
    assert 401 == server.log_in(password_auth("mary")).status
    body = {"user": {"original_password": SECRET, "password": "new"}}
    assert 401 == server.ask("POST", f"/v3/users/{mary.id}/password", body=body).status


def test_a_project_s_place_among_projects(server):
    """Clients ask for the ids above it, its domain's alone, and below it, of which there are none."""
    project = server.project("mary")
    url = f"/v3/projects/{project.id}"
    shown = server.ask("GET", f"{url}?parents_as_ids&subtree_as_ids", server.token("mary")).json()["project"]
    assert ({project.domain_id: None}, None) == (shown["parents"], shown["subtree"])
    assert not {"parents", "subtree"} & set(server.ask("GET", url, server.token("mary")).json()["project"])
