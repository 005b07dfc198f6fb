"""A server process on SQLite, as the judge sees it."""

import json
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Final

from bench.server import SCRIPTS, RunningServer, running_server

from fakes.asgi import Reply

FAULTS = ("request_failed", "Traceback")
"""What the server's log says of a fault of ours."""


class ServerProcess:
    """The server as the judge sees it: over HTTP, and its database's newest revision."""

    def __init__(self, running: RunningServer) -> None:
        self._connection = HTTPConnection(*running.address, timeout=60)
        database = running.environment["UNDERLAY_SERVER_DATABASE"].removeprefix("sqlite:///")
        self._database = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
        self._log = Path(database).with_name("server.log")
        self._tokens = {"admin": running.token()}
        for name in ("member", "reader"):
            password = self._log.with_name(f"{name}.password")
            password.write_text(f"secret-{name}")
            command = [str(SCRIPTS / "underlay-server"), "user-add", name, "--project", "red", "--role", name]
            subprocess.run([*command, "--password-file", str(password)], env=running.environment, check=True)
            self._tokens[name] = running.token(name, f"secret-{name}", "red")

    def send(self, method: str, url: str, body: bytes, headers: Mapping[str, str], token: str) -> Reply:
        """One request."""
        sent = {"X-Auth-Token": self._tokens.get(token, token), **headers}
        try:
            self._connection.request(method, url, body or None, sent)
            answer = self._connection.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, told, answer.read())
        except (OSError, HTTPException) as gone:
            self._connection.close()
            return Reply(599, {}, repr(gone).encode())

    def revision(self) -> int:
        """As the database has it."""
        return int(self._database.execute("SELECT max(revision) FROM changes").fetchone()[0] or 0)

    def faults(self) -> list[str]:
        """Lines of the log that tell of a fault."""
        return [line for line in self._log.read_text().splitlines() if any(word in line for word in FAULTS)]


@contextmanager
def server_process() -> Iterator[ServerProcess]:
    """A new one, with VLANs enough; everything is gone afterwards."""
    with running_server(network_vlan_ranges="default:100:400,spare") as running:
        yield ServerProcess(running)


COLLECTIONS: Final = (
    "networks",
    "subnets",
    "ports",
    "agents",
    "instances",
    "security_groups",
    "security_group_rules",
    "default_security_group_rules",
    "address_groups",
    "address_scopes",
    "subnetpools",
    "segments",
    "network_segment_ranges",
    "qos/policies",
    "trunks",
    "rbac_policies",
)


def known(server: ServerProcess) -> dict[str, list[str]]:
    """What it has: ids by collection. Two hosts report themselves, and a few of everything are left."""
    agent = {"binary": "x", "topic": "x", "started_at": "2026-11-22T10:00:00Z"}
    configurations = {"bridge_mappings": {"default": "br-eth1"}}
    kinds = ("Open vSwitch agent", "DHCP agent")
    agents = [{**agent, "agent_type": kind, "configurations": configurations} for kind in kinds]
    for host in ("h1", "net1"):
        body = json.dumps({"agents": agents}).encode()
        server.send("PUT", f"/underlay/v1/hosts/{host}/heartbeat", body, {}, "admin")
    own = [server.send("GET", "/v2.0/quotas/project", b"", {}, token).json() for token in ("admin", "member")]
    return {
        "hosts": ["h1", "net1"],
        "physical_networks": ["default", "spare"],
        "projects": [each["project"]["project_id"] for each in own],
        "extensions": ["agent", "provider", "qos"],
        **{path.rpartition("/")[2]: _ids(server, path) for path in COLLECTIONS},
        **_rules(server),
    }


def _ids(server: ServerProcess, path: str) -> list[str]:
    key = path.rpartition("/")[2]
    return [each["id"] for each in server.send("GET", f"/v2.0/{path}?fields=id", b"", {}, "admin").json()[key]]


def _rules(server: ServerProcess) -> dict[str, list[str]]:
    """Ids of the rules of QoS policies, by their type's collection."""
    found: dict[str, list[str]] = {}
    for policy in server.send("GET", "/v2.0/qos/policies", b"", {}, "admin").json()["policies"]:
        for rule in policy["rules"]:
            found.setdefault(f"{rule['type']}_rules", []).append(rule["id"])
    return found
