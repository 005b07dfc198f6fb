"""32 clients at once against the server as a process: what is unique is made once, what is counted is counted."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from itertools import count
from typing import Any

import pytest
from server_program import ServerProgram

from underlay.client.credentials import Credentials
from underlay.client.http import Session

CLIENTS = 32
_VIDS = count(1000)


class Crowd:
    """Clients that each hold a connection and start together."""

    def __init__(self, server: ServerProgram, token: str) -> None:
        self._port = server.port
        self._token = token

    def call(self, method: str, url: str, body: Any = None, if_match: str = "") -> tuple[int, Any]:
        """One request, by one client: status and JSON."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            return self._send(connection, method, url, body, if_match)
        finally:
            connection.close()

    def made(self, url: str, resource: str, /, **attributes: Any) -> Any:
        """A record, created by one client."""
        status, answer = self.call("POST", url, {resource: attributes})
        assert 201 == status, answer
        return answer[resource]

    def at_once(
        self, requests: int, method: str, url: str, body: Callable[[int], Any] = lambda _: None, if_match: str = ""
    ) -> list[tuple[int, Any]]:
        """The same by all clients, until it was asked so many times; the answers."""
        numbers = iter(range(requests))
        lock, start = threading.Lock(), threading.Barrier(CLIENTS)
        answers: list[tuple[int, Any]] = []

        def run() -> None:
            connection = HTTPConnection("127.0.0.1", self._port, timeout=60)
            connection.connect()
            start.wait()
            while (number := _next(numbers, lock)) is not None:
                answer = self._send(connection, method, url, body(number), if_match)
                with lock:
                    answers.append(answer)
            connection.close()

        threads = [threading.Thread(target=run) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert requests == len(answers)
        return answers

    def _send(self, connection: HTTPConnection, method: str, url: str, body: Any, if_match: str) -> tuple[int, Any]:
        sent = None if body is None else json.dumps(body).encode()
        connection.request(method, url, sent, {"X-Auth-Token": self._token, "If-Match": if_match})
        reply = connection.getresponse()
        content = reply.read()
        return reply.status, json.loads(content) if content else None


def _next(numbers: Iterator[int], lock: threading.Lock) -> int | None:
    with lock:
        return next(numbers, None)


def outcomes(answers: list[tuple[int, Any]]) -> dict[tuple[int, str], int]:
    """How often each status came, with each type of error."""
    return dict(Counter((status, _error_of(answer)) for status, answer in answers))


def _error_of(answer: Any) -> str:
    if not isinstance(answer, dict):
        return ""
    if "error" in answer:
        return str(answer["error"]["title"])
    return str(answer.get("NeutronError", {}).get("type", ""))


@pytest.fixture(scope="module")
def crowd(server: ServerProgram) -> Crowd:
    """The administrator, 32 times, with no quotas in the way."""
    session = Session(server.url, Credentials(server.admin.password, username="admin", project_name="admin"))
    token = session.token()
    crowd = Crowd(server, token)
    limits = dict.fromkeys(("network", "subnet", "port", "security_group_rule", "rbac_policy", "security_group"), -1)
    project = crowd.call("GET", "/v3/auth/projects")[1]["projects"][0]["id"]
    assert 200 == crowd.call("PUT", f"/v2.0/quotas/{project}", {"quota": limits})[0]
    session.close()
    return crowd


@pytest.fixture
def network(crowd: Crowd) -> str:
    """A network on a VLAN of its own with the subnet 10.0.0.0/24."""
    provider = {"provider:network_type": "vlan", "provider:physical_network": "default"}
    made = crowd.made("/v2.0/networks", "network", **provider, **{"provider:segmentation_id": next(_VIDS)})
    crowd.made("/v2.0/subnets", "subnet", network_id=made["id"], cidr="10.0.0.0/24", enable_dhcp=False)
    return str(made["id"])


def wishes(crowd: Crowd, network: str) -> dict[str, tuple[str, dict[str, Any], int, str]]:
    """What can be had once: URL, body, and how the others are refused."""
    vlan = {"provider:network_type": "vlan", "provider:physical_network": "default"}
    flat = {"provider:network_type": "flat", "provider:physical_network": "default"}
    port = crowd.made("/v2.0/ports", "port", network_id=network, device_owner="compute:nova")["id"]
    group = crowd.made("/v2.0/security-groups", "security_group", name="g")["id"]
    policy = crowd.made("/v2.0/qos/policies", "policy", name="p")["id"]
    rbac = {"object_type": "network", "object_id": network, "action": "access_as_shared", "target_tenant": "p1"}
    rule = {
        "security_group_id": group,
        "direction": "ingress",
        "protocol": "tcp",
        "port_range_min": 22,
        "port_range_max": 22,
    }
    span = {"name": "r", "network_type": "vlan", "physical_network": "spare", "minimum": 1, "maximum": 9}
    pool = {"name": "s", "prefixes": ["10.9.0.0/16"], "default_prefixlen": 24, "is_default": True}
    fixed_ip = {"network_id": network, "fixed_ips": [{"ip_address": "10.0.0.77"}]}
    return {
        "address": ("/v2.0/ports", {"port": fixed_ip}, 409, "IpAddressAlreadyAllocated"),
        "mac": (
            "/v2.0/ports",
            {"port": {"network_id": network, "mac_address": "fa:16:3e:00:00:77"}},
            409,
            "MacAddressInUse",
        ),
        "vlan": ("/v2.0/networks", {"network": vlan | {"provider:segmentation_id": 77}}, 409, "VlanIdInUse"),
        "range": ("/v2.0/network-segment-ranges", {"network_segment_range": span}, 409, "NetworkSegmentRangeOverlaps"),
        "flat": ("/v2.0/networks", {"network": flat}, 409, "FlatNetworkInUse"),
        "segment": (
            "/v2.0/segments",
            {
                "segment": {
                    "network_id": network,
                    "network_type": "vlan",
                    "physical_network": "spare",
                    "segmentation_id": 7,
                }
            },
            409,
            "VlanIdInUse",
        ),
        "default network": (
            "/v2.0/networks",
            {"network": {"is_default": True, "router:external": True}},
            409,
            "DefaultExternalNetworkExists",
        ),
        "subnet": (
            "/v2.0/subnets",
            {"subnet": {"network_id": network, "cidr": "10.7.0.0/24", "ip_version": 4}},
            400,
            "InvalidInput",
        ),
        "grant": ("/v2.0/rbac-policies", {"rbac_policy": rbac}, 409, "DuplicateRbacPolicy"),
        "rule": ("/v2.0/security-group-rules", {"security_group_rule": rule}, 409, "SecurityGroupRuleExists"),
        "default pool": ("/v2.0/subnetpools", {"subnetpool": pool}, 400, "InvalidInput"),
        "trunk": ("/v2.0/trunks", {"trunk": {"port_id": port}}, 409, "ParentPortInUse"),
        "binding": (f"/v2.0/ports/{port}/bindings", {"binding": {"host": "h1"}}, 409, "PortBindingAlreadyExists"),
        "qos rule": (
            f"/v2.0/qos/policies/{policy}/dscp_marking_rules",
            {"dscp_marking_rule": {"dscp_mark": 8}},
            409,
            "QoSRulesConflict",
        ),
        "project": ("/v3/projects", {"project": {"name": "one"}}, 409, "Conflict"),
        "user": ("/v3/users", {"user": {"name": "one", "password": "long enough"}}, 409, "Conflict"),
    }


def test_what_is_unique_is_made_once(crowd, network):
    """Of 32 the same, one succeeds, and the others are told why not."""
    wanted = wishes(crowd, network)
    found = {
        name: outcomes(crowd.at_once(CLIENTS, "POST", url, lambda _, body=body: body))
        for name, (url, body, _, _) in wanted.items()
    }
    expected = {name: {(201, ""): 1, (status, error): CLIENTS - 1} for name, (_, _, status, error) in wanted.items()}
    assert expected == found


def test_an_agent_is_given_a_network_once(server, crowd, network):
    """By hand, 32 times."""
    server.report_dhcp_agent()
    agent = crowd.call("GET", "/v2.0/agents?host=net1")[1]["agents"][0]["id"]
    url = f"/v2.0/agents/{agent}/dhcp-networks"
    found = outcomes(crowd.at_once(CLIENTS, "POST", url, lambda _: {"network_id": network}))
    assert {(201, ""): 1, (409, "NetworkHostedByDHCPAgent"): CLIENTS - 1} == found


def test_quotas_hold(crowd, network):
    """A limit of 10 lets 10 of 64 through; of 64 that want three at a time, three."""
    for project, size, fit in (("one-by-one", 1, 10), ("by-threes", 3, 3)):
        assert 200 == crowd.call("PUT", f"/v2.0/quotas/{project}", {"quota": {"port": 10}})[0]
        ports = [{"network_id": network, "project_id": project}] * size
        found = outcomes(crowd.at_once(64, "POST", "/v2.0/ports", lambda _, ports=ports: {"ports": ports}))
        assert {(201, ""): fit, (409, "OverQuota"): 64 - fit} == found
        used = crowd.call("GET", f"/v2.0/quotas/{project}/details.json")[1]["quota"]["port"]["used"]
        assert fit * size == used


def test_no_update_is_lost(crowd, network):
    """Of 128 updates of one record each counts, whatever it changes; each tag and each address stays."""
    url = f"/v2.0/networks/{network}"
    before = crowd.call("GET", url)[1]["network"]["revision_number"]
    answers = crowd.at_once(128, "PUT", url, lambda number: {"network": {"name": f"n{number}"}})
    assert {(200, ""): 128} == outcomes(answers)
    revisions = sorted(answer["network"]["revision_number"] for _, answer in answers)
    assert list(range(before + 1, before + 129)) == revisions
    group = crowd.made("/v2.0/address-groups", "address_group", name="a")["id"]

    def more(number: int) -> Any:
        return {"addresses": [f"10.0.0.{number}/32"]}

    added = crowd.at_once(128, "PUT", f"/v2.0/address-groups/{group}/add_addresses", more)
    assert {(200, ""): 128} == outcomes(added)
    addresses = crowd.call("GET", f"/v2.0/address-groups/{group}")[1]["address_group"]["addresses"]
    assert {f"10.0.0.{number}/32" for number in range(128)} == set(addresses)


def test_a_revision_is_changed_once(crowd, network):
    """Of 32 updates, and of 32 deletes, that name the same revision, one gets through."""
    for method, status, left in (("PUT", 200, 412), ("DELETE", 204, 404)):
        made = crowd.made("/v2.0/ports", "port", network_id=network)
        url, condition = f"/v2.0/ports/{made['id']}", f"revision_number={made['revision_number']}"

        def body(number: int, method: str = method) -> Any:
            return {"port": {"name": f"p{number}"}} if method == "PUT" else None

        found = crowd.at_once(CLIENTS, method, url, body, condition)
        assert Counter({status: 1, left: CLIENTS - 1}) == Counter(each for each, _ in found)


def test_what_is_chosen_is_chosen_once(crowd, network):
    """Addresses, MACs and VLANs of 32 clients, and the prefixes of a subnet pool, are all different."""
    ports = crowd.at_once(200, "POST", "/v2.0/ports", lambda _: {"port": {"network_id": network}})
    made = [answer["port"] for _, answer in ports]
    assert 200 == len({port["fixed_ips"][0]["ip_address"] for port in made})
    assert 200 == len({port["mac_address"] for port in made})
    bare = crowd.made("/v2.0/networks", "network")["id"]
    networks = outcomes(crowd.at_once(CLIENTS, "POST", "/v2.0/networks", lambda _: {"network": {}}))
    assert {(201, ""), (503, "NoNetworkAvailable")} >= set(networks)
    pool = crowd.made("/v2.0/subnetpools", "subnetpool", name="p", prefixes=["10.64.0.0/16"], default_prefixlen=24)
    wish = {"subnet": {"network_id": bare, "subnetpool_id": pool["id"], "ip_version": 4}}
    subnets = crowd.at_once(64, "POST", "/v2.0/subnets", lambda _: wish)
    assert {(201, ""): 64} == outcomes(subnets)
    assert 64 == len({answer["subnet"]["cidr"] for _, answer in subnets})
