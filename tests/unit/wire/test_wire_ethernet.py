"""Frames with a UDP datagram, checked against bytes and by the receiver's sum."""

import struct
from ipaddress import IPv4Address

from hypothesis import given
from hypothesis import strategies as st

from underlay.model.address import Mac
from underlay.wire.ethernet import EVERYBODY, Endpoint, internet_checksum, udp_frame

SERVER = Endpoint(Mac.parse("fa:16:3e:ad:73:bb"), IPv4Address("10.10.100.2"), 67)
CLIENT = Endpoint(Mac.parse("fa:16:3e:00:00:05"), IPv4Address("10.10.100.5"), 68)


def test_a_frame_byte_by_byte() -> None:
    """Ethernet II, IPv4 without options, UDP: each field at its place (RFC 894, 791, 768)."""
    expected = bytes.fromhex(
        "fa163e000005 fa163ead73bb 080045c0 001e 0000 0000 4011 9df4 0a0a6402 0a0a64050043 0044 000a bace 6869"
    )
    assert expected == udp_frame(SERVER, CLIENT, b"hi")


def test_everybody_is_all_ones() -> None:
    """The broadcast address of IEEE 802."""
    assert "ff:ff:ff:ff:ff:ff" == str(EVERYBODY)


def test_a_sum_of_zero_is_sent_as_all_ones() -> None:
    """RFC 768: zero in the field would mean that there is no checksum."""
    complement = udp_frame(SERVER, CLIENT, b"\0\0")[40:42]
    assert b"\xff\xff" == udp_frame(SERVER, CLIENT, complement)[40:42]


@given(st.binary(max_size=1400))
def test_checksums_add_up_for_the_receiver(payload: bytes) -> None:
    """The ones' complement sum over header (and pseudo header) with the checksum in it is all ones."""
    frame = udp_frame(SERVER, CLIENT, payload)
    assert 0 == internet_checksum(frame[14:34])
    udp = frame[34:]
    assert 0 == internet_checksum(frame[26:34] + struct.pack("!HH", 17, len(udp)) + udp)
    assert payload == udp[8:]
