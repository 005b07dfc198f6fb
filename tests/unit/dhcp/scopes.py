"""The network that DHCP tests are about: pub100 of the reference scenario."""

from ipaddress import IPv4Address, IPv4Network
from typing import Any, Final

import msgspec

from underlay.dhcp.answer import Reply, answer
from underlay.dhcp.lookup import arrange
from underlay.dhcp.scope import Reservation, Scope, SubnetScope
from underlay.model.address import Mac
from underlay.model.ids import NetworkId, PortId, SubnetId
from underlay.model.port import ExtraDhcpOpt
from underlay.model.subnet import HostRoute
from underlay.wire.dhcp4.message import BOOTREQUEST, Message

VM: Final = Mac.parse("fa:16:3e:00:00:05")
STRANGER: Final = Mac.parse("fa:16:3e:99:99:99")
ADDRESS: Final = IPv4Address("10.10.100.5")
SERVER: Final = IPv4Address("10.10.100.2")
GATEWAY: Final = IPv4Address("10.10.100.1")
PORT: Final = PortId("port-5")

DISCOVER, OFFER, REQUEST, DECLINE, ACK, NAK, RELEASE, INFORM = range(1, 9)

SUBNET: Final = SubnetScope(SubnetId("pub100"), IPv4Network("10.10.100.0/24"), SERVER, GATEWAY, metadata_nexthop=SERVER)


def scope(subnet: SubnetScope = SUBNET, *extra: ExtraDhcpOpt, **changes: Any) -> Scope:
    """The network with one machine, whose port has the extra options."""
    reservation = Reservation(PORT, VM, subnet.subnet_id, ADDRESS, "host-10-10-100-5", extra)
    plain = Scope(NetworkId("net"), "qdhcp-net", "ns-1", 1450, 3600, "openstacklocal", (subnet,), (reservation,))
    return msgspec.structs.replace(plain, **changes)


def with_subnet(**changes: Any) -> Scope:
    """The network whose subnet differs."""
    return scope(msgspec.structs.replace(SUBNET, **changes))


def route(destination: str, nexthop: str) -> HostRoute:
    """A host route."""
    return HostRoute(IPv4Network(destination), IPv4Address(nexthop))


def request(kind: int, options: dict[int, bytes] | None = None, **header: Any) -> Message:
    """A message of the machine."""
    fields: dict[str, Any] = {"op": BOOTREQUEST, "xid": 77, "chaddr": VM} | header
    return Message(**fields, options={53: bytes((kind,))} | (options or {}))


def reply(message: Message, table: Scope | None = None) -> Reply:
    """The reply, which there must be."""
    found = answer(message, arrange(table or scope()))
    assert isinstance(found, Reply)
    return found


def options_sent(asked: tuple[int, ...] | None, table: Scope | None = None) -> dict[int, bytes]:
    """The options of the offer to a client that asks for these."""
    wanted = {} if asked is None else {55: bytes(asked)}
    return reply(request(DISCOVER, wanted), table).message.options
