"""The host's own ports that are answered here: which they are, and the one namespace from which that is done.

Pure. A port is served locally when its device is wired, the setting and its network allow it, it is a machine's, and a
pump has run here: until then its requests go on to the network's DHCP agents.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from underlay.agent.desired.identities import allocate
from underlay.agent.desired.verdict import Verdict, Wired
from underlay.agent.state.host import DEAD_TAG, Link, OvsPort
from underlay.agent.state.present import Present
from underlay.agent.state.records import Records
from underlay.agent.state.site import Site
from underlay.model.ids import PortId
from underlay.model.network import Network
from underlay.model.port import Port
from underlay.model.subnet import Subnet

INNER: Final = "ns-local"
OUTER: Final = "taplocal"
SERVER_MAC: Final = "02:00:a9:fe:a9:fe"
PEER_MAC: Final = "02:00:a9:fe:a9:fd"
"""Of everybody who asks, as the namespace sees it."""

_NOT_MACHINES: Final = "network:"


class LocalPort(msgspec.Struct, frozen=True):
    """One port that is answered here.

    Attributes:
    number: its identity.
    ofport: of its device.
    subnets: all of the network's, in its order.
    dhcp, metadata: which of the two services have a pump here.
    """

    port: Port
    network: Network
    number: int
    ofport: int | None
    subnets: tuple[Subnet, ...]
    dhcp: bool
    metadata: bool

    @property
    def dhcp_subnets(self) -> tuple[Subnet, ...]:
        """Those in which the port has an address, and DHCP tells it; in the order of the addresses."""
        return tuple(
            subnet
            for fixed in self.port.fixed_ips
            for subnet in self.subnets
            if subnet.id == fixed.subnet_id and subnet.enable_dhcp
        )

    @property
    def dhcp6_subnets(self) -> tuple[Subnet, ...]:
        """Of these the ones where DHCPv6 gives addresses or tells of the network."""
        modes = ("dhcpv6-stateful", "dhcpv6-stateless")
        return tuple(subnet for subnet in self.dhcp_subnets if subnet.ipv6_address_mode in modes)


def local_ports(
    records: Records, site: Site, present: Present, judged: Mapping[str, Verdict]
) -> dict[PortId, LocalPort]:
    """The ports that are answered here, by id."""
    metadata = "metadata" in present.pumps and site.isolated_metadata
    dhcp = "dhcp" in present.pumps
    if not site.local_service or not (dhcp or metadata):
        return {}
    wired = {
        device.port_id: device
        for device in present.devices
        if isinstance(judged[device.name], Wired) and _is_served(records.ports[device.port_id], records)
    }
    found: dict[PortId, LocalPort] = {}
    for port_id, number in sorted(allocate(wired.keys(), present).items()):
        port = records.ports[port_id]
        network = records.networks[port.network_id]
        known = (records.subnets.get(subnet_id) for subnet_id in network.subnet_ids)
        subnets = tuple(subnet for subnet in known if subnet is not None)
        found[port_id] = LocalPort(port, network, number, wired[port_id].ofport, subnets, dhcp, metadata)
    return found


def is_in_use(site: Site, present: Present) -> bool:
    """Whether the namespace is to be there."""
    return site.local_service and bool(present.pumps)


def link() -> Link:
    """The namespace's link. Whatever comes is from an identity address, and every answer goes back by one hop."""
    return Link(
        peer=OUTER,
        mac=SERVER_MAC,
        mtu=1500,
        addresses=frozenset({"169.254.169.254/32", "fe80::a9fe:a9fe/64"}),
        routes=frozenset({"100.64.0.0/10 169.254.169.253", "fd00:a9fe::/32 fe80::1"}),
        neighbours=frozenset({f"169.254.169.253 {PEER_MAC}", f"fe80::1 {PEER_MAC}"}),
    )


def ovs_port(site: Site) -> OvsPort:
    """The link's other end. It is in no network: only flows lead to it and from it."""
    return OvsPort(site.integration_bridge, tag=DEAD_TAG, owned=True)


def _is_served(port: Port, records: Records) -> bool:
    network = records.networks[port.network_id]
    return network.dhcp_served_by != "agents" and not port.device_owner.startswith(_NOT_MACHINES)
