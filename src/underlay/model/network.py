"""A network: one layer-2 segment of the data centre, shared out to projects.

Source: Networking API v2.0, "Networks" and the provider extended attributes.
"""

from datetime import datetime

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


class Network(msgspec.Struct, frozen=True, tag="network", tag_field="kind"):
    """Attributes:
    subnet_ids: the network's subnets in order of creation; kept here so that one record shows all.
    qos_policy_id: for its ports that name none themselves.
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
