"""A DHCPv4 message (RFC 2131 section 2), Ethernet clients only.

```
 0                   1                   2                   3
 +---------------+---------------+---------------+---------------+
 |   op (1)      |   htype (1)   |   hlen (1)    |   hops (1)    |
 +---------------+---------------+---------------+---------------+
 |                            xid (4)                            |
 +-------------------------------+-------------------------------+
 |           secs (2)            |           flags (2)           |   flags: 0x8000 is "answer by broadcast"
 +-------------------------------+-------------------------------+
 |          ciaddr (4), yiaddr (4), siaddr (4), giaddr (4)       |
 +---------------------------------------------------------------+
 |          chaddr (16), sname (64), file (128)                  |
 +---------------------------------------------------------------+
 |          magic cookie 63 82 53 63, options (variable)         |
 +---------------------------------------------------------------+
```
"""

import struct
from ipaddress import IPv4Address
from typing import Final

import msgspec

from underlay.model.address import Mac
from underlay.wire.dhcp4.errors import DhcpFormatError
from underlay.wire.dhcp4.option_area import FILE_BYTES, SNAME_BYTES, pack_options, read_overloaded_options

BOOTREQUEST: Final = 1
BOOTREPLY: Final = 2
BROADCAST: Final = 0x8000
UNSPECIFIED: Final = IPv4Address(0)

SMALLEST_LIMIT: Final = 548
"""Bytes of message that every client takes: an IP datagram of 576 less its IP and UDP headers (RFC 2131 section 2)."""

_HEADER: Final = struct.Struct("!BBBBIHHIIII6s10s64s128s4s")
_COOKIE: Final = b"\x63\x82\x53\x63"
_ETHERNET: Final = (1, 6)
_BOOTP_BYTES: Final = 300
"""BOOTP's fixed size (RFC 951): relays of old drop what is shorter."""


class Message(msgspec.Struct, frozen=True):
    """Attributes:
    xid: chosen by the client, repeated in the answer.
    secs: seconds since the client began, as it says.
    sname, file: the header's texts without their zero padding; empty when the fields hold options.
    options: payload by code; joined (RFC 3396), in the order of the wire; without 0, 52 and 255.
    """

    op: int
    xid: int
    chaddr: Mac
    hops: int = 0
    secs: int = 0
    flags: int = 0
    ciaddr: IPv4Address = UNSPECIFIED
    yiaddr: IPv4Address = UNSPECIFIED
    siaddr: IPv4Address = UNSPECIFIED
    giaddr: IPv4Address = UNSPECIFIED
    sname: bytes = b""
    file: bytes = b""
    options: dict[int, bytes] = {}


def parse(datagram: bytes) -> Message:
    """Read one UDP payload.

    Forgiving: shorter than BOOTP's 300 bytes, no END, bytes after END, padding in `chaddr`.

    Raises:
    DhcpFormatError: shorter than header and cookie, another cookie, not Ethernet, an option cut short.
    """
    if len(datagram) < _HEADER.size:
        raise DhcpFormatError(f"{len(datagram)} bytes are too few for a DHCP message")
    (op, htype, hlen, hops, xid, secs, flags, ciaddr, yiaddr, siaddr, giaddr, chaddr, _, sname, file, cookie) = (
        _HEADER.unpack_from(datagram)
    )
    if cookie != _COOKIE:
        raise DhcpFormatError("the magic cookie is missing")
    if (htype, hlen) != _ETHERNET:
        raise DhcpFormatError(f"hardware type {htype} with {hlen} address bytes is not Ethernet")
    options, in_file, in_sname = read_overloaded_options(datagram[_HEADER.size :], file, sname)
    return Message(
        op=op,
        xid=xid,
        chaddr=Mac(int.from_bytes(chaddr, "big")),
        hops=hops,
        secs=secs,
        flags=flags,
        ciaddr=_address(ciaddr),
        yiaddr=_address(yiaddr),
        siaddr=_address(siaddr),
        giaddr=_address(giaddr),
        sname=b"" if in_sname else sname.partition(b"\0")[0],
        file=b"" if in_file else file.partition(b"\0")[0],
        options=options,
    )


def encode(message: Message, max_bytes: int = SMALLEST_LIMIT) -> bytes:
    """The UDP payload, at least 300 bytes long.

    Options that do not fit in `max_bytes` go into unused `file` and `sname` fields; the last ones are left out
    when these are full too.

    Args:
    max_bytes: of the whole message; raised to 300 if smaller.
    """
    room = max(max_bytes, _BOOTP_BYTES) - _HEADER.size
    packed = pack_options(message.options, room, not message.file, not message.sname)
    header = _HEADER.pack(
        message.op,
        *_ETHERNET,
        message.hops,
        message.xid,
        message.secs,
        message.flags,
        int(message.ciaddr),
        int(message.yiaddr),
        int(message.siaddr),
        int(message.giaddr),
        message.chaddr.packed,
        b"",
        message.sname[: SNAME_BYTES - 1] if packed.sname is None else packed.sname,
        message.file[: FILE_BYTES - 1] if packed.file is None else packed.file,
        _COOKIE,
    )
    return (header + packed.options).ljust(_BOOTP_BYTES, b"\0")


def _address(value: int) -> IPv4Address:
    return IPv4Address(value) if value else UNSPECIFIED
