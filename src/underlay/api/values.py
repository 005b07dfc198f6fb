"""JSON values to domain values: one reader per form of attribute.

A reader takes what JSON gave and returns the value that commands carry. It raises `InvalidInput` where the API
converts (numbers, booleans), and `ValueError` with the reason where it validates; `parse` puts the attribute's name
before the reason. Clients of 2013 send numbers and booleans as text, so both are read. The texts are those of
the Networking API v2.0's reference implementation (neutron_lib.api.validators and converters).
Beside each function stands what it takes, as JSON Schema, which the OpenAPI document tells.
"""

import re
from collections.abc import Callable, Iterable
from ipaddress import IPv4Network, ip_address, ip_network
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

import msgspec
from msgspec import UNSET, structs

from underlay.api import schema
from underlay.api.schema import Schema
from underlay.model.address import IpAddress, IpNetwork, Mac
from underlay.model.errors import InvalidInput

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Reader(msgspec.Struct, Generic[T_co], frozen=True, eq=False):
    """A function that reads a value of JSON, and what it takes.

    Attributes:
    takes: what clients are to send. The function may read more of old clients, as numbers in text.
    gives: the same as the API shows it.
    """

    read: Callable[[Any], T_co]
    takes: Schema
    gives: Schema

    def __call__(self, value: Any) -> T_co:
        """The value read. Raises ValueError for a list that is too long, before anything looks at its items."""
        most = self.takes.max_items
        if isinstance(value, list) and isinstance(most, int) and len(value) > most:
            raise ValueError(f"at most {most} items are taken, and not {len(value)}")
        return self.read(value)


def reads(takes: Schema, gives: Schema | None = None) -> Callable[[Callable[[Any], T]], Reader[T]]:
    """Make a function a `Reader`; what it gives is what it takes, unless said. A list has at most `MAX_ITEMS`."""
    is_list = takes.type == "array" or (isinstance(takes.type, tuple) and "array" in takes.type)
    bounded = structs.replace(takes, max_items=MAX_ITEMS) if is_list and takes.max_items is UNSET else takes
    return lambda read: Reader(read, bounded, takes if gives is None else gives)


MAX_ITEMS: Final = 1_000
"""Of a list in a body, unless its reader says another number."""

_TRUE: Final = frozenset(("1", "t", "true", "on", "y", "yes"))
_FALSE: Final = frozenset(("0", "f", "false", "off", "n", "no"))
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,18}")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_ABBREVIATED_CIDR: Final = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3}){0,2}/[0-9]{1,2}")
_SHOWN_CHARACTERS: Final = 255


def shown(value: object) -> str:
    """The value as it is repeated in a message: cut when it is long."""
    text = str(value)
    return text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "..."


@reads(schema.BOOLEAN)
def boolean(value: Any) -> bool:
    """True, "true", "1", "yes" ... in any case, and their opposites."""
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower() if isinstance(value, str | int) else ""
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise InvalidInput(f"'{shown(value)}' cannot be converted to boolean")


@reads(schema.INTEGER)
def integer(value: Any) -> int:
    """A whole number, or its decimal digits as text."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**18:
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**15:
        return int(value)
    if isinstance(value, str) and _INTEGER.fullmatch(value.strip()):
        return int(value)
    raise InvalidInput(f"'{shown(value)}' is not an integer")


def integer_between(lowest: int, highest: int) -> Reader[int]:
    """A whole number within bounds, both included."""

    @reads(Schema(type="integer", minimum=lowest, maximum=highest))
    def read(value: Any) -> int:
        number = integer(value)
        if number < lowest:
            raise ValueError(f"'{number}' is too small - must be at least '{lowest}'")
        if number > highest:
            raise ValueError(f"'{number}' is too large - must be no larger than '{highest}'")
        return number

    return read


def text_up_to(max_length: int) -> Reader[str]:
    """Text of at most so many characters, without control characters but tab and line ends."""

    @reads(Schema(type="string", max_length=max_length))
    def read(value: Any) -> str:
        if not isinstance(value, str) or _CONTROL.search(value):
            raise ValueError(f"'{shown(value)}' is not a valid string")
        if len(value) > max_length:
            raise ValueError(f"'{shown(value)}' exceeds maximum length of {max_length}")
        return value

    return read


def one_of(values: Iterable[Any], reader: Reader[Any]) -> Reader[Any]:
    """A value of a short list."""
    allowed = list(values)

    @reads(Schema(type=reader.takes.type, enum=tuple(allowed)))
    def read(value: Any) -> Any:
        chosen = reader(value)
        if chosen not in allowed:
            raise ValueError(f"'{shown(value)}' is not in {allowed}")
        return chosen

    return read


def or_none(reader: Reader[Any]) -> Reader[Any]:
    """null, or what the reader takes."""

    @reads(schema.nullable(reader.takes), schema.nullable(reader.gives))
    def read(value: Any) -> Any:
        return None if value is None else reader(value)

    return read


def null_as(replacement: Any, reader: Reader[Any]) -> Reader[Any]:
    """null stands for the replacement."""

    @reads(schema.nullable(reader.takes), reader.gives)
    def read(value: Any) -> Any:
        return replacement if value is None else reader(value)

    return read


@reads(schema.UUID)
def uuid(value: Any) -> str:
    """A UUID with or without hyphens, in any case; returned in the canonical form."""
    if isinstance(value, str) and len(value) <= 36:
        try:
            return str(UUID(value))
        except ValueError:
            pass
    raise ValueError(f"'{shown(value)}' is not a valid UUID")


@reads(schema.MAC)
def mac_address(value: Any) -> Mac:
    """An EUI-48 address, not all zeros."""
    if isinstance(value, str):
        try:
            mac = Mac.parse(value)
        except ValueError:
            mac = Mac(0)
        if mac.value:
            return mac
    raise ValueError(f"'{shown(value)}' is not a valid MAC address")


@reads(schema.IP)
def ip(value: Any) -> IpAddress:
    """An IP address; IPv4 without leading zeros, IPv6 without zone."""
    if isinstance(value, str) and "%" not in value:
        try:
            return ip_address(value)
        except ValueError:
            recommended = _without_leading_zeros(value)
            if recommended is not None:
                raise ValueError(
                    f"'{shown(value)}' is not an accepted IP address, '{recommended}' is recommended"
                ) from None
    raise ValueError(f"'{shown(value)}' is not a valid IP address")


def _without_leading_zeros(text: str) -> IpAddress | None:
    octets = text.split(".")
    if len(octets) != 4 or not all(octet.isascii() and octet.isdigit() and len(octet) <= 3 for octet in octets):
        return None
    try:
        return ip_address(".".join(str(int(octet)) for octet in octets))
    except ValueError:
        return None


@reads(schema.CIDR)
def cidr(value: Any) -> IpNetwork:
    """A prefix without host bits. `10.10.100/24` is read as `10.10.100.0/24`."""
    if not isinstance(value, str) or "/" not in value or "%" in value:
        raise InvalidInput(f"{shown(value)} is not in a CIDR format")
    address, _, length = value.partition("/")
    if _ABBREVIATED_CIDR.fullmatch(value):
        address += ".0" * (3 - address.count("."))
    if not (length.isascii() and length.isdigit() and len(length) <= 3):
        raise InvalidInput(f"{shown(value)} is not in a CIDR format")
    try:
        network = ip_network(f"{address}/{length}", strict=False)
    except ValueError:
        raise InvalidInput(f"{shown(value)} is not in a CIDR format") from None
    if ip_address(address) != network.network_address:
        raise ValueError(f"'{shown(value)}' isn't a recognized IP subnet cidr, '{network}' is recommended")
    return network


def cidr_hint(value: Any) -> str | None:
    """What to tell a client that abbreviated the prefix; None when it did not."""
    if isinstance(value, str) and _ABBREVIATED_CIDR.fullmatch(value):
        return f"cidr '{value}' is abbreviated, it was read as '{cidr(value)}'"
    return None


@reads(schema.CIDR)
def route_cidr(value: Any) -> IpNetwork:
    """A prefix that a route can point to: no host bits, not loopback."""
    try:
        network = cidr(value)
    except (ValueError, InvalidInput):
        raise ValueError(f"'{shown(value)}' is not a valid CIDR") from None
    if isinstance(network, IPv4Network) and network.is_loopback:
        raise ValueError(f"'{shown(value)}' is not a routable CIDR")
    return network


@reads(schema.nullable(schema.OBJECT), schema.OBJECT)
def free_dict(value: Any) -> dict[str, Any]:
    """Any JSON object; null stands for an empty one."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ValueError(f"'{shown(value)}' is not a dictionary")
    return value


def dict_with(keys: tuple[str, ...], value: Any) -> dict[str, Any]:
    """A JSON object with exactly these keys."""
    if not isinstance(value, dict):
        raise ValueError(f"Invalid input. '{shown(value)}' must be a dictionary with keys: {list(keys)}")
    if set(value) != set(keys):
        raise ValueError(
            f"Validation of dictionary's keys failed. Expected keys: {list(keys)} Provided keys: {shown(list(value))}"
        )
    return value
