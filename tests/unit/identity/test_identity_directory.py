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
        message = f"Conflict occurred attempting to store {kind} - Duplicate entry found with name mary."
        error = {"error": {"code": 409, "message": message, "title": "Conflict"}}
        assert [(409, error)] * 2 == [(each.status, each.json()) for each in (made, renamed)]


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
    names = {(each["user"]["name"], each["scope"]["project"]["name"], each["role"]["name"]) for each in left}
    assert {("admin", "admin", "admin"), ("root", "root", "admin"), ("net1", "service", "host")} == names


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
