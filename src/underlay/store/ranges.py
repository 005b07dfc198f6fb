"""Free addresses as maximal runs: the arithmetic. Pure; a run is a pair of addresses, both included.

pool       .2 ------------------------------ .254
taken             .10            .20
free       .2 - .9    .11 - .19      .21 - .254
"""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from itertools import chain

from underlay.model.address import AddressRange, IpAddress


def address_from(packed: bytes) -> IpAddress:
    """The address of 4 or 16 bytes in wire order."""
    return IPv4Address(packed) if len(packed) == 4 else IPv6Address(packed)


def split(run: AddressRange, address: IpAddress) -> tuple[AddressRange | None, AddressRange | None]:
    """What is left below and above the address, which is in the run."""
    below = AddressRange(run.start, address - 1) if run.start != address else None
    above = AddressRange(address + 1, run.end) if address != run.end else None
    return below, above


def pool_with(pools: Sequence[AddressRange], address: IpAddress) -> AddressRange | None:
    """The pool that the address is in."""
    return next((pool for pool in pools if address in pool), None)


def free_runs(pools: Sequence[AddressRange], taken: Collection[IpAddress]) -> Iterator[AddressRange]:
    """The maximal runs of addresses of each pool that are not taken, pool by pool, ascending.

    Args:
    pools: sorted, disjoint, of one IP version.
    taken: any addresses of that version, inside pools or outside, in any order.
    """
    numbers = sorted({int(address) for address in taken})
    for pool in pools:
        next_free = int(pool.start)
        in_pool = numbers[bisect_left(numbers, int(pool.start)) : bisect_left(numbers, int(pool.end) + 1)]
        for number in chain(in_pool, (int(pool.end) + 1,)):
            if next_free < number:
                yield AddressRange(type(pool.start)(next_free), type(pool.start)(number - 1))
            next_free = number + 1


def packed_or_none(value: object) -> bytes | None:
    """The address that the text shows, in wire order; None when it shows none."""
    try:
        return ip_address(str(value)).packed
    except ValueError:
        return None
