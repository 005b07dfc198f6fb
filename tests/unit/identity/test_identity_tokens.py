import jwt
import msgspec
import pytest

from fakes.identity_server import KEY, NOW, IdentityServer
from underlay.identity.errors import Unauthorized
from underlay.identity.roles import MEMBER
from underlay.model.caller import Caller
from underlay.model.identity import Assignment, OnProject


@pytest.fixture
def server() -> IdentityServer:
    """A fresh one."""
    return IdentityServer()


def test_a_token_tells_user_project_and_roles_with_those_implied(server):
    """admin implies manager implies member implies reader."""
    everything = frozenset({"admin", "manager", "member", "reader"})
    expected = Caller(server.user("root").id, server.project("root").id, everything, host=None)
    assert expected == server.tokens.verify(server.token("root"))


def test_a_host_s_token_carries_its_host(server):
    """A user with role host speaks for the host of its record, and has no other role."""
    expected = Caller(server.user("net1").id, server.project("service").id, frozenset({"host"}), host="net1")
    assert expected == server.tokens.verify(server.token("net1"))


def test_the_host_of_a_user_without_role_host_counts_for_nothing(server):
    """Only role host makes a caller speak for a host."""
    server.store.users.update(server.user("mary").id, lambda user: msgspec.structs.replace(user, host="net1"))
    server.tokens.forget()
    assert server.tokens.verify(server.token("mary")).host is None


def test_a_token_ends_when_it_expires(server):
    """Valid until a moment before `exp`, void from `exp` on, also when it was checked before."""
    token = server.token("mary")
    server.clock.now = NOW + 3599.9
    assert server.user("mary").id == server.tokens.verify(token).user_id
    server.clock.now = NOW + 3600
    with pytest.raises(Unauthorized):
        server.tokens.verify(token)


def forged(**changed: object) -> str:
    """A token with a signature of its own making."""
    claims = {"sub": "u", "jti": "j", "iat": NOW, "exp": NOW + 3600, "methods": ["password"], **changed}
    return jwt.encode(claims, bytes(32), algorithm="HS256")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "a.b.c",
        "é" * 10,
        "x" * 100_000,
        forged(),
        jwt.encode({"sub": "u", "exp": NOW + 9}, "", algorithm="none"),
        jwt.encode({"sub": "u"}, KEY, algorithm="HS256"),
        jwt.encode({"sub": "u"}, KEY * 2, algorithm="HS512"),
        jwt.encode({"sub": 1, "jti": [], "iat": "x", "exp": {}, "methods": 3}, KEY, algorithm="HS256"),
    ],
)
def test_what_we_did_not_sign_is_worth_nothing(server, text):
    """Garbage, other keys, other algorithms and other claims are refused alike."""
    with pytest.raises(Unauthorized):
        server.tokens.verify(text)


def test_a_changed_claim_breaks_the_signature(server):
    """Nobody can make themselves another user."""
    head, _, signature = server.token("mary").split(".")
    _, payload, _ = server.token("root").split(".")
    with pytest.raises(Unauthorized):
        server.tokens.verify(f"{head}.{payload}.{signature}")


def test_a_revoked_token_is_void_at_once_and_no_other(server):
    """Revocation is by the token's own audit id."""
    first, second = server.token("mary"), server.token("mary")
    server.tokens.revoke(server.tokens.check(first))
    with pytest.raises(Unauthorized):
        server.tokens.verify(first)
    assert server.user("mary").id == server.tokens.verify(second).user_id


def test_what_another_process_changes_is_seen_within_the_recheck_time(server):
    """The store is asked again after `recheck_s`, not before."""
    token = server.token("mary")
    server.tokens.verify(token)
    server.store.users.update(server.user("mary").id, lambda user: msgspec.structs.replace(user, enabled=False))
    server.clock.now = NOW + 4.9
    assert server.user("mary").id == server.tokens.verify(token).user_id
    server.clock.now = NOW + 5
    with pytest.raises(Unauthorized):
        server.tokens.verify(token)


@pytest.mark.parametrize("lost", ["enabled", "generation", "project", "role", "user"])
def test_a_token_is_void_once_what_it_stands_on_is_gone(server, lost):
    """A disabled user, a counted-up generation, a disabled project, no role left, a deleted user."""
    token, user, project = server.token("mary"), server.user("mary"), server.project("mary")
    match lost:
        case "enabled":
            server.store.users.update(user.id, lambda each: msgspec.structs.replace(each, enabled=False))
        case "generation":
            server.store.users.update(user.id, lambda each: msgspec.structs.replace(each, generation=1))
        case "project":
            server.store.projects.update(project.id, lambda each: msgspec.structs.replace(each, enabled=False))
        case "role":
            server.store.assignments.remove(Assignment(user.id, OnProject(project.id), MEMBER))
        case "user":
            server.store.users.delete(user.id)
    server.tokens.forget()
    with pytest.raises(Unauthorized):
        server.tokens.verify(token)


def test_a_token_without_a_project_does_not_open_the_networking_api(server):
    """It can only be used to ask for one with a project."""
    token, _ = server.tokens.issue(server.user("mary"), None, ("password",))
    assert frozenset() == server.tokens.check(token).roles
    with pytest.raises(Unauthorized):
        server.tokens.verify(token)


def test_a_token_made_from_another_expires_with_it(server):
    """Rescoping does not prolong a login, and keeps the chain of audit ids."""
    parent = server.tokens.check(server.token("mary")).claims
    server.clock.now = NOW + 1000
    _, child = server.tokens.issue(server.user("mary"), OnProject(server.project("mary").id), ("token",), parent)
    _, grandchild = server.tokens.issue(
        server.user("mary"), OnProject(server.project("mary").id), ("token",), child.claims
    )
    assert (NOW + 3600, parent.jti) == (child.claims.exp, child.claims.chain)
    assert (NOW + 3600, parent.jti) == (grandchild.claims.exp, grandchild.claims.chain)
    assert ("token", "password") == child.claims.methods
