"""The setting `identity`: who comes in by which token. No sockets; the Keystone is not asked."""

from pathlib import Path

import msgspec
import pytest
from starlette.applications import Starlette

from fakes.asgi import request
from fakes.identity_server import KEY, SECRET, IdentityServer, password_auth
from underlay.identity.errors import Unauthorized
from underlay.main.identity import Entrance, anyone, entrance, hosts_and
from underlay.main.quantum_config import ConfigError
from underlay.main.settings import ServerSettings
from underlay.model.caller import Caller


@pytest.fixture
def server() -> IdentityServer:
    """Its store has users and a host."""
    return IdentityServer()


def opened(server: IdentityServer, **settings: str | bool) -> Entrance:
    """As `serve` would."""
    return entrance(msgspec.convert(settings, ServerSettings), server.store, KEY)


def test_with_none_everyone_is_administrator_and_hosts_are_hosts(server):
    """`USER:PROJECT` says in whose name; a host's own token still says which host it is."""
    door = opened(server, identity="none")
    everything = frozenset({"admin", "member", "reader"})
    assert Caller("admin", "admin", everything) == door.verify("")
    assert Caller("mary", "lab", everything) == door.verify("mary:lab")
    assert (None, "admin") == (door.identity_url, anyone("noauth:").project_id)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_none_is_for_loopback(server, address):
    """Where only this machine reaches the port."""
    assert opened(server, identity="none", listen_address=address).identity_url is None


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "", "10.0.0.5", "controller"])
def test_none_elsewhere_has_to_be_said_twice(server, address):
    """The error says what to set; with `open_to_everyone` it starts. Other modes ask nobody."""
    with pytest.raises(ConfigError, match="open_to_everyone = true"):
        opened(server, identity="none", listen_address=address)
    assert opened(server, identity="none", listen_address=address, open_to_everyone=True).identity_url is None
    assert "" == opened(server, listen_address=address).identity_url


@pytest.mark.parametrize("mode", ["none", "keystone"])
def test_only_hosts_log_in_here_when_users_are_elsewhere(server, tmp_path: Path, mode):
    """By POST /v3/auth/tokens; users are refused, and what else identity has is not there."""
    (tmp_path / "password").write_text("x")
    door = opened(
        server, identity=mode, keystone_url="http://127.0.0.1:9/v3", keystone_password_file=f"{tmp_path}/password"
    )
    app = Starlette(routes=list(door.routes))

    def log_in(name: str) -> tuple[int, str]:
        reply = request(app, "POST", "/v3/auth/tokens", {"auth": password_auth(name, SECRET)})
        return reply.status, reply.headers.get("x-subject-token", "")

    assert [201, 401] == [log_in(name)[0] for name in ("net1", "mary")]
    assert [404, 404] == [request(app, "GET", path).status for path in ("/v3/users", "/v3/projects")]


def test_a_user_s_token_of_ours_is_worth_nothing_when_users_are_elsewhere(server):
    """Made before the setting was changed, say. A host's is."""
    verify = hosts_and(server.tokens.verify, lambda text: anyone("other:other"))
    assert "net1" == verify(server.token("net1")).host
    assert "other" == verify("a token of the other").user_id
    with pytest.raises(Unauthorized):
        verify(server.token("mary"))


@pytest.mark.parametrize(
    "settings",
    [
        {"identity": "keystone"},
        {"identity": "keystone", "keystone_url": "ftp://x"},
        {"identity": "keystone", "keystone_url": "http://x", "keystone_password_file": "/nonexistent/file"},
    ],
)
def test_a_keystone_that_cannot_be_asked_is_told_at_the_start(server, settings):
    """A ConfigError that names the setting."""
    with pytest.raises(ConfigError, match=r"\[server\] keystone_"):
        opened(server, **settings)


def test_embedded_is_the_default(server):
    """Users and hosts, by our tokens."""
    door = opened(server)
    assert ("", "mary") == (door.identity_url, server.user("mary").name)
