"""Who may see and do what: what the policy's rules (`model.policy.table`) are asked, and of which object.

What a caller may not see does not exist for it (NotFound); what it sees and may not do is PolicyNotAuthorized. No role
is named here. An object is asked only for what an expression wants to know, and looked up no further than that.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, Final

from msgspec import NODEFAULT, UNSET, structs

from underlay.model.caller import Caller
from underlay.model.change import KINDS, project_of
from underlay.model.errors import (
    HTTPBadRequest,
    InstanceNotFound,
    NetworkNotFound,
    NotFoundError,
    PolicyNotAuthorized,
    PortNotFound,
    RevisionNumberConstraintFailed,
    SubnetNotFound,
)
from underlay.model.ids import InstanceId, NetworkId, PortId, ProjectId, SubnetId
from underlay.model.instance import Instance
from underlay.model.network import Network
from underlay.model.policy.expression import NO, holds
from underlay.model.port import Port
from underlay.model.qos import QosPolicy
from underlay.model.rbac_policy import RbacAction
from underlay.model.security_group import SecurityGroup
from underlay.model.subnet import Subnet
from underlay.rules.snapshot import R, Snapshot

_GET: Final = {record_type: f"get_{kind}" for record_type, kind in KINDS.items()} | {QosPolicy: "get_policy"}
"""Record type -> the rule that says who sees it."""

_FIELDS: Final = {
    "router:external": "external",
    "segments": "further",
    "provider:network_type": "provider.network_type",
    "provider:physical_network": "provider.physical_network",
    "provider:segmentation_id": "provider.segmentation_id",
    "binding:host_id": "host",
    "binding:profile": "profile",
    "binding:vnic_type": "vnic_type",
    "target_tenant": "target_project",
}
"""Attribute of the API -> field of commands and records, where they differ."""


class Asked:
    """Implements `policy.expression.Target`: a record, or the command that makes one; and what a command changes."""

    __slots__ = ("_caller", "_change", "_record", "_snapshot")

    def __init__(self, record: Any, snapshot: Snapshot, caller: Caller, change: Any = None) -> None:
        self._record = record
        self._snapshot = snapshot
        self._caller = caller
        self._change = change

    def get(self, name: str, /) -> object:
        """What the object says; None when it says nothing."""
        whose, _, what = name.replace("tenant_id", "project_id").rpartition(":")
        if what == "project_id":
            return self._project_of(whose)
        match name:
            case "shared":
                return self._is_open("shared", "access_as_shared")
            case "router:external":
                return self._is_open("external", "access_as_external")
            case _:
                changed = getattr(self._change, _FIELDS.get(name, name), UNSET)
                return getattr(self._record, _FIELDS.get(name, name), None) if changed is UNSET else changed

    def _project_of(self, whose: str) -> ProjectId | None:
        match whose:
            case "":
                return project_of(self._record)
            case "network":
                network = self._network()
                return network.project_id if network else None
            case "security_group":
                group_id = getattr(self._record, "security_group_id", None)
                group = self._snapshot.record(SecurityGroup, group_id) if group_id else self._record
                return project_of(group) if isinstance(group, SecurityGroup) else None
            case _:
                return project_of(self._record) if isinstance(self._record, QosPolicy) else None

    def _network(self) -> Network | None:
        if isinstance(self._record, Network):
            return self._record
        network_id = getattr(self._record, "network_id", None)
        return self._snapshot.network(network_id) if network_id else None

    def _is_open(self, flag: str, action: RbacAction) -> bool:
        """Whether all, or the caller's project by name, may use it; a subnet or port is as its network is."""
        is_part = hasattr(self._record, "network_id")
        record = self._network() if is_part else self._record
        return getattr(record, flag, False) or (
            record is not None and record.id in self._snapshot.granted_to(self._caller.project_id, action)
        )


def may(caller: Caller, rule: str, record: Any, snapshot: Snapshot) -> bool:
    """Whether the caller may do that with the record."""
    return caller.policy.allows(rule, caller, Asked(record, snapshot, caller))


def may_see(record: Any, snapshot: Snapshot, caller: Caller) -> bool:
    """Whether the record exists for the caller."""
    return may(caller, _GET[type(record)], record, snapshot)


def may_always(caller: Caller, rule: str) -> bool:
    """Whether the caller may do it with whatever there is."""
    return caller.policy.allows(rule, caller)


def owns(caller: Caller, project_id: ProjectId) -> bool:
    """Whether what belongs to the project is the caller's, or the caller administers all."""
    return caller.policy.allows("admin_or_owner", caller, {"project_id": project_id})


def require(caller: Caller, action: str, record: Any, snapshot: Snapshot, change: Any = None) -> None:
    """The caller may do this with the record; for a creation the command stands for the record.

    With `change`, the command that creates or changes: also each attribute that it sends, where that has a rule.
    Raises PolicyNotAuthorized, naming the action and the attributes.
    """
    policy = caller.policy
    target = Asked(record, snapshot, caller, change)
    if not policy.allows(action, caller, target):
        raise PolicyNotAuthorized((action,), policy.who(action))
    if change is None:
        return
    refused = tuple(
        f"{action}:{name}"
        for name, left in policy.guarded(action, caller)
        if _sends(change, name, record) and not holds(left, caller, target)
    )
    if refused:
        raise PolicyNotAuthorized((action, *refused), policy.who(refused[0]))


def require_always(caller: Caller, action: str) -> None:
    """The caller may do this with whatever there is. Raises PolicyNotAuthorized."""
    if not may_always(caller, action):
        raise PolicyNotAuthorized((action,), caller.policy.who(action))


def require_ever(caller: Caller, action: str) -> None:
    """There may be something that the caller may do this with: told before that is looked up. Raises
    PolicyNotAuthorized."""
    if caller.policy.left_of(action, caller) is NO:
        raise PolicyNotAuthorized((action,), caller.policy.who(action))


def require_or_hide(caller: Caller, action: str, record: Any, snapshot: Snapshot, missing: NotFoundError) -> None:
    """As `require`, but whose project does not own it is told that there is none, as Neutron does."""
    try:
        require(caller, action, record, snapshot)
    except PolicyNotAuthorized:
        if not owns(caller, project_of(record) or ProjectId("")):
            raise missing from None
        raise


def require_own_project(caller: Caller, project_id: ProjectId) -> None:
    """What is created belongs to the caller's project, unless the caller may give it to another."""
    if project_id != caller.project_id and not may_always(caller, "create_for_project"):
        raise HTTPBadRequest(
            "Specifying 'project_id' or 'tenant_id' other than the authenticated project in request "
            "requires admin privileges"
        )


def require_revision(expected: int | None, current: int) -> None:
    """The caller saw the record as it is; None: it does not care. Raises RevisionNumberConstraintFailed."""
    if expected is not None and expected != current:
        raise RevisionNumberConstraintFailed(expected, current)


def visible_network(network_id: NetworkId, snapshot: Snapshot, caller: Caller) -> Network:
    """The network, if the caller may see it. Raises NetworkNotFound."""
    network = snapshot.network(network_id)
    if network is None or not may_see(network, snapshot, caller):
        raise NetworkNotFound(network_id)
    return network


def visible_subnet(subnet_id: SubnetId, snapshot: Snapshot, caller: Caller) -> tuple[Subnet, Network]:
    """The subnet and its network, if the caller may see it. Raises SubnetNotFound."""
    subnet = snapshot.subnet(subnet_id)
    network = snapshot.network(subnet.network_id) if subnet else None
    if subnet is None or network is None or not may_see(subnet, snapshot, caller):
        raise SubnetNotFound(subnet_id)
    return subnet, network


def visible_port(port_id: PortId, snapshot: Snapshot, caller: Caller) -> tuple[Port, Network]:
    """The port and its network, if the caller may see it. Raises PortNotFound."""
    port = snapshot.port(port_id)
    network = snapshot.network(port.network_id) if port else None
    if port is None or network is None or not may_see(port, snapshot, caller):
        raise PortNotFound(port_id)
    return port, network


def visible_instance(instance_id: InstanceId, snapshot: Snapshot, caller: Caller) -> Instance:
    """The instance, if the caller may see it. Raises InstanceNotFound."""
    instance = snapshot.instance(instance_id)
    if instance is None or not may_see(instance, snapshot, caller):
        raise InstanceNotFound(instance_id)
    return instance


def visible(
    record_type: type[R], record_id: str, missing: Callable[[str], NotFoundError], snapshot: Snapshot, caller: Caller
) -> R:
    """The record of another kind, if the caller may see it. Raises what `missing` makes."""
    record = snapshot.record(record_type, record_id)
    if record is None or not may_see(record, snapshot, caller):
        raise missing(record_id)
    return record


def _sends(change: Any, name: str, record: Any) -> bool:
    """Whether the command says something of the attribute, other than what a record has without it."""
    match name:
        case "fixed_ips:ip_address":
            own = set() if record is change else {each.ip_address for each in record.fixed_ips}
            return bool({wish.ip_address for wish in _wishes(change)} - own - {None})
        case "fixed_ips:subnet_id":
            return any(wish.subnet_id is not None for wish in _wishes(change))
        case "device_owner" if record is not change and change.device_owner == record.device_owner:
            return False
    part, _, field = _FIELDS.get(name, name).rpartition(".")
    holder = getattr(change, part, UNSET) if part else change
    value = getattr(holder, field, UNSET)
    if value is UNSET:
        return False
    default = _defaults(holder.__class__)[field]
    return value != default and bool(default is UNSET or default or value)


def _wishes(change: Any) -> Iterable[Any]:
    return () if change.fixed_ips is UNSET else change.fixed_ips


@cache
def _defaults(struct: Any) -> Mapping[str, object]:
    """What fields are when nothing is sent; something true for those that must be sent, and UNSET in an update."""
    fields = structs.fields(struct)
    return {each.name: each.default if each.default_factory is NODEFAULT else each.default_factory() for each in fields}
