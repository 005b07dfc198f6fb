"""Option 53, what kind of DHCP message this is (RFC 2132 section 9.6).

```
+------+--------+------+
|  53  |   1    | 1-8  |
+------+--------+------+
```
"""

from enum import IntEnum
from typing import Final

from underlay.wire.dhcp4.errors import DhcpFormatError

MESSAGE_TYPE: Final = 53


class MessageType(IntEnum):
    """The kinds of RFC 2131 section 3.1, table 2."""

    DISCOVER = 1
    OFFER = 2
    REQUEST = 3
    DECLINE = 4
    ACK = 5
    NAK = 6
    RELEASE = 7
    INFORM = 8


def encode_message_type(kind: MessageType) -> bytes:
    """The one byte."""
    return bytes((kind,))


def decode_message_type(payload: bytes) -> MessageType:
    """The kind.

    Raises:
    DhcpFormatError: not one byte of 1-8.
    """
    if len(payload) != 1 or not MessageType.DISCOVER <= payload[0] <= MessageType.INFORM:
        raise DhcpFormatError("option 53 (message type) is none of 1 to 8")
    return MessageType(payload[0])
