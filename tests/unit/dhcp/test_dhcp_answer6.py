"""DHCPv6 answers (RFC 8415, 16 and 18.3), and what bytes are no message."""

import io
import struct
from ipaddress import IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from underlay.dhcp.answer6 import (
    CLIENT_ID,
    DNS_SERVERS,
    DOMAIN_LIST,
    RAPID_COMMIT,
    SERVER_DUID,
    SERVER_ID,
    answer6,
    extra_options,
)
from underlay.dhcp.local import LocalPorts
from underlay.dhcp.scope import PortScope, Scope, Scope6
from underlay.model.ids import NetworkId, PortId
from underlay.model.port import ExtraDhcpOpt
from underlay.pump.bucket import Pace
from underlay.pump.log import Log
from underlay.wire.dhcp6 import message
from underlay.wire.dhcp6.addresses import (
    FOR_EVER,
    IA_NA,
    IA_PD,
    IAADDR,
    NO_ADDRESSES,
    NO_BINDING,
    NO_PREFIX,
    NOT_ON_LINK,
    STATUS_CODE,
    SUCCESS,
)
from underlay.wire.dhcp6.message import Dhcp6FormatError, Message, Option, encode, parse, parse_options
from underlay.wire.dhcp6.names import encode_named_option

ADDRESS, OTHER = IPv6Address("2001:db8::5"), IPv6Address("2001:db8::bad")
SCOPE = Scope6((ADDRESS,), (IPv6Address("2001:db8::53"),), "openstacklocal", 1000)
CLIENT = (CLIENT_ID, b"\x00\x03\x00\x01\xfa\x16\x3e\0\0\x05")
OURS = (SERVER_ID, SERVER_DUID)


def ia(*addresses: IPv6Address, iaid: bytes = b"\0\0\0\7") -> Option:
    """An IA_NA as a client sends it."""
    inner = b"".join(struct.pack("!HH16sII", IAADDR, 24, address.packed, 0, 0) for address in addresses)
    return IA_NA, iaid + bytes(8) + inner


def ask(kind: int, *options: Option, scope: Scope6 = SCOPE) -> Message | None:
    """The reply, by way of bytes."""
    reply = answer6(parse(encode(Message(kind, 0x123456, options))), scope)
    return None if reply is None else parse(encode(reply))


def given_to(reply: Message | None) -> list[tuple[IPv6Address, int]]:
    """Addresses of the first IA_NA, with how long each is valid."""
    assert reply is not None
    inner = parse_options(reply.all_of(IA_NA)[0][12:])
    return [
        (IPv6Address(octets[:16]), struct.unpack("!I", octets[20:24])[0]) for code, octets in inner if code == IAADDR
    ]


def status_in(octets: bytes) -> list[int]:
    """Status codes among options."""
    return [int.from_bytes(payload[:2], "big") for code, payload in parse_options(octets) if code == STATUS_CODE]


def test_four_messages_and_two() -> None:
    """SOLICIT, ADVERTISE, REQUEST, REPLY with the reserved address; with rapid commit a REPLY at once."""
    for kind, options, answered in (
        (message.SOLICIT, (CLIENT, ia()), message.ADVERTISE),
        (message.SOLICIT, (CLIENT, (RAPID_COMMIT, b""), ia()), message.REPLY),
        (message.REQUEST, (CLIENT, OURS, ia(ADDRESS)), message.REPLY),
        (message.RENEW, (CLIENT, OURS, ia(ADDRESS)), message.REPLY),
        (message.REBIND, (CLIENT, ia(ADDRESS)), message.REPLY),
    ):
        reply = ask(kind, *options)
        assert reply is not None
        assert (answered, 0x123456, [(ADDRESS, 1000)]) == (reply.kind, reply.xid, given_to(reply))
        assert (CLIENT[1], SERVER_DUID) == (reply.first(CLIENT_ID), reply.first(SERVER_ID))
        assert (500, 800) == struct.unpack("!II", reply.all_of(IA_NA)[0][4:12])


def test_an_address_that_is_the_ports_no_longer_is_taken_away() -> None:
    """Lifetime 0 beside the new one, when the client renews."""
    reply = ask(message.RENEW, CLIENT, OURS, ia(OTHER))
    assert [(ADDRESS, 1000), (OTHER, 0)] == given_to(reply)


def test_what_is_not_given_is_refused_by_status() -> None:
    """A second association, prefixes, a port without addresses."""
    second = (IA_NA, b"\0\0\0\x08" + bytes(8))
    reply = ask(message.REQUEST, CLIENT, OURS, ia(), second, (IA_PD, b"\0\0\0\x09" + bytes(8)))
    assert reply is not None
    assert [NO_ADDRESSES] == status_in(reply.all_of(IA_NA)[1][12:])
    assert [NO_PREFIX] == status_in(reply.all_of(IA_PD)[0][12:])
    for kind, options, status in (
        (message.SOLICIT, (CLIENT, ia()), NO_ADDRESSES),
        (message.RENEW, (CLIENT, OURS, ia()), NO_BINDING),
    ):
        reply = ask(kind, *options, scope=Scope6())
        assert reply is not None
        assert [status] == status_in(reply.all_of(IA_NA)[0][12:])


def test_confirm_release_and_decline() -> None:
    """Here or not of this network; what is given back stays reserved."""
    for kind, options, status in (
        (message.CONFIRM, (CLIENT, ia(ADDRESS)), SUCCESS),
        (message.CONFIRM, (CLIENT, ia(ADDRESS, OTHER)), NOT_ON_LINK),
        (message.RELEASE, (CLIENT, OURS, ia(ADDRESS)), SUCCESS),
        (message.DECLINE, (CLIENT, OURS, ia(ADDRESS)), SUCCESS),
    ):
        reply = ask(kind, *options)
        assert reply is not None
        assert status.to_bytes(2, "big") == (reply.first(STATUS_CODE) or b"")[:2]


def test_the_network_is_told_of_as_asked() -> None:
    """DNS servers and domain: those asked for, or both; also to who wants no address."""
    domain = b"\x0eopenstacklocal\0"
    servers = IPv6Address("2001:db8::53").packed
    for options, expected in (
        ((), (servers, domain)),
        (((6, b"\0\x17"),), (servers, None)),
        (((6, b"\0\x18"), CLIENT), (None, domain)),
    ):
        reply = ask(message.INFORMATION_REQUEST, *options)
        assert reply is not None
        assert expected == (reply.first(DNS_SERVERS), reply.first(DOMAIN_LIST))


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        (message.SOLICIT, (ia(),)),
        (message.SOLICIT, (CLIENT, OURS, ia())),
        (message.REQUEST, (CLIENT, ia())),
        (message.REQUEST, (CLIENT, (SERVER_ID, b"another"), ia())),
        (message.CONFIRM, (CLIENT, ia())),
        (message.INFORMATION_REQUEST, (CLIENT, ia())),
        (message.INFORMATION_REQUEST, ((SERVER_ID, b"another"),)),
        (message.REQUEST, (CLIENT, OURS, (IA_NA, b"short"))),
        (message.ADVERTISE, (CLIENT, OURS)),
        (12, (CLIENT,)),
    ],
)
def test_silence(kind: int, options: tuple[Option, ...]) -> None:
    """No client, another server's, a server named where none may be, nothing to confirm, relayed, broken."""
    assert ask(kind, *options) is None


def test_a_lease_for_ever() -> None:
    """Neither T1 nor T2 ends."""
    reply = ask(message.SOLICIT, CLIENT, ia(), scope=Scope6((ADDRESS,), lease_time_s=-1))
    assert [(ADDRESS, FOR_EVER)] == given_to(reply)


@pytest.mark.parametrize(
    "octets", [b"", b"\1\0\0", b"\1\0\0\0\0", b"\1\0\0\0\0\1\0\5abc", b"\1\0\0\0" + b"\0\6\0\0" * 65]
)
def test_bytes_that_are_no_message(octets: bytes) -> None:
    """Too short, an option cut short, too many options."""
    with pytest.raises(Dhcp6FormatError):
        parse(octets)


@given(st.binary(max_size=300), st.integers(0, 14))
def test_nothing_that_comes_breaks_it(octets: bytes, kind: int) -> None:
    """Whatever the bytes, whoever sends them: silence or a message to the same port."""
    scope = Scope(NetworkId("n"), "x", "y", 1500, 60, "")
    asked = LocalPorts(Pace(0, 1), Log(io.StringIO()))
    asked.put(PortId("p"), PortScope(PortId("p"), 7, scope, SCOPE))
    for source in ("fd00:a9fe:0:7::1", "fd00:a9fe:0:8::1", "fe80::1"):
        reply = asked.answer6(bytes((kind,)) + octets, source, 0.0)
        assert reply is None or (source == "fd00:a9fe:0:7::1" and parse(reply).first(SERVER_ID) == SERVER_DUID)


def test_the_ports_own_options() -> None:
    """By dnsmasq's name or by number, as asked; they replace the subnet's; what cannot be is told, and left out."""
    options = (
        ("bootfile-url", "tftp://[::1]/x"),
        ("option6:dns-server", "[2001:db8::99]"),
        ("1", "x"),
        ("17", "aa:bb"),
    )
    extra = tuple(ExtraDhcpOpt(name, value, 6) for name, value in options)
    scope = Scope6((ADDRESS,), (IPv6Address("2001:db8::53"),), extra=extra)
    reply = ask(message.INFORMATION_REQUEST, (6, b"\0\x3b\0\x17"), scope=scope)
    assert reply is not None
    own = IPv6Address("2001:db8::99").packed
    assert (b"tftp://[::1]/x", own, None) == (reply.first(59), reply.first(DNS_SERVERS), reply.first(17))
    assert 1 == len(extra_options(scope)[1])


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("domain-search", "a.b", (24, b"\1a\1b\0")),
        ("information-refresh-time", "600", (32, b"\0\0\2\x58")),
        ("ntp-server", "::1", (56, b"\0\1\0\x10" + bytes(15) + b"\1")),
        ("bootfile-param", "a,bc", (60, b"\0\1a\0\2bc")),
        ("200", "::1", (200, bytes(15) + b"\1")),
        ("200", "text", (200, b"text")),
    ],
)
def test_named_options(name: str, value: str, expected: tuple[int, bytes]) -> None:
    """The form that the option has."""
    assert expected == encode_named_option(name, value)


@given(st.text(max_size=30), st.text(max_size=60))
def test_any_text_is_an_option_or_refused(name: str, value: str) -> None:
    """Nothing else is raised, and none of DHCPv6's own is let through."""
    try:
        code, _ = encode_named_option(name, value)
    except Dhcp6FormatError:
        return
    assert code not in (1, 2, 3, 4, 5, 6)
