"""The store without a database, for tests of rules and api: the same contract, kept the plainest way, by looking at
every record. Nothing survives the process.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import chain, islice
from threading import RLock
from typing import Any, Final, TypeVar

from underlay.model import prefixes
from underlay.model.address import AddressRange, IpAddress, IpNetwork, Mac
from underlay.model.agent import Agent, AgentType, DhcpBinding
from underlay.model.change import Kind, Record, Ref, Writes, kind_of, network_of, project_of
from underlay.model.codec import encode
from underlay.model.errors import Conflict
from underlay.model.ids import AgentId, HostName, InstanceId, NetworkId, PortId, ProjectId, Revision, SubnetId, Vid
from underlay.model.instance import Instance
from underlay.model.network import Network
from underlay.model.port import DHCP_OWNER, Port
from underlay.model.quota import Quota
from underlay.model.rbac_policy import RbacAction, RbacPolicy
from underlay.model.segment import SegmentUse
from underlay.model.subnet import InUse, Subnet
from underlay.model.subnet_pool import SubnetPool
from underlay.store.contract import ChangeRow, Query, R
from underlay.store.links import links_of, unique_keys_of
from underlay.store.memory_listing import select_records
from underlay.store.memory_log import MemoryLog
from underlay.store.memory_state import Kept, State
from underlay.store.ranges import free_runs
from underlay.store.rows import counted_project, decode_twin, hosts_of, replaced_fields, segment_keys

T = TypeVar("T")

_ATTEMPTS: Final = 5


class MemoryStore:
    """`transaction.Store` in memory. Writers run one after the other; readers see the last committed state."""

    def __init__(self, change_retention: int = 100_000) -> None:
        self._state = State()
        self._retention: Final = max(1, change_retention)
        self._lock: Final = RLock()
        self._listeners: tuple[Callable[[], None], ...] = ()

    def write(self, work: Callable[["MemoryMoment"], T]) -> T:
        """Run `work` in one transaction and give what it returns; what it raises undoes the transaction."""
        for _ in range(_ATTEMPTS - 1):
            try:
                return self._write_once(work)
            except Conflict:
                continue
        return self._write_once(work)

    @contextmanager
    def read(self) -> Iterator["MemoryMoment"]:
        """All that is committed now, whatever is committed meanwhile."""
        yield MemoryMoment(self._state, writable=False)

    @contextmanager
    def read_log(self) -> Iterator[MemoryLog]:
        """The same for the feed."""
        yield MemoryLog(self._state)

    def on_commit(self, listener: Callable[[], None]) -> None:
        """As `contract.LogSource.on_commit`."""
        self._listeners = (*self._listeners, listener)

    def _write_once(self, work: Callable[["MemoryMoment"], T]) -> T:
        with self._lock:
            before = self._state
            after = before.copy()
            result = work(MemoryMoment(after, writable=True))
            after.refuse_dangling()
            del after.changes[: -self._retention]
            self._state = after
        if after.revision != before.revision:
            for listener in self._listeners:
                listener()
        return result


class MemoryMoment:
    """`moment.Moment` in memory."""

    def __init__(self, state: State, *, writable: bool) -> None:
        self._state = state
        self._writable = writable

    def commit_writes(self, writes: Writes) -> Revision:
        """As `contract.Writing.commit_writes`."""
        self._require_writable()
        deleted = [kept.record for ref in writes.deletes if (kept := self._pop(ref)) is not None]
        for record in writes.puts:
            self._put(record)
        for record in deleted:
            self._log(record, hosts_of(record), None, encode(record))
        self._state.refuse_doubles()
        return self._state.revision

    def touch_agents(self, agent_ids: Sequence[AgentId], now: datetime) -> None:
        """As `contract.Writing.touch_agents`."""
        self._require_writable()
        for agent_id in agent_ids:
            if agent_id in self._state.kept["agent"]:
                self._state.heartbeats[agent_id] = now

    def keep_console(self, server_id: InstanceId, output: bytes) -> None:
        """As `contract.Writing.keep_console`."""
        self._require_writable()
        self._state.consoles[server_id] = output

    def console(self, server_id: InstanceId) -> bytes:
        """As `contract.Listing.console`."""
        return self._state.consoles.get(server_id, b"")

    def list_records(self, record_type: type[R], query: Query) -> list[R]:
        """As `contract.Listing.list_records`."""
        return select_records(self._state, record_type, query)

    def list_as_text(self, record_type: type[Record], query: Query) -> list[Any]:
        """As `contract.Listing.list_as_text`."""
        return [decode_twin(record_type, encode(record)) for record in select_records(self._state, record_type, query)]

    def heartbeats(self) -> dict[AgentId, datetime]:
        """As `contract.Listing.heartbeats`."""
        return dict(self._state.heartbeats)

    def addresses_in_use(self, network_id: NetworkId | None = None) -> dict[SubnetId, InUse]:
        """How many addresses ports have of each subnet (of the network)."""
        fixed_ips = [fixed_ip for port in self._state.all_of(Port) for fixed_ip in port.fixed_ips]
        in_use: dict[SubnetId, InUse] = {}
        for subnet in self._state.all_of(Subnet):
            if network_id in (None, subnet.network_id):
                used = [fixed_ip.ip_address for fixed_ip in fixed_ips if fixed_ip.subnet_id == subnet.id]
                in_pools = sum(any(address in pool for pool in subnet.allocation_pools) for address in used)
                in_use[subnet.id] = InUse(len(used), in_pools)
        return in_use

    def revision(self) -> Revision:
        """As `contract.Listing.revision`."""
        return self._state.revision

    def network(self, network_id: NetworkId) -> Network | None:
        """By id."""
        return self._state.find(Network, network_id)

    def subnet(self, subnet_id: SubnetId) -> Subnet | None:
        """By id."""
        return self._state.find(Subnet, subnet_id)

    def port(self, port_id: PortId) -> Port | None:
        """By id."""
        return self._state.find(Port, port_id)

    def agent(self, agent_id: AgentId) -> Agent | None:
        """By id."""
        return self._state.find(Agent, agent_id)

    def instance(self, instance_id: InstanceId) -> Instance | None:
        """By id."""
        return self._state.find(Instance, instance_id)

    def quota(self, project_id: ProjectId) -> Quota | None:
        """Of that project."""
        return self._state.find(Quota, project_id)

    def record(self, record_type: type[R], record_id: str) -> R | None:
        """The record of that type and id."""
        return self._state.find(record_type, record_id)

    def records_of(self, record_type: type[R], project_id: ProjectId | None = None) -> Sequence[R]:
        """All of the type (of the project), in order of creation."""
        found = self._state.all_of(record_type)
        return [record for record in found if project_id is None or project_of(record) == project_id]

    def linked(self, record_type: type[R], relation: str, to_id: str) -> Sequence[R]:
        """The records of the type that name the id in that relation, in order of creation."""
        return [record for record in self._state.all_of(record_type) if (relation, to_id) in links_of(record)]

    def naming(self, record_type: type[R], relation: str) -> Sequence[R]:
        """The records of the type that name any in that relation."""
        found = self._state.all_of(record_type)
        return [record for record in found if relation in {name for name, _ in links_of(record)}]

    def named_by(self, kind: Kind, record_id: str | None, relation: str, record_type: type[R]) -> Sequence[R]:
        """The records of the type that this record of the kind (None: any of the kind) names in that relation."""
        naming = [kept.record for kept in self._state.kept[kind].values() if record_id in (None, kept.record.id)]
        ids = {to_id for record in naming for name, to_id in links_of(record) if name == relation}
        return [record for record in self._state.all_of(record_type) if record.id in ids]

    def linked_to(self, record_type: type[R], relation: str, to_ids: Collection[str]) -> Sequence[R]:
        """The records of the type that name one of the ids in that relation, in order of creation."""
        wanted = {(relation, to_id) for to_id in to_ids}
        return [record for record in self._state.all_of(record_type) if wanted & links_of(record)]

    def is_linked(self, to_id: str, *, relations: Collection[str] | None = None) -> bool:
        """Whether any record names the id (in one of the relations)."""
        named = (
            link for of_kind in self._state.kept.values() for kept in of_kind.values() for link in links_of(kept.record)
        )
        return any(to == to_id and (relations is None or relation in relations) for relation, to in named)

    def some_linker(self, to_id: str, relation: str) -> Ref | None:
        """One of the records, of any kind, that name the id in that relation."""
        records = (kept.record for of_kind in self._state.kept.values() for kept in of_kind.values())
        found = (Ref(kind_of(record), record.id) for record in records if (relation, to_id) in links_of(record))
        return next(found, None)

    def with_unique_key(self, record_type: type[R], key: str) -> R | None:
        """The record of the type that has the key."""
        return next((record for record in self._state.all_of(record_type) if key in unique_keys_of(record)), None)

    def is_granted(self, object_id: str, project_id: ProjectId) -> bool:
        """Whether an RBAC policy grants the object to the project or to all, by any action."""
        return self._state.grants(object_id, project_id)

    def granted_to(self, project_id: ProjectId, action: RbacAction) -> Collection[str]:
        """The ids of the objects that RBAC policies grant to the project itself by that action."""
        policies = self._state.all_of(RbacPolicy)
        return {each.object_id for each in policies if (each.target_project, each.action) == (project_id, action)}

    def networks_open_to(self, project_id: ProjectId) -> Sequence[Network]:
        """The networks that the project sees, in order of creation."""
        return self.list_records(Network, Query(visible_to=project_id))

    def projects_on(self, network_id: NetworkId) -> Collection[ProjectId]:
        """The projects that have ports or subnets on the network."""
        users = {port.project_id for port in self._ports_on(network_id)}
        return users | {subnet.project_id for subnet in self.subnets_of(network_id)}

    def projects_naming(self, kind: Kind, relation: str, to_id: str) -> Collection[ProjectId]:
        """The projects of the records of the kind that name the id in that relation."""
        records = (kept.record for kept in self._state.kept[kind].values())
        return {project_of(each) or ProjectId("") for each in records if (relation, to_id) in links_of(each)}

    def count(self, resource: str, project_id: ProjectId) -> int:
        """How many of the resource, named as its kind, the project has."""
        records = (kept.record for of_kind in self._state.kept.values() for kept in of_kind.values())
        return sum(kind_of(record) == resource and counted_project(record) == project_id for record in records)

    def subnets_of(self, network_id: NetworkId) -> Sequence[Subnet]:
        """In order of creation."""
        return [subnet for subnet in self._state.all_of(Subnet) if subnet.network_id == network_id]

    def ports_of(self, network_id: NetworkId, *, device_owner: str) -> Sequence[Port]:
        """The network's ports with that owner, in order of creation."""
        return [port for port in self._ports_on(network_id) if port.device_owner == device_owner]

    def ports_by_mac(self, network_id: NetworkId, after: Mac | None, limit: int) -> Sequence[Port]:
        """The network's first ports by MAC, after that one."""
        found = [port for port in self._ports_on(network_id) if after is None or after < port.mac_address]
        return sorted(found, key=lambda port: port.mac_address)[:limit]

    def ports_using(self, subnet_id: SubnetId, limit: int) -> Sequence[Port]:
        """Some ports with an address of the subnet, at most `limit`."""
        uses = (
            port
            for port in self._state.all_of(Port)
            if any(fixed_ip.subnet_id == subnet_id for fixed_ip in port.fixed_ips)
        )
        return list(islice(uses, limit))

    def some_port_of(self, network_id: NetworkId, *, not_owned_by: Collection[str]) -> Port | None:
        """One port of the network whose owner is none of these."""
        return next((port for port in self._ports_on(network_id) if port.device_owner not in not_owned_by), None)

    def some_port_using(self, subnet_id: SubnetId, *, not_owned_by: Collection[str]) -> Port | None:
        """One port with an address of the subnet whose owner is none of these."""
        for port in self._state.all_of(Port):
            uses = any(fixed_ip.subnet_id == subnet_id for fixed_ip in port.fixed_ips)
            if uses and port.device_owner not in not_owned_by:
                return port
        return None

    def some_foreign_use(self, network_id: NetworkId, *, project_id: ProjectId) -> bool:
        """Whether a project other than this has a port or subnet on the network (DHCP ports not counted)."""
        users = {port.project_id for port in self._ports_on(network_id) if port.device_owner != DHCP_OWNER}
        users |= {subnet.project_id for subnet in self.subnets_of(network_id)}
        return bool(users - {project_id})

    def network_with_segment(self, physical_network: str, vid: Vid | None) -> NetworkId | None:
        """The network on that VLAN, or, with vid None, the flat network, of the physical network."""
        wanted = {"physical_network": physical_network, "vid": vid or 0}
        found = (network.id for network in self._state.all_of(Network) if wanted in segment_keys(network))
        return next(found, None)

    def vids_in_use(self, physical_network: str) -> Collection[Vid]:
        """At most 4094."""
        keys = chain.from_iterable(map(segment_keys, self._state.all_of(Network)))
        return {key["vid"] for key in keys if key["vid"] and key["physical_network"] == physical_network}

    def segments_in_use(self) -> Sequence[SegmentUse]:
        """Every VLAN and flat network in use, by physical network and vid."""
        found = [
            SegmentUse(key["physical_network"], key["vid"], network.id, network.project_id)
            for network in self._state.all_of(Network)
            for key in segment_keys(network)
        ]
        return sorted(found, key=lambda use: (use.physical_network, use.vid))

    def address_owner(self, subnet_id: SubnetId, address: IpAddress) -> PortId | None:
        """The port that has the address."""
        wanted = (subnet_id, address)
        for port in self._state.all_of(Port):
            if any((fixed_ip.subnet_id, fixed_ip.ip_address) == wanted for fixed_ip in port.fixed_ips):
                return port.id
        return None

    def mac_owner(self, network_id: NetworkId, mac: Mac) -> PortId | None:
        """The port that has the MAC on that network."""
        return next((port.id for port in self._ports_on(network_id) if port.mac_address == mac), None)

    def free_ranges(self, subnet_id: SubnetId, limit: int) -> Sequence[AddressRange]:
        """The first `limit` maximal runs of free addresses of the subnet's pools, pool by pool, ascending."""
        subnet = self.subnet(subnet_id)
        fixed_ips = [fixed_ip for port in self._state.all_of(Port) for fixed_ip in port.fixed_ips]
        taken = [fixed_ip.ip_address for fixed_ip in fixed_ips if fixed_ip.subnet_id == subnet_id]
        return list(free_runs(subnet.allocation_pools, taken))[:limit] if subnet else []

    def free_block(self, pool_id: str, prefixlen: int) -> IpNetwork | None:
        """The smallest free block of the subnet pool that holds a prefix of that length, the lowest of these."""
        fitting = [block for block in self._free_blocks(pool_id) if block.prefixlen <= prefixlen]
        return max(fitting, key=lambda block: (block.prefixlen, -int(block.network_address)), default=None)

    def is_free(self, pool_id: str, cidr: IpNetwork) -> bool:
        """Whether the subnet pool has the prefix, and no subnet has any of it."""
        return prefixes.holds(self._free_blocks(pool_id), (cidr,))

    def taken_from(self, pool_id: str, project_id: ProjectId) -> Sequence[IpNetwork]:
        """The prefixes of the project's subnets of the subnet pool."""
        return [subnet.cidr for subnet in self._subnets_from(pool_id) if subnet.project_id == project_id]

    def agents(self, agent_type: AgentType) -> Sequence[tuple[Agent, datetime]]:
        """All agents of the type with the time of their last heartbeat, in order of creation."""
        found = [agent for agent in self._state.all_of(Agent) if agent.agent_type == agent_type]
        return [(agent, self._state.heartbeats[agent.id]) for agent in found]

    def heartbeat_of(self, agent_id: AgentId) -> datetime | None:
        """When the agent last gave a sign of life; None when there is no such agent."""
        return self._state.heartbeats.get(agent_id)

    def agent_on(self, host: HostName, agent_type: AgentType) -> Agent | None:
        """The host's agent of that type."""
        wanted = (host, agent_type)
        return next((agent for agent in self._state.all_of(Agent) if (agent.host, agent.agent_type) == wanted), None)

    def dhcp_bindings_of(self, network_id: NetworkId) -> Sequence[DhcpBinding]:
        """Which agents serve the network, in order of creation."""
        return [binding for binding in self._state.all_of(DhcpBinding) if binding.network_id == network_id]

    def dhcp_bindings_on(self, agent_id: AgentId) -> Sequence[DhcpBinding]:
        """Which networks the agent serves, in order of creation."""
        return [binding for binding in self._state.all_of(DhcpBinding) if binding.agent_id == agent_id]

    def dhcp_loads(self) -> dict[AgentId, int]:
        """How many networks each DHCP agent serves; agents with none are absent."""
        loads: dict[AgentId, int] = {}
        for binding in self._state.all_of(DhcpBinding):
            loads[binding.agent_id] = loads.get(binding.agent_id, 0) + 1
        return loads

    def underserved_networks(self, wanted: int) -> Sequence[NetworkId]:
        """Networks with a DHCP subnet that have too few agents or are routed, in the order of the first such one."""
        serving = Counter(binding.network_id for binding in self._state.all_of(DhcpBinding))
        return list(
            dict.fromkeys(
                subnet.network_id
                for subnet in self._state.all_of(Subnet)
                if subnet.enable_dhcp and (subnet.segment_id is not None or serving[subnet.network_id] < wanted)
            )
        )

    def _subnets_from(self, pool_id: str) -> list[Subnet]:
        return [subnet for subnet in self._state.all_of(Subnet) if subnet.subnetpool_id == pool_id]

    def _free_blocks(self, pool_id: str) -> Sequence[IpNetwork]:
        pool = self._state.find(SubnetPool, pool_id)
        return prefixes.without(pool.prefixes if pool else (), [one.cidr for one in self._subnets_from(pool_id)])

    def _ports_on(self, network_id: NetworkId) -> Iterator[Port]:
        return (port for port in self._state.all_of(Port) if port.network_id == network_id)

    def _require_writable(self) -> None:
        if not self._writable:
            raise TypeError("this moment is only for reading: write with MemoryStore.write")

    def _put(self, record: Record) -> None:
        of_kind = self._state.kept[kind_of(record)]
        old = of_kind.get(record.id)
        if old is not None and old.record == record:
            return
        created = old.created if old else Revision(self._state.revision + 1)
        of_kind[record.id] = Kept(created, record)
        if isinstance(record, Agent):
            self._state.heartbeats.setdefault(record.id, record.created_at)
        hosts = tuple(dict.fromkeys((*(hosts_of(old.record) if old else ()), *hosts_of(record))))
        self._log(record, hosts, encode(record), encode(replaced_fields(old.record, record)) if old else None)

    def _pop(self, ref: Ref) -> Kept | None:
        if ref.kind == "agent":
            self._state.heartbeats.pop(AgentId(ref.id), None)
        if ref.kind == "server":
            self._state.consoles.pop(InstanceId(ref.id), None)
        return self._state.kept[ref.kind].pop(ref.id, None)

    def _log(self, record: Record, hosts: tuple[HostName, ...], text: bytes | None, replaced: bytes | None) -> None:
        revision = Revision(self._state.revision + 1)
        self._state.changes.append(
            ChangeRow(revision, kind_of(record), record.id, network_of(record), hosts, text, replaced)
        )
