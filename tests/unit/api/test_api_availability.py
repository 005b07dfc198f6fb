"""How full networks are, over HTTP."""

from typing import Any

from fakes.api_server import ApiServer

URL = "/v2.0/network-ip-availabilities"


def listed(server: ApiServer, query: str = "") -> list[dict[str, Any]]:
    """What the list shows to an administrator."""
    found: list[dict[str, Any]] = server.call("GET", f"{URL}{query}").json()["network_ip_availabilities"]
    return found


def test_addresses_are_counted_by_network_and_subnet() -> None:
    """Total is what the pools have; used are the addresses of ports, inside the pools and outside."""
    server = ApiServer()
    network = server.made("networks", name="n")
    one = f"{URL}/{network['id']}"
    empty = server.call("GET", one).json()["network_ip_availability"]
    assert (0, 0, []) == tuple(empty[name] for name in ("total_ips", "used_ips", "subnet_ip_availability"))
    pools = [{"start": "10.0.0.10", "end": "10.0.0.19"}]
    fields = {"network_id": network["id"], "enable_dhcp": False}
    subnet = server.made("subnets", cidr="10.0.0.0/24", allocation_pools=pools, name="s", **fields)
    six = server.made("subnets", cidr="2001:db8::/64", **fields)
    server.made("ports", network_id=network["id"])
    outside = [{"subnet_id": subnet["id"], "ip_address": "10.0.0.200"}]
    port = server.made("ports", network_id=network["id"], fixed_ips=outside)
    shown = server.call("GET", one).json()["network_ip_availability"]
    details = {
        "total_ips_in_subnet": 254,
        "total_ips_in_allocation_pool": 10,
        "used_ips_in_subnet": 2,
        "used_ips_in_allocation_pool": 1,
    }
    first, second = shown["subnet_ip_availability"]
    assert {
        "subnet_id": subnet["id"],
        "subnet_name": "s",
        "cidr": "10.0.0.0/24",
        "ip_version": 4,
        "total_ips": 10,
        "used_ips": 2,
        "ip_availability_details": details,
    } == first
    assert (six["id"], 2**64 - 1, 1) == (second["subnet_id"], second["total_ips"], second["used_ips"])
    assert (network["id"], "n", 2**64 + 9, 3) == tuple(
        shown[name] for name in ("network_id", "network_name", "total_ips", "used_ips")
    )
    assert 2**64 + 254 == shown["ip_availability_details"]["total_ips_in_subnet"]
    assert 204 == server.call("DELETE", f"/v2.0/ports/{port['id']}").status
    assert [2] == [each["used_ips"] for each in listed(server)]


def test_availability_is_filtered() -> None:
    """By network, name, project and IP version; the latter shows only its subnets."""
    server = ApiServer()
    one, _ = (server.made("networks", name=name) for name in ("one", "other"))
    server.made("subnets", network_id=one["id"], cidr="10.0.0.0/24")
    server.made("subnets", network_id=one["id"], cidr="2001:db8::/64")
    assert ["one", "other"] == [each["network_name"] for each in listed(server)]
    for query, names in (
        ("?network_name=other", ["other"]),
        (f"?network_id={one['id']}", ["one"]),
        ("?project_id=admin&fields=network_name", ["one", "other"]),
        ("?tenant_id=nobody", []),
        ("?ip_version=6", ["one"]),
        ("?limit=1", ["one"]),
        ("?sort_key=network_name&sort_dir=desc", ["other", "one"]),
    ):
        assert (query, names) == (query, [each["network_name"] for each in listed(server, query)])
    six = listed(server, "?ip_version=6")[0]
    assert [6] == [each["ip_version"] for each in six["subnet_ip_availability"]]
    assert 400 == server.call("GET", f"{URL}?color=red").status


def test_availability_is_the_administrators() -> None:
    """For others there is none; nor of a network that does not exist."""
    server = ApiServer()
    network = server.made("networks", "member")
    one = f"{URL}/{network['id']}"
    assert (404, 200, 404) == tuple(
        server.call("GET", url, token=token).status
        for url, token in ((one, "member"), (one, "admin"), (f"{URL}/nothing", "admin"))
    )
    assert [] == server.call("GET", URL, token="member").json()["network_ip_availabilities"]
