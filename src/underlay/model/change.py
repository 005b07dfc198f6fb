"""What a rule wants written, and what was committed.

`Writes` is the only thing a rule returns; the store derives every index (addresses taken, VLAN ids in use,
MACs) from the records in it. `Change` is the only thing that feed and agents see of a commit.
"""

from typing import Literal, assert_never

import msgspec

from underlay.model.agent import Agent, DhcpBinding
from underlay.model.ids import HostName, NetworkId, Revision
from underlay.model.instance import Instance
from underlay.model.network import Network
from underlay.model.port import Port
from underlay.model.quota import Quota
from underlay.model.subnet import Subnet

Record = Network | Subnet | Port | Agent | DhcpBinding | Instance | Quota
Kind = Literal["network", "subnet", "port", "agent", "dhcp_binding", "instance", "quota"]


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
    match record:
        case Network():
            return "network"
        case Subnet():
            return "subnet"
        case Port():
            return "port"
        case Agent():
            return "agent"
        case DhcpBinding():
            return "dhcp_binding"
        case Instance():
            return "instance"
        case Quota():
            return "quota"
        case _:
            assert_never(record)


def network_of(record: Record) -> NetworkId | None:
    """The network that the record belongs to."""
    match record:
        case Network():
            return record.id
        case Subnet() | Port() | DhcpBinding():
            return record.network_id
        case Agent() | Instance() | Quota():
            return None
        case _:
            assert_never(record)
