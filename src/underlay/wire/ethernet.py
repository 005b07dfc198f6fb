"""An Ethernet frame that carries one UDP datagram over IPv4: for a client that has no address yet.

```
+---------------+---------------+--------+   RFC 894
| destination 6 |   source 6    | 0x0800 |
+------+-----+--+---------------+--------+   RFC 791, 20 bytes, no options
| 0x45 | TOS | total length | id 0 | flags | TTL | 17 | checksum | source 4 | destination 4 |
+------+-----+--------------+------+-------+-----+----+----------+----------+---------------+
| source port 2 | destination port 2 | length 2 | checksum 2 | payload                       |   RFC 768
+---------------+--------------------+----------+------------+-------------------------------+
```
"""

import struct
from ipaddress import IPv4Address
from typing import Final

import msgspec

from underlay.model.address import Mac

EVERYBODY: Final = Mac(0xFFFF_FFFF_FFFF)
"""The Ethernet broadcast address."""

_IP: Final = struct.Struct("!BBHHHBBH4s4s")
_UDP: Final = struct.Struct("!HHHH")
_IPV4_ETHERTYPE: Final = b"\x08\x00"
_NETWORK_CONTROL: Final = 0xC0
_TTL: Final = 64
_PROTOCOL_UDP: Final = 17


class Endpoint(msgspec.Struct, frozen=True):
    """One side of a UDP datagram on a link."""

    mac: Mac
    address: IPv4Address
    port: int


def udp_frame(source: Endpoint, destination: Endpoint, payload: bytes) -> bytes:
    """The frame, without its check sequence; both checksums filled in.

    Args:
    payload: at most 65507 bytes; whether it fits the link's MTU is the caller's care.
    """
    length = _UDP.size + len(payload)
    addresses = source.address.packed + destination.address.packed
    pseudo = addresses + struct.pack("!HHHHHH", _PROTOCOL_UDP, length, source.port, destination.port, length, 0)
    udp_checksum = internet_checksum(pseudo + payload) or 0xFFFF
    ip_fields = (0x45, _NETWORK_CONTROL, _IP.size + length, 0, 0, _TTL, _PROTOCOL_UDP)
    ip_checksum = internet_checksum(_IP.pack(*ip_fields, 0, addresses[:4], addresses[4:]))
    return b"".join(
        (
            destination.mac.packed,
            source.mac.packed,
            _IPV4_ETHERTYPE,
            _IP.pack(*ip_fields, ip_checksum, addresses[:4], addresses[4:]),
            _UDP.pack(source.port, destination.port, length, udp_checksum),
            payload,
        )
    )


def internet_checksum(octets: bytes) -> int:
    """RFC 1071: the ones' complement of the ones' complement sum of 16-bit words; an odd last byte is padded."""
    if len(octets) % 2:
        octets += b"\0"
    # 65536 is 1 modulo 65535, so the words' sum with its carries added in is the whole number's remainder.
    return -int.from_bytes(octets, "big") % 0xFFFF
