"""Options 121 and 249, routes with a prefix length (RFC 3442; 249 is Windows' own number for the same).

```
+------+--------+--------+-- 0 to 4 bytes --+------+------+------+------+-- ...
| 121  |   n    | prefix |   destination    |         router            |
+------+--------+--------+------------------+------+------+------+------+-- ...
```
Of the destination only the bytes that the prefix length covers are there: 10.17.0.0/16 is `10 0a 11`, the
default route is `00`. Router 0.0.0.0 means that the destination is on the link itself. A client that gets 121
ignores option 3 (and 33), so the default route must be in 121 too.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network
from typing import Final

from underlay.wire.dhcp4.errors import DhcpFormatError

CLASSLESS_STATIC_ROUTE: Final = 121
MICROSOFT_STATIC_ROUTE: Final = 249

ClasslessRoute = tuple[IPv4Network, IPv4Address]
"""(destination, router)."""


def encode_classless_routes(routes: Iterable[ClasslessRoute]) -> bytes:
    """The payload, in order."""
    return b"".join([_encode_route(destination, router) for destination, router in routes])


def _encode_route(destination: IPv4Network, router: IPv4Address) -> bytes:
    significant = (destination.prefixlen + 7) // 8
    return bytes((destination.prefixlen,)) + destination.network_address.packed[:significant] + router.packed


def decode_classless_routes(payload: bytes) -> tuple[ClasslessRoute, ...]:
    """The routes; host bits that the prefix does not cover are cleared, as RFC 3442 asks of clients.

    Raises:
    DhcpFormatError: empty, a prefix over 32, or cut short.
    """
    routes: list[ClasslessRoute] = []
    position = 0
    while position < len(payload):
        prefixlen = payload[position]
        if prefixlen > 32:
            raise DhcpFormatError(f"a prefix length of {prefixlen} is over 32")
        middle = position + 1 + (prefixlen + 7) // 8
        end = middle + 4
        if end > len(payload):
            raise DhcpFormatError("a classless static route is cut short")
        destination = int.from_bytes(payload[position + 1 : middle].ljust(4, b"\0"), "big")
        network = IPv4Network((destination, prefixlen), strict=False)
        routes.append((network, IPv4Address(payload[middle:end])))
        position = end
    if not routes:
        raise DhcpFormatError("a list of classless static routes is empty")
    return tuple(routes)
