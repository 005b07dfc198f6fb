from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from fakes.api_server import MINE, ApiServer

SELECTIONS = "/v2.0/network-selections"


class Site:
    """Four shared networks of 13 addresses each, named as in the scenario."""

    def __init__(self) -> None:
        self.server = ApiServer()
        self.networks = {}
        for vid in (100, 101, 200, 201):
            provider = {"provider:network_type": "vlan", "provider:segmentation_id": vid}
            network = self.server.made("networks", name=f"pub{vid}", shared=True, **provider)
            self.server.made(
                "subnets", network_id=network["id"], ip_version=4, cidr=f"10.10.{vid}.0/28", enable_dhcp=False
            )
            self.networks[network["id"]] = f"pub{vid}"

    def select(self, token: str = "member", **asked: Any) -> dict[str, Any]:
        """Where a port goes."""
        reply = self.server.call("POST", SELECTIONS, {"network_selection": asked}, token)
        assert 201 == reply.status, reply.body
        return dict(reply.json()["network_selection"])

    def refused(self, asked: Any, token: str = "member") -> tuple[int, str, str]:
        """Status, type and message."""
        reply = self.server.call("POST", SELECTIONS, asked, token)
        error = reply.json()["NeutronError"]
        return reply.status, error["type"], error["message"]


def test_a_port_is_made_where_most_is_free_and_the_reason_is_told() -> None:
    """The answer has the port as `GET /ports` shows it, the reason, and what else was looked at."""
    site = Site()
    chosen = site.select(port={"name": "vm1", "device_id": "vm-1"})
    port = site.server.call("GET", f"/v2.0/ports/{chosen['port']['id']}", token="member").json()["port"]
    assert port == chosen["port"]
    assert ("vm1", "vm-1", MINE) == (port["name"], port["device_id"], port["project_id"])
    assert "pub100" == site.networks[chosen["network_id"]]
    assert "pub100 has the most free addresses: 13; next is pub101 with 13 free" == chosen["reason"]
    assert "most-free" == chosen["policy"]
    assert {
        "network_id": chosen["network_id"],
        "network_name": "pub100",
        "free_ips": 13,
        "used_ips": 0,
        "refusal": "",
    } == chosen["candidates"][0]
    assert ["pub100", "pub101", "pub200", "pub201"] == [each["network_name"] for each in chosen["candidates"]]


def test_forty_at_once_are_spread_and_have_addresses_of_their_own() -> None:
    """Ten on each network; then, with all full, a 409 that names them."""
    site = Site()
    with ThreadPoolExecutor(8) as pool:
        chosen = list(pool.map(lambda _: site.select(), range(40)))
    counts = [sum(one["network_id"] == network for one in chosen) for network in site.networks]
    assert [10] * 4 == counts
    assert 40 == len({(one["network_id"], one["port"]["fixed_ips"][0]["ip_address"]) for one in chosen})
    for _ in range(12):
        site.select()
    status, kind, message = site.refused({"network_selection": {}})
    assert (409, "NoNetworkFits") == (status, kind)
    assert all(f"{name}: no free address" in message for name in site.networks.values())


@pytest.mark.parametrize(
    ("asked", "status", "reason"),
    [
        ({"network_selection": {"policy": "best"}}, 400, "'best' is not in ['most-free', 'spread']"),
        ({"network_selection": {"port": []}}, 400, "Invalid input for port"),
        ({"network_selection": {"port": {"network_id": "x"}}}, 400, "'network_id' not allowed in POST"),
        ({"network_selection": {"port": {"fixed_ips": []}}}, 400, "'fixed_ips' not allowed in POST"),
        ({"network_selection": {"port": {"mac_address": "x"}}}, 400, "Invalid input for mac_address"),
        ({"network_selection": {"tags": "gold"}}, 400, "Invalid input for tags"),
        ({"network_selection": {"colour": "red"}}, 400, "Unrecognized attribute(s) 'colour'"),
        ({"network_selection": {"physical_network": "nowhere"}}, 409, "it is not on physical network nowhere"),
        ({"network_selection": {"port": {"binding:host_id": "cmp1"}}}, 403, "create_port:binding:host_id"),
        ({"port": {}}, 400, "Unable to find 'network_selection' in request body"),
    ],
)
def test_bad_input_is_named_and_nothing_is_made(asked: Any, status: int, reason: str) -> None:
    """In the API's form."""
    site = Site()
    found = site.refused(asked)
    assert status == found[0]
    assert reason in found[2]
    assert [] == site.server.call("GET", "/v2.0/ports").json()["ports"]


def test_readers_make_no_port() -> None:
    """As with ports everywhere."""
    site = Site()
    assert 403 == site.refused({"network_selection": {}}, "reader")[0]
