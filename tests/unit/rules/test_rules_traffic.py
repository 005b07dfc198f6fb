from typing import Any

import pytest

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
    UnderlayError,
)
from underlay.model.security_group import Traffic
from underlay.rules.traffic import PROTOCOLS, canonical, key, normalized_cidr


def ports(protocol: str | None, first: int | None, last: int | None, ethertype: Any = "IPv4") -> Traffic:
    """Traffic in, to these ports."""
    return Traffic("ingress", ethertype, protocol, first, last)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (ports("tcp", 1, 65535), ports("tcp", None, None)),
        (ports("tcp", 22, 22), ports("tcp", 22, 22)),
        (ports("icmp", 8, 0), ports("icmp", 8, 0)),
        (ports("icmp", 11, None), ports("icmp", 11, None)),
        (ports("icmp", None, None, "IPv6"), ports("ipv6-icmp", None, None, "IPv6")),
        (ports("icmpv6", 128, 0, "IPv6"), ports("ipv6-icmp", 128, 0, "IPv6")),
        (ports("1", None, None, "IPv6"), ports("58", None, None, "IPv6")),
        (ports("17", 53, 53), ports("17", 53, 53)),
        (ports("89", None, None), ports("89", None, None)),
    ],
)
def test_what_makes_sense_is_kept_in_one_form(sent: Traffic, kept: Traffic) -> None:
    """All ports are no range; ICMP in an IPv6 rule is ICMP of IPv6."""
    assert kept == canonical(sent)


ONLY = "DCCP, SCTP, TCP, UDP, UDPLITE"


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        (ports(None, 1, 2), SecurityGroupProtocolRequiredWithPorts()),
        (ports("tcp", 80, 79), SecurityGroupInvalidPortRange()),
        (ports("udp", None, 6), SecurityGroupInvalidPortRange()),
        (ports("sctp", 6, None), SecurityGroupInvalidPortRange()),
        (ports("tcp", 0, 6), SecurityGroupInvalidPortValue("0")),
        (ports("icmp", 1, 256), SecurityGroupInvalidIcmpValue("code", "port_range_max", 256)),
        (ports("icmp", 300, 1), SecurityGroupInvalidIcmpValue("type", "port_range_min", 300)),
        (ports("icmp", None, 6), SecurityGroupMissingIcmpType(6)),
        (ports("vrrp", 1, 2), SecurityGroupInvalidProtocolForPort(112, ONLY)),
        (ports("111", 1, 2), SecurityGroupInvalidProtocolForPort(111, ONLY)),
        (ports("ipv6-route", None, None), SecurityGroupEthertypeConflictWithProtocol("IPv4", "ipv6-route")),
        (ports("58", None, None), SecurityGroupEthertypeConflictWithProtocol("IPv4", "58")),
        (
            Traffic("egress", "IPv6", remote_ip_prefix="10.0.0.0/8"),
            SecurityGroupRuleParameterConflict("IPv6", "10.0.0.0/8"),
        ),
        (
            Traffic("egress", remote_ip_prefix="10.0.0.0/8", remote_group_id="g"),
            SecurityGroupMultipleRemoteEntites(),
        ),
        (Traffic("egress", remote_address_group_id="a", remote_group_id="g"), SecurityGroupMultipleRemoteEntites()),
    ],
)
def test_what_makes_no_sense_is_told_as_neutron_tells_it(sent: Traffic, error: UnderlayError) -> None:
    """Ports need a protocol that has some, ICMP's type and code are bytes, versions match, and there is one remote."""
    with pytest.raises(type(error)) as raised:
        canonical(sent)
    assert error == raised.value


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (ports("tcp", 22, 22), ports("6", 22, 22)),
        (ports("hopopt", None, None), ports("0", None, None)),
        (Traffic("ingress"), Traffic("ingress", remote_ip_prefix="0.0.0.0/0")),
        (Traffic("ingress", "IPv6"), Traffic("ingress", "IPv6", remote_ip_prefix="::/0")),
    ],
)
def test_two_ways_to_say_the_same(one: Traffic, other: Traffic) -> None:
    """A protocol's number is its name; everywhere is no prefix."""
    assert key(one) == key(other)


@pytest.mark.parametrize(
    "other",
    [
        Traffic("egress", protocol="tcp"),
        Traffic("ingress", "IPv6", "tcp"),
        Traffic("ingress", protocol="udp"),
        Traffic("ingress"),
        ports("tcp", 1, 2),
        Traffic("ingress", protocol="tcp", remote_ip_prefix="10.0.0.0/8"),
        Traffic("ingress", protocol="tcp", remote_group_id="g"),
        Traffic("ingress", protocol="tcp", remote_address_group_id="g"),
    ],
)
def test_every_field_tells_rules_apart(other: Traffic) -> None:
    """One difference makes another rule."""
    assert key(Traffic("ingress", protocol="tcp")) != key(other)


def test_every_protocol_name_has_a_number() -> None:
    """Every name of the table is taken in a rule of IPv6, and those not of IPv6 in one of IPv4."""
    for name in PROTOCOLS:
        canonical(ports(name, None, None, "IPv6"))
        if name != "icmpv6" and not name.startswith("ipv6-"):
            canonical(ports(name, None, None))


def test_the_normalized_prefix() -> None:
    """Bits behind the prefix' length are kept as sent and left out of the normalized form."""
    traffic = canonical(Traffic("ingress", remote_ip_prefix="10.0.0.34/24"))
    assert ("10.0.0.34/24", "10.0.0.0/24") == (traffic.remote_ip_prefix, normalized_cidr(traffic))
    assert normalized_cidr(Traffic("ingress")) is None
