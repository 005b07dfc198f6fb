"""What the answerer looks things up in: a `Scope` arranged by MAC address, IPv4 only.

Goes in: the table as the agent wrote it. Comes out: per MAC the addresses it may have, and per subnet the options
that every client there gets, already as payloads. No I/O, no clock.
"""

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network
from typing import Final

import msgspec

from underlay.dhcp.scope import Reservation, Scope, SubnetScope
from underlay.model.address import IpAddress, Mac
from underlay.model.ids import PortId, SubnetId
from underlay.model.subnet import HostRoute
from underlay.wire.dhcp4 import addresses, numbers, text
from underlay.wire.dhcp4.classless_routes import ClasslessRoute, encode_classless_routes
from underlay.wire.dhcp4.errors import DhcpFormatError
from underlay.wire.dhcp4.names import SERVER_IP_ADDRESS, encode_named_option
from underlay.wire.dhcp4.static_routes import encode_static_routes

METADATA: Final = IPv4Network("169.254.169.254/32")
UNSPECIFIED: Final = IPv4Address(0)
_SUBNETS: Final = 512
DEFAULT_ROUTE: Final = IPv4Network("0.0.0.0/0")


class Told(msgspec.Struct, frozen=True):
    """What the whole network is told."""

    lease_time_s: int
    mtu: int
    domain: str


class SubnetOptions(msgspec.Struct, frozen=True):
    """What every client of one subnet is told.

    Attributes:
    lease: options 51, 58, 59.
    forced: sent asked or not (1, 26).
    asked: sent when asked for, or when nothing is asked for.
    router: option 3; empty without a gateway.
    classless: options 121 and 249; empty when there is no route but the default one.
    static: option 33; empty without routes to single hosts.
    """

    server_address: IPv4Address
    cidr: IPv4Network
    lease: dict[int, bytes]
    forced: dict[int, bytes]
    asked: dict[int, bytes]
    router: bytes
    classless: bytes
    static: bytes


class Lease(msgspec.Struct, frozen=True):
    """One address that a MAC may have.

    Attributes:
    extra: the port's own options; they go before the subnet's.
    """

    port_id: PortId
    address: IPv4Address
    hostname: str
    subnet: SubnetOptions
    extra: dict[int, bytes] = {}


class Lookup(msgspec.Struct, frozen=True):
    """Attributes:
    leases: by MAC; never an empty tuple, the one to offer first.
    server_addresses: our own, one a subnet.
    mtu: bytes of an IP packet on this network.
    refused: extra options that could not be understood, as (port, why).
    layouts: request lists that are remembered: more than there are kinds of clients, few enough for who makes them up.
    laid_out: options laid out before, by what they depend on; a memory of pure results, which `answer` fills.
    """

    leases: dict[Mac, tuple[Lease, ...]]
    server_addresses: frozenset[IPv4Address]
    mtu: int
    refused: tuple[tuple[PortId, str], ...] = ()
    layouts: int = 256
    laid_out: dict[tuple[int, IPv4Address, bytes | None, bool], dict[int, bytes]] = {}


def arrange(scope: Scope) -> Lookup:
    """The lookup for one network; reservations of subnets that the scope does not have are left out."""
    subnets: dict[SubnetId, SubnetOptions] = {}
    for subnet in scope.subnets:
        if isinstance(subnet.cidr, IPv4Network) and isinstance(subnet.server_address, IPv4Address):
            told = Told(scope.lease_time_s, scope.mtu, scope.domain)
            subnets[subnet.subnet_id] = _subnet_options(told, subnet, subnet.cidr, subnet.server_address)
    leases: dict[Mac, tuple[Lease, ...]] = {}
    refused: list[tuple[PortId, str]] = []
    for reservation in scope.reservations:
        options = subnets.get(reservation.subnet_id)
        if options is None or not isinstance(reservation.address, IPv4Address):
            continue
        extra, problems = _extra_options(reservation)
        refused += [(reservation.port_id, problem) for problem in problems]
        hostname = reservation.hostname.partition(".")[0]
        lease = Lease(reservation.port_id, reservation.address, hostname, options, extra)
        leases[reservation.mac] = (*leases.get(reservation.mac, ()), lease)
    server_addresses = frozenset(options.server_address for options in subnets.values())
    return Lookup(leases, server_addresses, scope.mtu, tuple(refused))


def routes(subnet: SubnetScope) -> tuple[ClasslessRoute, ...]:
    """The routes of option 121: what is on the link, host routes, metadata, the default route last.

    A gateway outside the subnet is made reachable by a route to it on the link. Empty when only the default
    route would be in it: option 3 says that.
    """
    gateway = default_gateway(subnet.gateway_ip, subnet.host_routes)
    found: list[ClasslessRoute] = [(cidr, UNSPECIFIED) for cidr in subnet.on_link if isinstance(cidr, IPv4Network)]
    found += _host_routes(subnet)
    given = {destination for destination, _ in found}
    if isinstance(subnet.metadata_nexthop, IPv4Address) and METADATA not in given:
        found.append((METADATA, subnet.metadata_nexthop))
    if not found or gateway is None:
        return tuple(found)
    if not any(gateway in cidr for cidr in (subnet.cidr, *subnet.on_link)):
        found.insert(0, (IPv4Network(gateway), UNSPECIFIED))
    return (*found, (DEFAULT_ROUTE, gateway))


def default_gateway(gateway_ip: IpAddress | None, host_routes: tuple[HostRoute, ...]) -> IPv4Address | None:
    """The default router: the subnet's gateway, or without one the next hop of a host route to 0.0.0.0/0."""
    if isinstance(gateway_ip, IPv4Address):
        return gateway_ip
    for route in host_routes:
        if route.destination == DEFAULT_ROUTE and isinstance(route.nexthop, IPv4Address):
            return route.nexthop
    return None


def _host_routes(subnet: SubnetScope) -> list[ClasslessRoute]:
    return [
        (route.destination, route.nexthop)
        for route in subnet.host_routes
        if isinstance(route.destination, IPv4Network)
        and isinstance(route.nexthop, IPv4Address)
        and route.destination != DEFAULT_ROUTE
    ]


@lru_cache(maxsize=_SUBNETS)
def _subnet_options(told: Told, subnet: SubnetScope, cidr: IPv4Network, server: IPv4Address) -> SubnetOptions:
    """Kept for the ports of one subnet that are served one by one: they have the same."""
    found = routes(subnet)
    single_hosts = [
        (destination.network_address, router) for destination, router in found if _is_single_host(destination, router)
    ]
    gateway = default_gateway(subnet.gateway_ip, subnet.host_routes)
    asked = {addresses.BROADCAST_ADDRESS: cidr.broadcast_address.packed}
    servers = [address for address in subnet.dns_nameservers if isinstance(address, IPv4Address)]
    if servers and UNSPECIFIED not in servers:
        asked[addresses.DOMAIN_NAME_SERVER] = addresses.encode_addresses(servers)
    if told.domain:
        asked[text.DOMAIN_NAME] = text.encode_text(told.domain)
    return SubnetOptions(
        server_address=server,
        cidr=cidr,
        lease=_lease_options(told.lease_time_s),
        forced={
            addresses.SUBNET_MASK: cidr.netmask.packed,
            numbers.INTERFACE_MTU: numbers.encode_u16(told.mtu),
        },
        asked=asked,
        router=gateway.packed if gateway is not None else b"",
        classless=encode_classless_routes(found),
        static=encode_static_routes(single_hosts),
    )


def _is_single_host(destination: IPv4Network, router: IPv4Address) -> bool:
    return destination.prefixlen == 32 and router != UNSPECIFIED


def _lease_options(lease_time_s: int) -> dict[int, bytes]:
    """T1 and T2 are half and seven eighths (RFC 2131 section 4.4.5); for ever needs neither."""
    if not 0 <= lease_time_s < numbers.FOR_EVER:
        return {numbers.LEASE_TIME: numbers.encode_u32(numbers.FOR_EVER)}
    return {
        numbers.LEASE_TIME: numbers.encode_u32(lease_time_s),
        numbers.RENEWAL_TIME: numbers.encode_u32(lease_time_s // 2),
        numbers.REBINDING_TIME: numbers.encode_u32(lease_time_s * 7 // 8),
    }


def _extra_options(reservation: Reservation) -> tuple[dict[int, bytes], list[str]]:
    extra: dict[int, bytes] = {}
    problems: list[str] = []
    for option in reservation.extra:
        if option.ip_version != 4 or not option.opt_value.strip():
            continue
        try:
            code, payload = encode_named_option(option.opt_name, option.opt_value)
        except DhcpFormatError as error:
            problems.append(str(error))
            continue
        if code == SERVER_IP_ADDRESS and len(payload) != 4:
            problems.append("server-ip-address is one address")
            continue
        extra[code] = payload
    return extra, problems
