"""Failed logins in a row."""

import pytest

from fakes.identity_server import NOW, SECRET, IdentityServer, password_auth
from underlay.identity.lockout import MAX_NAMES, Lockout, Subject

MARY, NOBODY = Subject(("user", "m"), exists=True), Subject(("user", "x"), exists=False)


@pytest.fixture
def server() -> IdentityServer:
    """Five failures lock out for 300 s."""
    return IdentityServer()


def fail(server: IdentityServer, name: str, times: int) -> None:
    """So many wrong passwords."""
    for _ in range(times):
        assert 401 == server.log_in(password_auth(name, "wrong horse")).status


def test_the_right_password_is_refused_while_locked_out(server):
    """After five failures, until 300 s after the last; then it works at once."""
    fail(server, "mary", 4)
    assert 201 == server.log_in(password_auth("mary")).status
    fail(server, "mary", 5)
    assert 401 == server.log_in(password_auth("mary")).status
    server.clock.now = NOW + 299
    assert 401 == server.log_in(password_auth("mary")).status
    server.clock.now = NOW + 300
    assert 201 == server.log_in(password_auth("mary")).status


def test_nothing_tells_who_exists_or_is_locked_out(server):
    """The same answer, byte by byte, for a user locked out, one that is not, and one that does not exist."""
    fail(server, "mary", 5)
    fail(server, "nobody", 5)
    replies = [server.log_in(password_auth(name, "wrong horse")) for name in ("mary", "rita", "nobody", "never")]
    replies.append(server.log_in(password_auth("mary")))
    assert 1 == len({(reply.status, reply.body, tuple(reply.headers.items())) for reply in replies})


def test_a_user_is_one_by_id_and_by_name(server):
    """Failures by id, by name, and at changing the password count together."""
    fail(server, "mary", 3)
    by_id = {"id": server.user("mary").id, "password": "wrong horse"}
    assert 401 == server.log_in({"identity": {"methods": ["password"], "password": {"user": by_id}}}).status
    change = {"user": {"original_password": "wrong horse", "password": "new horse"}}
    url = f"/v3/users/{server.user('mary').id}/password"
    assert 401 == server.ask("POST", url, body=change).status
    assert 401 == server.log_in(password_auth("mary")).status
    right = {"user": {"original_password": SECRET, "password": "new horse"}}
    assert 401 == server.ask("POST", url, body=right).status


def test_others_and_tokens_are_not_affected(server):
    """Only logins by password of that one user are refused."""
    token = server.token("mary")
    fail(server, "mary", 5)
    assert 201 == server.log_in(password_auth("rita")).status
    assert 200 == server.ask("GET", "/v3/auth/projects", token).status


def test_a_host_is_never_locked_out(server):
    """Its key is nobody's guess, and whoever tries must not silence its agent."""
    fail(server, "net1", 20)
    assert 201 == server.log_in(password_auth("net1")).status


def test_zero_failures_lock_nobody_out():
    """The setting 0."""
    lockout = Lockout(0, 300, lambda: NOW)
    for _ in range(100):
        lockout.failed(MARY)
    assert not lockout.is_locked(MARY)


def test_memory_is_bounded_and_made_up_names_push_out_no_real_one():
    """So many names that do not exist are kept, the oldest goes; those that exist stay."""
    lockout = Lockout(1, 300, lambda: NOW)
    lockout.failed(MARY)
    lockout.failed(NOBODY)
    for number in range(MAX_NAMES - 1):
        lockout.failed(Subject(("user", str(number)), exists=False))
    assert [True, True] == [lockout.is_locked(each) for each in (MARY, NOBODY)]
    lockout.failed(Subject(("user", "one more"), exists=False))
    assert [True, False] == [lockout.is_locked(each) for each in (MARY, NOBODY)]


def test_waiting_is_not_prolonged_by_trying(server):
    """Failures while locked out are not counted."""
    fail(server, "mary", 5)
    server.clock.now = NOW + 200
    fail(server, "mary", 5)
    server.clock.now = NOW + 300
    assert 201 == server.log_in(password_auth("mary")).status
