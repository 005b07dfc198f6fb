"""`network_data.json`: the instance's links and addresses in this network, in Nova's form.

Source: Nova's doc/source/user/metadata.rst and nova/virt/netutils.py (get_network_metadata).
"""

from ipaddress import IPv4Network
from typing import Final

from underlay.metadata.described import Described
from underlay.metadata.directory import Entry
from underlay.model.address import IpAddress
from underlay.model.subnet import Subnet

_DEVICE_NAME_CHARACTERS: Final = 14
_ANNOUNCE_NONE: Final = ("0.0.0.0", "::")  # noqa: S104 - an address in a record, nothing is bound to it


def network_data(instance: Described) -> dict[str, object]:
    """Links, networks and services of the instance's ports in the network from which it asks."""
    subnets = {subnet.id: subnet for subnet in instance.directory.subnets}
    links: dict[str, dict[str, object]] = {}
    networks: list[dict[str, object]] = []
    services: dict[IpAddress, dict[str, str]] = {}
    for entry in instance.entries:
        link = f"tap{entry.port_id}"[:_DEVICE_NAME_CHARACTERS]
        links[link] = {
            "id": link,
            "vif_id": entry.port_id,
            "type": "ovs",
            "mtu": instance.directory.mtu,
            "ethernet_mac_address": str(entry.mac),
        }
        subnet = subnets.get(entry.subnet_id)
        if subnet is None:
            continue
        networks.append({"id": f"network{len(networks)}", "link": link} | _network(entry, subnet))
        services |= {address: {"type": "dns", "address": str(address)} for address in _name_servers(subnet)}
    return {"links": list(links.values()), "networks": networks, "services": list(services.values())}


def _network(entry: Entry, subnet: Subnet) -> dict[str, object]:
    found: dict[str, object] = {"network_id": subnet.network_id}
    if subnet.enable_dhcp and subnet.ip_version == 4:
        return found | {"type": "ipv4_dhcp"}
    if subnet.ipv6_address_mode is not None:
        return found | {"type": f"ipv6_{subnet.ipv6_address_mode}", "ip_address": str(entry.address)}
    return found | {
        "type": f"ipv{subnet.ip_version}",
        "ip_address": str(entry.address),
        "netmask": str(subnet.cidr.netmask),
        "routes": _routes(subnet),
        "services": [{"type": "dns", "address": str(address)} for address in _name_servers(subnet)],
    }


def _routes(subnet: Subnet) -> list[dict[str, str]]:
    anywhere = "0.0.0.0" if isinstance(subnet.cidr, IPv4Network) else "::"  # noqa: S104 - a route's destination
    routes = [
        {
            "network": str(route.destination.network_address),
            "netmask": str(route.destination.netmask),
            "gateway": str(route.nexthop),
        }
        for route in subnet.host_routes
    ]
    if subnet.gateway_ip is not None:
        routes.insert(0, {"network": anywhere, "netmask": anywhere, "gateway": str(subnet.gateway_ip)})
    return routes


def _name_servers(subnet: Subnet) -> tuple[IpAddress, ...]:
    if any(str(address) in _ANNOUNCE_NONE for address in subnet.dns_nameservers):
        return ()
    return subnet.dns_nameservers
