"""`identity = "keystone"` with the real Keystone: its tokens open our API, by its roles, until it revokes them."""

import time
from collections.abc import Iterator

import pytest
from environments import environment
from keystone_program import KeystoneProgram
from server_program import ServerProgram

from underlay.client.credentials import Credentials
from underlay.client.errors import ClientError, LoginRefused, Refused
from underlay.client.http import Session

CACHE_S = 1.0


@pytest.fixture(scope="module")
def keystone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeystoneProgram]:
    """With users: ours that validates, a member, a reader, a host."""
    program = KeystoneProgram(environment("keystone"), tmp_path_factory.mktemp("keystone"))
    try:
        program.start()
        for name, project, role in (
            ("underlay", "service", "admin"),
            ("mary", "lab", "member"),
            ("rita", "lab", "reader"),
            ("hv1", "service", "host"),
        ):
            program.add_user(name, project, role, f"secret-{name}")
        yield program
    finally:
        program.stop()


@pytest.fixture(scope="module")
def server(keystone: KeystoneProgram, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProgram]:
    """Ours, that asks it."""
    folder = tmp_path_factory.mktemp("server")
    program = ServerProgram(folder)
    (folder / "keystone.password").write_text("secret-underlay\n")
    with (folder / "underlay.toml").open("a") as file:
        file.write(
            f'identity = "keystone"\nkeystone_url = "{keystone.url}"\nkeystone_cache_s = {CACHE_S}\n'
            f'keystone_password_file = "{folder}/keystone.password"\n'
        )
    program.start()
    yield program
    program.stop()


def session(keystone: KeystoneProgram, server: ServerProgram, name: str, project: str, password: str) -> Session:
    """Logged in at Keystone, to use our API."""
    return Session(keystone.url, Credentials(password, username=name, project_name=project), server.url)


def test_its_tokens_open_our_api_by_its_roles(keystone, server):
    """An administrator makes a provider network, a member an ordinary one, a reader none."""
    admin = session(keystone, server, "admin", "admin", "secret-admin")
    provider = {
        "provider:network_type": "vlan",
        "provider:physical_network": "default",
        "provider:segmentation_id": 100,
    }
    assert "pub" == admin.post("/v2.0/networks", {"network": {"name": "pub", **provider}})["network"]["name"]
    mary = session(keystone, server, "mary", "lab", "secret-mary")
    made = mary.post("/v2.0/networks", {"network": {"name": "mine"}})["network"]
    lab = keystone.admin.get("/projects", [("name", "lab")])["projects"][0]["id"]
    assert lab == made["project_id"]
    with pytest.raises(Refused) as refused:
        mary.post("/v2.0/networks", {"network": {"name": "pub2", **provider}})
    assert 403 == refused.value.status
    rita = session(keystone, server, "rita", "lab", "secret-rita")
    assert ["mine"] == [each["name"] for each in rita.get("/v2.0/networks")["networks"]]
    with pytest.raises(Refused):
        rita.post("/v2.0/networks", {"network": {"name": "x"}})


def test_a_revoked_token_is_void_within_the_cache_time(keystone, server):
    """Good before, 401 after; and the answer names Keystone as where to log in."""
    token = keystone.session("mary", "lab", "secret-mary").token()
    ours = Session(keystone.url, token, server.url)
    assert ours.get("/v2.0/networks")
    keystone.revoke(token)
    time.sleep(CACHE_S)  # the rule is about time
    with pytest.raises(ClientError):
        ours.get("/v2.0/networks")


def test_hosts_log_in_at_our_server_or_at_keystone(keystone, server):
    """With the key of host-add at ours, where users are refused; or with role host at Keystone, as the user's name."""
    heartbeat = {"agents": []}
    ours = Session(server.url, Credentials(server.host.password, username="net1"), server.url)
    assert "status" in ours.put("/underlay/v1/hosts/net1/heartbeat", heartbeat)
    theirs = session(keystone, server, "hv1", "service", "secret-hv1")
    assert "status" in theirs.put("/underlay/v1/hosts/hv1/heartbeat", heartbeat)
    with pytest.raises(Refused):
        theirs.put("/underlay/v1/hosts/net1/heartbeat", heartbeat)
    with pytest.raises(LoginRefused):
        Session(server.url, Credentials(server.admin.password, username="admin"), server.url).login()


def test_rubbish_is_refused(server):
    """A token that neither of us made."""
    with pytest.raises(ClientError):
        Session(server.url, "gAAAAABm" + "x" * 200, server.url).get("/v2.0/networks")
