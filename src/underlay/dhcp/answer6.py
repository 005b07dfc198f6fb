"""What to answer to one DHCPv6 message of the host's own port: a pure function of the message and the port's table.

Source: RFC 8415 sections 16 (which messages are valid) and 18.3 (server behaviour). Who asks is known by the port, so
nothing depends on the client's DUID; it is repeated. Addresses are reservations: nothing is remembered, and the
server's DUID is the same on every host, so that a machine that moves renews as if it had not.
"""

from functools import lru_cache
from typing import Final

from underlay.dhcp.scope import Scope6
from underlay.wire.dhcp4.domain_search import encode_domain_search
from underlay.wire.dhcp4.errors import DhcpFormatError
from underlay.wire.dhcp6 import message
from underlay.wire.dhcp6.addresses import (
    FOR_EVER,
    IA_NA,
    IA_PD,
    IA_TA,
    NO_ADDRESSES,
    NO_BINDING,
    NO_PREFIX,
    NOT_ON_LINK,
    SUCCESS,
    Association,
    decode_association,
    encode_address,
    encode_association,
    encode_status,
)
from underlay.wire.dhcp6.message import Dhcp6FormatError, Message, Option, encode_options
from underlay.wire.dhcp6.names import encode_named_option

CLIENT_ID: Final = 1
SERVER_ID: Final = 2
REQUESTED_OPTIONS: Final = 6
RAPID_COMMIT: Final = 14
DNS_SERVERS: Final = 23
DOMAIN_LIST: Final = 24
_PORTS_KEPT: Final = 256
SERVER_DUID: Final = bytes.fromhex("000300010200a9fea9fe")
"""DUID-LL (RFC 8415 section 11.4) of the MAC that every host's namespace has."""

_TO_ANYBODY: Final = (message.SOLICIT, message.CONFIRM, message.REBIND)
_TO_US: Final = (message.REQUEST, message.RENEW, message.RELEASE, message.DECLINE)


def answer6(request: Message, scope: Scope6) -> Message | None:
    """The reply; None where the RFC wants silence."""
    server, client = request.first(SERVER_ID), request.first(CLIENT_ID)
    if request.kind == message.INFORMATION_REQUEST:
        asks_addresses = any(request.first(code) is not None for code in (IA_NA, IA_TA, IA_PD))
        return None if server not in (None, SERVER_DUID) or asks_addresses else _reply(message.REPLY, request, scope)
    if client is None or (request.kind in _TO_ANYBODY and server is not None):
        return None
    if request.kind in _TO_US and server != SERVER_DUID:
        return None
    try:
        return _answer_kind(request, scope)
    except Dhcp6FormatError:
        return None


def _answer_kind(request: Message, scope: Scope6) -> Message | None:
    wanted = [decode_association(payload) for payload in request.all_of(IA_NA)]
    match request.kind:
        case message.SOLICIT:
            if request.first(RAPID_COMMIT) is not None and scope.addresses:
                return _reply(message.REPLY, request, scope, (RAPID_COMMIT, b""), *_granted(request, wanted, scope))
            return _reply(message.ADVERTISE, request, scope, *_granted(request, wanted, scope))
        case message.REQUEST:
            return _reply(message.REPLY, request, scope, *_granted(request, wanted, scope))
        case message.RENEW | message.REBIND:
            return _reply(message.REPLY, request, scope, *_granted(request, wanted, scope, renews=True))
        case message.CONFIRM:
            held = {address for each in wanted for address in each.addresses}
            if not held:
                return None
            is_here = held <= set(scope.addresses)
            status = encode_status(SUCCESS, "") if is_here else encode_status(NOT_ON_LINK, "not of this network")
            return _reply(message.REPLY, request, scope, status)
        case message.RELEASE | message.DECLINE:
            return _reply(message.REPLY, request, scope, encode_status(SUCCESS, "the reservation stays"))
        case _:
            return None


def _granted(request: Message, wanted: list[Association], scope: Scope6, renews: bool = False) -> tuple[Option, ...]:
    """The first association gets all addresses of the port; others, and what else is asked for, are refused."""
    found: list[Option] = []
    for index, each in enumerate(wanted):
        given = scope.addresses if index == 0 else ()
        stale = [address for address in each.addresses if renews and address not in given]
        inner = [encode_address(address, _lease(scope)) for address in given]
        inner += [encode_address(address, 0) for address in stale]
        if not inner:
            inner = [encode_status(NO_BINDING if renews else NO_ADDRESSES, "no address is reserved")]
        found.append(encode_association(each.iaid, _lease(scope), tuple(inner)))
    for code, status in ((IA_TA, NO_ADDRESSES), (IA_PD, NO_PREFIX)):
        for payload in request.all_of(code):
            kept = payload[:4] if code == IA_TA else payload[:12].ljust(12, b"\0")
            found.append((code, kept + encode_options((encode_status(status, "not given here"),))))
    return tuple(found)


def _reply(kind: int, request: Message, scope: Scope6, *options: Option) -> Message:
    client = request.first(CLIENT_ID)
    identifiers: tuple[Option, ...] = () if client is None else ((CLIENT_ID, client),)
    return Message(kind, request.xid, (*identifiers, (SERVER_ID, SERVER_DUID), *options, *_told(request, scope)))


def _told(request: Message, scope: Scope6) -> tuple[Option, ...]:
    """Of DNS servers, domain and the port's own options what is asked for; without a list, all."""
    asked = request.first(REQUESTED_OPTIONS)
    wanted = None if asked is None else {int.from_bytes(asked[at : at + 2], "big") for at in range(0, len(asked), 2)}
    known: dict[int, bytes] = {}
    if scope.dns_nameservers:
        known[DNS_SERVERS] = b"".join(address.packed for address in scope.dns_nameservers)
    try:
        known[DOMAIN_LIST] = encode_domain_search([scope.domain]) if scope.domain else b""
    except DhcpFormatError:
        known[DOMAIN_LIST] = b""
    known |= extra_options(scope)[0]
    return tuple((code, payload) for code, payload in known.items() if payload and (wanted is None or code in wanted))


@lru_cache(maxsize=_PORTS_KEPT)
def extra_options(scope: Scope6) -> tuple[dict[int, bytes], tuple[str, ...]]:
    """The port's own options by code, and why others could not be understood."""
    found: dict[int, bytes] = {}
    refused: list[str] = []
    for option in scope.extra:
        if not option.opt_value.strip():
            continue
        try:
            code, payload = encode_named_option(option.opt_name, option.opt_value)
        except Dhcp6FormatError as error:
            refused.append(str(error))
        else:
            found[code] = payload
    return found, tuple(refused)


def _lease(scope: Scope6) -> int:
    return scope.lease_time_s if 0 <= scope.lease_time_s < FOR_EVER else FOR_EVER
