"""Which packets a rule of a security group lets pass: what makes sense, and when two rules say the same. Pure.

Protocols are IANA's numbers and the names that Neutron gives some of them; the errors are Neutron's.
"""

from collections.abc import Mapping
from ipaddress import ip_interface
from typing import Final

from msgspec import structs

from underlay.model.errors import (
    SecurityGroupEthertypeConflictWithProtocol,
    SecurityGroupInvalidIcmpValue,
    SecurityGroupInvalidPortRange,
    SecurityGroupInvalidPortValue,
    SecurityGroupInvalidProtocolForPort,
    SecurityGroupMissingIcmpType,
    SecurityGroupMultipleRemoteEntites,
    SecurityGroupProtocolRequiredWithPorts,
    SecurityGroupRuleParameterConflict,
)
from underlay.model.security_group import Traffic

PROTOCOLS: Final[Mapping[str, int]] = {
    "ah": 51,
    "dccp": 33,
    "egp": 8,
    "esp": 50,
    "gre": 47,
    "hopopt": 0,
    "icmp": 1,
    "igmp": 2,
    "ip": 0,
    "ipip": 4,
    "ipv6-encap": 41,
    "ipv6-frag": 44,
    "ipv6-icmp": 58,
    "icmpv6": 58,
    "ipv6-nonxt": 59,
    "ipv6-opts": 60,
    "ipv6-route": 43,
    "ospf": 89,
    "pgm": 113,
    "rsvp": 46,
    "sctp": 132,
    "tcp": 6,
    "udp": 17,
    "udplite": 136,
    "vrrp": 112,
}
"""Name -> IP protocol number."""

_WITH_PORTS: Final = ("dccp", "sctp", "tcp", "udp", "udplite")
_IPV6_ONLY: Final = frozenset(name for name in PROTOCOLS if name.startswith("ipv6-") or name == "icmpv6")
_IPV6_ONLY_NUMBERS: Final = frozenset(PROTOCOLS[name] for name in _IPV6_ONLY)
_ICMP: Final = (PROTOCOLS["icmp"], PROTOCOLS["ipv6-icmp"])
_ALL_PORTS: Final = (1, 65535)
_EVERYWHERE: Final = frozenset({None, "0.0.0.0/0", "::/0"})

Key = tuple[str | int | None, ...]
"""Equal for rules that let the same packets pass."""


def canonical(traffic: Traffic) -> Traffic:
    """The traffic as it is kept: ICMP of IPv6 under its own name, no range for all ports.

    Raises the errors of Neutron for a range without a protocol that has ports, ICMP types and codes beyond a byte, a
    prefix of the other IP version, an IPv6 protocol in an IPv4 rule, and more than one remote.
    """
    plain = _without_all_ports(_with_icmp_of_its_version(traffic))
    _require_ports(plain)
    _require_prefix_of_version(plain)
    if plain.ethertype == "IPv4" and plain.protocol is not None and _is_of_ipv6(plain.protocol):
        raise SecurityGroupEthertypeConflictWithProtocol(plain.ethertype, plain.protocol)
    if sum(map(bool, (plain.remote_ip_prefix, plain.remote_group_id, plain.remote_address_group_id))) > 1:
        raise SecurityGroupMultipleRemoteEntites()
    return plain


def key(traffic: Traffic) -> Key:
    """A protocol's name is its number, and everywhere is the same as no prefix."""
    return (
        traffic.direction,
        traffic.ethertype,
        None if traffic.protocol is None else number(traffic.protocol),
        traffic.port_range_min,
        traffic.port_range_max,
        None if traffic.remote_ip_prefix in _EVERYWHERE else traffic.remote_ip_prefix,
        traffic.remote_group_id,
        traffic.remote_address_group_id,
    )


def number(protocol: str) -> int:
    """The IP protocol's number, of a name of `PROTOCOLS` or of the number as text."""
    return PROTOCOLS[protocol] if protocol in PROTOCOLS else int(protocol)


def normalized_cidr(traffic: Traffic) -> str | None:
    """The remote prefix without the bits behind its length."""
    return None if traffic.remote_ip_prefix is None else str(ip_interface(traffic.remote_ip_prefix).network)


def _with_icmp_of_its_version(traffic: Traffic) -> Traffic:
    if traffic.ethertype == "IPv6" and traffic.protocol in ("icmp", "icmpv6"):
        return structs.replace(traffic, protocol="ipv6-icmp")
    if traffic.ethertype == "IPv6" and traffic.protocol == str(PROTOCOLS["icmp"]):
        return structs.replace(traffic, protocol=str(PROTOCOLS["ipv6-icmp"]))
    return traffic


def _without_all_ports(traffic: Traffic) -> Traffic:
    if (traffic.port_range_min, traffic.port_range_max) == _ALL_PORTS:
        return structs.replace(traffic, port_range_min=None, port_range_max=None)
    return traffic


def _require_ports(traffic: Traffic) -> None:
    first, last = traffic.port_range_min, traffic.port_range_max
    if first is None and last is None:
        return
    if traffic.protocol is None:
        raise SecurityGroupProtocolRequiredWithPorts()
    protocol = number(traffic.protocol)
    if protocol in _ICMP:
        _require_icmp(first, last)
    elif protocol in {PROTOCOLS[name] for name in _WITH_PORTS}:
        if 0 in (first, last):
            raise SecurityGroupInvalidPortValue("0")
        if first is None or last is None or first > last:
            raise SecurityGroupInvalidPortRange()
    else:
        raise SecurityGroupInvalidProtocolForPort(protocol, ", ".join(name.upper() for name in _WITH_PORTS))


def _require_icmp(icmp_type: int | None, code: int | None) -> None:
    for field, attribute, value in (("type", "port_range_min", icmp_type), ("code", "port_range_max", code)):
        if value is not None and not 0 <= value <= 255:
            raise SecurityGroupInvalidIcmpValue(field, attribute, value)
    if icmp_type is None and code is not None:
        raise SecurityGroupMissingIcmpType(code)


def _require_prefix_of_version(traffic: Traffic) -> None:
    prefix = traffic.remote_ip_prefix
    if prefix is not None and traffic.ethertype != f"IPv{ip_interface(prefix).version}":
        raise SecurityGroupRuleParameterConflict(traffic.ethertype, prefix)


def _is_of_ipv6(protocol: str) -> bool:
    return protocol in _IPV6_ONLY or (protocol.isdigit() and int(protocol) in _IPV6_ONLY_NUMBERS)
