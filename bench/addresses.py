"""Addresses under load: IPv6 subnets, a pool full of holes, and many clients at once. Part of `bench.ports`."""

import json
import statistics
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any

from bench.figures import emit, progress
from bench.load import Request, attempted, run
from bench.server import RunningServer

CLIENTS = 32
BULK = 100
CONCURRENCY = (1, 16)

SUBNETS: dict[str, dict[str, object]] = {
    "ipv4": {"cidr": "10.100.0.0/16", "ip_version": 4},
    "ipv4, every second address free": {"cidr": "10.101.0.0/16", "ip_version": 4},
    "ipv6 stateful": {"cidr": "2001:db8:1::/64", "ip_version": 6, "ipv6_address_mode": "dhcpv6-stateful"},
    "ipv6 slaac": {"cidr": "2001:db8:2::/64", "ip_version": 6, "ipv6_address_mode": "slaac"},
    "ipv4 and ipv6": {"cidr": "10.102.0.0/16", "ip_version": 4},
}
"""What pool -> its first subnet."""


def measure(server: RunningServer, together: int, rounds: int, calls: int) -> None:
    """together: how many ports are created by many clients at once."""
    token = server.token()
    _measure_pools(server, token, together, rounds, calls)
    _measure_together(server, token, together)


def _measure_pools(server: RunningServer, token: str, ports: int, rounds: int, calls: int) -> None:
    """Creates in networks with other pools, in turns."""
    networks = {pool: _network(server, token, subnet) for pool, subnet in SUBNETS.items()}
    _created(server, token, "subnets", {**SUBNETS["ipv6 stateful"], "network_id": networks["ipv4 and ipv6"]})
    progress(f"making holes in a pool of {ports} ports")
    _make_holes(server, token, networks["ipv4, every second address free"], ports)
    rates: dict[tuple[str, int], list[float]] = {}
    for turn in range(rounds):
        progress(f"creating ports in {len(networks)} kinds of pools, round {turn + 1} of {rounds}")
        for pool, network_id in networks.items():
            create = [Request("POST", "/v2.0/ports", json.dumps({"port": {"network_id": network_id}}).encode())] * calls
            for concurrency in CONCURRENCY:
                rates.setdefault((pool, concurrency), []).append(run(server.address, token, create, concurrency).rate)
    for (pool, concurrency), found in rates.items():
        emit("ports", "port_create_in", statistics.median(found), "requests/s", concurrency=concurrency, pool=pool)
        beside = rates["ipv4", concurrency]
        ratio = statistics.median(one / other for one, other in zip(found, beside, strict=True))
        emit("ports", "port_create_in_share", ratio, "of ipv4", concurrency=concurrency, pool=pool)


def _make_holes(server: RunningServer, token: str, network_id: str, ports: int) -> None:
    """So many ports, of which every second, by address, is deleted."""
    bulk = Request("POST", "/v2.0/ports", json.dumps({"ports": [{"network_id": network_id}] * BULK}).encode())
    made = [
        port for _, body in run(server.address, token, [bulk] * (ports // BULK), 1).answers for port in _ports(body)
    ]
    by_address = sorted(made, key=lambda port: int(ip_address(port["fixed_ips"][0]["ip_address"])))
    run(server.address, token, [Request("DELETE", f"/v2.0/ports/{port['id']}") for port in by_address[::2]], 16)


def _measure_together(server: RunningServer, token: str, ports: int) -> None:
    """So many ports by 32 clients: all are made, each with an address and a MAC of its own, and all are there."""
    progress(f"creating {ports} ports by {CLIENTS} clients")
    network_id = _network(server, token, {"cidr": "10.103.0.0/16", "ip_version": 4})
    create = Request("POST", "/v2.0/ports", json.dumps({"port": {"network_id": network_id}}).encode())
    load = attempted(server.address, token, [create] * ports, CLIENTS)
    made = [json.loads(body)["port"] for status, body in load.answers if status == 201]
    listed = run(server.address, token, [Request("GET", f"/v2.0/ports?network_id={network_id}")], 1)
    there = {port["id"]: port for port in _ports(listed.answers[0][1]) if port["device_owner"] != "network:dhcp"}
    counts = {
        "failures": len(load.answers) - len(made),
        "duplicate_addresses": _repeated([port["fixed_ips"][0]["ip_address"] for port in there.values()]),
        "duplicate_macs": _repeated([port["mac_address"] for port in there.values()]),
        "acknowledged_and_missing": sum(there.get(port["id"]) != port for port in made),
        "never_acknowledged": len(there.keys() - {port["id"] for port in made}),
    }
    emit("ports", "port_create_together", load.rate, "requests/s", clients=CLIENTS, ports=ports, **counts)


def _repeated(values: Sequence[str]) -> int:
    return len(values) - len(set(values))


def _ports(body: bytes) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(body)["ports"]
    return found


def _network(server: RunningServer, token: str, subnet: dict[str, object]) -> str:
    network_id = _created(server, token, "networks", {})
    _created(server, token, "subnets", {**subnet, "network_id": network_id})
    return network_id


def _created(server: RunningServer, token: str, collection: str, body: dict[str, object]) -> str:
    name = collection[:-1]
    request = Request("POST", f"/v2.0/{collection}", json.dumps({name: body}).encode())
    return str(json.loads(run(server.address, token, [request], 1).answers[0][1])[name]["id"])
