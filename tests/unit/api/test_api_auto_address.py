"""Automatic addresses over HTTP, on a real database."""

from pathlib import Path

from msgspec import structs

from fakes.api_server import REGULATIONS, ApiServer
from underlay.rules import auto_address
from underlay.store.transaction import Store


def test_every_port_has_its_address_when_the_answer_comes(tmp_path: Path) -> None:
    """However many ports there are: the answer to the create comes after the last part; a delete takes all of them."""
    store = Store(f"sqlite:///{tmp_path / 'underlay.sqlite'}")
    store.migrate()
    server = ApiServer(structs.replace(REGULATIONS, quota_defaults={}), store=store)
    network = server.made("networks")
    count = auto_address.PART + 3
    body = {"ports": [{"network_id": network["id"]} for _ in range(count)]}
    assert 201 == server.call("POST", "/v2.0/ports", body).status
    fields = {"network_id": network["id"], "cidr": "2001:db8::/64", "ipv6_address_mode": "slaac"}
    subnet = server.made("subnets", **fields)
    assert "is_spreading" not in subnet

    def addressed() -> list[int]:
        ports = server.call("GET", "/v2.0/ports?fields=fixed_ips&fields=device_owner").json()["ports"]
        return [len(port["fixed_ips"]) for port in ports if not port["device_owner"]]

    assert [1] * count == addressed()
    available = server.call("GET", f"/v2.0/network-ip-availabilities/{network['id']}").json()
    assert count + 1 == available["network_ip_availability"]["used_ips"]
    assert 204 == server.call("DELETE", f"/v2.0/subnets/{subnet['id']}").status
    assert [0] * count == addressed()
    assert 404 == server.call("GET", f"/v2.0/subnets/{subnet['id']}").status
    store.close()
