"""Identity addresses: what a host writes over the source of its guests' packets, so that it says which port asked.

A number is one port's among the ports of one host. The addresses never leave the host.

```
 100.64.0.0/11   21 bits: number (16), which of the port's IPv4 addresses (5)   a client, with or without an address
 100.96.0.0/11   the same                                                       a DHCP client that renews: it has one
 fd00:a9fe:0:<number>::/64   the lower half is the client's own interface id    its link-local address
```
"""

from ipaddress import IPv4Address, IPv6Address, IPv6Network
from typing import Final

import msgspec

from underlay.model.address import IpAddress

HIGHEST_NUMBER: Final = 0xFFFF
"""More ports than one Open vSwitch bridge can have."""
ADDRESSES: Final = 32
"""IPv4 addresses of one port that can be told apart."""

_INDEX_BITS: Final = 5
_BASE: Final = int(IPv4Address("100.64.0.0"))
_RENEWING: Final = 1 << 21
_PREFIX: Final = int(IPv6Address("fd00:a9fe::"))


class Peer(msgspec.Struct, frozen=True):
    """Attributes:
    index: of the port's IPv4 address; 0 also when it has none, or by IPv6.
    """

    number: int
    index: int = 0
    renewing: bool = False


def ipv4_of(peer: Peer) -> IPv4Address:
    """The IPv4 identity address."""
    value = peer.number << _INDEX_BITS | peer.index
    return IPv4Address(_BASE | (_RENEWING if peer.renewing else 0) | value)


def prefix_of(number: int) -> IPv6Network:
    """The upper half of the port's IPv6 identity addresses."""
    return IPv6Network((_PREFIX | number << 64, 64))


def peer_of(address: IpAddress) -> Peer | None:
    """Whose identity address it is; None when it is none."""
    value = int(address)
    if isinstance(address, IPv6Address):
        number = value >> 64 & HIGHEST_NUMBER
        return Peer(number) if value >> 64 == _PREFIX >> 64 | number else None
    if value & ~(2 * _RENEWING - 1) != _BASE:
        return None
    return Peer(value >> _INDEX_BITS & HIGHEST_NUMBER, value & ADDRESSES - 1, bool(value & _RENEWING))
