"""The lookup table of the DHCP answerer: one `Scope` per network, written by the agent as one JSON file.

File: `<state_dir>/dhcp/<network_id>.json`, replaced by rename, removed when the host no longer serves the network.
"""

from ipaddress import IPv6Address

import msgspec

from underlay.model.address import IpAddress, IpNetwork, Mac
from underlay.model.ids import NetworkId, PortId, SubnetId
from underlay.model.port import ExtraDhcpOpt
from underlay.model.subnet import HostRoute


class SubnetScope(msgspec.Struct, frozen=True):
    """What every client of one subnet with DHCP is told.

    Attributes:
    server_address: our own address there (option 54).
    on_link: the CIDRs of the network's other subnets, reachable without a gateway (first in option 121).
    metadata_nexthop: 169.254.169.254/32 by way of it goes into the routes; 0.0.0.0: on the link; None: no route.
    """

    subnet_id: SubnetId
    cidr: IpNetwork
    server_address: IpAddress
    gateway_ip: IpAddress | None = None
    dns_nameservers: tuple[IpAddress, ...] = ()
    host_routes: tuple[HostRoute, ...] = ()
    on_link: tuple[IpNetwork, ...] = ()
    metadata_nexthop: IpAddress | None = None


class Reservation(msgspec.Struct, frozen=True):
    """One port's address. A port with two addresses in one network has two, and is offered the first."""

    port_id: PortId
    mac: Mac
    subnet_id: SubnetId
    address: IpAddress
    hostname: str
    extra: tuple[ExtraDhcpOpt, ...] = ()


class Scope(msgspec.Struct, frozen=True):
    """Attributes:
    netns: the namespace in which the network's socket is opened, by name.
    device: the link in it that DHCP is heard on.
    lease_time_s: option 51; T1 and T2 are half and seven eighths of it (RFC 2131, 4.4.5).
    """

    network_id: NetworkId
    netns: str
    device: str
    mtu: int
    lease_time_s: int
    domain: str
    subnets: tuple[SubnetScope, ...] = ()
    reservations: tuple[Reservation, ...] = ()


class Scope6(msgspec.Struct, frozen=True):
    """What the machine at one port is told by DHCPv6.

    Attributes:
    addresses: those that DHCPv6 gives; empty where it only tells of the network (`dhcpv6-stateless`).
    extra: the port's own options of version 6; they go before the subnet's.
    """

    addresses: tuple[IPv6Address, ...] = ()
    dns_nameservers: tuple[IPv6Address, ...] = ()
    domain: str = ""
    lease_time_s: int = 86_400
    extra: tuple[ExtraDhcpOpt, ...] = ()


class PortScope(msgspec.Struct, frozen=True):
    """What the machine at one port of this host is told: `<state_dir>/dhcp/ports/<port_id>.json`.

    Attributes:
    number: the port's identity (`wire.identity_address`).
    scope: of its network, with its own reservations only.
    scope6: None when DHCPv6 is not answered.
    """

    port_id: PortId
    number: int
    scope: Scope
    scope6: Scope6 | None = None
