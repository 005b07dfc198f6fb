"""The options by which addresses are asked for and given (RFC 8415 sections 21.4, 21.6, 21.13).

```
 IA_NA (3):    iaid (4), T1 (4), T2 (4), options           IAADDR (5): address (16), preferred (4), valid (4), options
 STATUS (13):  code (2), text
```
"""

import struct
from ipaddress import IPv6Address
from typing import Final

import msgspec

from underlay.wire.dhcp6.message import Dhcp6FormatError, Option, encode_options, parse_options

IA_NA: Final = 3
IA_TA: Final = 4
IAADDR: Final = 5
STATUS_CODE: Final = 13
IA_PD: Final = 25
SUCCESS: Final = 0
NO_ADDRESSES: Final = 2
NO_BINDING: Final = 3
NOT_ON_LINK: Final = 4
NO_PREFIX: Final = 6
FOR_EVER: Final = 0xFFFFFFFF

_IA: Final = struct.Struct("!4sII")
_ADDRESS: Final = struct.Struct("!16sII")


class Association(msgspec.Struct, frozen=True):
    """What a client asks for one of its interfaces.

    Attributes:
    iaid: the client's number for it.
    addresses: that it has or wants.
    """

    iaid: bytes
    addresses: tuple[IPv6Address, ...] = ()


def decode_association(payload: bytes) -> Association:
    """An IA_NA of a client. Raises Dhcp6FormatError."""
    if len(payload) < _IA.size:
        raise Dhcp6FormatError("an IA_NA is too short")
    iaid, _, _ = _IA.unpack_from(payload)
    addresses = [octets for code, octets in parse_options(payload[_IA.size :]) if code == IAADDR]
    if any(len(octets) < _ADDRESS.size for octets in addresses):
        raise Dhcp6FormatError("an address of an IA_NA is too short")
    return Association(iaid, tuple(IPv6Address(octets[:16]) for octets in addresses))


def encode_association(iaid: bytes, lease_time_s: int, options: tuple[Option, ...]) -> Option:
    """An IA_NA of the server: T1 and T2 are half and four fifths of the lease."""
    times = (FOR_EVER, FOR_EVER) if lease_time_s == FOR_EVER else (lease_time_s // 2, lease_time_s * 4 // 5)
    return IA_NA, _IA.pack(iaid, *times) + encode_options(options)


def encode_address(address: IPv6Address, lease_time_s: int) -> Option:
    """An address that is valid for so long; 0: no longer."""
    return IAADDR, _ADDRESS.pack(address.packed, lease_time_s, lease_time_s)


def encode_status(code: int, text: str) -> Option:
    """How it went."""
    return STATUS_CODE, code.to_bytes(2, "big") + text.encode()
