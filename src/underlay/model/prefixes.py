"""Sets of prefixes: joined, cut, compared. Pure arithmetic for subnet pools.

A set is given as prefixes of one IP version in any order; it comes back in its one shortest form, ascending.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, collapse_addresses, summarize_address_range
from typing import cast

from underlay.model.address import IpNetwork

_Run = tuple[int, int]
"""First and last address as numbers."""


def compact(prefixes: Iterable[IpNetwork]) -> tuple[IpNetwork, ...]:
    """The same addresses in as few prefixes as possible."""
    return tuple(collapse_addresses(cast(Iterable[IPv4Network], prefixes)))


def without(prefixes: Iterable[IpNetwork], taken: Iterable[IpNetwork]) -> tuple[IpNetwork, ...]:
    """The addresses of the first set that are not in the second."""
    holes = [_run(hole) for hole in compact(taken)]
    left: list[IpNetwork] = []
    for prefix in compact(prefixes):
        first, last = _run(prefix)
        for start, end in holes:
            if end < first or start > last:
                continue
            left.extend(_prefixes(prefix, first, start - 1))
            first = end + 1
        left.extend(_prefixes(prefix, first, last))
    return tuple(left)


def overlap(one: Iterable[IpNetwork], other: Iterable[IpNetwork]) -> bool:
    """Whether the two sets share an address; of different IP versions they never do."""
    runs = sorted(
        [(prefix.version, *_run(prefix), 0) for prefix in one]
        + [(prefix.version, *_run(prefix), 1) for prefix in other]
    )
    reached: dict[tuple[int, int], int] = {}
    for version, first, last, side in runs:
        if reached.get((version, 1 - side), -1) >= first:
            return True
        reached[version, side] = max(last, reached.get((version, side), -1))
    return False


def holds(prefixes: Iterable[IpNetwork], part: Iterable[IpNetwork]) -> bool:
    """Whether the first set has every address of the second."""
    return not without(part, prefixes)


def _run(prefix: IpNetwork) -> _Run:
    return int(prefix.network_address), int(prefix.broadcast_address)


def _prefixes(of: IpNetwork, first: int, last: int) -> Iterable[IpNetwork]:
    if first > last:
        return ()
    if isinstance(of, IPv6Network):
        return summarize_address_range(IPv6Address(first), IPv6Address(last))
    return summarize_address_range(IPv4Address(first), IPv4Address(last))
