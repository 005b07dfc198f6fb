"""What a rule may look up, and what chance and time it is given.

The store implements `Snapshot` inside the transaction that will commit the rule's `Writes`, so what a rule
sees is what it writes on. Every lookup has a cost that does not grow with the number of ports.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Final, Literal, Protocol, TypeVar

import msgspec

from underlay.model.address import AddressRange, IpAddress, IpNetwork, Mac
from underlay.model.agent import Agent, AgentType, DhcpBinding
from underlay.model.change import Kind, Record, Ref
from underlay.model.ids import AgentId, HostName, InstanceId, NetworkId, PortId, ProjectId, SubnetId, Vid
from underlay.model.instance import Instance
from underlay.model.network import DhcpServedBy, Network
from underlay.model.port import Port
from underlay.model.quota import Quota
from underlay.model.rbac_policy import RbacAction
from underlay.model.segment import SegmentUse
from underlay.model.subnet import InUse, Subnet

R = TypeVar("R", bound=Record)


class Snapshot(Protocol):
    """The records as of this transaction."""

    def network(self, network_id: NetworkId) -> Network | None: ...
    def subnet(self, subnet_id: SubnetId) -> Subnet | None: ...
    def port(self, port_id: PortId) -> Port | None: ...
    def agent(self, agent_id: AgentId) -> Agent | None: ...
    def instance(self, instance_id: InstanceId) -> Instance | None: ...
    def quota(self, project_id: ProjectId) -> Quota | None: ...

    def record(self, record_type: type[R], record_id: str) -> R | None:
        """The record of that type and id."""
        ...

    def records_of(self, record_type: type[R], project_id: ProjectId | None = None) -> Sequence[R]:
        """All of the type (of the project), in order of creation: for kinds that are few."""
        ...

    def linked(self, record_type: type[R], relation: str, to_id: str) -> Sequence[R]:
        """The records of the type that name the id in that relation, in order of creation."""
        ...

    def naming(self, record_type: type[R], relation: str) -> Sequence[R]:
        """The records of the type that name any in that relation: for relations that few have."""
        ...

    def named_by(self, kind: Kind, record_id: str | None, relation: str, record_type: type[R]) -> Sequence[R]:
        """The records of the type that this record of the kind (None: any of the kind) names in that relation."""
        ...

    def linked_to(self, record_type: type[R], relation: str, to_ids: Collection[str]) -> Sequence[R]:
        """The records of the type that name one of the ids in that relation, in order of creation."""
        ...

    def is_linked(self, to_id: str, *, relations: Collection[str] | None = None) -> bool:
        """Whether any record names the id (in one of the relations)."""
        ...

    def some_linker(self, to_id: str, relation: str) -> Ref | None:
        """One of the records, of any kind, that name the id in that relation."""
        ...

    def with_unique_key(self, record_type: type[R], key: str) -> R | None:
        """The record of the type that has the key."""
        ...

    def is_granted(self, object_id: str, project_id: ProjectId) -> bool:
        """Whether an RBAC policy grants the object to the project or to all, by any action."""
        ...

    def granted_to(self, project_id: ProjectId, action: RbacAction) -> Collection[str]:
        """The ids of the objects that RBAC policies grant to the project itself by that action."""
        ...

    def networks_open_to(self, project_id: ProjectId) -> Sequence[Network]:
        """The networks that the project sees: its own, shared and granted ones, in order of creation."""
        ...

    def projects_on(self, network_id: NetworkId) -> Collection[ProjectId]:
        """The projects that have ports or subnets on the network. One statement a project."""
        ...

    def projects_naming(self, kind: Kind, relation: str, to_id: str) -> Collection[ProjectId]:
        """The projects of the records of the kind that name the id in that relation."""
        ...

    def count(self, resource: str, project_id: ProjectId) -> int:
        """How many of the resource, named as its kind, the project has."""
        ...

    def subnets_of(self, network_id: NetworkId) -> Sequence[Subnet]:
        """In order of creation."""
        ...

    def ports_of(self, network_id: NetworkId, *, device_owner: str) -> Sequence[Port]:
        """The network's ports with that owner, in order of creation: for owners that are few (network:dhcp)."""
        ...

    def ports_by_mac(self, network_id: NetworkId, after: Mac | None, limit: int) -> Sequence[Port]:
        """The network's first ports by MAC, after that one: to walk it in parts."""
        ...

    def ports_using(self, subnet_id: SubnetId, limit: int) -> Sequence[Port]:
        """Some ports with an address of the subnet, at most `limit`."""
        ...

    def some_port_of(self, network_id: NetworkId, *, not_owned_by: Collection[str]) -> Port | None:
        """One port of the network whose owner is none of these: what keeps a network from being deleted."""
        ...

    def some_port_using(self, subnet_id: SubnetId, *, not_owned_by: Collection[str]) -> Port | None:
        """One port with an address of the subnet whose owner is none of these."""
        ...

    def some_foreign_use(self, network_id: NetworkId, *, project_id: ProjectId) -> bool:
        """Whether a project other than this has a port or subnet on the network (DHCP ports not counted)."""
        ...

    def network_with_segment(self, physical_network: str, vid: Vid | None) -> NetworkId | None:
        """The network on that VLAN, or, with vid None, the flat network, of the physical network."""
        ...

    def vids_in_use(self, physical_network: str) -> Collection[Vid]:
        """At most 4094."""
        ...

    def segments_in_use(self) -> Sequence[SegmentUse]:
        """Every VLAN and flat network in use, by physical network and vid: for who shows them all."""
        ...

    def address_owner(self, subnet_id: SubnetId, address: IpAddress) -> PortId | None:
        """The port that has the address."""
        ...

    def mac_owner(self, network_id: NetworkId, mac: Mac) -> PortId | None:
        """The port that has the MAC on that network."""
        ...

    def addresses_in_use(self, network_id: NetworkId | None = None) -> dict[SubnetId, InUse]:
        """How many addresses ports have of each subnet (of the network): read, not counted."""
        ...

    def free_ranges(self, subnet_id: SubnetId, limit: int) -> Sequence[AddressRange]:
        """The first `limit` maximal runs of free addresses of the subnet's pools, pool by pool, ascending."""
        ...

    def free_block(self, pool_id: str, prefixlen: int) -> IpNetwork | None:
        """The smallest free block of the subnet pool that holds a prefix of that length, the lowest of these."""
        ...

    def is_free(self, pool_id: str, cidr: IpNetwork) -> bool:
        """Whether the subnet pool has the prefix, and no subnet has any of it."""
        ...

    def taken_from(self, pool_id: str, project_id: ProjectId) -> Sequence[IpNetwork]:
        """The prefixes of the project's subnets of the subnet pool."""
        ...

    def agents(self, agent_type: AgentType) -> Sequence[tuple[Agent, datetime]]:
        """All agents of the type with the time of their last heartbeat."""
        ...

    def heartbeat_of(self, agent_id: AgentId) -> datetime | None:
        """The time of the agent's last heartbeat; None when there is no such agent, or it never had one."""
        ...

    def agent_on(self, host: HostName, agent_type: AgentType) -> Agent | None: ...
    def dhcp_bindings_of(self, network_id: NetworkId) -> Sequence[DhcpBinding]: ...
    def dhcp_bindings_on(self, agent_id: AgentId) -> Sequence[DhcpBinding]: ...

    def dhcp_loads(self) -> dict[AgentId, int]:
        """How many networks each DHCP agent serves; agents with none are absent."""
        ...

    def underserved_networks(self, wanted: int) -> Sequence[NetworkId]:
        """Networks that have a subnet with DHCP, and fewer DHCP agents than that or subnets that belong to segments."""
        ...


class Circumstances(msgspec.Struct, frozen=True):
    """Time and chance of one command.

    Attributes:
    now: UTC.
    new_id: gives a fresh UUID as text each time.
    below: below(n) gives a random number of 0 .. n-1.
    """

    now: datetime
    new_id: Callable[[], str]
    below: Callable[[int], int]


QUOTA_DEFAULTS: Final[Mapping[str, int]] = {
    "network": 100,
    "subnet": 100,
    "port": 500,
    "subnetpool": -1,
    "rbac_policy": 10,
    "security_group": 10,
    "security_group_rule": 100,
}
"""As Neutron's."""


class VlanRange(msgspec.Struct, frozen=True, order=True):
    """Vids from first to last, both included, 1 <= first <= last <= 4094."""

    first: Vid
    last: Vid


class Regulations(msgspec.Struct, frozen=True):
    """The operator's settings that rules need.

    Attributes:
    vlan_ranges: physical network -> where vids of networks without one asked for come from; () = admin's choice only.
    tenant_network_type: `vlan`, `local` or `none`: what a network without provider attributes becomes.
    default_mtu: of a network created without one, in bytes; and the most that a physical network carries which
        `physical_network_mtus` does not name.
    base_mac: the first three bytes of it start every MAC that the server makes.
    quota_defaults: resource -> limit.
    dns_domain: the domain of hosts, as agents tell it by DHCP.
    agent_down_time_s: an agent that was silent for longer is down.
    allow_automatic_dhcp_failover: whether its networks then go to other DHCP agents.
    unenforced: what becomes of a request for something that hosts do not enforce yet.
    dhcp_served_by: who serves DHCP on a network that is created without saying.
    max_servers: a project's, at most; -1 is unlimited.
    """

    vlan_ranges: dict[str, tuple[VlanRange, ...]]
    tenant_network_type: str = "vlan"
    base_mac: Mac = Mac(0xFA163E000000)
    default_mtu: int = 1500
    physical_network_mtus: dict[str, int] = {}
    quota_defaults: dict[str, int] = msgspec.field(default_factory=lambda: dict(QUOTA_DEFAULTS))
    dns_domain: str = "openstacklocal"
    max_dns_nameservers: int = 5
    max_host_routes: int = 20
    max_fixed_ips_per_port: int = 5
    agent_down_time_s: int = 75
    dhcp_agents_per_network: int = 1
    allow_automatic_dhcp_failover: bool = True
    unenforced: Literal["warn", "refuse"] = "warn"
    max_allowed_address_pairs: int = 10
    dhcp_served_by: DhcpServedBy = "both"
    max_servers: int = 100
