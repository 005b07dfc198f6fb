"""Attributes of subnets that say whom they serve, over HTTP."""

from fakes.api_server import ApiServer


def test_service_types_and_publishing() -> None:
    """Shown, changed, emptied by null, also by the owner; what is no device_owner is refused with Neutron's errors."""
    server = ApiServer()
    network = server.made("networks", "member")
    types = ["compute:nova", "network:dhcp", "compute:"]
    subnet = server.made("subnets", "member", network_id=network["id"], cidr="10.0.0.0/24", service_types=types)
    assert (types, False) == (subnet["service_types"], subnet["dns_publish_fixed_ip"])
    one = f"/v2.0/subnets/{subnet['id']}"
    sent = {"service_types": None, "dns_publish_fixed_ip": True}
    changed = server.call("PUT", one, {"subnet": sent}, "member").json()["subnet"]
    assert ([], True) == (changed["service_types"], changed["dns_publish_fixed_ip"])
    for value, error in (
        ("compute:nova", "InvalidInputSubnetServiceType"),
        ([1], "InvalidInputSubnetServiceType"),
        (["something"], "InvalidSubnetServiceType"),
        (["compute:\n"], "InvalidSubnetServiceType"),
    ):
        refused = server.call("PUT", one, {"subnet": {"service_types": value}})
        assert (400, error) == (refused.status, refused.json()["NeutronError"]["type"])
