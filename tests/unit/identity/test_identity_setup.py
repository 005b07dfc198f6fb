import stat
import threading

import pytest

from fakes.identity_server import SECRET, IdentityServer, password_auth
from fakes.identity_store import MemoryIdentityStore
from underlay.identity.key import make_key, read_key
from underlay.identity.passwords import Passwords
from underlay.identity.setup import add_host, add_user, bootstrap, ensure_project, reset_password
from underlay.model.identity import NameTaken
from underlay.model.ids import HostName

PASSWORDS = Passwords(time_cost=1, memory_kib=8)


def test_the_first_admin_is_made_once():
    """`init` may be repeated: the second time there is nothing to tell."""
    store = MemoryIdentityStore()
    first = bootstrap(store, PASSWORDS)
    assert first is not None
    assert ("admin", "admin", True) == (first.username, first.project, len(first.password) >= 24)
    assert PASSWORDS.fits(first.password, store.users.find("admin")[0].password_hash)
    assert bootstrap(store, PASSWORDS) is None


def test_an_init_cut_short_is_completed_by_the_next():
    """An admin whose role was not stored any more gets it."""
    store = MemoryIdentityStore()
    bootstrap(store, PASSWORDS)
    whole = store.assignments.find()
    store.assignments.remove(whole[0])
    bootstrap(store, PASSWORDS)
    assert whole == store.assignments.find()


def test_a_host_s_key_logs_in_and_is_not_made_twice():
    """The key is told once; a second host of that name is refused."""
    server = IdentityServer()
    credentials = add_host(server.store, PASSWORDS, HostName("hv7"))
    reply = server.log_in(password_auth("hv7", credentials.password))
    assert "hv7" == server.tokens.verify(reply.headers["x-subject-token"]).host
    with pytest.raises(NameTaken):
        add_host(server.store, PASSWORDS, HostName("hv7"))


def test_a_new_password_voids_tokens():
    """The old password and the tokens made with it are worth nothing; an unknown user gives None."""
    server = IdentityServer()
    token = server.token("mary")
    credentials = reset_password(server.store, PASSWORDS, "mary")
    server.tokens.forget()
    assert credentials is not None
    assert 401 == server.ask("GET", "/v3/auth/projects", token).status
    assert [401, 201] == [server.log_in(password_auth("mary", each)).status for each in (SECRET, credentials.password)]
    assert reset_password(server.store, PASSWORDS, "nobody") is None


def test_two_at_a_time_make_one_project():
    """Whoever comes second takes what is there."""
    store = MemoryIdentityStore()
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(ensure_project(store, "p").id)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert [store.projects.find()[0].id] * 8 == found


def test_a_user_is_added_to_a_project_made_on_the_way():
    """user-add names project and role."""
    store = MemoryIdentityStore()
    credentials = add_user(store, PASSWORDS, "dora", "lab", "reader")
    assert ("dora", "lab") == (credentials.username, credentials.project)
    assert ["reader"] == [each.role for each in store.assignments.find(store.users.find("dora")[0].id)]


def test_the_key_file_is_its_owner_s_and_never_overwritten(tmp_path):
    """Mode 0600; a second `init` keeps it, so tokens stay valid."""
    path = tmp_path / "token.key"
    assert [True, False] == [make_key(path), make_key(path)]
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    assert 32 == len(read_key(path))


@pytest.mark.parametrize("text", ["", "00" * 31, "zz" * 32])
def test_a_key_that_is_none_is_refused(tmp_path, text):
    """Too short a key could be guessed."""
    (tmp_path / "token.key").write_text(text)
    with pytest.raises(ValueError, match=r"token\.key"):
        read_key(tmp_path / "token.key")


def test_an_empty_hash_fits_no_password():
    """A user without a password cannot log in, and no text crashes the check."""
    assert [False] * 3 == [PASSWORDS.fits("", ""), PASSWORDS.fits("x", ""), PASSWORDS.fits("x", "garbage")]
