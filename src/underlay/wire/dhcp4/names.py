"""An option written as text, as `extra_dhcp_opts` has it: dnsmasq's option name or a number, and a value.

Names and value forms are those of `dnsmasq --help dhcp` (an `option:` in front is accepted): the port's owner
wrote them for dnsmasq. A number without a known form takes the form that its value has: addresses, hexadecimal
bytes with colons, a number, else text.
"""

import re
from enum import Enum, auto
from ipaddress import AddressValueError, IPv4Address, IPv4Network
from typing import Final

from underlay.wire.dhcp4.addresses import encode_addresses
from underlay.wire.dhcp4.classless_routes import ClasslessRoute, encode_classless_routes
from underlay.wire.dhcp4.domain_search import encode_domain_search
from underlay.wire.dhcp4.errors import DhcpFormatError
from underlay.wire.dhcp4.text import encode_text

SERVER_IP_ADDRESS: Final = 255
"""Not an option on the wire: dnsmasq's `server-ip-address` sets the header's `siaddr`."""


class Form(Enum):
    """How a value's text becomes bytes."""

    ADDRESSES = auto()
    U8 = auto()
    U16 = auto()
    U32 = auto()
    TIME = auto()
    TEXT = auto()
    DOMAINS = auto()
    ROUTES = auto()
    GUESS = auto()


_NAMES: Final[dict[str, tuple[int, Form]]] = {
    "netmask": (1, Form.ADDRESSES),
    "time-offset": (2, Form.U32),
    "router": (3, Form.ADDRESSES),
    "time-server": (4, Form.ADDRESSES),
    "dns-server": (6, Form.ADDRESSES),
    "log-server": (7, Form.ADDRESSES),
    "lpr-server": (9, Form.ADDRESSES),
    "hostname": (12, Form.TEXT),
    "boot-file-size": (13, Form.U16),
    "domain-name": (15, Form.TEXT),
    "swap-server": (16, Form.ADDRESSES),
    "root-path": (17, Form.TEXT),
    "extension-path": (18, Form.TEXT),
    "ip-forward-enable": (19, Form.U8),
    "non-local-source-routing": (20, Form.U8),
    "policy-filter": (21, Form.ADDRESSES),
    "max-datagram-reassembly": (22, Form.U16),
    "default-ttl": (23, Form.U8),
    "mtu": (26, Form.U16),
    "all-subnets-local": (27, Form.U8),
    "broadcast": (28, Form.ADDRESSES),
    "router-discovery": (31, Form.U8),
    "router-solicitation": (32, Form.ADDRESSES),
    "static-route": (33, Form.ADDRESSES),
    "trailer-encapsulation": (34, Form.U8),
    "arp-timeout": (35, Form.U32),
    "ethernet-encap": (36, Form.U8),
    "tcp-ttl": (37, Form.U8),
    "tcp-keepalive": (38, Form.U32),
    "nis-domain": (40, Form.TEXT),
    "nis-server": (41, Form.ADDRESSES),
    "ntp-server": (42, Form.ADDRESSES),
    "vendor-encap": (43, Form.GUESS),
    "netbios-ns": (44, Form.ADDRESSES),
    "netbios-dd": (45, Form.ADDRESSES),
    "netbios-nodetype": (46, Form.U8),
    "netbios-scope": (47, Form.TEXT),
    "x-windows-fs": (48, Form.ADDRESSES),
    "x-windows-dm": (49, Form.ADDRESSES),
    "lease-time": (51, Form.TIME),
    "t1": (58, Form.TIME),
    "t2": (59, Form.TIME),
    "vendor-class": (60, Form.TEXT),
    "nis+-domain": (64, Form.TEXT),
    "nis+-server": (65, Form.ADDRESSES),
    "tftp-server": (66, Form.TEXT),
    "bootfile-name": (67, Form.TEXT),
    "mobile-ip-home": (68, Form.ADDRESSES),
    "smtp-server": (69, Form.ADDRESSES),
    "pop3-server": (70, Form.ADDRESSES),
    "nntp-server": (71, Form.ADDRESSES),
    "irc-server": (74, Form.ADDRESSES),
    "posix-timezone": (100, Form.TEXT),
    "tzdb-timezone": (101, Form.TEXT),
    "ipv6-only": (108, Form.U32),
    "domain-search": (119, Form.DOMAINS),
    "classless-static-route": (121, Form.ROUTES),
    "vendor-id-encap": (125, Form.GUESS),
    "tftp-server-address": (150, Form.ADDRESSES),
    "server-ip-address": (SERVER_IP_ADDRESS, Form.ADDRESSES),
}
_FORMS: Final = {code: form for code, form in _NAMES.values() if code != SERVER_IP_ADDRESS} | {249: Form.ROUTES}
_PROTOCOL_CODES: Final = frozenset((0, 50, 52, 53, 54, 55, 56, 57, 61, 82, 255))
"""Codes with which DHCP itself works: not a port owner's to set."""

_WIDTHS: Final = {Form.U8: 1, Form.U16: 2, Form.U32: 4}
_HEX_BYTES: Final = re.compile(r"[0-9a-fA-F]{1,2}(:[0-9a-fA-F]{1,2})+")
_ADDRESS_LIST: Final = re.compile(r"\d+\.\d+\.\d+\.\d+(,\d+\.\d+\.\d+\.\d+)*")
_DURATION: Final = re.compile(r"(\d{1,10})([smhdw]?)")
_UNIT_SECONDS: Final = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_LONGEST_PAYLOAD: Final = 1024


def encode_named_option(name: str, value: str) -> tuple[int, bytes]:
    """Code and payload; SERVER_IP_ADDRESS with four bytes for `server-ip-address`.

    Raises:
    DhcpFormatError: no such name, a code that DHCP itself uses, or a value that has not the option's form.
    """
    code, form = _code_and_form(name)
    payload = _encode_value(form, value.strip())
    if len(payload) > _LONGEST_PAYLOAD:
        raise DhcpFormatError(f"option '{name}' has {len(payload)} bytes; {_LONGEST_PAYLOAD} are the most")
    return code, payload


def _code_and_form(name: str) -> tuple[int, Form]:
    plain = name.strip().lower().removeprefix("option:")
    if plain in _NAMES:
        return _NAMES[plain]
    if not plain.isdecimal() or len(plain) > 3 or int(plain) > 255:
        raise DhcpFormatError(f"there is no DHCP option named '{name}'")
    code = int(plain)
    if code in _PROTOCOL_CODES:
        raise DhcpFormatError(f"option {code} belongs to DHCP itself and cannot be set")
    return code, _FORMS.get(code, Form.GUESS)


def _encode_value(form: Form, value: str) -> bytes:
    match form:
        case Form.ADDRESSES:
            return encode_addresses([_address(part) for part in value.split(",")])
        case Form.U8 | Form.U16 | Form.U32:
            return _number(value, _WIDTHS[form])
        case Form.TIME:
            return _duration(value)
        case Form.TEXT:
            return encode_text(value)
        case Form.DOMAINS:
            return encode_domain_search([part.strip() for part in value.split(",")])
        case Form.ROUTES:
            return encode_classless_routes(_routes(value.split(",")))
        case Form.GUESS:
            return _guess(value)


def _address(text: str) -> IPv4Address:
    try:
        return IPv4Address(text.strip())
    except AddressValueError as error:
        raise DhcpFormatError(f"'{text.strip()}' is not an IPv4 address") from error


def _number(text: str, width: int) -> bytes:
    try:
        return int(text, 0).to_bytes(width, "big", signed=text.startswith("-"))
    except (ValueError, OverflowError) as error:
        raise DhcpFormatError(f"'{text[:40]}' is not a number of {width} bytes") from error


def _duration(text: str) -> bytes:
    if text == "infinite":
        return b"\xff\xff\xff\xff"
    written = _DURATION.fullmatch(text)
    if written is None:
        raise DhcpFormatError(f"'{text[:40]}' is not a time such as 3600, 60m or infinite")
    return min(int(written[1]) * _UNIT_SECONDS[written[2]], 0xFFFFFFFF).to_bytes(4, "big")


def _routes(parts: list[str]) -> list[ClasslessRoute]:
    if len(parts) % 2:
        raise DhcpFormatError("routes are written destination,router,destination,router")
    return [(_network(parts[index]), _address(parts[index + 1])) for index in range(0, len(parts), 2)]


def _network(text: str) -> IPv4Network:
    try:
        return IPv4Network(text.strip(), strict=False)
    except ValueError as error:
        raise DhcpFormatError(f"'{text.strip()}' is not an IPv4 prefix") from error


def _guess(value: str) -> bytes:
    if _ADDRESS_LIST.fullmatch(value):
        return encode_addresses([_address(part) for part in value.split(",")])
    if _HEX_BYTES.fullmatch(value):
        return bytes(int(part, 16) for part in value.split(":"))
    if value.isascii() and value.isdecimal() and len(value) <= 10 and int(value) <= 0xFFFFFFFF:
        number = int(value)
        width = 1 if number <= 0xFF else 2 if number <= 0xFFFF else 4
        return number.to_bytes(width, "big")
    return encode_text(value)
