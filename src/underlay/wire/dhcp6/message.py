"""A DHCPv6 message between client and server (RFC 8415 section 8), and the form of options (21.1).

```
 +---------------+-----------------------------------------------+
 |  msg-type (1) |                transaction-id (3)             |
 +---------------+-----------------------------------------------+
 |  option-code (2), option-len (2), option-data     (repeated)  |
 +---------------------------------------------------------------+
```
"""

import struct
from typing import Final

import msgspec

SOLICIT: Final = 1
ADVERTISE: Final = 2
REQUEST: Final = 3
CONFIRM: Final = 4
RENEW: Final = 5
REBIND: Final = 6
REPLY: Final = 7
RELEASE: Final = 8
DECLINE: Final = 9
INFORMATION_REQUEST: Final = 11

_OPTION: Final = struct.Struct("!HH")
_MOST_OPTIONS: Final = 64
"""More than any client sends; few enough for who makes them up."""

Option = tuple[int, bytes]


class Dhcp6FormatError(ValueError):
    """The bytes are no DHCPv6 message, or an option's payload does not have the form its RFC gives it."""


class Message(msgspec.Struct, frozen=True):
    """Attributes:
    xid: 24 bits, chosen by the client, repeated in the answer.
    options: in the order of the wire; a code may be there repeatedly.
    """

    kind: int
    xid: int
    options: tuple[Option, ...] = ()

    def all_of(self, code: int) -> tuple[bytes, ...]:
        """The payloads of every option of the code."""
        return tuple(payload for each, payload in self.options if each == code)

    def first(self, code: int) -> bytes | None:
        """The payload of the first option of the code; None when there is none."""
        return next(iter(self.all_of(code)), None)


def parse(datagram: bytes) -> Message:
    """Read one UDP payload. Raises Dhcp6FormatError: too short, or an option cut short."""
    if len(datagram) < 4:
        raise Dhcp6FormatError(f"{len(datagram)} bytes are too few for a DHCPv6 message")
    return Message(datagram[0], int.from_bytes(datagram[1:4], "big"), parse_options(datagram[4:]))


def parse_options(octets: bytes) -> tuple[Option, ...]:
    """Options one after the other, as in a message or inside another option. Raises Dhcp6FormatError."""
    found: list[Option] = []
    start = 0
    while start < len(octets):
        if start + _OPTION.size > len(octets) or len(found) == _MOST_OPTIONS:
            raise Dhcp6FormatError("an option is cut short, or there are too many")
        code, length = _OPTION.unpack_from(octets, start)
        start += _OPTION.size
        if start + length > len(octets):
            raise Dhcp6FormatError(f"option {code} is cut short")
        found.append((code, octets[start : start + length]))
        start += length
    return tuple(found)


def encode(message: Message) -> bytes:
    """The UDP payload."""
    return bytes((message.kind,)) + message.xid.to_bytes(3, "big") + encode_options(message.options)


def encode_options(options: tuple[Option, ...]) -> bytes:
    """Options one after the other."""
    return b"".join(_OPTION.pack(code, len(payload)) + payload for code, payload in options)
