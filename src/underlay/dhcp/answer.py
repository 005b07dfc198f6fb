"""What to answer to one DHCP message: a pure function of the message and the network's lookup table.

Source: RFC 2131 section 4.3 (server behaviour), RFC 2132 (options), RFC 6842 (client identifier repeated),
RFC 3046 (relay agent information repeated). Addresses are reservations and never expire here, so there is no
clock; nothing is remembered between messages. Which options go out is the table in docs/dhcp.md.
"""

from ipaddress import IPv4Address
from typing import Final

import msgspec

from underlay.dhcp.lookup import Lease, Lookup
from underlay.dhcp.parameters import boot_fields, head, parameters
from underlay.model.address import Mac
from underlay.model.ids import PortId
from underlay.wire.dhcp4 import addresses, identifiers, numbers, text
from underlay.wire.dhcp4.errors import DhcpFormatError
from underlay.wire.dhcp4.message import BOOTREPLY, BOOTREQUEST, BROADCAST, SMALLEST_LIMIT, UNSPECIFIED, Message
from underlay.wire.dhcp4.message_type import MESSAGE_TYPE, MessageType, decode_message_type
from underlay.wire.dhcp4.parameter_request_list import PARAMETER_REQUEST_LIST
from underlay.wire.ethernet import EVERYBODY

LIMITED_BROADCAST: Final = IPv4Address("255.255.255.255")
_IP_AND_UDP_HEADERS: Final = 28


class ToRelay(msgspec.Struct, frozen=True):
    """To the relay's port 67; it passes the answer on."""

    address: IPv4Address


class ToAddress(msgspec.Struct, frozen=True):
    """To port 68 of a client that has its address already."""

    address: IPv4Address


class ToLink(msgspec.Struct, frozen=True):
    """As a frame on the link, since no ARP would be answered: to one MAC, or to everybody."""

    mac: Mac
    address: IPv4Address


class Reply(msgspec.Struct, frozen=True):
    """Attributes:
    max_bytes: what the client takes at most, of the message without IP and UDP headers.
    source: our address in the client's subnet.
    """

    message: Message
    max_bytes: int
    source: IPv4Address
    destination: ToRelay | ToAddress | ToLink


class Declined(msgspec.Struct, frozen=True):
    """The client found its address in use by another machine. The reservation stays; someone must look."""

    port_id: PortId
    address: IPv4Address
    reason: str


class Released(msgspec.Struct, frozen=True):
    """The client gave its address back. The reservation stays."""

    port_id: PortId
    address: IPv4Address


def answer(request: Message, lookup: Lookup) -> Reply | Declined | Released | None:
    """The reply, or what is to be noted, or None where RFC 2131 wants silence.

    Silence for: an unknown MAC, a reply seen on the wire, no or an unknown message type, another server chosen, a
    relay in none of our subnets.
    """
    leases = lookup.leases.get(request.chaddr)
    if request.op != BOOTREQUEST or leases is None:
        return None
    if request.giaddr != UNSPECIFIED:
        leases = tuple(lease for lease in leases if request.giaddr in lease.subnet.cidr)
    if not leases:
        return None
    try:
        kind = decode_message_type(request.options.get(MESSAGE_TYPE, b""))
        return _answer_kind(kind, request, lookup, leases)
    except DhcpFormatError:
        return None


def _answer_kind(
    kind: MessageType, request: Message, lookup: Lookup, leases: tuple[Lease, ...]
) -> Reply | Declined | Released | None:
    match kind:
        case MessageType.DISCOVER:
            wanted = _find(leases, _address_option(request, addresses.REQUESTED_ADDRESS))
            return _grant(MessageType.OFFER, request, lookup, wanted or leases[0])
        case MessageType.REQUEST:
            return _answer_request(request, lookup, leases)
        case MessageType.INFORM:
            return _answer_inform(request, lookup, leases)
        case MessageType.DECLINE:
            lease = _find(leases, _address_option(request, addresses.REQUESTED_ADDRESS))
            if lease is None or not _is_for_us(request, lookup):
                return None
            reason = text.decode_text(request.options.get(text.ERROR_MESSAGE, b""))
            return Declined(lease.port_id, lease.address, reason)
        case MessageType.RELEASE:
            lease = _find(leases, request.ciaddr)
            return Released(lease.port_id, lease.address) if lease and _is_for_us(request, lookup) else None
        case _:
            return None


def _answer_request(request: Message, lookup: Lookup, leases: tuple[Lease, ...]) -> Reply | None:
    """RFC 2131 section 4.3.2.

    SELECTING names the server (54) and the address (50); INIT-REBOOT only the address; RENEWING and REBINDING
    neither, their address is in `ciaddr`. In each the address must be the one reserved, else NAK.
    """
    if not _is_for_us(request, lookup):
        return None
    wanted = _address_option(request, addresses.REQUESTED_ADDRESS) or request.ciaddr
    if wanted == UNSPECIFIED:
        return None
    lease = _find(leases, wanted)
    if lease is None:
        return _refuse(request, leases[0], f"{wanted} is not this machine's address here")
    return _grant(MessageType.ACK, request, lookup, lease)


def _answer_inform(request: Message, lookup: Lookup, leases: tuple[Lease, ...]) -> Reply | None:
    """RFC 2131 section 4.3.5: the options without a lease, to an address that the client has already."""
    if request.ciaddr == UNSPECIFIED:
        return None
    lease = _find(leases, request.ciaddr)
    if lease is None:
        lease = next((lease for lease in leases if request.ciaddr in lease.subnet.cidr), None)
    return _grant(MessageType.ACK, request, lookup, lease, informs=True) if lease else None


def _is_for_us(request: Message, lookup: Lookup) -> bool:
    server = _address_option(request, addresses.SERVER_IDENTIFIER)
    return server is None or server in lookup.server_addresses


def _address_option(request: Message, code: int) -> IPv4Address | None:
    payload = request.options.get(code)
    return None if payload is None else addresses.decode_address(payload)


def _find(leases: tuple[Lease, ...], address: IPv4Address | None) -> Lease | None:
    for lease in leases:
        if lease.address == address:
            return lease
    return None


def _grant(kind: MessageType, request: Message, lookup: Lookup, lease: Lease, informs: bool = False) -> Reply:
    asked = request.options.get(PARAMETER_REQUEST_LIST)
    options = parameters(kind, lookup, lease, asked, informs)
    _repeat_identifiers(options, request)
    sname, file, siaddr = boot_fields(lease, asked or b"")
    message = Message(
        op=BOOTREPLY,
        xid=request.xid,
        chaddr=request.chaddr,
        flags=request.flags,
        ciaddr=request.ciaddr if kind is MessageType.ACK else UNSPECIFIED,
        yiaddr=UNSPECIFIED if informs else lease.address,
        siaddr=siaddr,
        giaddr=request.giaddr,
        sname=sname,
        file=file,
        options=options,
    )
    return Reply(
        message, _limit(request, lookup.mtu), lease.subnet.server_address, _destination(request, lease, informs)
    )


def _refuse(request: Message, lease: Lease, why: str) -> Reply:
    """A DHCPNAK (RFC 2131 section 4.3.1, table 3): to everybody, as the client's address is wrong."""
    options = head(MessageType.NAK, lease) | {text.ERROR_MESSAGE: text.encode_text(why)}
    _repeat_identifiers(options, request)
    relayed = request.giaddr != UNSPECIFIED
    message = Message(
        op=BOOTREPLY,
        xid=request.xid,
        chaddr=request.chaddr,
        flags=request.flags | BROADCAST if relayed else request.flags,
        giaddr=request.giaddr,
        options=options,
    )
    destination = ToRelay(request.giaddr) if relayed else ToLink(EVERYBODY, LIMITED_BROADCAST)
    return Reply(message, SMALLEST_LIMIT, lease.subnet.server_address, destination)


def _repeat_identifiers(options: dict[int, bytes], request: Message) -> None:
    for code in (identifiers.CLIENT_IDENTIFIER, identifiers.RELAY_AGENT_INFORMATION):
        if code in request.options:
            options[code] = request.options[code]


def _limit(request: Message, mtu: int) -> int:
    """Option 57 counts the IP datagram; less than every client takes is not believed, nor more than the MTU."""
    asked = request.options.get(numbers.MAXIMUM_MESSAGE_SIZE)
    if asked is None:
        return SMALLEST_LIMIT
    return max(SMALLEST_LIMIT, min(numbers.decode_u16(asked), mtu) - _IP_AND_UDP_HEADERS)


def _destination(request: Message, lease: Lease, informs: bool) -> ToRelay | ToAddress | ToLink:
    """RFC 2131 section 4.1: relay, else the address it has, else everybody if it says so, else its MAC.

    A `ciaddr` that is not the client's own is not believed: answers must not be sent wherever a guest likes.
    """
    if request.giaddr != UNSPECIFIED:
        return ToRelay(request.giaddr)
    if informs or request.ciaddr == lease.address:
        return ToAddress(request.ciaddr)
    if request.flags & BROADCAST:
        return ToLink(EVERYBODY, LIMITED_BROADCAST)
    return ToLink(request.chaddr, lease.address)
