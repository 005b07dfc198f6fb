"""One list call runs a bounded number of SQL statements, whatever it returns: every list of the API, at two sizes."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from shutil import copy
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine, event

from fakes.api_server import MINE, REGULATIONS, ApiServer
from underlay.api.absent import ABSENT
from underlay.api.routes import ENDPOINTS
from underlay.model.ids import Vid
from underlay.rules.snapshot import VlanRange
from underlay.store.transaction import Store

FEW, MANY = 3, 9
BOUND = 16

COLLECTIONS = sorted({each.path for each in ENDPOINTS if each.method == "GET" and "{" not in each.path})
NESTED = (
    "/v2.0/networks/{network}/dhcp-agents",
    "/v2.0/agents/{agent}/dhcp-networks",
    "/v2.0/ports/{port}/bindings",
    "/v2.0/qos/policies/{policy}/bandwidth_limit_rules",
)
FILTERED = (
    "/v2.0/ports?network_id={network}",
    "/v2.0/ports?device_id=machine",
    "/v2.0/ports?fixed_ips=subnet_id%3D{subnet}",
    "/v2.0/ports?fixed_ips=ip_address_substr%3D10.",
    "/v2.0/ports?sort_key=name&sort_dir=asc&limit=100&marker={port}",
    "/v2.0/ports?tags=red",
    "/v2.0/security-group-rules?security_group_id={security_group}",
    "/v2.0/networks?shared=false&router:external=false",
)
STATIC = {f"/v2.0/{path}" for path in ABSENT} | {
    f"/v2.0/{path}"
    for path in (
        "extensions",
        "physical_networks",
        "availability_zones",
        "qos/rule-types",
        "quotas/project",
        "quotas/tenant",
    )
}
"""Lists of nothing, and those that do not grow with what is stored."""

ADMINISTRATORS = {*NESTED[:3], "/v2.0/quotas"}
"""Others are refused these."""

AGENTS = tuple(
    {"agent_type": kind, "binary": "underlay-agent", "topic": "N/A", "started_at": "2013-04-01T00:00:00Z"}
    for kind in ("Open vSwitch agent", "DHCP agent")
)

MACHINE = {"device_id": "machine", "device_owner": "compute:nova"}
TAGGED = {"segmentation_type": "vlan", "segmentation_id": 7}

EACH: tuple[tuple[str, str, Mapping[str, Any]], ...] = (
    ("address-scopes", "address_scope", {"name": "s", "ip_version": 4}),
    ("subnetpools", "subnetpool", {"name": "s", "prefixes": ["10.{n}.0.0/16"], "address_scope_id": "{address_scope}"}),
    ("security-groups", "security_group", {"name": "g"}),
    ("address-groups", "address_group", {"addresses": ["10.0.0.{n}/32"]}),
    ("security-group-rules", "security_group_rule", {"security_group_id": "{security_group}", "direction": "ingress"}),
    ("default-security-group-rules", "default_security_group_rule", {"direction": "ingress", "protocol": "{n}"}),
    ("qos/policies", "policy", {"name": "q"}),
    ("qos/policies/{policy}/bandwidth_limit_rules", "bandwidth_limit_rule", {"max_kbps": 1000}),
    ("networks", "network", {"name": "n", "qos_policy_id": "{policy}"}),
    ("subnets", "subnet", {"network_id": "{network}", "prefixlen": 24, "subnetpool_id": "{subnetpool}"}),
    ("ports", "parent", {"network_id": "{network}"}),
    ("ports", "child", {"network_id": "{network}"}),
    ("ports", "port", {"network_id": "{network}", **MACHINE, "tags": ["red"], "binding:host_id": "h{n}"}),
    ("trunks", "trunk", {"port_id": "{parent}", "sub_ports": [{"port_id": "{child}", **TAGGED}]}),
    (
        "network_segment_ranges",
        "network_segment_range",
        {"network_type": "vlan", "physical_network": "bare", "minimum": "{n}00", "maximum": "{n}50"},
    ),
    (
        "rbac-policies",
        "rbac_policy",
        {"object_type": "network", "object_id": "{network}", "action": "access_as_shared", "target_tenant": "t{n}"},
    ),
    ("instances", "instance", {"id": "machine-{n}", "name": "m"}),
)
"""(path, name, attributes): one of each, in this order; `{name}` is the id of the one made before, `{n}` its number."""


class Counted:
    """A server on a database with so many of everything. `statements`: where its connections tell what they run."""

    def __init__(self, file: Path, size: int, statements: list[str]) -> None:
        self.statements = statements
        ranges = {"default": (VlanRange(Vid(100), Vid(999)),), "bare": ()}
        self.server = ApiServer(replace(REGULATIONS, vlan_ranges=ranges), store=Store(f"sqlite:///{file}"))
        for number in range(1, size + 1):
            url = f"/underlay/v1/hosts/h{number}/heartbeat"
            assert 200 == self.server.call("PUT", url, {"agents": AGENTS}).status
        made = [self._one_of_each(number) for number in range(1, size + 1)]
        self.ids = made[0]
        agents = self.server.call("GET", "/v2.0/agents?agent_type=DHCP%20agent").json()["agents"]
        self.ids["agent"] = agents[0]["id"]
        for each in made[1:]:
            reply = self.server.call(
                "POST", f"/v2.0/agents/{agents[0]['id']}/dhcp-networks", {"network_id": each["network"]}
            )
            assert 201 == reply.status, reply.body

    def count(self, path: str, token: str) -> tuple[int, int]:
        """How many statements the list takes, and how many items it has: asked twice, for the first list of a project's
        security groups makes the default one.
        """
        self.server.call("GET", path.format_map(self.ids), token=token)
        self.statements.clear()
        reply = self.server.call("GET", path.format_map(self.ids), token=token)
        assert 200 == reply.status, reply.body
        items = next((value for value in reply.json().values() if isinstance(value, list)), [])
        return len(self.statements), len(items)

    def _one_of_each(self, number: int) -> dict[str, str]:
        known = {"n": str(number)}
        for path, name, attributes in EACH:
            key = "port" if path == "ports" else name
            body = {"project_id": MINE, **_filled(attributes, known)}
            if name in ("default_security_group_rule", "bandwidth_limit_rule"):
                del body["project_id"]
            reply = self.server.call("POST", f"/v2.0/{path.format_map(known)}", {key: body})
            assert 201 == reply.status, (path, reply.body)
            known[name] = reply.json()[key]["id"]
        quota = {"quota": {"network": 100 + number}}
        assert 200 == self.server.call("PUT", f"/v2.0/quotas/project-{number}", quota).status
        return known


def _filled(value: Any, known: Mapping[str, str]) -> Any:
    match value:
        case str():
            return value.format_map(known)
        case list():
            return [_filled(each, known) for each in value]
        case Mapping():
            return {key: _filled(each, known) for key, each in value.items()}
        case _:
            return value


@contextmanager
def _told(statements: list[str]) -> Iterator[None]:
    """Connections that are made meanwhile tell every statement that they run."""

    def listen(connection: Any, _record: Any) -> None:
        connection.set_trace_callback(statements.append)

    event.listen(Engine, "connect", listen)
    yield
    event.remove(Engine, "connect", listen)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> Iterator[tuple[Counted, Counted]]:
    """Few of everything, and many."""
    folder = tmp_path_factory.mktemp("lists")
    files = {size: Path(copy(empty_database, folder / f"{size}.sqlite")) for size in (FEW, MANY)}
    statements: list[str] = []
    with _told(statements):
        few, many = (Counted(file, size, statements) for size, file in files.items())
        yield few, many


@pytest.mark.parametrize(
    ("path", "token"),
    [
        (path, token)
        for path in (*COLLECTIONS, *NESTED, *FILTERED)
        for token in ("admin", "member")
        if token == "admin" or path not in ADMINISTRATORS
    ],
)
def test_a_list_takes_as_many_statements_for_many_as_for_few(
    servers: tuple[Counted, Counted], path: str, token: str
) -> None:
    """As many, and not many at all; more items for the administrator, so that it says something."""
    few, many = (server.count(path, token) for server in servers)
    assert few[0] == many[0] <= BOUND
    if token == "admin" and path in (*COLLECTIONS, NESTED[1]) and path not in STATIC:
        assert few[1] < many[1]
        assert few[0] > 0
