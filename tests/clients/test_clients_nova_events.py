"""The server as a process, with its own identity, tells a mock of Nova (no Nova runs here) of an instance's port."""

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from server_program import ServerProgram

from fakes.http_server import serving
from fakes.nova import Nova
from underlay.client.credentials import Credentials
from underlay.client.http import Session

INSTANCE = "5a6d4f1c-0f0e-4f9a-8d45-1f6e7d2c9b10"
SETTINGS = """
[nova]
auth_url = "{url}/v3"
username = "notifier"
password_file = "{folder}/notifier.password"
position_file = "{folder}/nova.position"
"""


class NovaBehindOurs(Nova):
    """Takes tokens that our own identity says are of a user with role `service`."""

    def __init__(self, identity_url: str) -> None:
        super().__init__()
        self._identity_url = identity_url

    def accepts(self, token: str) -> bool:
        """Asks as keystonemiddleware does."""
        headers = {"X-Auth-Token": token, "X-Subject-Token": token}
        request = urllib.request.Request(f"{self._identity_url}/v3/auth/tokens", headers=headers)
        with urllib.request.urlopen(request, timeout=20) as reply:
            return "service" in [role["name"] for role in json.load(reply)["token"]["roles"]]


@pytest.fixture
def telling_server(tmp_path: Path) -> Iterator[ServerProgram]:
    """It runs, and knows nothing of Nova yet."""
    program = ServerProgram(tmp_path, SETTINGS)
    program.add_user("notifier", "service", "service")
    program.start()
    yield program
    program.stop()


def test_an_instance_s_port_is_told_to_nova(telling_server):
    """As Nova boots an instance: port made, bound, plugged by the host; then the server restarts while Nova is away,
    and the instance is deleted."""
    server = telling_server
    nova = NovaBehindOurs(server.url)
    with serving(nova) as url:
        admin = Session(server.url, Credentials(server.admin.password, username="admin"), server.url)
        made = admin.post("/v3/services", {"service": {"type": "compute", "name": "nova"}})["service"]
        endpoint = {"service_id": made["id"], "interface": "public", "url": f"{url}/v2.1"}
        admin.post("/v3/endpoints", {"endpoint": endpoint})
        network = admin.post("/v2.0/networks", {"network": {"name": "lan"}})["network"]["id"]
        port = admin.post("/v2.0/ports", {"port": {"network_id": network, "device_id": INSTANCE}})["port"]["id"]
        binding = {"device_id": INSTANCE, "device_owner": "compute:nova", "binding:host_id": "net1"}
        admin.put(f"/v2.0/ports/{port}", {"port": binding})
        host = Session(server.url, Credentials(server.host.password, username="net1"), server.url)
        report = {"ports": [{"id": port, "plugged": True, "wired": True}]}
        assert {"ports": {port: "ACTIVE"}} == host.post("/underlay/v1/hosts/net1/ports", report)
        assert [("network-vif-plugged", port, INSTANCE)] == nova.wait_for(1)

        nova.away.set()
        report = {"ports": [{"id": port, "plugged": False, "wired": False}]}
        host.post("/underlay/v1/hosts/net1/ports", report)
        nova.wait_for_requests(2)
        server.stop()
        server.start()
        admin.delete(f"/v2.0/ports/{port}")
        nova.away.clear()
        names = ["network-vif-plugged", "network-vif-unplugged", "network-vif-deleted"]
        assert [(name, port, INSTANCE) for name in names] == nova.wait_for(3)
        admin.close()
        host.close()
