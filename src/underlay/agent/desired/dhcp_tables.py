"""A served network -> the table of the DHCP answerer (`dhcp.scope.Scope`).

Pure. Only IPv4: the answerer speaks DHCPv4. The same records always give the same table, byte for byte.
"""

from ipaddress import IPv4Address, IPv4Network

from underlay.agent.desired.service import Service
from underlay.agent.state.site import Site
from underlay.dhcp.scope import Reservation, Scope, SubnetScope
from underlay.model.address import IpAddress
from underlay.model.ids import SubnetId
from underlay.model.port import Port
from underlay.model.subnet import Subnet


def scope_of(service: Service, site: Site) -> Scope:
    """What clients on the network are told."""
    own = {fixed.subnet_id: fixed.ip_address for fixed in service.port.fixed_ips}
    served = [
        subnet
        for subnet in service.subnets
        if subnet.enable_dhcp and isinstance(subnet.cidr, IPv4Network) and subnet.id in own
    ]
    served_ids = {subnet.id for subnet in served}
    return Scope(
        network_id=service.network.id,
        netns=service.namespace,
        device=service.inner,
        mtu=service.network.mtu,
        lease_time_s=site.lease_time_s,
        domain=site.dns_domain,
        subnets=tuple(_subnet_scope(subnet, own[subnet.id], service.subnets, site) for subnet in served),
        reservations=tuple(reservation for port in service.ports for reservation in _reservations(port, served_ids)),
    )


def hostname(address: IpAddress) -> str:
    """The name told to a client whose port has none of its own: `host-10-0-0-5`."""
    return f"host-{str(address).replace('.', '-').replace(':', '-')}"


def _subnet_scope(subnet: Subnet, server: IpAddress, siblings: tuple[Subnet, ...], site: Site) -> SubnetScope:
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
        metadata_route=site.isolated_metadata,
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
