"""Which options go out, in which order and how large: the table of docs/dhcp.md."""

from ipaddress import IPv4Address, IPv4Network

import pytest
from scopes import (
    ADDRESS,
    DISCOVER,
    GATEWAY,
    REQUEST,
    SERVER,
    options_sent,
    reply,
    request,
    route,
    scope,
    with_subnet,
)

from underlay.dhcp.lookup import arrange
from underlay.model.port import ExtraDhcpOpt
from underlay.wire.dhcp4.classless_routes import decode_classless_routes
from underlay.wire.dhcp4.message import encode, parse

REFERENCE_121 = bytes.fromhex("20 a9fea9fe 0a0a6402 00 0a0a6401")
REFERENCE_33 = bytes.fromhex("a9fea9fe 0a0a6402")
DHCLIENT = (1, 28, 2, 3, 15, 6, 119, 12, 44, 47, 26, 121, 42)
UDHCPC = (1, 3, 6, 12, 15, 28, 42)
WINDOWS = (1, 3, 6, 15, 31, 33, 43, 44, 46, 47, 119, 121, 249, 252)
ROUTE_CODES = {3, 33, 121, 249}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (DHCLIENT, {3, 121}),
        (UDHCPC, {3, 33, 121}),
        ((1, 3, 33), {3, 33, 121}),
        (WINDOWS, {3, 121, 249}),
        ((1, 249), {3, 249}),
        ((33, 121), {3, 121}),
        ((), {3, 33, 121}),
        (None, {3, 33, 121}),
    ],
)
def test_which_routes_go_out_depends_on_what_is_asked(asked: tuple[int, ...] | None, expected: set[int]) -> None:
    """121 or 249 asked: those and 3, never 33. Neither: 3, 33 and 121 unasked."""
    assert expected == ROUTE_CODES & options_sent(asked).keys()


def test_the_reference_networks_routes_in_bytes() -> None:
    """Metadata by way of the DHCP port, the default route last; 249 the same; 33 only the single host."""
    sent = options_sent(WINDOWS) | {33: options_sent(UDHCPC)[33]}
    assert (GATEWAY.packed, REFERENCE_33, REFERENCE_121, REFERENCE_121) == (sent[3], sent[33], sent[121], sent[249])


def test_routes_have_their_order() -> None:
    """On the link first, host routes, metadata, the default route last."""
    table = with_subnet(
        on_link=(IPv4Network("10.10.101.0/24"),),
        host_routes=(route("192.168.0.0/16", "10.10.100.7"), route("10.9.9.9/32", "10.10.100.8")),
    )
    expected = (
        (IPv4Network("10.10.101.0/24"), IPv4Address(0)),
        (IPv4Network("192.168.0.0/16"), IPv4Address("10.10.100.7")),
        (IPv4Network("10.9.9.9/32"), IPv4Address("10.10.100.8")),
        (IPv4Network("169.254.169.254/32"), SERVER),
        (IPv4Network("0.0.0.0/0"), GATEWAY),
    )
    assert expected == decode_classless_routes(options_sent((121,), table)[121])
    assert bytes.fromhex("0a090909 0a0a6408") + REFERENCE_33 == options_sent(UDHCPC, table)[33]


def test_without_a_gateway_there_is_no_router() -> None:
    """Option 3 is absent, and 121 has no default route."""
    sent = options_sent((3, 121), with_subnet(gateway_ip=None))
    assert 3 not in sent
    assert REFERENCE_121[:9] == sent[121]


def test_a_host_route_to_everywhere_is_the_gateway_when_there_is_none() -> None:
    """With a gateway it is not used at all (Neutron does the same)."""
    everywhere = (route("0.0.0.0/0", "10.10.100.9"),)
    sent = options_sent((3, 121), with_subnet(gateway_ip=None, host_routes=everywhere))
    assert (bytes.fromhex("0a0a6409"), REFERENCE_121[:9] + bytes.fromhex("00 0a0a6409")) == (sent[3], sent[121])
    assert REFERENCE_121 == options_sent((121,), with_subnet(host_routes=everywhere))[121]


def test_the_default_route_alone_is_left_to_option_3() -> None:
    """Nothing to add to option 3: no 121, no 33."""
    assert {3} == ROUTE_CODES & options_sent(UDHCPC, with_subnet(metadata_nexthop=None)).keys()


def test_an_operators_route_to_the_metadata_address_is_not_doubled() -> None:
    """Who sets 169.254.169.254/32 by hand means it."""
    table = with_subnet(host_routes=(route("169.254.169.254/32", "10.10.100.1"),))
    assert bytes.fromhex("20 a9fea9fe 0a0a6401 00 0a0a6401") == options_sent((121,), table)[121]


def test_a_gateway_outside_the_subnet_is_made_reachable() -> None:
    """A route to it on the link comes first."""
    sent = options_sent((121,), with_subnet(gateway_ip=IPv4Address("10.99.0.1")))
    assert bytes.fromhex("20 0a630001 00000000") == sent[121][:9]


def test_options_without_being_asked() -> None:
    """Mask, MTU, lease times and routes always; names and servers only on request."""
    table = with_subnet(dns_nameservers=(IPv4Address("8.8.8.8"), IPv4Address("9.9.9.9")))
    assert {53, 54, 51, 58, 59, 1, 26, 3, 33, 121} == options_sent((), table).keys()
    everything = {53, 54, 51, 58, 59, 1, 26, 3, 33, 121, 6, 12, 15, 28}
    assert everything == options_sent(None, table).keys()
    sent = options_sent((6, 12, 15, 26, 28, 1), table)
    assert b"\x08\x08\x08\x08\x09\x09\x09\x09" == sent[6]
    assert (b"host-10-10-100-5", b"openstacklocal") == (sent[12], sent[15])
    assert (b"\x05\xaa", b"\x0a\x0a\x64\xff", b"\xff\xff\xff\x00") == (sent[26], sent[28], sent[1])


def test_lease_times() -> None:
    """T1 is half and T2 seven eighths of the lease (RFC 2131 section 4.4.5); for ever has neither."""
    sent = options_sent(())
    assert (3600, 1800, 3150) == tuple(int.from_bytes(sent[code], "big") for code in (51, 58, 59))
    for_ever = options_sent((), scope(lease_time_s=-1))
    assert (b"\xff\xff\xff\xff", set()) == (for_ever[51], {58, 59} & for_ever.keys())


def test_name_server_0_0_0_0_means_none() -> None:
    """As in the Networking API; without any there is no option either."""
    assert 6 not in options_sent((6,), with_subnet(dns_nameservers=(IPv4Address(0),)))
    assert 6 not in options_sent((6,))


def test_options_come_in_the_order_asked() -> None:
    """RFC 2132 section 9.8, behind the fixed head."""
    assert [53, 54, 51, 58, 59, 1, 15, 3, 12, 121, 26] == list(options_sent((15, 3, 12, 121, 26)))


def test_identifiers_are_repeated() -> None:
    """61 (RFC 6842) and, last, 82 (RFC 3046)."""
    message = request(DISCOVER, {82: b"\x01\x02ab", 61: b"\x01x", 55: b"\x03"})
    sent = reply(message).message.options
    assert (b"\x01x", b"\x01\x02ab", 82) == (sent[61], sent[82], list(sent)[-1])


def test_the_ports_own_options_win() -> None:
    """An extra option replaces the subnet's; one that is not asked for is not sent."""
    table = scope(
        scope().subnets[0],
        ExtraDhcpOpt("mtu", "1400"),
        ExtraDhcpOpt("ntp-server", "10.0.0.9"),
        ExtraDhcpOpt("lease-time", "60"),
        ExtraDhcpOpt("hostname", "web"),
    )
    sent = options_sent((42, 12), table)
    assert (b"\x05\x78", b"\x0a\0\0\x09", b"\0\0\0\x3c", b"web") == (sent[26], sent[42], sent[51], sent[12])
    assert 42 not in options_sent((12,), table)


def test_boot_options_go_into_the_header_unless_asked_for() -> None:
    """As dnsmasq: 66 and 67 fill `sname` and `file`; server-ip-address is `siaddr`."""
    table = scope(
        scope().subnets[0],
        ExtraDhcpOpt("tftp-server", "10.0.0.9"),
        ExtraDhcpOpt("bootfile-name", "pxelinux.0"),
        ExtraDhcpOpt("server-ip-address", "10.0.0.9"),
    )
    plain = reply(request(DISCOVER, {55: b"\x01"}), table).message
    expected = (b"10.0.0.9", b"pxelinux.0", IPv4Address("10.0.0.9"))
    assert expected == (plain.sname, plain.file, plain.siaddr)
    assert set() == {66, 67, 255} & plain.options.keys()
    asking = reply(request(DISCOVER, {55: bytes((66, 67))}), table).message
    assert (b"", b"", b"pxelinux.0") == (asking.sname, asking.file, asking.options[67])


def test_extra_options_that_cannot_be_are_told_and_left_out() -> None:
    """The rest of the port's options still holds; those for IPv6 are none of ours."""
    table = scope(
        scope().subnets[0],
        ExtraDhcpOpt("mtu", "huge"),
        ExtraDhcpOpt("ntp-server", "10.0.0.9"),
        ExtraDhcpOpt("dns-server", "::1", 6),
    )
    lookup = arrange(table)
    assert ("port-5",) == tuple(port for port, _ in lookup.refused)
    assert b"\x0a\0\0\x09" == options_sent((42,), table)[42]


@pytest.mark.parametrize(("said", "expected"), [(None, 548), (0, 548), (576, 548), (1000, 972), (9000, 1422)])
def test_the_size_limit(said: int | None, expected: int) -> None:
    """Option 57 less IP and UDP headers, never under what every client takes, never over the MTU."""
    wanted = {} if said is None else {57: said.to_bytes(2, "big")}
    assert expected == reply(request(DISCOVER, wanted)).max_bytes


def test_many_routes_reach_a_client_of_548_bytes() -> None:
    """Twenty host routes, asked by both numbers, overflow into the unused header fields or are left out whole."""
    routes = tuple(route(f"10.{n}.0.0/16", "10.10.100.9") for n in range(1, 21))
    found = reply(request(REQUEST, {50: ADDRESS.packed, 55: bytes((121, 249))}), with_subnet(host_routes=routes))
    octets = encode(found.message, found.max_bytes)
    assert len(octets) <= 548
    assert 22 == len(decode_classless_routes(parse(octets).options[121]))
