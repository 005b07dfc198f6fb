"""Many clients at once, on a real database: what is unique stays unique."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from fakes.api_server import ApiServer, Reply
from underlay.store.transaction import Store

CLIENTS = 8
FREE = 20
"""More than the runs of free addresses that a port's is chosen from."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ApiServer]:
    """A server with as many workers as clients."""
    store = Store(f"sqlite:///{tmp_path}/db.sqlite")
    store.migrate()
    yield ApiServer(store=store, workers=CLIENTS)
    store.close()


def test_vlans_are_given_once(server: ApiServer) -> None:
    """Of eight networks asked for at once four get the four VLANs of the ranges, the others are told."""
    with ThreadPoolExecutor(CLIENTS) as clients:
        replies = list(clients.map(lambda _: server.call("POST", "/v2.0/networks", {"network": {}}), range(CLIENTS)))
    given = [one.json()["network"]["provider:segmentation_id"] for one in replies if one.status == 201]
    assert ([100, 101, 200, 201], 4) == (sorted(given), sum(one.status == 503 for one in replies))


def test_addresses_are_given_once(server: ApiServer) -> None:
    """Of eight ports asked for at once five get the five addresses, and three are told that none is left."""
    net = server.made("networks")["id"]
    pool = [{"start": "10.0.0.10", "end": "10.0.0.14"}]
    server.made("subnets", network_id=net, cidr="10.0.0.0/24", allocation_pools=pool, enable_dhcp=False)
    body = {"port": {"network_id": net}}
    with ThreadPoolExecutor(CLIENTS) as clients:
        replies = list(clients.map(lambda _: server.call("POST", "/v2.0/ports", body), range(CLIENTS)))
    given = [one.json()["port"]["fixed_ips"][0]["ip_address"] for one in replies if one.status == 201]
    assert ([f"10.0.0.{n}" for n in range(10, 15)], 3) == (sorted(given), sum(one.status == 409 for one in replies))


@pytest.mark.parametrize("cidr", ["10.0.0.0/24", "2001:db8::/64"])
def test_no_client_is_refused_while_there_is_an_address(server: ApiServer, cidr: str) -> None:
    """A pool whose every second address is taken is given out to the last one, to half of twice as many clients."""
    net = server.made("networks")["id"]
    start = ip_network(cidr).network_address + 16
    pool = [{"start": str(start), "end": str(start + 2 * FREE - 1)}]
    version = {"ip_version": start.version}
    server.made("subnets", network_id=net, cidr=cidr, allocation_pools=pool, enable_dhcp=False, **version)
    for offset in range(1, 2 * FREE, 2):
        server.made("ports", network_id=net, fixed_ips=[{"ip_address": str(start + offset)}])

    def create(_: int) -> Reply:
        return server.call("POST", "/v2.0/ports", {"port": {"network_id": net}})

    for _ in range(2):
        with ThreadPoolExecutor(2 * FREE) as clients:
            replies = list(clients.map(create, range(2 * FREE)))
        made = [one.json()["port"] for one in replies if one.status == 201]
        refusals = [one.json()["NeutronError"]["type"] for one in replies if one.status != 201]
        assert ["IpAddressGenerationFailure"] * FREE == refusals
        expected = {str(start + offset) for offset in range(0, 2 * FREE, 2)}
        assert expected == {port["fixed_ips"][0]["ip_address"] for port in made}
        with ThreadPoolExecutor(FREE) as clients:
            list(clients.map(lambda port: server.call("DELETE", f"/v2.0/ports/{port['id']}"), made))


def test_a_freed_address_is_taken_at_once(server: ApiServer) -> None:
    """By whoever comes next, when no other is free; by name; and by a DHCP port, when it is the lowest."""
    net = server.made("networks")["id"]
    pool = [{"start": "10.0.0.10", "end": "10.0.0.12"}]
    server.made("subnets", network_id=net, cidr="10.0.0.0/24", allocation_pools=pool, enable_dhcp=False)
    ports = {one["fixed_ips"][0]["ip_address"]: one for one in (server.made("ports", network_id=net) for _ in range(3))}
    wishes: tuple[dict[str, Any], ...] = (
        {},
        {"fixed_ips": [{"ip_address": "10.0.0.11"}]},
        {"device_owner": "network:dhcp"},
    )
    for wish in wishes:
        gone = ports.pop("10.0.0.11")
        assert 204 == server.call("DELETE", f"/v2.0/ports/{gone['id']}").status
        ports["10.0.0.11"] = server.made("ports", network_id=net, **wish)
        assert "10.0.0.11" == ports["10.0.0.11"]["fixed_ips"][0]["ip_address"]


def test_a_revision_is_changed_once(server: ApiServer) -> None:
    """Of eight updates with the same If-Match one gets through."""
    url = f"/v2.0/networks/{server.made('networks')['id']}"

    def rename(number: int) -> int:
        return server.call("PUT", url, {"network": {"name": str(number)}}, if_match="revision_number=1").status

    with ThreadPoolExecutor(CLIENTS) as clients:
        assert [200, *[412] * (CLIENTS - 1)] == sorted(clients.map(rename, range(CLIENTS)))


def test_a_default_group_is_made_once(server: ApiServer) -> None:
    """Of eight first ports of a project, all are in the one default group that they make."""
    net = server.made("networks", "member")["id"]
    body = {"port": {"network_id": net}}
    with ThreadPoolExecutor(CLIENTS) as clients:
        replies = list(clients.map(lambda _: server.call("POST", "/v2.0/ports", body, "member"), range(CLIENTS)))
    groups = server.call("GET", "/v2.0/security-groups", token="member").json()["security_groups"]
    assert ["default"] == [group["name"] for group in groups]
    assert [[groups[0]["id"]]] * CLIENTS == [reply.json()["port"]["security_groups"] for reply in replies]
