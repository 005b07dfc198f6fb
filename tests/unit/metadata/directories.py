"""The network that metadata tests are about."""

from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv4Network
from typing import Any, Final

import msgspec

from underlay.metadata.directory import Directory, Entry
from underlay.model.address import Mac
from underlay.model.ids import InstanceId, NetworkId, PortId, ProjectId, SubnetId
from underlay.model.instance import Instance
from underlay.model.subnet import Subnet

THEN: Final = datetime(2026, 1, 1, tzinfo=UTC)
NETWORK: Final = NetworkId("net")
PROJECT: Final = ProjectId("project")
WEB: Final = InstanceId("11111111-2222-3333-4444-555555555555")
BARE: Final = InstanceId("99999999-2222-3333-4444-555555555555")
ADDRESS: Final = IPv4Address("10.10.100.5")
BARE_ADDRESS: Final = IPv4Address("10.10.100.6")
MAC: Final = Mac.parse("fa:16:3e:00:00:05")

SUBNET: Final = Subnet(
    SubnetId("s"),
    NETWORK,
    PROJECT,
    "",
    IPv4Network("10.10.100.0/24"),
    THEN,
    THEN,
    gateway_ip=IPv4Address("10.10.100.1"),
    dns_nameservers=(IPv4Address("8.8.8.8"),),
)
INSTANCE: Final = Instance(
    WEB,
    PROJECT,
    "Web 1",
    THEN,
    THEN,
    public_keys={"k": "ssh-ed25519 AAAA k", "second": "ssh-rsa BBBB s"},
    user_data="IyEvYmluL3NoCg==",
    meta={"role": "web"},
)
PORT: Final = PortId("61eaed6f-d000-4000-8000-000000000001")
ENTRY: Final = Entry(ADDRESS, SUBNET.id, PORT, MAC, PROJECT, WEB, INSTANCE)
BARE_ENTRY: Final = Entry(BARE_ADDRESS, SUBNET.id, PortId("port-6"), Mac(6), PROJECT, BARE)


def directory(*entries: Entry, **changes: Any) -> Directory:
    """A network with these addresses; without any, of an instance with a record and of one without."""
    plain = Directory(NETWORK, "qdhcp-net", 1450, (SUBNET,), entries or (ENTRY, BARE_ENTRY))
    return msgspec.structs.replace(plain, **changes)
