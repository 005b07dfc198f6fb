"""A subnet: a block of addresses of one network, with what DHCP says about it.

Source: Networking API v2.0, "Subnets".
"""

from datetime import datetime
from typing import Literal

import msgspec

from underlay.model.address import AddressRange, IpAddress, IpNetwork
from underlay.model.ids import NetworkId, ProjectId, SegmentId, SubnetId

Ipv6Mode = Literal["slaac", "dhcpv6-stateful", "dhcpv6-stateless"]


class HostRoute(msgspec.Struct, frozen=True, order=True):
    """Traffic to `destination` goes by way of `nexthop` (DHCP option 121, RFC 3442)."""

    destination: IpNetwork
    nexthop: IpAddress


class Subnet(msgspec.Struct, frozen=True, tag="subnet", tag_field="kind"):
    """Attributes:
    cidr: canonical, no host bits.
    gateway_ip: the data centre's physical router; None when the subnet has none.
    allocation_pools: where ports without an address asked for get theirs; sorted, disjoint, inside cidr.
    segment_id: the only segment of the network where its addresses work; None: all of them.
    subnetpool_id: the subnet pool that its block is of.
    service_types: device_owners of the ports that may have addresses of it; () for all.
    is_spreading: not all ports that were there before it have their automatic address yet.
    is_leaving: it was deleted, and not all ports have lost their automatic address yet.
    dhcp_address: the address asked for the subnet's DHCP port; None lets the server pick (lowest free).
    """

    id: SubnetId
    network_id: NetworkId
    project_id: ProjectId
    name: str
    cidr: IpNetwork
    created_at: datetime
    updated_at: datetime
    revision_number: int = 1
    gateway_ip: IpAddress | None = None
    allocation_pools: tuple[AddressRange, ...] = ()
    host_routes: tuple[HostRoute, ...] = ()
    dns_nameservers: tuple[IpAddress, ...] = ()
    enable_dhcp: bool = True
    dhcp_address: IpAddress | None = None
    ipv6_ra_mode: Ipv6Mode | None = None
    ipv6_address_mode: Ipv6Mode | None = None
    description: str = ""
    subnetpool_id: str | None = None
    service_types: tuple[str, ...] = ()
    dns_publish_fixed_ip: bool = False
    is_spreading: bool = False
    is_leaving: bool = False
    tags: tuple[str, ...] = ()
    segment_id: SegmentId | None = None

    @property
    def ip_version(self) -> int:
        """4 or 6."""
        return self.cidr.version


class InUse(msgspec.Struct, frozen=True):
    """How many addresses of a subnet are in use, and how many of these are of its allocation pools."""

    used: int = 0
    used_in_pools: int = 0
