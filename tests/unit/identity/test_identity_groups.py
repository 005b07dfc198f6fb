"""Groups: their members have the roles that the group is given. And tags of projects."""

import pytest

from fakes.identity_server import IdentityServer, password_auth
from underlay.identity.roles import ROLE_IDS

MEMBER, READER = ROLE_IDS["member"], ROLE_IDS["reader"]


@pytest.fixture
def server() -> IdentityServer:
    """Users root, mary, rita, each with a project."""
    return IdentityServer()


def make_group(server: IdentityServer, name: str = "crew") -> str:
    """Its id."""
    reply = server.ask("POST", "/v3/groups", server.token("root"), {"group": {"name": name, "description": "d"}})
    assert 201 == reply.status
    return str(reply.json()["group"]["id"])


def test_a_group_is_made_found_changed_and_deleted(server):
    """In Keystone's form; the name is unique in the domain."""
    root, group_id = server.token("root"), make_group(server)
    url = f"/v3/groups/{group_id}"
    shown = {"id": group_id, "name": "crew", "domain_id": "default", "description": "d"}
    assert shown.items() <= server.ask("GET", url, root).json()["group"].items()
    assert 409 == server.ask("POST", "/v3/groups", root, {"group": {"name": "crew"}}).status
    assert "team" == server.ask("PATCH", url, root, {"group": {"name": "team"}}).json()["group"]["name"]
    assert 400 == server.ask("PATCH", url, root, {"group": {"domain_id": "other"}}).status
    for query, expected in (("", 1), ("?name=team", 1), ("?name=crew", 0), ("?domain_id=other", 0)):
        assert expected == len(server.ask("GET", f"/v3/groups{query}", root).json()["groups"])
    assert [204, 404, 404] == [server.ask(method, url, root).status for method in ("DELETE", "DELETE", "GET")]


def test_users_come_and_go(server):
    """Listed from both sides; one sees one's own groups, not those of others."""
    root, group_id, mary = server.token("root"), make_group(server), server.user("mary").id
    url = f"/v3/groups/{group_id}/users"
    assert [404, 204, 204, 204] == [
        server.ask(method, f"{url}/{mary}", root).status for method in ("HEAD", "PUT", "PUT", "HEAD")
    ]
    assert [mary] == [each["id"] for each in server.ask("GET", url, root).json()["users"]]
    mine = server.ask("GET", f"/v3/users/{mary}/groups", server.token("mary"))
    assert ["crew"] == [each["name"] for each in mine.json()["groups"]]
    assert 403 == server.ask("GET", f"/v3/users/{mary}/groups", server.token("rita")).status
    assert [204, 404, 404] == [
        server.ask(method, f"{url}/{mary}", root).status for method in ("DELETE", "DELETE", "HEAD")
    ]
    assert 404 == server.ask("PUT", f"{url}/nobody", root).status


def test_a_member_has_the_group_s_roles_and_loses_them_with_it(server):
    """On a project where the user has none of its own: a token, the list of projects; void at once afterwards."""
    root, group_id, mary, project = (
        server.token("root"),
        make_group(server),
        server.user("mary"),
        server.project("rita"),
    )
    scope = {"project": {"id": project.id}}
    assert 401 == server.log_in(password_auth("mary", scope=scope)).status
    grant = f"/v3/projects/{project.id}/groups/{group_id}/roles"
    assert 204 == server.ask("PUT", f"/v3/groups/{group_id}/users/{mary.id}", root).status
    assert [404, 204, 204] == [
        server.ask(method, f"{grant}/{MEMBER}", root).status for method in ("HEAD", "PUT", "HEAD")
    ]
    assert ["member"] == [each["name"] for each in server.ask("GET", grant, root).json()["roles"]]
    token = server.log_in(password_auth("mary", scope=scope)).headers["x-subject-token"]
    assert frozenset({"member", "reader"}) == server.tokens.verify(token).roles
    mine = server.ask("GET", "/v3/auth/projects", token).json()["projects"]
    assert {"mary", "rita"} == {each["name"] for each in mine}
    assert 200 == server.ask("GET", f"/v3/projects/{project.id}", token).status
    for undo, redo in (
        (("DELETE", f"/v3/groups/{group_id}/users/{mary.id}"), ("PUT", f"/v3/groups/{group_id}/users/{mary.id}")),
        (("DELETE", f"{grant}/{MEMBER}"), ("PUT", f"{grant}/{MEMBER}")),
    ):
        assert 204 == server.ask(*undo, root).status
        assert 401 == server.ask("GET", "/v3/auth/projects", token).status
        assert 204 == server.ask(*redo, root).status
        assert 200 == server.ask("GET", "/v3/auth/projects", token).status
    assert 204 == server.ask("DELETE", f"/v3/groups/{group_id}", root).status
    assert 401 == server.ask("GET", "/v3/auth/projects", token).status


@pytest.mark.parametrize(("place", "scope"), [("domains/default", {"domain": {"id": "default"}}), ("system", {})])
def test_groups_have_roles_on_domains_and_the_system(server, place, scope):
    """A member gets a token for it."""
    root, group_id, rita = server.token("root"), make_group(server), server.user("rita")
    assert 204 == server.ask("PUT", f"/v3/groups/{group_id}/users/{rita.id}", root).status
    assert 204 == server.ask("PUT", f"/v3/{place}/groups/{group_id}/roles/{MEMBER}", root).status
    reply = server.log_in(password_auth("rita", scope=scope or {"system": {"all": True}}))
    assert ["member", "reader"] == [each["name"] for each in reply.json()["token"]["roles"]]


def test_assignments_show_groups_and_effective_ones_their_members(server):
    """With the links by which Keystone tells how a user came by it."""
    root, group_id, project = server.token("root"), make_group(server), server.project("rita")
    mary = server.user("mary")
    server.ask("PUT", f"/v3/groups/{group_id}/users/{mary.id}", root)
    server.ask("PUT", f"/v3/projects/{project.id}/groups/{group_id}/roles/{MEMBER}", root)

    def found(query: str) -> list[dict]:
        listed = server.ask("GET", f"/v3/role_assignments?{query}", root).json()["role_assignments"]
        return sorted(listed, key=lambda each: each["role"].get("name", ""))

    (assigned,) = found(f"group.id={group_id}&include_names")
    assert ("crew", "Default") == (assigned["group"]["name"], assigned["group"]["domain"]["name"])
    assert "user" not in assigned
    by_group = found(f"user.id={mary.id}&scope.project.id={project.id}&effective&include_names")
    assert ["member", "reader"] == [each["role"]["name"] for each in by_group]
    assert by_group[0]["links"]["assignment"].endswith(f"/projects/{project.id}/groups/{group_id}/roles/{MEMBER}")
    assert by_group[0]["links"]["membership"].endswith(f"/v3/groups/{group_id}/users/{mary.id}")
    assert [] == found(f"user.id={mary.id}&scope.project.id={project.id}")
    for contradiction in (f"user.id=x&group.id={group_id}", "scope.project.id=x&scope.domain.id=y"):
        assert 400 == server.ask("GET", f"/v3/role_assignments?{contradiction}", root).status


def test_tags_of_a_project(server):
    """All at once and one by one; part of the project; filters of its list."""
    root, lab = server.token("root"), server.project("mary").id
    url = f"/v3/projects/{lab}/tags"
    assert ["a", "b"] == server.ask("PUT", url, root, {"tags": ["b", "a"]}).json()["tags"]
    assert [404, 201, 204] == [server.ask(method, f"{url}/c", root).status for method in ("HEAD", "PUT", "HEAD")]
    assert ["a", "b", "c"] == server.ask("GET", f"/v3/projects/{lab}", root).json()["project"]["tags"]
    assert 400 == server.ask("PUT", f"{url}/c", root).status
    made = server.ask("POST", "/v3/projects", root, {"project": {"name": "new", "tags": ["a"]}}).json()["project"]

    def found(query: str) -> set[str]:
        return {each["name"] for each in server.ask("GET", f"/v3/projects?{query}", root).json()["projects"]}

    assert ({"mary", "new"}, {"mary"}) == (found("tags=a"), found("tags=a,b"))
    assert ({"mary", "new"}, found("") - {"mary"}) == (found("tags-any=a,c"), found("not-tags=a,b"))
    assert found("") - {"mary", "new"} == found("not-tags-any=a,b")
    changed = server.ask("PATCH", f"/v3/projects/{made['id']}", root, {"project": {"tags": []}}).json()["project"]
    assert [] == changed["tags"]
    assert [204, 404] == [server.ask("DELETE", f"{url}/c", root).status for _ in range(2)]
    assert 204 == server.ask("DELETE", url, root).status
    assert [] == server.ask("GET", url, root).json()["tags"]


@pytest.mark.parametrize("tags", [[""], ["a,b"], ["a/b"], ["a", "a"], ["x" * 256], [f"t{n}" for n in range(81)], "a"])
def test_tags_that_keystone_would_not_take(server, tags):
    """400, and nothing is changed."""
    url = f"/v3/projects/{server.project('mary').id}/tags"
    assert 400 == server.ask("PUT", url, server.token("root"), {"tags": tags}).status
    assert [] == server.ask("GET", url, server.token("root")).json()["tags"]
