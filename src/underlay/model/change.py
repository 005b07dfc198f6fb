"""What a rule wants written, and what was committed.

`Writes` is the only thing a rule returns; the store derives every index (addresses taken, VLAN ids in use,
MACs) from the records in it. `Change` is the only thing that feed and agents see of a commit.
"""

from collections.abc import Mapping
from typing import Any, Final, Literal, get_args

import msgspec

from underlay.model.address_group import AddressGroup
from underlay.model.address_scope import AddressScope
from underlay.model.agent import Agent, DhcpBinding
from underlay.model.ids import HostName, NetworkId, ProjectId, Revision
from underlay.model.instance import Instance
from underlay.model.keypair import Keypair
from underlay.model.network import Network
from underlay.model.port import Port
from underlay.model.qos import QosPolicy
from underlay.model.quota import Quota
from underlay.model.rbac_policy import RbacPolicy
from underlay.model.security_group import SecurityGroup, SecurityGroupRule, SecurityGroupTemplate
from underlay.model.segment import NetworkSegment
from underlay.model.segment_range import NetworkSegmentRange
from underlay.model.server import Server
from underlay.model.subnet import Subnet
from underlay.model.subnet_pool import SubnetPool
from underlay.model.trunk import Trunk

Record = (
    Network
    | NetworkSegment
    | Subnet
    | Agent
    | DhcpBinding
    | Port
    | Instance
    | Quota
    | AddressScope
    | AddressGroup
    | SecurityGroup
    | SecurityGroupRule
    | SecurityGroupTemplate
    | SubnetPool
    | RbacPolicy
    | QosPolicy
    | Trunk
    | NetworkSegmentRange
    | Server
    | Keypair
)
"""Every kind of record, in the order in which the feed lists them."""

Kind = Literal[
    "network",
    "segment",
    "subnet",
    "agent",
    "dhcp_binding",
    "port",
    "instance",
    "quota",
    "address_scope",
    "address_group",
    "security_group",
    "security_group_rule",
    "security_group_template",
    "subnetpool",
    "rbac_policy",
    "qos_policy",
    "trunk",
    "network_segment_range",
    "server",
    "keypair",
]
"""The records' tags, in the same order."""

KINDS: Final[Mapping[type[Any], Kind]] = {
    record_type: record_type.__struct_config__.tag for record_type in get_args(Record)
}
"""The kind of each type of record."""


class Ref(msgspec.Struct, frozen=True):
    """Names one record."""

    kind: Kind
    id: str


class Writes(msgspec.Struct, frozen=True):
    """Put these records (insert, or replace the one of that id), delete those; all or nothing.

    Attributes:
    puts: in order of reference: a record comes after those that it names.
    deletes: in the reverse order.
    """

    puts: tuple[Record, ...] = ()
    deletes: tuple[Ref, ...] = ()


class Change(msgspec.Struct, frozen=True, omit_defaults=True):
    """One record as it is since `revision`; None when it is gone.

    Attributes:
    network_id: the network that the record belongs to; None for kinds that belong to none.
    hosts: the hosts that wired or served the record before or after the change.
    """

    revision: Revision
    kind: Kind
    id: str
    record: Record | None
    network_id: NetworkId | None = None
    hosts: tuple[HostName, ...] = ()


class InSync(msgspec.Struct, frozen=True):
    """The line of the feed that says: you have seen everything up to `revision`. Repeated as a sign of life."""

    in_sync: Revision


def kind_of(record: Record) -> Kind:
    """The kind's name as in store and feed."""
    return KINDS[type(record)]


RECORD_TYPES: Final[Mapping[Kind, type[Any]]] = {kind: record_type for record_type, kind in KINDS.items()}


def project_of(record: Record) -> ProjectId | None:
    """The project that owns the record; None for kinds that nobody owns."""
    return getattr(record, "project_id", None)


def network_of(record: Record) -> NetworkId | None:
    """The network that the record belongs to, for the kinds that hosts are told of."""
    match record:
        case Network():
            return record.id
        case Subnet() | Port() | DhcpBinding():
            return record.network_id
        case _:
            return None
