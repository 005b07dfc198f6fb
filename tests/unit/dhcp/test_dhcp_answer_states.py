"""RFC 2131 section 4.3: who gets which kind of answer, with what header, sent where."""

from ipaddress import IPv4Address, IPv4Network

import pytest
from scopes import (
    ACK,
    ADDRESS,
    DECLINE,
    DISCOVER,
    INFORM,
    NAK,
    OFFER,
    PORT,
    RELEASE,
    REQUEST,
    SERVER,
    STRANGER,
    SUBNET,
    VM,
    reply,
    request,
    scope,
)

from underlay.dhcp.answer import Declined, Released, ToAddress, ToLink, ToRelay, answer
from underlay.dhcp.lookup import arrange
from underlay.dhcp.scope import Reservation, SubnetScope
from underlay.model.ids import SubnetId
from underlay.model.port import ExtraDhcpOpt
from underlay.wire.dhcp4.message import BOOTREPLY, Message
from underlay.wire.ethernet import EVERYBODY

WRONG = IPv4Address("10.10.100.99")
OTHER_SERVER = IPv4Address("10.10.100.3")
ANYONE = IPv4Address("255.255.255.255")
NOBODY = IPv4Address(0)
RELAY = IPv4Address("10.10.100.254")

SELECTING = {54: SERVER.packed, 50: ADDRESS.packed}
INIT_REBOOT = {50: ADDRESS.packed}


def kind_of(message: Message) -> int:
    """The message type of the answer, 0 for silence."""
    found = answer(message, arrange(scope()))
    return 0 if found is None else reply(message).message.options[53][0]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (request(DISCOVER), OFFER),
        (request(DISCOVER, {50: WRONG.packed}), OFFER),
        (request(REQUEST, SELECTING), ACK),
        (request(REQUEST, SELECTING | {50: WRONG.packed}), NAK),
        (request(REQUEST, SELECTING | {54: OTHER_SERVER.packed}), 0),
        (request(REQUEST, {54: SERVER.packed}), 0),
        (request(REQUEST, INIT_REBOOT), ACK),
        (request(REQUEST, {50: WRONG.packed}), NAK),
        (request(REQUEST, {50: IPv4Address("192.168.0.9").packed}), NAK),
        (request(REQUEST, ciaddr=ADDRESS), ACK),
        (request(REQUEST, ciaddr=WRONG), NAK),
        (request(REQUEST, ciaddr=ADDRESS, flags=0x8000), ACK),
        (request(REQUEST), 0),
        (request(INFORM, ciaddr=ADDRESS), ACK),
        (request(INFORM, ciaddr=WRONG), ACK),
        (request(INFORM, ciaddr=IPv4Address("192.168.0.9")), 0),
        (request(INFORM), 0),
        (request(OFFER), 0),
        (request(ACK), 0),
        (request(9), 0),
        (request(DISCOVER, chaddr=STRANGER), 0),
        (request(REQUEST, INIT_REBOOT, chaddr=STRANGER), 0),
        (request(DISCOVER, op=BOOTREPLY), 0),
        (request(DISCOVER, {50: b"\x0a"}), 0),
        (request(DISCOVER, giaddr=RELAY), OFFER),
        (request(DISCOVER, giaddr=IPv4Address("192.168.0.1")), 0),
    ],
)
def test_each_state_has_its_answer(message: Message, expected: int) -> None:
    """OFFER, ACK, NAK or silence (0), by state and by whether the address is the reserved one."""
    assert expected == kind_of(message)


def test_an_offer_repeats_the_clients_fields_and_gives_the_address() -> None:
    """RFC 2131 table 3, DHCPOFFER."""
    offer = reply(request(DISCOVER, flags=0x8000, secs=9, hops=2, giaddr=RELAY)).message
    assert (BOOTREPLY, 77, VM, 0x8000, RELAY) == (offer.op, offer.xid, offer.chaddr, offer.flags, offer.giaddr)
    assert (NOBODY, ADDRESS, SERVER, 0, 0) == (offer.ciaddr, offer.yiaddr, offer.siaddr, offer.secs, offer.hops)


def test_an_ack_to_a_renewal_repeats_ciaddr() -> None:
    """RFC 2131 table 3, DHCPACK."""
    ack = reply(request(REQUEST, ciaddr=ADDRESS)).message
    assert (ADDRESS, ADDRESS) == (ack.ciaddr, ack.yiaddr)


def test_an_inform_gets_no_lease() -> None:
    """RFC 2131 section 4.3.5: no address, no lease time; the parameters all the same."""
    ack = reply(request(INFORM, ciaddr=ADDRESS)).message
    assert NOBODY == ack.yiaddr
    assert set() == {51, 58, 59} & ack.options.keys()
    assert SUBNET.cidr.netmask.packed == ack.options[1]


def test_an_inform_gets_no_lease_of_the_ports_own_either() -> None:
    """Though it asks for it, and the port has an extra option for it."""
    table = scope(SUBNET, ExtraDhcpOpt("lease-time", "60"), ExtraDhcpOpt("t1", "30"))
    ack = reply(request(INFORM, {55: bytes((51, 58, 1))}, ciaddr=ADDRESS), table).message
    assert set() == {51, 58, 59} & ack.options.keys()


def test_a_nak_says_little_and_why() -> None:
    """RFC 2131 table 3, DHCPNAK: no addresses, no parameters."""
    nak = reply(request(REQUEST, {50: WRONG.packed, 55: b"\x01\x03", 61: b"\x01ab"})).message
    assert {53: b"\x06", 54: SERVER.packed, 61: b"\x01ab"} == {k: v for k, v in nak.options.items() if k != 56}
    assert b"10.10.100.99" in nak.options[56]
    assert (NOBODY, NOBODY, NOBODY) == (nak.ciaddr, nak.yiaddr, nak.siaddr)


@pytest.mark.parametrize(
    ("message", "destination"),
    [
        (request(DISCOVER), ToLink(VM, ADDRESS)),
        (request(DISCOVER, flags=0x8000), ToLink(EVERYBODY, ANYONE)),
        (request(DISCOVER, giaddr=RELAY, flags=0x8000), ToRelay(RELAY)),
        (request(DISCOVER, ciaddr=IPv4Address("8.8.8.8")), ToLink(VM, ADDRESS)),
        (request(REQUEST, SELECTING), ToLink(VM, ADDRESS)),
        (request(REQUEST, SELECTING, ciaddr=IPv4Address("8.8.8.8")), ToLink(VM, ADDRESS)),
        (request(REQUEST, ciaddr=ADDRESS), ToAddress(ADDRESS)),
        (request(REQUEST, ciaddr=WRONG), ToLink(EVERYBODY, ANYONE)),
        (request(REQUEST, ciaddr=ADDRESS, giaddr=RELAY), ToRelay(RELAY)),
        (request(REQUEST, ciaddr=WRONG, giaddr=RELAY), ToRelay(RELAY)),
        (request(INFORM, ciaddr=WRONG), ToAddress(WRONG)),
    ],
)
def test_each_answer_goes_where_the_client_can_hear_it(
    message: Message, destination: ToLink | ToAddress | ToRelay
) -> None:
    """RFC 2131 section 4.1; a `ciaddr` that is not the client's is never sent to."""
    assert destination == reply(message).destination


def test_a_relayed_nak_is_broadcast_by_the_relay() -> None:
    """RFC 2131 section 4.3.2: the broadcast bit is set for the relay, not for a client on our own link."""
    assert 0x8000 == reply(request(REQUEST, {50: WRONG.packed}, giaddr=RELAY)).message.flags
    assert 0 == reply(request(REQUEST, {50: WRONG.packed})).message.flags


def test_decline_and_release_are_noted_and_not_answered() -> None:
    """The reservation stays: the same machine is offered the same address again."""
    table = arrange(scope())
    declined = request(DECLINE, SELECTING | {56: b"in use"})
    assert Declined(PORT, ADDRESS, "in use") == answer(declined, table)
    assert Released(PORT, ADDRESS) == answer(request(RELEASE, {54: SERVER.packed}, ciaddr=ADDRESS), table)
    assert OFFER == kind_of(request(DISCOVER))


@pytest.mark.parametrize(
    "message",
    [
        request(DECLINE, SELECTING | {50: WRONG.packed}),
        request(DECLINE, SELECTING | {54: OTHER_SERVER.packed}),
        request(DECLINE),
        request(RELEASE, {54: OTHER_SERVER.packed}, ciaddr=ADDRESS),
        request(RELEASE, ciaddr=WRONG),
    ],
)
def test_decline_and_release_of_what_is_not_ours_are_nothing(message: Message) -> None:
    """Another address, another server."""
    assert answer(message, arrange(scope())) is None


def test_a_port_with_two_addresses_is_offered_the_first_and_may_have_the_second() -> None:
    """The hint of option 50 and the relay's subnet choose between them."""
    second = IPv4Address("10.10.101.5")
    other = SubnetScope(SubnetId("b"), IPv4Network("10.10.101.0/24"), IPv4Address("10.10.101.2"))
    first = scope().reservations[0]
    both = scope(subnets=(SUBNET, other), reservations=(first, Reservation(PORT, VM, SubnetId("b"), second, "host-b")))
    assert ADDRESS == reply(request(DISCOVER), both).message.yiaddr
    assert second == reply(request(DISCOVER, {50: second.packed}), both).message.yiaddr
    assert second == reply(request(DISCOVER, giaddr=IPv4Address("10.10.101.1")), both).message.yiaddr
    ack = reply(request(REQUEST, {54: SERVER.packed, 50: second.packed}), both)
    assert (second, other.server_address) == (ack.message.yiaddr, ack.source)


def test_a_reservation_of_a_subnet_without_dhcp_gets_nothing() -> None:
    """The scope names only subnets with DHCP."""
    assert answer(request(DISCOVER), arrange(scope(subnets=()))) is None
