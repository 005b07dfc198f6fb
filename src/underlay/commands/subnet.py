"""Commands on subnets."""

import msgspec
from msgspec import UNSET, UnsetType

from underlay.model.address import AddressRange, IpAddress, IpNetwork, Mac
from underlay.model.ids import NetworkId, ProjectId, SegmentId, SubnetId
from underlay.model.subnet import HostRoute, Ipv6Mode


class CreateSubnet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """gateway_ip UNSET: the first host address; None: no gateway. allocation_pools UNSET: all but the gateway.

    Attributes:
    cidr: None: a free block of a subnet pool, of length `prefixlen` or of the pool's default length, and around
        `gateway_ip` when that is sent.
    ip_version: what the pool must be of; None: as the pool or the cidr is.
    """

    project_id: ProjectId
    network_id: NetworkId
    cidr: IpNetwork | None = None
    name: str = ""
    gateway_ip: IpAddress | None | UnsetType = UNSET
    allocation_pools: tuple[AddressRange, ...] | UnsetType = UNSET
    host_routes: tuple[HostRoute, ...] = ()
    dns_nameservers: tuple[IpAddress, ...] = ()
    enable_dhcp: bool = True
    dhcp_address: IpAddress | None = None
    ipv6_ra_mode: Ipv6Mode | None = None
    ipv6_address_mode: Ipv6Mode | None = None
    description: str = ""
    service_types: tuple[str, ...] = ()
    dns_publish_fixed_ip: bool = False
    subnetpool_id: str | None = None
    use_default_subnetpool: bool = False
    prefixlen: int | None = None
    ip_version: int | None = None
    segment_id: SegmentId | None = None


class UpdateSubnet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: SubnetId
    revision: int | None = None
    name: str | UnsetType = UNSET
    gateway_ip: IpAddress | None | UnsetType = UNSET
    allocation_pools: tuple[AddressRange, ...] | UnsetType = UNSET
    host_routes: tuple[HostRoute, ...] | UnsetType = UNSET
    dns_nameservers: tuple[IpAddress, ...] | UnsetType = UNSET
    enable_dhcp: bool | UnsetType = UNSET
    description: str | UnsetType = UNSET
    service_types: tuple[str, ...] | UnsetType = UNSET
    dns_publish_fixed_ip: bool | UnsetType = UNSET
    segment_id: SegmentId | None | UnsetType = UNSET


class DeleteSubnet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: SubnetId
    revision: int | None = None


class GiveAutoAddresses(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The server's own: ports whose MAC comes after `after` get the address that they make themselves on the subnet."""

    id: SubnetId
    after: Mac | None = None
