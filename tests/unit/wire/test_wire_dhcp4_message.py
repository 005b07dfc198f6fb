"""DHCPv4 messages: byte vectors, and what the parser makes of anything else."""

from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from underlay.model.address import Mac
from underlay.wire.dhcp4.errors import DhcpFormatError
from underlay.wire.dhcp4.message import BOOTREPLY, BOOTREQUEST, Message, encode, parse
from underlay.wire.dhcp4.option_area import pack_option, pack_options, read_options

UDHCPC_DISCOVER = bytes.fromhex(
    "0101060070e3a1550000000000000000000000000000000000000000fa163e00000500000000000000000000"
    + "00" * 192
    + "63825363"
    + "350101"
    + "3d0701fa163e000005"
    + "39020240"
    + "37070103060c0f1c2a"
    + "3c0c756468637020312e33352e30"
    + "ff"
)


def test_a_real_discover_is_read() -> None:
    """Every header field and option of busybox udhcpc's DHCPDISCOVER is found."""
    expected = Message(
        op=BOOTREQUEST,
        xid=0x70E3A155,
        chaddr=Mac.parse("fa:16:3e:00:00:05"),
        options={
            53: b"\x01",
            61: b"\x01\xfa\x16\x3e\x00\x00\x05",
            57: b"\x02\x40",
            55: bytes((1, 3, 6, 12, 15, 28, 42)),
            60: b"udhcp 1.35.0",
        },
    )
    assert expected == parse(UDHCPC_DISCOVER)


def test_a_message_is_written_field_by_field() -> None:
    """Each header field is at its place of RFC 2131 section 2, and the message is at least 300 bytes long."""
    message = Message(
        op=BOOTREPLY,
        xid=1,
        chaddr=Mac(5),
        hops=2,
        secs=3,
        flags=0x8000,
        ciaddr=IPv4Address("1.0.0.1"),
        yiaddr=IPv4Address("1.0.0.2"),
        siaddr=IPv4Address("1.0.0.3"),
        giaddr=IPv4Address("1.0.0.4"),
        sname=b"s",
        file=b"f",
        options={53: b"\x02"},
    )
    expected = bytes.fromhex("02010602 00000001 0003 8000 01000001 01000002 01000003 01000004 000000000005")
    expected += bytes(10) + b"s".ljust(64, b"\0") + b"f".ljust(128, b"\0") + bytes.fromhex("63825363 350102 ff")
    assert expected.ljust(300, b"\0") == encode(message)


@pytest.mark.parametrize(
    ("datagram", "why"),
    [
        (b"", "too few"),
        (UDHCPC_DISCOVER[:239], "too few"),
        (UDHCPC_DISCOVER[:236] + b"\0\0\0\0" + UDHCPC_DISCOVER[240:], "cookie"),
        (b"\x01\x20\x06" + UDHCPC_DISCOVER[3:], "not Ethernet"),
        (b"\x01\x01\x10" + UDHCPC_DISCOVER[3:], "not Ethernet"),
        (UDHCPC_DISCOVER[:240] + b"\x35\x09\x01", "cut short"),
        (UDHCPC_DISCOVER[:240] + b"\x35", "cut short"),
        (UDHCPC_DISCOVER[:240] + b"\x34\x01\x04\xff", "overload"),
    ],
)
def test_what_is_no_dhcp_message_is_refused_with_the_reason(datagram: bytes, why: str) -> None:
    """Too short, no cookie, not Ethernet, an option over the end: DhcpFormatError says which."""
    with pytest.raises(DhcpFormatError, match=why):
        parse(datagram)


@pytest.mark.parametrize("tail", [b"\x35\x01\x01", b"\0\0\x35\x01\x01\xff", b"\x35\x01\x01\xff\x99garbage"])
def test_harmless_deviations_are_accepted(tail: bytes) -> None:
    """No END, padding before options, and bytes after END do not matter."""
    assert {53: b"\x01"} == parse(UDHCPC_DISCOVER[:240] + tail).options


def test_overloaded_fields_are_read_in_order() -> None:
    """RFC 3396 section 5: options, then file, then sname; these are then no texts."""
    octets = bytearray(UDHCPC_DISCOVER[:240] + b"\x34\x01\x03\x0c\x01a\xff")
    octets[108:113] = b"\x0c\x01b\xff\x00"
    octets[44:48] = b"\x0c\x01c\xff"
    message = parse(bytes(octets))
    assert ({12: b"abc"}, b"", b"") == (message.options, message.file, message.sname)


def test_a_long_option_is_split_and_joined() -> None:
    """RFC 3396: 256 to 510 bytes are two options of the same code."""
    payload = bytes(range(256)) + b"!"
    packed = pack_option(121, payload)
    assert b"\x79\xff" + payload[:255] + b"\x79\x02" + payload[255:] == packed
    found: dict[int, bytes] = {}
    read_options(packed + b"\xff", found)
    assert {121: payload} == found


def test_what_does_not_fit_overflows_then_is_left_out() -> None:
    """RFC 2132 section 9.3: first `file`, then `sname`; what fits nowhere is left out, and the rest still goes."""
    options = {1: bytes(30), 2: bytes(100), 3: bytes(50), 4: bytes(60), 5: bytes(10)}
    packed = pack_options(options, 50, file_is_free=True, sname_is_free=True)
    assert pack_option(1, bytes(30)) + pack_option(5, bytes(10)) + b"\x34\x01\x03\xff" == packed.options
    assert (pack_option(2, bytes(100)) + b"\xff", pack_option(3, bytes(50)) + b"\xff") == (packed.file, packed.sname)
    assert (4,) == packed.left_out


def test_fields_in_use_are_not_overloaded() -> None:
    """A boot file stays a boot file when options are too many."""
    options = {1: bytes(60), 2: bytes(100), 3: bytes(20)}
    written = parse(encode(Message(op=BOOTREPLY, xid=1, chaddr=Mac(5), file=b"boot", options=options), 320))
    assert (b"boot", {1: bytes(60), 3: bytes(20)}) == (written.file, written.options)


PAYLOADS = st.dictionaries(st.integers(1, 254).filter(lambda code: code != 52), st.binary(max_size=300), max_size=12)


@given(PAYLOADS, st.integers(0, 0xFFFFFFFF), st.integers(0, 0xFFFF), st.integers(300, 9000))
def test_what_is_written_is_read_again(options: dict[int, bytes], xid: int, flags: int, limit: int) -> None:
    """Header fields survive; each option survives whole or is left out, within the size limit."""
    message = Message(op=BOOTREPLY, xid=xid, chaddr=Mac(7), flags=flags, options=options)
    octets = encode(message, limit)
    assert len(octets) <= limit
    again = parse(octets)
    assert (message.xid, message.flags, message.chaddr) == (again.xid, again.flags, again.chaddr)
    assert again.options.items() <= options.items()


@given(st.binary(max_size=700))
def test_random_bytes_raise_nothing_else(octets: bytes) -> None:
    """Any bytes are a message or a DhcpFormatError."""
    for datagram in (octets, UDHCPC_DISCOVER[:240] + octets):
        try:
            parse(datagram)
        except DhcpFormatError:
            continue
