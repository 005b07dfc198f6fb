"""A served network, or a port that is answered here -> the table of the DHCP answerer (`dhcp.scope`).

Pure. The same records always give the same table, byte for byte.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address
from typing import Final

from underlay.agent.desired.local_service import INNER, LocalPort
from underlay.agent.desired.service import Service
from underlay.agent.state.site import Site
from underlay.dhcp.lookup import default_gateway
from underlay.dhcp.scope import PortScope, Reservation, Scope, Scope6, SubnetScope
from underlay.model.address import IpAddress
from underlay.model.ids import SubnetId
from underlay.model.port import Port
from underlay.model.subnet import Subnet

SERVER: Final = IPv4Address("169.254.169.254")
"""What a host calls itself to its own ports (option 54)."""


def scope_of(service: Service, site: Site) -> Scope:
    """What clients on the network are told."""
    own = {fixed.subnet_id: fixed.ip_address for fixed in service.port.fixed_ips}
    served = [
        subnet
        for subnet in service.subnets
        if subnet.enable_dhcp and isinstance(subnet.cidr, IPv4Network) and subnet.id in own
    ]
    served_ids = {subnet.id for subnet in served}
    tells_route = site.isolated_metadata and site.metadata_route != "never"
    return Scope(
        network_id=service.network.id,
        netns=service.namespace,
        device=service.inner,
        mtu=service.network.mtu,
        lease_time_s=site.lease_time_s,
        domain=site.dns_domain,
        subnets=tuple(
            _subnet_scope(subnet, own[subnet.id], own[subnet.id] if tells_route else None, service.subnets)
            for subnet in served
        ),
        reservations=tuple(reservation for port in service.ports for reservation in _reservations(port, served_ids)),
    )


def port_scope(one: LocalPort, site: Site) -> PortScope:
    """What the machine at the port is told; by a server that has no address in its subnets."""
    served = tuple(subnet for subnet in one.dhcp_subnets if isinstance(subnet.cidr, IPv4Network))
    return PortScope(
        port_id=one.port.id,
        number=one.number,
        scope=Scope(
            network_id=one.network.id,
            netns=site.local_namespace,
            device=INNER,
            mtu=one.network.mtu,
            lease_time_s=site.lease_time_s,
            domain=site.dns_domain,
            subnets=tuple(
                _subnet_scope(subnet, SERVER, _local_nexthop(subnet, one, site), one.subnets)
                for subnet in dict.fromkeys(served)
            ),
            reservations=tuple(_reservations(one.port, {subnet.id for subnet in served})),
        ),
        scope6=_scope6(one, site) if one.dhcp6_subnets else None,
    )


def _scope6(one: LocalPort, site: Site) -> Scope6:
    stateful = {subnet.id for subnet in one.dhcp6_subnets if subnet.ipv6_address_mode == "dhcpv6-stateful"}
    servers = (address for subnet in one.dhcp6_subnets for address in subnet.dns_nameservers)
    return Scope6(
        addresses=tuple(
            fixed.ip_address
            for fixed in one.port.fixed_ips
            if fixed.subnet_id in stateful and isinstance(fixed.ip_address, IPv6Address)
        ),
        dns_nameservers=tuple(
            address
            for address in dict.fromkeys(servers)
            if isinstance(address, IPv6Address) and not address.is_unspecified
        ),
        domain=site.dns_domain,
        lease_time_s=site.lease_time_s,
        extra=tuple(option for option in one.port.extra_dhcp_opts if option.ip_version == 6),
    )


def _local_nexthop(subnet: Subnet, one: LocalPort, site: Site) -> IpAddress | None:
    """Whatever the next hop, the host catches the packets; without a gateway the client asks for the address itself."""
    gateway = default_gateway(subnet.gateway_ip, subnet.host_routes)
    if not one.metadata or site.metadata_route == "never" or (site.metadata_route == "auto" and gateway is not None):
        return None
    return gateway or IPv4Address(0)


def hostname(address: IpAddress) -> str:
    """The name told to a client whose port has none of its own: `host-10-0-0-5`."""
    return f"host-{str(address).replace('.', '-').replace(':', '-')}"


def _subnet_scope(
    subnet: Subnet, server: IpAddress, metadata_nexthop: IpAddress | None, siblings: tuple[Subnet, ...]
) -> SubnetScope:
    return SubnetScope(
        subnet_id=subnet.id,
        cidr=subnet.cidr,
        server_address=server,
        gateway_ip=subnet.gateway_ip,
        dns_nameservers=tuple(address for address in subnet.dns_nameservers if not address.is_unspecified),
        host_routes=subnet.host_routes,
        on_link=tuple(
            sibling.cidr
            for sibling in siblings
            if sibling.id != subnet.id
            and sibling.segment_id == subnet.segment_id
            and isinstance(sibling.cidr, IPv4Network)
        ),
        metadata_nexthop=metadata_nexthop,
    )


def _reservations(port: Port, served: set[SubnetId]) -> list[Reservation]:
    return [
        Reservation(
            port_id=port.id,
            mac=port.mac_address,
            subnet_id=fixed.subnet_id,
            address=fixed.ip_address,
            hostname=port.dns_name.rstrip(".") or hostname(fixed.ip_address),
            extra=tuple(option for option in port.extra_dhcp_opts if option.ip_version == 4),
        )
        for fixed in port.fixed_ips
        if fixed.subnet_id in served and isinstance(fixed.ip_address, IPv4Address)
    ]
