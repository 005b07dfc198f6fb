"""DHCP for the host's own ports: the source says who asks, and nothing that is in the message."""

import io
from ipaddress import IPv4Address

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from scopes import ACK, ADDRESS, DISCOVER, INFORM, NAK, OFFER, REQUEST, STRANGER, VM, request, scope

from underlay.dhcp.local import LocalPorts
from underlay.dhcp.scope import PortScope, Scope
from underlay.model.ids import PortId
from underlay.pump.bucket import Pace
from underlay.pump.log import Log
from underlay.wire.dhcp4.message import Message, encode, parse
from underlay.wire.identity_address import Peer, ipv4_of

SERVER = IPv4Address("169.254.169.254")
ONE, OTHER = PortId("one"), PortId("other")
FREE = Pace(0, 1)


def ports(pace: Pace = FREE) -> LocalPorts:
    """Ports 7 and 8 of two networks alike: the same MAC; the second one's address ends in .6."""
    made = LocalPorts(pace, Log(io.StringIO()))
    for port_id, number, address in ((ONE, 7, ADDRESS), (OTHER, 8, ADDRESS + 1)):
        made.put(port_id, PortScope(port_id, number, table(address)))
    return made


def table(address: IPv4Address = ADDRESS) -> Scope:
    """The port's scope, its server being the host."""
    plain = scope()
    return msgspec.structs.replace(
        plain,
        subnets=(msgspec.structs.replace(plain.subnets[0], server_address=SERVER, metadata_nexthop=None),),
        reservations=(msgspec.structs.replace(plain.reservations[0], address=address),),
    )


def ask(asked: LocalPorts, message: Message, peer: Peer, now: float = 0.0) -> tuple[Message, str] | None:
    """The answer and where it goes."""
    found = asked.answer(encode(message), str(ipv4_of(peer)), now)
    return None if found is None else (parse(found[0]), found[1])


def test_two_ports_with_one_mac_get_their_own_addresses() -> None:
    """Told apart by their identity; the server is the host, and its address is no tenant's."""
    found = [ask(ports(), request(DISCOVER), Peer(number)) for number in (7, 8)]
    assert [ADDRESS, ADDRESS + 1] == [reply[0].yiaddr for reply in found if reply]
    assert {(bytes((OFFER,)), SERVER.packed)} == {
        (reply[0].options[53], reply[0].options[54]) for reply in found if reply
    }
    assert [str(ipv4_of(Peer(number))) for number in (7, 8)] == [reply[1] for reply in found if reply]


def test_a_client_is_answered_at_its_address_only_when_it_has_it() -> None:
    """Renewing and asking for options: there. Everything else, a refusal too: to everybody at the port."""
    renewing, anybody = Peer(7, 0, renewing=True), Peer(7)
    cases = (
        (request(REQUEST, ciaddr=ADDRESS), renewing, ACK, renewing),
        (request(INFORM, ciaddr=ADDRESS), renewing, ACK, renewing),
        (request(REQUEST, ciaddr=ADDRESS + 9), renewing, NAK, anybody),
        (request(REQUEST, ciaddr=ADDRESS + 9), anybody, NAK, anybody),
        (request(REQUEST, {50: ADDRESS.packed, 54: SERVER.packed}), anybody, ACK, anybody),
    )
    for message, peer, kind, answered in cases:
        reply = ask(ports(), message, peer)
        assert reply is not None
        assert (bytes((kind,)), str(ipv4_of(answered))) == (reply[0].options[53], reply[1])


def test_silence() -> None:
    """For an unknown MAC, another server's client, a relay, a port that is not ours, a source that is none."""
    asked = ports()
    relayed = request(DISCOVER, giaddr=IPv4Address("10.10.100.9"))
    for message, peer in (
        (request(DISCOVER, chaddr=STRANGER), Peer(7)),
        (request(REQUEST, {50: ADDRESS.packed, 54: b"\x0a\0\0\x02"}), Peer(7)),
        (relayed, Peer(7)),
        (request(DISCOVER), Peer(9)),
    ):
        assert ask(asked, message, peer) is None
    assert asked.answer(encode(request(DISCOVER)), "10.10.100.5", 0.0) is None


def test_a_port_that_asks_too_often_waits_and_the_others_do_not() -> None:
    """So many at once, then so many a second; a new table does not fill it up."""
    asked = ports(Pace(1, 3))
    found = [ask(asked, request(DISCOVER), Peer(7), 10.0) is not None for _ in range(5)]
    assert [True, True, True, False, False] == found
    asked.put(ONE, PortScope(ONE, 7, table()))
    assert ask(asked, request(DISCOVER), Peer(7), 10.0) is None
    assert ask(asked, request(DISCOVER), Peer(8), 10.0) is not None
    assert ask(asked, request(DISCOVER), Peer(7), 11.0) is not None


def test_a_number_goes_with_its_port() -> None:
    """Gone, or given another: the old number is nobody's; what another port has got meanwhile it keeps."""
    asked = ports()
    asked.put(ONE, PortScope(ONE, 9, table()))
    assert ask(asked, request(DISCOVER), Peer(7)) is None
    asked.put(OTHER, PortScope(OTHER, 7, table(ADDRESS + 1)))
    asked.gone(ONE)
    assert [None, True] == [ask(asked, request(DISCOVER), Peer(9)), ask(asked, request(DISCOVER), Peer(7)) is not None]
    assert 1 == len(asked)


@given(st.binary(max_size=600), st.integers(0, 0xFFFFFFFF))
def test_nothing_that_comes_breaks_it_or_is_answered_elsewhere(octets: bytes, source: int) -> None:
    """Whatever the bytes: silence, or an answer to the port that they came from."""
    found = ports().answer(octets, str(IPv4Address(source)), 0.0)
    assert found is None
    valid = encode(request(DISCOVER))[:240] + octets
    reply = ports().answer(valid, str(ipv4_of(Peer(7))), 0.0)
    assert reply is None or reply[1] in (str(ipv4_of(Peer(7))), str(ipv4_of(Peer(7, 0, renewing=True))))


def test_memory_of_a_port_is_small() -> None:
    """What ports of one subnet have in common is kept once."""
    made = LocalPorts(FREE, Log(io.StringIO()))
    for number in range(1, 50):
        made.put(PortId(f"p{number}"), PortScope(PortId(f"p{number}"), number, table()))
    subnets = {id(one.lookup.leases[VM][0].subnet) for one in made._by_number.values()}
    assert 1 == len(subnets)
