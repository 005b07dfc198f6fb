"""A DHCPv6 option written as text, as `extra_dhcp_opts` of version 6 has it: dnsmasq's name or a number, and a value.

Names are those of `dnsmasq --help dhcp6` (an `option6:` in front is accepted), and what PXE needs beside (RFC 5970). A
number without a known form takes the form that its value has: addresses, hexadecimal bytes with colons, else text.
"""

import re
from enum import Enum, auto
from ipaddress import AddressValueError, IPv6Address
from typing import Final

from underlay.wire.dhcp4.domain_search import encode_domain_search
from underlay.wire.dhcp4.errors import DhcpFormatError
from underlay.wire.dhcp6.message import Dhcp6FormatError


class Form(Enum):
    """How a value's text becomes bytes."""

    ADDRESSES = auto()
    DOMAINS = auto()
    TEXT = auto()
    U32 = auto()
    NTP = auto()
    PARAMETERS = auto()
    GUESS = auto()


_NAMES: Final[dict[str, tuple[int, Form]]] = {
    "sip-server-domain": (21, Form.DOMAINS),
    "sip-server": (22, Form.ADDRESSES),
    "dns-server": (23, Form.ADDRESSES),
    "domain-search": (24, Form.DOMAINS),
    "nis-server": (27, Form.ADDRESSES),
    "nis+-server": (28, Form.ADDRESSES),
    "nis-domain": (29, Form.DOMAINS),
    "nis+-domain": (30, Form.DOMAINS),
    "sntp-server": (31, Form.ADDRESSES),
    "information-refresh-time": (32, Form.U32),
    "ntp-server": (56, Form.NTP),
    "bootfile-url": (59, Form.TEXT),
    "bootfile-param": (60, Form.PARAMETERS),
}
_FORMS: Final = dict(_NAMES.values())
_PROTOCOL_CODES: Final = frozenset((*range(1, 15), 18, 19, 20, 25, 26))
"""Codes with which DHCPv6 itself works: not a port owner's to set."""

_HEX_BYTES: Final = re.compile(r"[0-9a-fA-F]{2}(:[0-9a-fA-F]{2})+")
_LONGEST_PAYLOAD: Final = 1024


def encode_named_option(name: str, value: str) -> tuple[int, bytes]:
    """Code and payload. Raises Dhcp6FormatError: no such name, a code that DHCPv6 itself uses, or a wrong value."""
    plain = name.strip().lower().removeprefix("option6:")
    if plain in _NAMES:
        code, form = _NAMES[plain]
    elif plain.isascii() and plain.isdecimal() and len(plain) <= 5 and 0 < int(plain) <= 0xFFFF:
        code = int(plain)
        form = _FORMS.get(code, Form.GUESS)
    else:
        raise Dhcp6FormatError(f"there is no DHCPv6 option named '{name}'")
    if code in _PROTOCOL_CODES:
        raise Dhcp6FormatError(f"option {code} belongs to DHCPv6 itself and cannot be set")
    try:
        payload = _encode_value(form, value.strip())
    except (DhcpFormatError, AddressValueError, OverflowError, ValueError) as error:
        raise Dhcp6FormatError(f"'{value[:40]}' is no value of option '{name}': {error}") from error
    if len(payload) > _LONGEST_PAYLOAD:
        raise Dhcp6FormatError(f"option '{name}' has {len(payload)} bytes; {_LONGEST_PAYLOAD} are the most")
    return code, payload


def _encode_value(form: Form, value: str) -> bytes:
    match form:
        case Form.ADDRESSES:
            return b"".join(_addresses(value))
        case Form.DOMAINS:
            return encode_domain_search([part.strip() for part in value.split(",")])
        case Form.TEXT:
            return value.encode()
        case Form.U32:
            return int(value).to_bytes(4, "big")
        case Form.NTP:
            return b"".join(b"\0\1\0\x10" + address for address in _addresses(value))
        case Form.PARAMETERS:
            return b"".join(len(part.encode()).to_bytes(2, "big") + part.encode() for part in value.split(","))
        case Form.GUESS:
            return _guess(value)


def _addresses(value: str) -> list[bytes]:
    return [IPv6Address(part.strip().strip("[]")).packed for part in value.split(",")]


def _guess(value: str) -> bytes:
    if _HEX_BYTES.fullmatch(value):
        return bytes.fromhex(value.replace(":", ""))
    try:
        return b"".join(_addresses(value))
    except AddressValueError:
        return value.encode()
