"""Options that are one unsigned number in network byte order.

```
+------+--------+-- ... --+
| code | 2 or 4 | number  |
+------+--------+-- ... --+
```
| code | bytes | RFC 2132 | holds |
|---|---|---|---|
| 26 | 2 | 5.1 | interface MTU, 68 and up |
| 51 | 4 | 9.2 | lease time in seconds; 0xffffffff is for ever |
| 57 | 2 | 9.10 | largest message (IP datagram) that the client takes, 576 and up |
| 58 | 4 | 9.11 | T1: seconds until RENEWING |
| 59 | 4 | 9.12 | T2: seconds until REBINDING |
"""

from typing import Final

from underlay.wire.dhcp4.errors import DhcpFormatError

INTERFACE_MTU: Final = 26
LEASE_TIME: Final = 51
MAXIMUM_MESSAGE_SIZE: Final = 57
RENEWAL_TIME: Final = 58
REBINDING_TIME: Final = 59

FOR_EVER: Final = 0xFFFFFFFF


def encode_u16(number: int) -> bytes:
    """Two bytes; a number outside 0-65535 becomes the nearest that fits."""
    return min(max(number, 0), 0xFFFF).to_bytes(2, "big")


def encode_u32(number: int) -> bytes:
    """Four bytes; a number outside 0-0xffffffff becomes the nearest that fits."""
    return min(max(number, 0), 0xFFFFFFFF).to_bytes(4, "big")


def decode_u16(payload: bytes) -> int:
    """The number of options 26, 57.

    Raises:
    DhcpFormatError: not two bytes.
    """
    if len(payload) != 2:
        raise DhcpFormatError(f"this number has 2 bytes, not {len(payload)}")
    return int.from_bytes(payload, "big")


def decode_u32(payload: bytes) -> int:
    """The number of options 51, 58, 59.

    Raises:
    DhcpFormatError: not four bytes.
    """
    if len(payload) != 4:
        raise DhcpFormatError(f"this number has 4 bytes, not {len(payload)}")
    return int.from_bytes(payload, "big")
