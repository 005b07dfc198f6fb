"""The database as one transaction sees it: all that rules look up (`rules.snapshot.Snapshot`, by shape), lists, and,
in a write transaction, writing.

Lookups by id are remembered for the length of the transaction, so that rule and store together read a record once.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final, cast

from underlay.model.address import AddressRange, IpAddress, IpNetwork, Mac
from underlay.model.agent import Agent, AgentType, DhcpBinding
from underlay.model.change import KINDS, Kind, Record, Ref, Writes
from underlay.model.ids import AgentId, HostName, InstanceId, NetworkId, PortId, ProjectId, Revision, SubnetId, Vid
from underlay.model.instance import Instance
from underlay.model.network import Network
from underlay.model.port import Port
from underlay.model.quota import Quota
from underlay.model.rbac_policy import RbacAction
from underlay.model.segment import SegmentUse
from underlay.model.subnet import InUse, Subnet
from underlay.store.contract import Query, R
from underlay.store.listing import Lister
from underlay.store.lookups import (
    LookupStatements,
    linked_to_any,
    port_of_other_owner,
    port_of_other_owner_using,
    some_link,
)
from underlay.store.prefix_index import block_with, smallest_block, taken_by
from underlay.store.ranges import address_from
from underlay.store.records import Records
from underlay.store.rows import decode_as
from underlay.store.statements import Session
from underlay.store.writer import Writer, WriterStatements


class Statements:
    """All that a moment runs, compiled once a store."""

    def __init__(self, lookups: LookupStatements, writer: WriterStatements) -> None:
        self.lookups: Final = lookups
        self.writer: Final = writer


class Moment:
    """One transaction, for one thread. `writable` False: `commit_writes` and `touch_agents` raise TypeError."""

    def __init__(self, session: Session, statements: Statements, *, writable: bool) -> None:
        self._session = session
        self._sql = statements.lookups
        self._records = Records(session, statements.lookups.by_id)
        self._writer = Writer(session, statements.writer, self._records) if writable else None

    def commit_writes(self, writes: Writes) -> Revision:
        """As `contract.Writing.commit_writes`."""
        return self._writing().commit_writes(writes)

    def touch_agents(self, agent_ids: Sequence[AgentId], now: datetime) -> None:
        """As `contract.Writing.touch_agents`."""
        self._writing().touch_agents(agent_ids, now)

    def keep_console(self, server_id: InstanceId, output: bytes) -> None:
        """As `contract.Writing.keep_console`."""
        self._writing().keep_console(server_id, output)

    def console(self, server_id: InstanceId) -> bytes:
        """As `contract.Listing.console`."""
        row = self._session.row(self._sql.console, {"server_id": server_id})
        return bytes(row[0]) if row else b""

    def newest_written(self) -> Revision | None:
        """The newest revision that this transaction wrote; None when it changed nothing that the feed tells."""
        return self._writing().newest

    def prune_changes(self, up_to: Revision) -> None:
        """Forget the changes up to that revision, which must be older than the newest."""
        self._writing().prune(up_to)

    def list_records(self, record_type: type[R], query: Query) -> list[R]:
        """As `contract.Listing.list_records`."""
        return Lister(self._session).list_records(record_type, query)

    def list_as_text(self, record_type: type[Record], query: Query) -> list[Any]:
        """As `contract.Listing.list_as_text`."""
        return Lister(self._session).list_as_text(record_type, query)

    def heartbeats(self) -> dict[AgentId, datetime]:
        """As `contract.Listing.heartbeats`."""
        rows = self._session.rows(self._sql.heartbeats, {})
        return {agent_id: datetime.fromisoformat(text) for agent_id, text in rows}

    def addresses_in_use(self, network_id: NetworkId | None = None) -> dict[SubnetId, InUse]:
        """How many addresses ports have of each subnet (of the network)."""
        statement = self._sql.in_use if network_id is None else self._sql.in_use_of
        rows = self._session.rows(statement, {"network_id": network_id})
        return {subnet_id: InUse(used, in_pools) for subnet_id, used, in_pools in rows}

    def revision(self) -> Revision:
        """As `contract.Listing.revision`; in a write transaction what it has written is counted."""
        row = self._session.row(self._sql.revision, {})
        return Revision(row[0] or 0) if row else Revision(0)

    def network(self, network_id: NetworkId) -> Network | None:
        """By id."""
        return self._records.find(Network, network_id)

    def subnet(self, subnet_id: SubnetId) -> Subnet | None:
        """By id."""
        return self._records.find(Subnet, subnet_id)

    def port(self, port_id: PortId) -> Port | None:
        """By id."""
        return self._records.find(Port, port_id)

    def agent(self, agent_id: AgentId) -> Agent | None:
        """By id."""
        return self._records.find(Agent, agent_id)

    def instance(self, instance_id: InstanceId) -> Instance | None:
        """By id."""
        return self._records.find(Instance, instance_id)

    def quota(self, project_id: ProjectId) -> Quota | None:
        """Of that project."""
        return self._records.find(Quota, project_id)

    def record(self, record_type: type[R], record_id: str) -> R | None:
        """The record of that type and id."""
        return self._records.find(record_type, record_id)

    def records_of(self, record_type: type[R], project_id: ProjectId | None = None) -> Sequence[R]:
        """All of the type (of the project), in order of creation."""
        by_kind = self._sql.all_of if project_id is None else self._sql.all_of_project
        rows = self._session.rows(by_kind[KINDS[record_type]], {"project_id": project_id})
        return [decode_as(record_type, row[0]) for row in rows]

    def linked(self, record_type: type[R], relation: str, to_id: str) -> Sequence[R]:
        """The records of the type that name the id in that relation, in order of creation."""
        rows = self._session.rows(self._sql.linked[KINDS[record_type]], {"relation": relation, "to_id": to_id})
        return [decode_as(record_type, row[0]) for row in rows]

    def naming(self, record_type: type[R], relation: str) -> Sequence[R]:
        """The records of the type that name any in that relation."""
        rows = self._session.rows(self._sql.naming[KINDS[record_type]], {"relation": relation})
        return [decode_as(record_type, row[0]) for row in rows]

    def named_by(self, kind: Kind, record_id: str | None, relation: str, record_type: type[R]) -> Sequence[R]:
        """The records of the type that this record of the kind (None: any of the kind) names in that relation."""
        by_kind = self._sql.named_by_any if record_id is None else self._sql.named_by
        values = {"by": kind, "by_id": record_id, "relation": relation}
        return [decode_as(record_type, row[0]) for row in self._session.rows(by_kind[KINDS[record_type]], values)]

    def linked_to(self, record_type: type[R], relation: str, to_ids: Collection[str]) -> Sequence[R]:
        """The records of the type that name one of the ids in that relation, in order of creation."""
        rows = self._session.select(linked_to_any(KINDS[record_type], relation, tuple(to_ids)))
        return [decode_as(record_type, row[0]) for row in rows]

    def is_linked(self, to_id: str, *, relations: Collection[str] | None = None) -> bool:
        """Whether any record names the id (in one of the relations)."""
        return bool(self._session.select(some_link(to_id, None if relations is None else tuple(relations))))

    def some_linker(self, to_id: str, relation: str) -> Ref | None:
        """One of the records, of any kind, that name the id in that relation."""
        row = self._session.row(self._sql.some_linker, {"to_id": to_id, "relation": relation})
        return Ref(*row) if row else None

    def with_unique_key(self, record_type: type[R], key: str) -> R | None:
        """The record of the type that has the key."""
        row = self._session.row(self._sql.with_unique_key[KINDS[record_type]], {"key": key})
        return decode_as(record_type, row[0]) if row else None

    def is_granted(self, object_id: str, project_id: ProjectId) -> bool:
        """Whether an RBAC policy grants the object to the project or to all, by any action."""
        return self._session.row(self._sql.granted, {"object_id": object_id, "project_id": project_id}) is not None

    def granted_to(self, project_id: ProjectId, action: RbacAction) -> Collection[str]:
        """The ids of the objects that RBAC policies grant to the project itself by that action."""
        return {
            row[0] for row in self._session.rows(self._sql.granted_to, {"project_id": project_id, "action": action})
        }

    def networks_open_to(self, project_id: ProjectId) -> Sequence[Network]:
        """The networks that the project sees, in order of creation."""
        return self.list_records(Network, Query(visible_to=project_id))

    def projects_on(self, network_id: NetworkId) -> Collection[ProjectId]:
        """The projects that have ports or subnets on the network."""
        rows = self._session.rows(self._sql.subnet_projects, {"network_id": network_id})
        found: set[ProjectId] = {row[0] for row in rows}
        after = ProjectId("")
        while row := self._session.row(self._sql.next_project, {"network_id": network_id, "after": after}):
            if row[0] is None:
                break
            after = row[0]
            found.add(after)
        return found

    def projects_naming(self, kind: Kind, relation: str, to_id: str) -> Collection[ProjectId]:
        """The projects of the records of the kind that name the id in that relation."""
        rows = self._session.rows(self._sql.projects_naming[kind], {"relation": relation, "to_id": to_id})
        return [row[0] for row in rows]

    def count(self, resource: str, project_id: ProjectId) -> int:
        """How many of the resource, named as its kind, the project has."""
        row = self._session.row(self._sql.used, {"project_id": project_id, "resource": resource})
        return int(row[0]) if row else 0

    def subnets_of(self, network_id: NetworkId) -> Sequence[Subnet]:
        """In order of creation."""
        rows = self._session.rows(self._sql.subnets_of, {"network_id": network_id})
        return [decode_as(Subnet, row[0]) for row in rows]

    def ports_of(self, network_id: NetworkId, *, device_owner: str) -> Sequence[Port]:
        """The network's ports with that owner, in order of creation."""
        values = {"network_id": network_id, "device_owner": device_owner}
        return [decode_as(Port, row[0]) for row in self._session.rows(self._sql.ports_of, values)]

    def ports_by_mac(self, network_id: NetworkId, after: Mac | None, limit: int) -> Sequence[Port]:
        """The network's first ports by MAC, after that one."""
        values = {"network_id": network_id, "after": "" if after is None else str(after), "limit": limit}
        return [decode_as(Port, row[0]) for row in self._session.rows(self._sql.ports_by_mac, values)]

    def ports_using(self, subnet_id: SubnetId, limit: int) -> Sequence[Port]:
        """Some ports with an address of the subnet, at most `limit`; each as often as it has addresses there."""
        values = {"subnet_id": subnet_id, "limit": limit}
        return [decode_as(Port, row[0]) for row in self._session.rows(self._sql.ports_using, values)]

    def some_port_of(self, network_id: NetworkId, *, not_owned_by: Collection[str]) -> Port | None:
        """One port of the network whose owner is none of these."""
        rows = self._session.select(port_of_other_owner(network_id, tuple(not_owned_by)))
        return decode_as(Port, rows[0][0]) if rows else None

    def some_port_using(self, subnet_id: SubnetId, *, not_owned_by: Collection[str]) -> Port | None:
        """One port with an address of the subnet whose owner is none of these."""
        rows = self._session.select(port_of_other_owner_using(subnet_id, tuple(not_owned_by)))
        return decode_as(Port, rows[0][0]) if rows else None

    def some_foreign_use(self, network_id: NetworkId, *, project_id: ProjectId) -> bool:
        """Whether a project other than this has a port or subnet on the network (DHCP ports not counted)."""
        values = {"network_id": network_id, "project_id": project_id}
        return self._session.row(self._sql.foreign_use, values) is not None

    def network_with_segment(self, physical_network: str, vid: Vid | None) -> NetworkId | None:
        """The network on that VLAN, or, with vid None, the flat network, of the physical network."""
        row = self._session.row(self._sql.segment, {"physical_network": physical_network, "vid": vid or 0})
        return cast(NetworkId, row[0]) if row else None

    def vids_in_use(self, physical_network: str) -> Collection[Vid]:
        """At most 4094."""
        rows = self._session.rows(self._sql.vids, {"physical_network": physical_network})
        return {row[0] for row in rows}

    def segments_in_use(self) -> Sequence[SegmentUse]:
        """Every VLAN and flat network in use, by physical network and vid."""
        return [SegmentUse(*row) for row in self._session.rows(self._sql.segments_in_use, {})]

    def address_owner(self, subnet_id: SubnetId, address: IpAddress) -> PortId | None:
        """The port that has the address."""
        row = self._session.row(self._sql.address, {"subnet_id": subnet_id, "address": address.packed})
        return cast(PortId, row[0]) if row else None

    def mac_owner(self, network_id: NetworkId, mac: Mac) -> PortId | None:
        """The port that has the MAC on that network."""
        row = self._session.row(self._sql.mac, {"network_id": network_id, "mac_address": str(mac)})
        return cast(PortId, row[0]) if row else None

    def free_ranges(self, subnet_id: SubnetId, limit: int) -> Sequence[AddressRange]:
        """The first `limit` maximal runs of free addresses of the subnet's pools, pool by pool, ascending."""
        rows = self._session.rows(self._sql.runs, {"subnet_id": subnet_id, "limit": limit})
        return [AddressRange(address_from(first), address_from(last)) for first, last in rows]

    def free_block(self, pool_id: str, prefixlen: int) -> IpNetwork | None:
        """The smallest free block of the subnet pool that holds a prefix of that length, the lowest of these."""
        return smallest_block(self._session, self._sql.prefixes, pool_id, prefixlen)

    def is_free(self, pool_id: str, cidr: IpNetwork) -> bool:
        """Whether the subnet pool has the prefix, and no subnet has any of it."""
        return block_with(self._session, self._sql.prefixes, pool_id, cidr) is not None

    def taken_from(self, pool_id: str, project_id: ProjectId) -> Sequence[IpNetwork]:
        """The prefixes of the project's subnets of the subnet pool."""
        return taken_by(self._session, self._sql.prefixes, pool_id, project_id)

    def agents(self, agent_type: AgentType) -> Sequence[tuple[Agent, datetime]]:
        """All agents of the type with the time of their last heartbeat, in order of creation."""
        rows = self._session.rows(self._sql.agents, {"agent_type": agent_type})
        return [(decode_as(Agent, record), datetime.fromisoformat(seen)) for record, seen in rows]

    def agent_on(self, host: HostName, agent_type: AgentType) -> Agent | None:
        """The host's agent of that type."""
        row = self._session.row(self._sql.agent_on, {"host": host, "agent_type": agent_type})
        return decode_as(Agent, row[0]) if row else None

    def heartbeat_of(self, agent_id: AgentId) -> datetime | None:
        """When the agent last gave a sign of life; None when there is no such agent."""
        row = self._session.row(self._sql.heartbeat, {"id": agent_id})
        return datetime.fromisoformat(row[0]) if row else None

    def dhcp_bindings_of(self, network_id: NetworkId) -> Sequence[DhcpBinding]:
        """Which agents serve the network, in order of creation."""
        rows = self._session.rows(self._sql.bindings_of, {"network_id": network_id})
        return [decode_as(DhcpBinding, row[0]) for row in rows]

    def dhcp_bindings_on(self, agent_id: AgentId) -> Sequence[DhcpBinding]:
        """Which networks the agent serves, in order of creation."""
        rows = self._session.rows(self._sql.bindings_on, {"agent_id": agent_id})
        return [decode_as(DhcpBinding, row[0]) for row in rows]

    def dhcp_loads(self) -> dict[AgentId, int]:
        """How many networks each DHCP agent serves; agents with none are absent."""
        return dict(cast(Sequence[tuple[AgentId, int]], self._session.rows(self._sql.loads, {})))

    def underserved_networks(self, wanted: int) -> Sequence[NetworkId]:
        """Networks with a DHCP subnet that have too few agents or are routed, in the order of the first such one."""
        return [row[0] for row in self._session.rows(self._sql.underserved, {"wanted": wanted})]

    def _writing(self) -> Writer:
        if self._writer is None:
            raise TypeError("this moment is only for reading: write with Store.write")
        return self._writer
