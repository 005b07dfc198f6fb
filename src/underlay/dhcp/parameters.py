"""Which options a reply holds, in which order: the table of docs/dhcp.md, "Which options go out". Pure.

Source: RFC 2132; RFC 3442 for the routes.
"""

from ipaddress import IPv4Address

from underlay.dhcp.lookup import Lease, Lookup, SubnetOptions
from underlay.wire.dhcp4 import addresses, text
from underlay.wire.dhcp4.classless_routes import CLASSLESS_STATIC_ROUTE, MICROSOFT_STATIC_ROUTE
from underlay.wire.dhcp4.message_type import MESSAGE_TYPE, MessageType, encode_message_type
from underlay.wire.dhcp4.names import SERVER_IP_ADDRESS
from underlay.wire.dhcp4.parameter_request_list import decode_parameter_request_list
from underlay.wire.dhcp4.static_routes import STATIC_ROUTE


def head(kind: MessageType, lease: Lease) -> dict[int, bytes]:
    """Options 53 and 54, with which every reply begins."""
    return {
        MESSAGE_TYPE: encode_message_type(kind),
        addresses.SERVER_IDENTIFIER: lease.subnet.server_address.packed,
    }


def parameters(kind: MessageType, lookup: Lookup, lease: Lease, asked: bytes | None, informs: bool) -> dict[int, bytes]:
    """All options but the identifiers; laid out once for all machines of a subnet that ask for the same."""
    key = (int(kind), lease.subnet.server_address, asked, informs)
    laid_out = None if lease.extra else lookup.laid_out.get(key)
    if laid_out is None:
        laid_out = _lay_out(kind, lease, asked, informs)
        if not lease.extra and len(lookup.laid_out) < lookup.layouts:
            lookup.laid_out[key] = laid_out
    options = laid_out.copy()
    if options.get(text.HOST_NAME) == b"":
        if lease.hostname:
            options[text.HOST_NAME] = text.encode_text(lease.hostname)
        else:
            del options[text.HOST_NAME]
    return options


def _lay_out(kind: MessageType, lease: Lease, asked: bytes | None, informs: bool) -> dict[int, bytes]:
    """Forced options, then those asked for in the order asked; without a request list all that there are.

    The host name is left empty, to be filled in for each machine.
    """
    subnet, extra = lease.subnet, lease.extra
    wanted = None if asked is None else decode_parameter_request_list(asked)
    forced = subnet.forced | _routes(subnet, wanted or ())
    known = {text.HOST_NAME: b""} | subnet.asked | forced | extra
    for code in (SERVER_IP_ADDRESS, *subnet.lease):
        known.pop(code, None)
    options = head(kind, lease)
    if not informs:
        options |= {code: extra.get(code, payload) for code, payload in subnet.lease.items()}
    for code in (addresses.SUBNET_MASK, *(known if wanted is None else wanted), *forced):
        if code in known:
            options[code] = known[code]
    return options


def _routes(subnet: SubnetOptions, asked: tuple[int, ...]) -> dict[int, bytes]:
    """Which of 3, 33, 121, 249 go out: docs/dhcp.md, "Routes".

    121 or 249 asked: those asked for, and 3. Neither: 3, 33 and 121 unasked, which mends clients that use what
    they get without asking. Never 33 beside an asked 121: some clients make a class-wide route of it.
    """
    found = {addresses.ROUTER: subnet.router}
    classless = [code for code in (CLASSLESS_STATIC_ROUTE, MICROSOFT_STATIC_ROUTE) if code in asked]
    if not classless:
        found[STATIC_ROUTE] = subnet.static
        classless = [CLASSLESS_STATIC_ROUTE]
    for code in classless:
        found[code] = subnet.classless
    return {code: payload for code, payload in found.items() if payload}


def boot_fields(lease: Lease, asked: bytes) -> tuple[bytes, bytes, IPv4Address]:
    """`sname`, `file` and `siaddr`; options 66 and 67 go there when the client does not ask for them as options."""
    extra, server = lease.extra, lease.subnet.server_address
    if not extra:
        return b"", b"", server
    return (
        b"" if text.TFTP_SERVER_NAME in asked else extra.get(text.TFTP_SERVER_NAME, b""),
        b"" if text.BOOTFILE_NAME in asked else extra.get(text.BOOTFILE_NAME, b""),
        IPv4Address(extra[SERVER_IP_ADDRESS]) if SERVER_IP_ADDRESS in extra else server,
    )
