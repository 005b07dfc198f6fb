"""A network: one layer-2 segment of the data centre (or several, one a physical network), shared out to projects.

Source: Networking API v2.0, "Networks" and the provider extended attributes.
"""

from collections.abc import Container
from datetime import datetime
from typing import Final, Literal

import msgspec

from underlay.model.ids import NetworkId, ProjectId, SubnetId, Vid


class Vlan(msgspec.Struct, frozen=True, tag="vlan", tag_field="network_type"):
    """Frames of the network carry 802.1Q tag `vid` on `physical_network`; unique in the data centre."""

    physical_network: str
    vid: Vid


class Flat(msgspec.Struct, frozen=True, tag="flat", tag_field="network_type"):
    """Frames of the network are untagged on `physical_network`; one flat network each."""

    physical_network: str


class Local(msgspec.Struct, frozen=True, tag="local", tag_field="network_type"):
    """The network reaches no further than each host's integration bridge."""


Segment = Vlan | Flat | Local

DhcpServedBy = Literal["both", "hosts", "agents"]
"""Who answers DHCP and metadata on a network. `hosts`: each host its own ports, nobody anybody else; `agents`: the DHCP
agents everybody; `both`: each host its own ports where it can, the DHCP agents everybody else."""

DEFAULT_NETWORK: Final = "default"
"""What only one network may be (`store.links.unique_keys_of`)."""


class Network(msgspec.Struct, frozen=True, tag="network", tag_field="kind"):
    """Attributes:
    segment: the network's only one, but for `further_segments`; no two are on the same physical network. A host is on
        the first one whose physical network it reaches.
    is_routed: its subnets belong to segments, between which the data centre routes.
    external: all projects, or some, see it as one that leads out of the cloud.
    is_default: the one that a project gets which does not name any and has no default of its own.
    project_default: the one that its project gets when it does not name any.
    availability_zone_hints: where its DHCP agents are looked for; empty: anywhere.
    subnet_ids: the network's subnets in order of creation; kept here so that one record shows all.
    qos_policy_id: for its ports that name none themselves.
    dhcp_served_by: who answers DHCP and metadata.
    mtu: bytes of an IP packet on this network, 68 and up.
    port_security_enabled: what its ports have that are created without saying.
    revision_number: counts this record's updates from 1 (API extension standard-attr-revisions).
    """

    id: NetworkId
    project_id: ProjectId
    name: str
    segment: Segment
    created_at: datetime
    updated_at: datetime
    revision_number: int = 1
    admin_state_up: bool = True
    shared: bool = False
    mtu: int = 1500
    description: str = ""
    dns_domain: str = ""
    port_security_enabled: bool = True
    tags: tuple[str, ...] = ()
    qos_policy_id: str | None = None
    subnet_ids: tuple[SubnetId, ...] = ()
    further_segments: tuple[Segment, ...] = ()
    is_routed: bool = False
    external: bool = False
    is_default: bool = False
    project_default: bool = False
    availability_zone_hints: tuple[str, ...] = ()
    dhcp_served_by: DhcpServedBy = "both"

    @property
    def segments(self) -> tuple[Segment, ...]:
        """All of them, in their order."""
        return (self.segment, *self.further_segments)


def segment_here(network: Network, physical_networks: Container[str]) -> Segment | None:
    """The segment that a host is on which reaches these physical networks: the first, a local one last; None: none."""
    reached = [each for each in network.segments if physical_network_of(each) in physical_networks]
    local = [each for each in network.segments if isinstance(each, Local)]
    return next(iter((*reached, *local)), None)


def physical_network_of(segment: Segment) -> str | None:
    """The physical network that the segment is on; None for a local one."""
    return None if isinstance(segment, Local) else segment.physical_network
