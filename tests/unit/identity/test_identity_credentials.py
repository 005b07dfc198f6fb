"""Application credentials through HTTP."""

from typing import Any

import pytest

from fakes.identity_server import NOW, SECRET, IdentityServer, password_auth
from underlay.identity.roles import ROLE_IDS
from underlay.model.identity import Assignment, OnProject, RoleName


@pytest.fixture
def server() -> IdentityServer:
    """A fresh one."""
    return IdentityServer()


def made(server: IdentityServer, name: str = "mary", label: str = "robot", **attributes: Any) -> dict[str, Any]:
    """One of that user's, with its secret."""
    url = f"/v3/users/{server.user(name).id}/application_credentials"
    reply = server.ask("POST", url, server.token(name), {"application_credential": {"name": label, **attributes}})
    assert 201 == reply.status, reply.body
    shown: dict[str, Any] = reply.json()["application_credential"]
    return shown


def with_credential(**sent: Any) -> dict[str, Any]:
    """The `auth` of a login."""
    return {"identity": {"methods": ["application_credential"], "application_credential": sent}}


def test_it_logs_in_with_the_roles_it_was_given(server):
    """By id, or by name and user; for its project, without asking for a scope."""
    shown = made(server, roles=[{"name": "reader"}])
    by_id = server.log_in(with_credential(id=shown["id"], secret=shown["secret"]))
    user = {"name": "mary", "domain": {"id": "default"}}
    by_name = server.log_in(with_credential(name="robot", user=user, secret=shown["secret"]))
    for reply in (by_id, by_name):
        token = reply.json()["token"]
        assert (201, ["reader"], "mary") == (
            reply.status,
            [role["name"] for role in token["roles"]],
            token["project"]["name"],
        )
        assert {"id": shown["id"], "name": "robot", "restricted": True} == token["application_credential"]
        assert frozenset({"reader"}) == server.tokens.verify(reply.headers["x-subject-token"]).roles


def test_its_secret_is_shown_once(server):
    """Neither list nor show tell it, and its hash never."""
    shown = made(server, secret="my own secret")
    assert "my own secret" == shown["secret"]
    url = f"/v3/users/{server.user('mary').id}/application_credentials"
    for path in (url, f"{url}/{shown['id']}"):
        reply = server.ask("GET", path, server.token("mary"))
        assert [False, False] == [word in reply.body for word in (b"secret", b"argon2")]


@pytest.mark.parametrize("change", ["secret", "scope", "unknown", "disabled", "expired", "role"])
def test_it_is_refused_like_any_login_that_fails(server, change):
    """A wrong secret, another scope, an unknown id, an owner disabled or without the role, past its time."""
    shown = made(server, expires_at="2023-11-14T22:14:20")
    auth = with_credential(id=shown["id"], secret=shown["secret"])
    root, mary = server.token("root"), server.user("mary")
    assert 201 == server.log_in(auth).status
    match change:
        case "secret":
            auth = with_credential(id=shown["id"], secret="wrong")
        case "scope":
            auth["scope"] = {"project": {"id": server.project("root").id}}
        case "unknown":
            auth = with_credential(id="nothing", secret=shown["secret"])
        case "disabled":
            server.ask("PATCH", f"/v3/users/{mary.id}", root, {"user": {"enabled": False}})
        case "expired":
            server.clock.now = NOW + 60
        case "role":
            path = f"projects/{server.project('mary').id}/users/{mary.id}/roles/{ROLE_IDS[RoleName('member')]}"
            assert 204 == server.ask("DELETE", f"/v3/{path}", root).status
    assert 401 == server.log_in(auth).status


def test_it_stays_void_when_its_owner_comes_back(server):
    """Disabling the user deletes it, as in Keystone."""
    shown, mary = made(server), server.user("mary")
    for enabled in (False, True):
        server.ask("PATCH", f"/v3/users/{mary.id}", server.token("root"), {"user": {"enabled": enabled}})
    assert 401 == server.log_in(with_credential(id=shown["id"], secret=shown["secret"])).status


def test_its_tokens_are_void_with_it(server):
    """Deleted, or expired; a token never lives longer than its credential."""
    shown = made(server, expires_at="2023-11-14T22:14:20Z")
    reply = server.log_in(with_credential(id=shown["id"], secret=shown["secret"]))
    token = reply.headers["x-subject-token"]
    assert "2023-11-14T22:14:20.000000Z" == reply.json()["token"]["expires_at"]
    assert 200 == server.ask("GET", "/v3/auth/projects", token).status
    url = f"/v3/users/{server.user('mary').id}/application_credentials/{shown['id']}"
    assert 204 == server.ask("DELETE", url, server.token("mary")).status
    assert 401 == server.ask("GET", "/v3/auth/projects", token).status


def test_only_an_unrestricted_one_makes_and_deletes_others(server):
    """403 in Keystone's words; reading is open."""
    mary = server.user("mary")
    url = f"/v3/users/{mary.id}/application_credentials"
    for name, unrestricted, expected in (("tame", False, 403), ("wild", True, 201)):
        shown = made(server, label=name, unrestricted=unrestricted)
        login = server.log_in(with_credential(id=shown["id"], secret=shown["secret"]))
        token = login.headers["x-subject-token"]
        body = {"application_credential": {"name": f"of {name}"}}
        assert expected == server.ask("POST", url, token, body).status
        assert 200 == server.ask("GET", url, token).status
        assert (204 if unrestricted else 403) == server.ask("DELETE", f"{url}/{shown['id']}", token).status


def test_a_token_of_one_makes_none_for_anything_else(server):
    """Rescoping keeps to the credential's project and roles, where the user has more."""
    mary, other = server.user("mary"), server.project("rita")
    assert server.store.assignments.add(Assignment(mary.id, OnProject(other.id), RoleName("member")))
    shown = made(server, roles=[{"name": "reader"}])
    token = server.log_in(with_credential(id=shown["id"], secret=shown["secret"])).headers["x-subject-token"]
    identity = {"methods": ["token"], "token": {"id": token}}
    assert 401 == server.log_in({"identity": identity, "scope": {"project": {"id": other.id}}}).status
    again = server.log_in({"identity": identity}).json()["token"]
    assert ["reader"] == [role["name"] for role in again["roles"]]


@pytest.mark.parametrize(
    "wish",
    [
        {"roles": [{"name": "admin"}]},
        {"roles": [{"id": "nothing"}]},
        {"expires_at": "2001-01-01T00:00:00"},
        {"expires_at": "tomorrow"},
        {"secret": ""},
        {"name": ""},
        {"access_rules": [{"path": "/", "method": "GET", "service": "network"}]},
    ],
)
def test_what_it_cannot_be_is_refused(server, wish):
    """400: roles that the token lacks, a time that is past or none, access rules."""
    url = f"/v3/users/{server.user('mary').id}/application_credentials"
    body = {"application_credential": {"name": "robot", **wish}}
    assert 400 == server.ask("POST", url, server.token("mary"), body).status


def test_its_name_is_taken_once_for_a_user(server):
    """409 for the second, and another user may use it."""
    made(server)
    url = f"/v3/users/{server.user('mary').id}/application_credentials"
    body = {"application_credential": {"name": "robot"}}
    assert 409 == server.ask("POST", url, server.token("mary"), body).status
    made(server, "rita")


def test_wrong_secrets_lock_it_out(server):
    """As wrong passwords lock out a user; the user can still log in."""
    shown = made(server)
    for _ in range(5):
        assert 401 == server.log_in(with_credential(id=shown["id"], secret="wrong")).status
    assert 401 == server.log_in(with_credential(id=shown["id"], secret=shown["secret"])).status
    assert 201 == server.log_in(password_auth("mary", SECRET)).status
