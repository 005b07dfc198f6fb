"""Address arithmetic of subnets: gateway, pools, which addresses ports can have, and choosing a free one.

Nothing here looks anything up: free addresses come in as ranges (`Snapshot.free_ranges`, or the pools of a new subnet).
Source: Networking API v2.0, "Subnets"; RFC 4291, appendix A (EUI-64); RFC 3021 (/31).
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from ipaddress import IPv4Network, IPv6Address
from itertools import combinations
from typing import Final

from underlay.model.address import AddressRange, IpAddress, IpNetwork, Mac
from underlay.model.errors import (
    GatewayConflictWithAllocationPools,
    InvalidAllocationPool,
    InvalidInput,
    OutOfBoundsAllocationPool,
    OverlappingAllocationPools,
)
from underlay.model.subnet import Subnet

CHANCE_WINDOW: Final = 1000
"""A port's address is one of so many lowest free ones, by chance: two servers rarely choose the same."""

CHANCE_RUNS: Final = 16
"""At most so many runs of free addresses are chosen from: chance scatters them, and each that is read costs time."""

_AUTO_MODES: Final = frozenset({"slaac", "dhcpv6-stateless"})
_EUI64_PREFIX_LENGTH: Final = 64
_UNIVERSAL_BIT: Final = 1 << 57


def default_gateway(cidr: IpNetwork, *, chosen_by_pool: bool = False) -> IpAddress:
    """The first host address; for an IPv6 cidr that was asked for, the subnet-router anycast address, which is the
    network's own. Neutron tells the two apart, so the same request gives the same gateway here."""
    return cidr.network_address + 1 if cidr.version == 4 or chosen_by_pool else cidr.network_address


def host_range(cidr: IpNetwork) -> AddressRange:
    """The addresses that ports can have: IPv4 without network and broadcast address, IPv6 without the first;
    all of them where the subnet has only one or two."""
    first, last = cidr.network_address, cidr.broadcast_address
    if cidr.num_addresses <= 2:
        return AddressRange(first, last)
    return AddressRange(first + 1, last - 1 if cidr.version == 4 else last)


def default_pools(cidr: IpNetwork, gateway: IpAddress | None) -> tuple[AddressRange, ...]:
    """All host addresses but the gateway: one range, or the two on its sides."""
    hosts = host_range(cidr)
    return (hosts,) if gateway is None else tuple(_cut(hosts, gateway))


def checked_pools(
    pools: Iterable[AddressRange], cidr: IpNetwork, gateway: IpAddress | None
) -> tuple[AddressRange, ...]:
    """The pools in ascending order: host addresses of the subnet, disjoint, without the gateway.

    Raises InvalidAllocationPool, OutOfBoundsAllocationPool, OverlappingAllocationPools,
    GatewayConflictWithAllocationPools.
    """
    hosts = host_range(cidr)
    asked = tuple(pools)
    for pool in asked:
        versions = {cidr.version, pool.start.version, pool.end.version}
        if len(versions) > 1 or int(pool.start) > int(pool.end):
            raise InvalidAllocationPool(pool.start, pool.end)
        if pool.start not in hosts or pool.end not in hosts:
            raise OutOfBoundsAllocationPool(pool, cidr)
    for one, other in combinations(asked, 2):
        if one.overlaps(other):
            raise OverlappingAllocationPools(one, other, cidr)
    require_gateway_outside(gateway, asked)
    return tuple(sorted(asked))


def require_gateway_outside(gateway: IpAddress | None, pools: Iterable[AddressRange]) -> None:
    """No port is given the gateway's address. Raises GatewayConflictWithAllocationPools."""
    for pool in pools:
        if gateway is not None and gateway in pool:
            raise GatewayConflictWithAllocationPools(gateway, pool)


def require_gateway_usable(gateway: IpAddress, cidr: IpNetwork) -> None:
    """The gateway is no network or broadcast address; one outside the subnet is accepted. Raises InvalidInput."""
    require_version("gateway_ip", gateway, cidr)
    edges = (cidr.network_address, cidr.broadcast_address)
    if isinstance(cidr, IPv4Network) and cidr.num_addresses > 2 and gateway in edges:
        raise InvalidInput(f"Gateway is not valid on subnet: {gateway} is the network or broadcast address of {cidr}")


def require_version(name: str, value: IpAddress | IpNetwork, cidr: IpNetwork) -> None:
    """What belongs to a subnet is of its IP version. Raises InvalidInput."""
    if value.version != cidr.version:
        raise InvalidInput(f"{name} '{value}' does not match the ip_version '{cidr.version}'")


def is_auto_address(subnet: Subnet) -> bool:
    """Whether guests make their addresses from the prefix and their MAC (SLAAC, also with stateless DHCPv6)."""
    return subnet.ipv6_address_mode in _AUTO_MODES or subnet.ipv6_ra_mode in _AUTO_MODES


def eui64_address(cidr: IpNetwork, mac: Mac) -> IPv6Address:
    """The address that a guest with the MAC makes itself on the /64: `ff:fe` in the middle, universal bit flipped."""
    high, low = mac.value >> 24, mac.value & 0xFFFFFF
    interface_id = (high << 40 | 0xFFFE << 24 | low) ^ _UNIVERSAL_BIT
    return IPv6Address(int(cidr.network_address) >> _EUI64_PREFIX_LENGTH << _EUI64_PREFIX_LENGTH | interface_id)


def lowest(free: Iterable[AddressRange], excluding: Collection[IpAddress] = ()) -> IpAddress | None:
    """The first free address that is not excluded; None when there is none."""
    return next((run.start for run in _without(free, excluding)), None)


def by_chance(
    free: Iterable[AddressRange],
    pools: Iterable[AddressRange],
    below: Callable[[int], int],
    excluding: Collection[IpAddress] = (),
) -> IpAddress | None:
    """One of the first thousand free addresses of the first pool that has any; None when none has."""
    runs = _without(free, excluding)
    if not runs:
        return None
    pool = next(pool for pool in pools if runs[0].start in pool)
    here = [run for run in runs if run.start in pool]
    return _nth(here, below(min(sum(run.size for run in here), CHANCE_WINDOW)))


def addresses(ranges: Iterable[AddressRange]) -> Iterator[IpAddress]:
    """Every address, range by range, ascending; may be more than anyone counts to."""
    for part in ranges:
        for offset in range(part.size):
            yield part.start + offset


def _without(runs: Iterable[AddressRange], excluding: Collection[IpAddress]) -> list[AddressRange]:
    """The runs, cut around the excluded addresses."""
    left = list(runs)
    for address in excluding:
        left = [part for run in left for part in _cut(run, address)]
    return left


def _cut(run: AddressRange, address: IpAddress) -> Iterator[AddressRange]:
    """What is left of the run without the address: none, one or two ranges."""
    if address not in run:
        yield run
        return
    if address != run.start:
        yield AddressRange(run.start, address - 1)
    if address != run.end:
        yield AddressRange(address + 1, run.end)


def _nth(runs: Iterable[AddressRange], index: int) -> IpAddress:
    """The address at the index, counted over all runs; 0 <= index < their sizes' sum."""
    for run in runs:
        if index < run.size:
            return run.start + index
        index -= run.size
    raise IndexError(index)
