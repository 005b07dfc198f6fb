"""RBAC policies: an owner lets another project, the administrator lets all, see and use an object.

What is granted to all is what `shared` of the object says (`router:external`: what is granted to any), so the object is
written too; any policy counts as a change of its object. A policy stays while a project that could then no longer see
the object uses it. Source: Networking API v2.0, extension rbac-policies; what is refused is what Neutron refuses.
"""

from collections.abc import Iterable
from typing import Any, Final, assert_never, cast

from msgspec import UNSET, structs

from underlay.commands.rbac_policy import CreateRbacPolicy, DeleteRbacPolicy, RbacPolicyCommand, UpdateRbacPolicy
from underlay.model.address_scope import AddressScope
from underlay.model.caller import Caller
from underlay.model.change import RECORD_TYPES, Kind, Record, Ref, Writes, project_of
from underlay.model.errors import (
    DuplicateRbacPolicy,
    InvalidActionForType,
    InvalidInput,
    NotFoundError,
    RbacPolicyInitError,
    RbacPolicyInUse,
    RbacPolicyNotFound,
)
from underlay.model.ids import NetworkId, ProjectId
from underlay.model.network import Network
from underlay.model.rbac_policy import EVERYBODY, RbacAction, RbacPolicy, SharedObject
from underlay.model.subnet_pool import SubnetPool
from underlay.rules import access, quota, share
from underlay.rules.amend import amended, touched
from underlay.rules.snapshot import Circumstances, Regulations, Snapshot
from underlay.rules.verdict import Verdict

_SHARED_ONLY: Final[tuple[RbacAction, ...]] = ("access_as_shared",)
_ACTIONS: Final[dict[SharedObject, tuple[RbacAction, ...]]] = {"network": ("access_as_shared", "access_as_external")}
_USERS: Final[dict[SharedObject, tuple[tuple[str, str], ...]]] = {
    "network": (),
    "qos_policy": (("network", "qos_policy"), ("port", "qos_policy")),
    "security_group": (("port", "port_security_group"), ("security_group_rule", "remote_group")),
    "address_scope": (("subnetpool", "address_scope"),),
    "subnetpool": (("subnet", "subnetpool"),),
    "address_group": (("security_group_rule", "remote_address_group"),),
}
"""Which records use an object of the type, and in which relation; of networks it is asked otherwise."""


def judge(
    command: RbacPolicyCommand,
    snapshot: Snapshot,
    caller: Caller,
    circumstances: Circumstances,
    regulations: Regulations,
) -> Verdict:
    """Any command on RBAC policies."""
    match command:
        case CreateRbacPolicy():
            return create(command, snapshot, caller, circumstances, regulations)
        case UpdateRbacPolicy():
            return update(command, snapshot, caller, circumstances)
        case DeleteRbacPolicy():
            return delete(command, snapshot, caller, circumstances)
        case _:
            assert_never(command)


def create(
    command: CreateRbacPolicy,
    snapshot: Snapshot,
    caller: Caller,
    circumstances: Circumstances,
    regulations: Regulations,
) -> Verdict:
    """Raises InvalidActionForType, DuplicateRbacPolicy, OverQuota; InvalidInput when the object is another's."""
    access.require_own_project(caller, command.project_id)
    access.require(caller, "create_rbac_policy", command, snapshot, command)
    actions = _ACTIONS.get(command.object_type, _SHARED_ONLY)
    if command.action not in actions:
        raise InvalidActionForType(command.action, command.object_type, actions)
    granted = _own_object(command.object_type, command.object_id, snapshot, caller)
    quota.require_room("rbac_policy", command.project_id, snapshot, regulations)
    policy = RbacPolicy(
        id=circumstances.new_id(),
        project_id=command.project_id,
        object_type=command.object_type,
        object_id=command.object_id,
        action=actions[actions.index(command.action)],
        target_project=command.target_project,
    )
    _require_scope_seen(granted, policy, snapshot)
    others = share.policies_of(policy.object_id, snapshot)
    _require_first(policy, others)
    return Verdict(Writes(puts=(_as_granted(granted, (*others, policy), circumstances), policy)), policy)


def update(command: UpdateRbacPolicy, snapshot: Snapshot, caller: Caller, circumstances: Circumstances) -> Verdict:
    """Another target. Raises DuplicateRbacPolicy, and RbacPolicyInUse while the old one uses the object; what all had
    is taken from all first, as in Neutron, so that a project that uses it needs a policy of its own before."""
    before = visible(command.id, snapshot, caller)
    access.require(caller, "update_rbac_policy", before, snapshot, command)
    if command.target_project is UNSET or command.target_project == before.target_project:
        return Verdict(result=before)
    after = structs.replace(before, target_project=command.target_project)
    others = tuple(each for each in share.policies_of(before.object_id, snapshot) if each.id != before.id)
    _require_first(after, others)
    narrows = before.target_project == EVERYBODY
    _require_unused(before, others if narrows else (*others, after), snapshot)
    granted = _object(before, snapshot)
    _require_scope_seen(granted, after, snapshot)
    return Verdict(Writes(puts=(_as_granted(granted, (*others, after), circumstances), after)), after)


def delete(command: DeleteRbacPolicy, snapshot: Snapshot, caller: Caller, circumstances: Circumstances) -> Verdict:
    """Raises RbacPolicyInUse while its target uses the object and has no other policy to see it by."""
    policy = visible(command.id, snapshot, caller)
    access.require(caller, "delete_rbac_policy", policy, snapshot)
    others = tuple(each for each in share.policies_of(policy.object_id, snapshot) if each.id != policy.id)
    _require_unused(policy, others, snapshot)
    granted = _as_granted(_object(policy, snapshot), others, circumstances)
    return Verdict(Writes(puts=(granted,), deletes=(Ref("rbac_policy", policy.id),)))


def visible(policy_id: str, snapshot: Snapshot, caller: Caller) -> RbacPolicy:
    """The policy, for its owner and the administrator. Raises RbacPolicyNotFound."""
    return access.visible(RbacPolicy, policy_id, RbacPolicyNotFound, snapshot, caller)


def _own_object(object_type: SharedObject, object_id: str, snapshot: Snapshot, caller: Caller) -> Record:
    """The object that the caller may grant. Raises InvalidInput."""
    try:
        found: Record | None = _seen_object(object_type, object_id, snapshot, caller)
    except NotFoundError:
        found = None
    if found is None:
        raise InvalidInput(f"the {object_type.replace('_', ' ')} {object_id} could not be found")
    if not access.owns(caller, project_of(found) or ProjectId("")):
        raise InvalidInput("Only admins can manipulate policies on objects they do not own")
    return found


def _seen_object(object_type: SharedObject, object_id: str, snapshot: Snapshot, caller: Caller) -> Record:
    if object_type == "network":
        return access.visible_network(NetworkId(object_id), snapshot, caller)
    record_type = RECORD_TYPES[cast(Kind, object_type)]
    found: Record = access.visible(record_type, object_id, RbacPolicyNotFound, snapshot, caller)
    return found


def _object(policy: RbacPolicy, snapshot: Snapshot) -> Record:
    found: Record | None = snapshot.record(RECORD_TYPES[cast(Kind, policy.object_type)], policy.object_id)
    if found is None:
        raise RbacPolicyNotFound(policy.id, policy.object_type)
    return found


def _require_scope_seen(granted: Record, policy: RbacPolicy, snapshot: Snapshot) -> None:
    """Who is to use a subnet pool may use its address scope. Raises RbacPolicyInitError."""
    if not isinstance(granted, SubnetPool) or granted.address_scope_id is None:
        return
    scope = snapshot.record(AddressScope, granted.address_scope_id)
    if scope is None or scope.project_id == policy.target_project:
        return
    if not snapshot.is_granted(scope.id, policy.target_project):
        raise RbacPolicyInitError(granted.id, f"its project may not use address scope {scope.id}")


def _require_first(policy: RbacPolicy, others: Iterable[RbacPolicy]) -> None:
    if any((each.action, each.target_project) == (policy.action, policy.target_project) for each in others):
        raise DuplicateRbacPolicy()


def _as_granted(granted: Record, policies: Iterable[RbacPolicy], circumstances: Circumstances) -> Record:
    """The object as it is when these are its policies; one revision on in any case."""
    flagged = {policy.action for policy in policies if share.sets_flag(policy)}
    flags: dict[str, object] = {"shared": "access_as_shared" in flagged}
    if hasattr(granted, "external"):
        flags["external"] = "access_as_external" in flagged
    record = cast(Any, granted)
    after = amended(record, circumstances.now, **flags)
    return cast(Record, after if after is not record else touched(record, circumstances.now))


def _require_unused(gone: RbacPolicy, left: Iterable[RbacPolicy], snapshot: Snapshot) -> None:
    """Nobody uses the object who could no longer see it; all see the default network. Raises RbacPolicyInUse."""
    granted = _object(gone, snapshot)
    if gone.action == "access_as_external":
        if gone.target_project == EVERYBODY and isinstance(granted, Network) and granted.is_default:
            raise RbacPolicyInUse(granted.id, "Default external networks must be shared to everyone.")
        return
    seeing = {policy.target_project for policy in left if policy.action == "access_as_shared"}
    owner = project_of(granted)
    if EVERYBODY in seeing:
        return
    for project_id in sorted(_projects_using(gone, snapshot)):
        if project_id != owner and project_id not in seeing and gone.target_project in (EVERYBODY, project_id):
            raise RbacPolicyInUse(gone.object_id, f"project {project_id} uses it")


def _projects_using(policy: RbacPolicy, snapshot: Snapshot) -> set[ProjectId]:
    if policy.object_type == "network":
        return set(snapshot.projects_on(NetworkId(policy.object_id)))
    found: set[ProjectId] = set()
    for kind, relation in _USERS[policy.object_type]:
        found.update(snapshot.projects_naming(cast(Kind, kind), relation, policy.object_id))
    return found
