"""The networks that this host serves DHCP and metadata for: their namespaces, links and OVS ports.

Pure. A network is served when a `DhcpBinding` of this host says so, its DHCP port is bound here, both are
administratively up, and the network reaches this host. Names as in SEMANTICS, "Names": `qdhcp-<network id>`, `ns-` and
`tap` + first 11 characters of the port's id.
"""

from ipaddress import IPv4Network
from typing import Final

import msgspec

from underlay.agent.desired.verdict import unreachable
from underlay.agent.state.host import Link
from underlay.agent.state.records import Records
from underlay.agent.state.site import Site
from underlay.model.ids import NetworkId
from underlay.model.network import Network
from underlay.model.port import DHCP_OWNER, Port
from underlay.model.subnet import Subnet

METADATA_V4: Final = "169.254.169.254/32"
METADATA_V6: Final = "fe80::a9fe:a9fe/64"
NAMESPACE_PREFIX: Final = "qdhcp-"


class Service(msgspec.Struct, frozen=True):
    """One served network.

    Attributes:
    port: its DHCP port on this host.
    subnets: all of the network's, in its order.
    ports: all of the network's other ports, sorted by id.
    """

    network: Network
    port: Port
    subnets: tuple[Subnet, ...]
    ports: tuple[Port, ...]

    @property
    def namespace(self) -> str:
        """Where the pumps' sockets are."""
        return f"{NAMESPACE_PREFIX}{self.network.id}"

    @property
    def inner(self) -> str:
        """The link in the namespace."""
        return f"ns-{self.port.id[:11]}"

    @property
    def outer(self) -> str:
        """Its other end, on the integration bridge."""
        return f"tap{self.port.id[:11]}"


def services(records: Records, site: Site) -> dict[NetworkId, Service]:
    """What this host serves; empty unless it is a DHCP agent."""
    if not site.dhcp_agent:
        return {}
    bound = {binding.network_id for binding in records.dhcp_bindings.values() if binding.host == site.host}
    ports_of: dict[NetworkId, list[Port]] = {network_id: [] for network_id in bound}
    for port in records.ports.values():
        if port.network_id in ports_of:
            ports_of[port.network_id].append(port)
    found: dict[NetworkId, Service] = {}
    for network_id in sorted(bound & records.networks.keys()):
        service = _service(records.networks[network_id], ports_of[network_id], records, site)
        if service is not None:
            found[network_id] = service
    return found


def link_of(service: Service, site: Site) -> Link:
    """The link with its addresses and default route."""
    by_id = {subnet.id: subnet for subnet in service.subnets}
    addresses = {
        f"{fixed.ip_address}/{by_id[fixed.subnet_id].cidr.prefixlen}"
        for fixed in service.port.fixed_ips
        if fixed.subnet_id in by_id
    }
    if site.isolated_metadata:
        addresses.add(METADATA_V4)
        if any(subnet.ip_version == 6 for subnet in service.subnets):
            addresses.add(METADATA_V6)
    return Link(
        peer=service.outer,
        mac=str(service.port.mac_address),
        mtu=service.network.mtu,
        addresses=frozenset(addresses),
        gateway=_gateway(service),
    )


def _gateway(service: Service) -> str | None:
    for subnet in service.subnets:
        if subnet.enable_dhcp and isinstance(subnet.cidr, IPv4Network) and subnet.gateway_ip is not None:
            return str(subnet.gateway_ip)
    return None


def _service(network: Network, ports: list[Port], records: Records, site: Site) -> Service | None:
    ours = sorted(
        (port for port in ports if port.device_owner == DHCP_OWNER and port.binding.host == site.host),
        key=lambda port: port.id,
    )
    if not ours or not ours[0].admin_state_up or not network.admin_state_up or unreachable(network, site):
        return None
    known = (records.subnets.get(subnet_id) for subnet_id in network.subnet_ids)
    others = sorted((port for port in ports if port.id != ours[0].id), key=lambda port: port.id)
    return Service(network, ours[0], tuple(subnet for subnet in known if subnet is not None), tuple(others))
