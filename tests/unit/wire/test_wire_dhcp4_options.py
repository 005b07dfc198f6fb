"""DHCPv4 options: byte vectors of each family, and extra options written as text."""

from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from underlay.wire.dhcp4.addresses import decode_address, decode_addresses, encode_addresses
from underlay.wire.dhcp4.classless_routes import decode_classless_routes, encode_classless_routes
from underlay.wire.dhcp4.domain_search import encode_domain_search
from underlay.wire.dhcp4.errors import DhcpFormatError
from underlay.wire.dhcp4.message_type import MessageType, decode_message_type, encode_message_type
from underlay.wire.dhcp4.names import SERVER_IP_ADDRESS, encode_named_option
from underlay.wire.dhcp4.numbers import decode_u16, decode_u32, encode_u16, encode_u32
from underlay.wire.dhcp4.parameter_request_list import decode_parameter_request_list, encode_parameter_request_list
from underlay.wire.dhcp4.static_routes import decode_static_routes, encode_static_routes
from underlay.wire.dhcp4.text import decode_text, encode_text

GATEWAY = IPv4Address("10.10.100.1")
SERVER = IPv4Address("10.10.100.2")
METADATA = IPv4Network("169.254.169.254/32")


def test_metadata_and_default_route_in_the_bytes_of_the_reference() -> None:
    """RFC 3442's compact form of `169.254.169.254/32,10.10.100.2,0.0.0.0/0,10.10.100.1`."""
    routes = ((METADATA, SERVER), (IPv4Network("0.0.0.0/0"), GATEWAY))
    assert bytes.fromhex("20 a9fea9fe 0a0a6402 00 0a0a6401") == encode_classless_routes(routes)


@pytest.mark.parametrize(
    ("destination", "octets"),
    [
        ("10.0.0.0/8", "08 0a"),
        ("10.0.0.0/24", "18 0a0000"),
        ("10.17.0.0/16", "10 0a11"),
        ("10.27.129.0/24", "18 0a1b81"),
        ("10.229.0.128/25", "19 0ae50080"),
        ("10.198.122.47/32", "20 0ac67a2f"),
    ],
)
def test_destinations_of_rfc_3442(destination: str, octets: str) -> None:
    """The table of RFC 3442: only the bytes that the prefix covers are written."""
    expected = bytes.fromhex(octets) + GATEWAY.packed
    assert expected == encode_classless_routes([(IPv4Network(destination), GATEWAY)])


@pytest.mark.parametrize("octets", ["", "21 00000000 0a0a6401", "20 a9fea9fe 0a0a64", "18 0a"])
def test_malformed_classless_routes_are_refused(octets: str) -> None:
    """Empty, a prefix over 32, or cut short."""
    with pytest.raises(DhcpFormatError):
        decode_classless_routes(bytes.fromhex(octets))


@given(
    st.lists(
        st.tuples(st.integers(0, 0xFFFFFFFF), st.integers(0, 32), st.integers(0, 0xFFFFFFFF)), min_size=1, max_size=30
    )
)
def test_classless_routes_are_read_as_written(drawn: list[tuple[int, int, int]]) -> None:
    """Any routes survive writing and reading."""
    routes = tuple(
        (IPv4Network((address, prefix), strict=False), IPv4Address(router)) for address, prefix, router in drawn
    )
    assert routes == decode_classless_routes(encode_classless_routes(routes))


def test_static_routes_are_pairs() -> None:
    """Option 33: destination, router, without mask."""
    routes = ((METADATA.network_address, SERVER),)
    assert bytes.fromhex("a9fea9fe 0a0a6402") == encode_static_routes(routes)
    assert routes == decode_static_routes(encode_static_routes(routes))
    with pytest.raises(DhcpFormatError, match="multiple of 8"):
        decode_static_routes(bytes(12))


def test_addresses_are_four_bytes_each() -> None:
    """Options 3, 6, 42 hold one or more; 1, 28, 50, 54 exactly one."""
    assert bytes.fromhex("0a0a6401 0a0a6402") == encode_addresses((GATEWAY, SERVER))
    assert (GATEWAY, SERVER) == decode_addresses(bytes.fromhex("0a0a6401 0a0a6402"))
    assert GATEWAY == decode_address(bytes.fromhex("0a0a6401"))
    for payload in (b"", bytes(3), bytes(8)):
        with pytest.raises(DhcpFormatError):
            decode_address(payload)
    for payload in (b"", bytes(6)):
        with pytest.raises(DhcpFormatError):
            decode_addresses(payload)


def test_numbers_are_in_network_order_and_never_overflow() -> None:
    """Options 26, 57 have two bytes, 51, 58, 59 four."""
    assert (b"\x05\xaa", b"\xff\xff", b"\0\0") == (encode_u16(1450), encode_u16(70_000), encode_u16(-1))
    assert (b"\x00\x01\x51\x80", b"\xff\xff\xff\xff") == (encode_u32(86_400), encode_u32(1 << 40))
    assert (1450, 86_400) == (decode_u16(b"\x05\xaa"), decode_u32(b"\x00\x01\x51\x80"))
    for decode in (decode_u16, decode_u32):
        with pytest.raises(DhcpFormatError):
            decode(bytes(3))


def test_text_loses_only_final_zeros() -> None:
    """Some clients end their texts in zero bytes."""
    assert ("a\0b", b"h\xc3\xa9") == (decode_text(b"a\0b\0\0"), encode_text("hé"))


def test_message_types_are_one_to_eight() -> None:
    """RFC 2132 section 9.6."""
    assert MessageType.INFORM == decode_message_type(encode_message_type(MessageType.INFORM))
    for payload in (b"", b"\0", b"\x09", b"\x01\x01"):
        with pytest.raises(DhcpFormatError):
            decode_message_type(payload)


def test_a_request_list_keeps_order_and_drops_repetition() -> None:
    """RFC 2132 section 9.8: the order is the client's preference."""
    assert (121, 3, 1) == decode_parameter_request_list(bytes((121, 3, 1, 3)))
    assert b"\x79\x03" == encode_parameter_request_list((121, 3))


def test_search_domains_are_dns_names() -> None:
    """RFC 3397, without compression."""
    expected = b"\x03eng\x05apple\x03com\x00\x09marketing\x05apple\x03com\x00"
    assert expected == encode_domain_search(("eng.apple.com", "marketing.apple.com."))
    for wrong in ("", "a..b", "x" * 64, ".".join(["abcdefg"] * 40), "é.com"):
        with pytest.raises(DhcpFormatError):
            encode_domain_search((wrong,))


@pytest.mark.parametrize(
    ("name", "value", "code", "payload"),
    [
        ("tftp-server", "10.0.0.9", 66, b"10.0.0.9"),
        ("bootfile-name", "pxelinux.0", 67, b"pxelinux.0"),
        ("server-ip-address", "10.0.0.9", SERVER_IP_ADDRESS, b"\x0a\0\0\x09"),
        ("ntp-server", "10.0.0.9,10.0.0.8", 42, b"\x0a\0\0\x09\x0a\0\0\x08"),
        ("option:NTP-Server", "10.0.0.9", 42, b"\x0a\0\0\x09"),
        ("domain-search", "a.b,c", 119, b"\x01a\x01b\x00\x01c\x00"),
        ("classless-static-route", "10.1.0.0/16,10.0.0.1", 121, b"\x10\x0a\x01\x0a\0\0\x01"),
        ("249", "0.0.0.0/0,10.0.0.1", 249, b"\0\x0a\0\0\x01"),
        ("mtu", "1400", 26, b"\x05\x78"),
        ("lease-time", "2h", 51, b"\0\0\x1c\x20"),
        ("lease-time", "infinite", 51, b"\xff\xff\xff\xff"),
        ("time-offset", "-1", 2, b"\xff\xff\xff\xff"),
        ("26", "1400", 26, b"\x05\x78"),
        ("224", "10.0.0.9", 224, b"\x0a\0\0\x09"),
        ("224", "de:ad:be:ef", 224, b"\xde\xad\xbe\xef"),
        ("224", "300", 224, b"\x01\x2c"),
        ("224", "some text", 224, b"some text"),
        ("vendor-class", "PXEClient", 60, b"PXEClient"),
    ],
)
def test_extra_options_by_dnsmasq_name_or_number(name: str, value: str, code: int, payload: bytes) -> None:
    """The name gives the form; a number without known form takes that of its value."""
    assert (code, payload) == encode_named_option(name, value)


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("no-such", "1", "no DHCP option named"),
        ("256", "1", "no DHCP option named"),
        ("²", "1", "no DHCP option named"),
        ("53", "1", "belongs to DHCP itself"),
        ("255", "1", "belongs to DHCP itself"),
        ("ntp-server", "ntp.example.org", "not an IPv4 address"),
        ("mtu", "70000", "not a number of 2 bytes"),
        ("lease-time", "soon", "not a time"),
        ("classless-static-route", "10.0.0.0/8", "destination,router"),
        ("classless-static-route", "10.0.0.0/40,10.0.0.1", "not an IPv4 prefix"),
        ("224", "x" * 2000, "are the most"),
    ],
)
def test_extra_options_that_cannot_be_are_refused(name: str, value: str, why: str) -> None:
    """The refusal says what is wrong."""
    with pytest.raises(DhcpFormatError, match=why):
        encode_named_option(name, value)


@given(st.one_of(st.text(max_size=12), st.integers(-5, 300).map(str)), st.text(max_size=60))
def test_extra_options_never_raise_anything_else(name: str, value: str) -> None:
    """Whatever text a port's owner wrote, it is an option or a DhcpFormatError."""
    try:
        code, _ = encode_named_option(name, value)
    except DhcpFormatError:
        return
    assert 1 <= code <= 255
