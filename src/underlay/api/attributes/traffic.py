"""The attributes that say which packets a rule lets pass: of rules of security groups, and of those they start with."""

from ipaddress import ip_interface
from typing import Any, Final

from underlay.api import schema, values
from underlay.api.attributes import standard
from underlay.api.attributes.attribute import Attribute, Values, pick
from underlay.api.schema import Schema
from underlay.model.errors import (
    InvalidCIDR,
    SecurityGroupInvalidPortValue,
    SecurityGroupRuleInvalidEtherType,
    SecurityGroupRuleInvalidProtocol,
)
from underlay.model.security_group import Traffic
from underlay.rules.traffic import PROTOCOLS

NAMES: Final = (
    "direction",
    "ethertype",
    "protocol",
    "port_range_min",
    "port_range_max",
    "remote_ip_prefix",
    "remote_group_id",
    "remote_address_group_id",
)

_DIRECTIONS: Final = ("ingress", "egress")
_ETHERTYPES: Final = ("IPv4", "IPv6")
_HIGHEST_PORT: Final = 65535


def traffic_of(sent: Values) -> Traffic:
    """The attributes of this module that were sent, as one value."""
    return Traffic(**pick(sent, *NAMES))


def rows(read_group: values.Reader[Any]) -> tuple[Attribute, ...]:
    """The attributes. `read_group` reads the id of a remote group."""
    return (
        _row(
            "direction",
            "`ingress`: to the port; `egress`: from it.",
            values.one_of(_DIRECTIONS, values.text_up_to(7)),
            required=True,
        ),
        _row("ethertype", "`IPv4` or `IPv6`.", _read_ethertype),
        _row(
            "protocol",
            "Name or number of the IP protocol; null or `any`: any. ICMP in an IPv6 rule is `ipv6-icmp`.",
            _read_protocol,
            wanted=_read_protocol,
        ),
        _row(
            "port_range_min",
            "First port; of ICMP the type.",
            _read_port,
            wanted=values.integer,
        ),
        _row(
            "port_range_max",
            "Last port; of ICMP the code. 1 to 65535 is kept as no range.",
            _read_port,
            wanted=values.integer,
        ),
        _row("remote_ip_prefix", "The other end: addresses of this prefix. At most one remote is given.", _read_prefix),
        _row(
            "remote_group_id",
            "The other end: ports in this security group; the next port that joins it is meant too.",
            values.or_none(read_group),
        ),
        _row(
            "remote_address_group_id",
            "The other end: addresses of this address group.",
            values.or_none(values.text_up_to(36)),
        ),
    )


def _row(
    name: str,
    description: str,
    reader: values.Reader[Any],
    *,
    wanted: values.Reader[Any] = standard.text,
    required: bool = False,
) -> Attribute:
    return Attribute(
        name,
        description,
        show=lambda record, _: getattr(record.traffic, name),
        post=reader,
        required=required,
        filter=wanted,
        sort=True,
    )


@values.reads(Schema(type="string", enum=_ETHERTYPES))
def _read_ethertype(value: Any) -> str:
    for ethertype in _ETHERTYPES:
        if isinstance(value, str) and value.lower() == ethertype.lower():
            return ethertype
    raise SecurityGroupRuleInvalidEtherType(values.shown(value), str(list(_ETHERTYPES)))


@values.reads(Schema(type=("string", "integer", "null")), schema.nullable(schema.TEXT))
def _read_protocol(value: Any) -> str | None:
    if value is None or value == "any":
        return None
    text = str(value).lower() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if text in PROTOCOLS:
        return text
    if text.isascii() and text.isdigit() and len(text) <= 3 and int(text) <= 255:
        return str(int(text))
    raise SecurityGroupRuleInvalidProtocol(values.shown(value), str(("any", *PROTOCOLS)))


@values.reads(Schema(type=("integer", "null"), minimum=0, maximum=_HIGHEST_PORT))
def _read_port(value: Any) -> int | None:
    if value is None:
        return None
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= _HIGHEST_PORT:
        return int(text)
    raise SecurityGroupInvalidPortValue(values.shown(value))


@values.reads(
    Schema(any_of=(schema.IP, schema.CIDR, Schema(enum=("",)), Schema(type="null"))), schema.nullable(schema.TEXT)
)
def _read_prefix(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, str) and "%" not in value and len(value) <= 64:
        try:
            return str(ip_interface(value))
        except ValueError:
            pass
    raise InvalidCIDR(values.shown(value))
