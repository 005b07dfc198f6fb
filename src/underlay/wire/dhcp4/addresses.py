"""Options that are IPv4 addresses: one of four bytes, or a list of them, most preferred first.

```
+------+--------+------+------+------+------+------+-- ...
| code | 4 * n  |      address 1            | address 2      RFC 2132
+------+--------+------+------+------+------+------+-- ...
```
| code | RFC 2132 | holds |
|---|---|---|
| 1 | 3.3 | subnet mask (one) |
| 3 | 3.5 | routers |
| 6 | 3.8 | domain name servers |
| 28 | 5.3 | broadcast address (one) |
| 42 | 8.3 | NTP servers |
| 50 | 9.1 | address that the client asks for (one) |
| 54 | 9.7 | server identifier: the server's own address (one) |
"""

from collections.abc import Iterable
from ipaddress import IPv4Address
from typing import Final

from underlay.wire.dhcp4.errors import DhcpFormatError

SUBNET_MASK: Final = 1
ROUTER: Final = 3
DOMAIN_NAME_SERVER: Final = 6
BROADCAST_ADDRESS: Final = 28
NTP_SERVER: Final = 42
REQUESTED_ADDRESS: Final = 50
SERVER_IDENTIFIER: Final = 54


def encode_addresses(addresses: Iterable[IPv4Address]) -> bytes:
    """The payload of a list of addresses, in order."""
    return b"".join([address.packed for address in addresses])


def decode_address(payload: bytes) -> IPv4Address:
    """The one address of options 1, 28, 50, 54.

    Raises:
    DhcpFormatError: not four bytes.
    """
    if len(payload) != 4:
        raise DhcpFormatError(f"an address has 4 bytes, not {len(payload)}")
    return IPv4Address(payload)


def decode_addresses(payload: bytes) -> tuple[IPv4Address, ...]:
    """The addresses of options 3, 6, 42.

    Raises:
    DhcpFormatError: empty, or not a multiple of four bytes.
    """
    if not payload or len(payload) % 4:
        raise DhcpFormatError(f"a list of addresses has a multiple of 4 bytes, not {len(payload)}")
    return tuple(IPv4Address(payload[start : start + 4]) for start in range(0, len(payload), 4))
