"""Option 33, routes to single hosts by class of address (RFC 2132 section 5.8).

```
+------+--------+------+------+------+------+------+------+------+------+-- ...
|  33  | 8 * n  |      destination          |      router               |
+------+--------+------+------+------+------+------+------+------+------+-- ...
```
There is no mask: a client takes the destination's class (systemd-networkd makes 169.254.169.254 a /16). The
default route is not a legal destination.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address
from typing import Final

from underlay.wire.dhcp4.errors import DhcpFormatError

STATIC_ROUTE: Final = 33


def encode_static_routes(routes: Iterable[tuple[IPv4Address, IPv4Address]]) -> bytes:
    """The payload of (destination, router) pairs, in order."""
    return b"".join([destination.packed + router.packed for destination, router in routes])


def decode_static_routes(payload: bytes) -> tuple[tuple[IPv4Address, IPv4Address], ...]:
    """The (destination, router) pairs.

    Raises:
    DhcpFormatError: empty, or not a multiple of eight bytes.
    """
    if not payload or len(payload) % 8:
        raise DhcpFormatError(f"a list of static routes has a multiple of 8 bytes, not {len(payload)}")
    return tuple(
        (IPv4Address(payload[start : start + 4]), IPv4Address(payload[start + 4 : start + 8]))
        for start in range(0, len(payload), 8)
    )
