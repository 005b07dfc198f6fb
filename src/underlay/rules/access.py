"""Who may see and do what.

Roles: `admin` does everything; `member` writes what its project owns; `reader` only looks; `host` reports for its own
host. What a caller may not see does not exist for it (NotFound); what it sees and may not do is PolicyNotAuthorized.
`may_see_*` compare fields, and ask for a grant only when these do not tell. Attributes that only an administrator reads
(`provider:*`, `binding:host_id`, `binding:profile`) are told by `caller.is_admin`.

Source: Neutron's default policy (rules named as there: `create_network:shared`), OpenStack's default roles.
"""

from collections.abc import Callable
from typing import Final

from underlay.model.agent import Agent
from underlay.model.caller import Caller
from underlay.model.change import project_of
from underlay.model.errors import (
    AgentNotFound,
    HTTPBadRequest,
    InstanceNotFound,
    NetworkNotFound,
    NotFoundError,
    PolicyNotAuthorized,
    PortNotFound,
    RevisionNumberConstraintFailed,
    SubnetNotFound,
)
from underlay.model.ids import AgentId, HostName, InstanceId, NetworkId, PortId, ProjectId, SubnetId
from underlay.model.instance import Instance
from underlay.model.network import Network
from underlay.model.port import Port
from underlay.model.subnet import Subnet
from underlay.rules.snapshot import R, Snapshot

_WRITING_ROLES: Final = frozenset({"admin", "member"})


def owns(caller: Caller, project_id: ProjectId) -> bool:
    """Whether what belongs to the project is the caller's, or the caller administers all."""
    return caller.is_admin or caller.project_id == project_id


def may_see_network(network: Network, snapshot: Snapshot, caller: Caller) -> bool:
    """One's own, the shared ones, and those that RBAC policies grant."""
    seen = network.shared or owns(caller, network.project_id)
    return seen or snapshot.is_granted(network.id, caller.project_id)


def may_see_subnet(subnet: Subnet, network: Network, snapshot: Snapshot, caller: Caller) -> bool:
    """One's own, and those of the networks that are one's own or shared with one."""
    seen = network.shared or owns(caller, subnet.project_id) or owns(caller, network.project_id)
    return seen or network.id in snapshot.granted_to(caller.project_id, "access_as_shared")


def may_see_port(port: Port, network: Network, caller: Caller) -> bool:
    """One's own, and all on one's own network."""
    return owns(caller, port.project_id) or owns(caller, network.project_id)


def may_see_instance(instance: Instance, caller: Caller) -> bool:
    """One's own."""
    return owns(caller, instance.project_id)


def may_see_quota(project_id: ProjectId, caller: Caller) -> bool:
    """One's own project's."""
    return owns(caller, project_id)


def may_see_agents(caller: Caller) -> bool:
    """Agents, and which networks they serve, are the administrator's."""
    return caller.is_admin


def require_writer(caller: Caller, action: str, *attributes: str) -> None:
    """The caller has a role that writes; `attributes` are those sent that are the administrator's, as in
    `provider:network_type` or `shared`. Raises PolicyNotAuthorized."""
    if not caller.roles & _WRITING_ROLES:
        raise PolicyNotAuthorized((action,), "a member of the project")
    if attributes:
        require_admin(caller, action, *attributes)


def require_admin(caller: Caller, action: str, *attributes: str) -> None:
    """The caller administers the cloud. Raises PolicyNotAuthorized, naming the action and the attributes."""
    if not caller.is_admin:
        raise PolicyNotAuthorized((action, *(f"{action}:{attribute}" for attribute in attributes)))


def require_own_project(caller: Caller, project_id: ProjectId) -> None:
    """What is created belongs to the caller's project, unless an administrator gives it to another."""
    if not owns(caller, project_id):
        raise HTTPBadRequest(
            "Specifying 'project_id' or 'tenant_id' other than the authenticated project in request "
            "requires admin privileges"
        )


def require_owner(caller: Caller, action: str, *projects: ProjectId) -> None:
    """The caller writes for one of these projects, or administers all. Raises PolicyNotAuthorized."""
    require_writer(caller, action)
    if not any(owns(caller, project_id) for project_id in projects):
        raise PolicyNotAuthorized((action,), "its owner or an administrator")


def require_host(caller: Caller, action: str, host: HostName) -> None:
    """A host speaks for itself only. Raises PolicyNotAuthorized."""
    speaks_for_it = "host" in caller.roles and caller.host == host
    if not speaks_for_it and not caller.is_admin:
        raise PolicyNotAuthorized((action,), f"host {host} itself")


def require_revision(expected: int | None, current: int) -> None:
    """The caller saw the record as it is; None: it does not care. Raises RevisionNumberConstraintFailed."""
    if expected is not None and expected != current:
        raise RevisionNumberConstraintFailed(expected, current)


def visible_network(network_id: NetworkId, snapshot: Snapshot, caller: Caller) -> Network:
    """The network, if the caller may see it. Raises NetworkNotFound."""
    network = snapshot.network(network_id)
    if network is None or not may_see_network(network, snapshot, caller):
        raise NetworkNotFound(network_id)
    return network


def visible_subnet(subnet_id: SubnetId, snapshot: Snapshot, caller: Caller) -> tuple[Subnet, Network]:
    """The subnet and its network, if the caller may see it. Raises SubnetNotFound."""
    subnet = snapshot.subnet(subnet_id)
    network = snapshot.network(subnet.network_id) if subnet else None
    if subnet is None or network is None or not may_see_subnet(subnet, network, snapshot, caller):
        raise SubnetNotFound(subnet_id)
    return subnet, network


def visible_port(port_id: PortId, snapshot: Snapshot, caller: Caller) -> tuple[Port, Network]:
    """The port and its network, if the caller may see it. Raises PortNotFound."""
    port = snapshot.port(port_id)
    network = snapshot.network(port.network_id) if port else None
    if port is None or network is None or not may_see_port(port, network, caller):
        raise PortNotFound(port_id)
    return port, network


def visible_instance(instance_id: InstanceId, snapshot: Snapshot, caller: Caller) -> Instance:
    """The instance, if the caller may see it. Raises InstanceNotFound."""
    instance = snapshot.instance(instance_id)
    if instance is None or not may_see_instance(instance, caller):
        raise InstanceNotFound(instance_id)
    return instance


def visible(
    record_type: type[R], record_id: str, missing: Callable[[str], NotFoundError], snapshot: Snapshot, caller: Caller
) -> R:
    """The record of a kind that a project owns and may share, if the caller may see it. Raises what `missing` makes."""
    record = snapshot.record(record_type, record_id)
    if record is None:
        raise missing(record_id)
    seen = getattr(record, "shared", False) or owns(caller, project_of(record) or ProjectId(""))
    if not (seen or snapshot.is_granted(record_id, caller.project_id)):
        raise missing(record_id)
    return record


def administered_agent(agent_id: AgentId, action: str, snapshot: Snapshot, caller: Caller) -> Agent:
    """The agent, for an administrator. Raises PolicyNotAuthorized, AgentNotFound."""
    require_admin(caller, action)
    agent = snapshot.agent(agent_id)
    if agent is None:
        raise AgentNotFound(agent_id)
    return agent
