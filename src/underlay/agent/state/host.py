"""What a host is like, as far as Underlay cares: the one type for desired and observed.

Goes in and out of pure functions; nothing here does I/O. Sources: `ovs-vswitchd.conf.db(5)` for bridges, ports and
their VLAN columns, `ovs-fields(7)` and `ovs-ofctl(8)` for flows.
"""

from typing import Final

import msgspec

from underlay.model.ids import NetworkId, PortId

COOKIE: Final = 0x756E6465_00000000
"""The cookie of every flow of ours ("unde" in its upper half)."""
COOKIE_MASK: Final = 0xFFFFFFFF_00000000
DEAD_TAG: Final = 4095
"""Access VLAN of a port whose frames go nowhere: no trunk carries it, and br-int drops it."""
LOWEST_TAG: Final = 1
HIGHEST_TAG: Final = 4094


class NetworkMark(msgspec.Struct, frozen=True, order=True):
    """Which network a local tag stands for; kept in the OVS port's `other_config`, under Neutron's keys.

    Attributes:
    network_type: `vlan`, `flat` or `local`.
    physical_network: empty for `local`.
    segmentation_id: the vid on the physical network; None unless `vlan`.
    tag: the local tag, 1-4094.
    """

    network_id: NetworkId
    network_type: str
    physical_network: str
    segmentation_id: int | None
    tag: int


class Bridge(msgspec.Struct, frozen=True):
    """An OVS bridge. `datapath_type` decides at creation only: changing it would take every port down."""

    datapath_type: str = "system"
    fail_mode: str = ""


class OvsPort(msgspec.Struct, frozen=True):
    """An OVS port with one interface.

    Attributes:
    tag: access VLAN; None is a trunk of all VLANs.
    mark: what the tag stands for.
    peer: the other end, for a patch port; empty for others.
    port_id: `external_ids:iface-id` of its interface; empty when it is nobody's port.
    mac: `external_ids:attached-mac`; only for ports that we make.
    identity: the port's number among those served locally, 1-65535; kept in `other_config` beside the mark.
    owned: made by us, and so ours to remove.
    """

    bridge: str
    tag: int | None = None
    mark: NetworkMark | None = None
    peer: str = ""
    port_id: PortId | str = ""
    mac: str = ""
    identity: int | None = None
    owned: bool = False


class FlowKey(msgspec.Struct, frozen=True, order=True):
    """What makes two flows of a bridge the same: a second one with the same key replaces the first."""

    table: int
    priority: int
    match: str


class Link(msgspec.Struct, frozen=True):
    """The end of a veth pair inside a namespace of ours, checksum offload off at both ends.

    Attributes:
    peer: name of the other end, in the host's namespace.
    addresses: `address/prefix` texts; without the kernel's own link-local one.
    gateway: next hop of the IPv4 default route; None for no route.
    routes: `destination next hop` texts, beside the default route.
    neighbours: `address MAC` texts, for ever.
    """

    peer: str
    mac: str
    mtu: int
    addresses: frozenset[str] = frozenset()
    gateway: str | None = None
    routes: frozenset[str] = frozenset()
    neighbours: frozenset[str] = frozenset()


class HostState(msgspec.Struct, frozen=True):
    """Attributes:
    bridges, ports: by name. Ports that are neither ours nor carry a port's id are not in it.
    flows: bridge -> flow -> actions; only ours when observed.
    namespaces: name -> link name -> link.
    tables: `<dhcp or metadata>/<network id>.json` or `<dhcp or metadata>/ports/<port id>.json` -> content.
    ofports: OVS port name -> OpenFlow port number; what flows refer to. A fact, never a wish: not compared.
    foreign_flows: bridge -> keys taken by flows that are not ours. A fact, not compared.
    """

    bridges: dict[str, Bridge] = {}
    ports: dict[str, OvsPort] = {}
    flows: dict[str, dict[FlowKey, str]] = {}
    namespaces: dict[str, dict[str, Link]] = {}
    tables: dict[str, bytes] = {}
    ofports: dict[str, int] = {}
    foreign_flows: dict[str, frozenset[FlowKey]] = {}
