"""QoS policies: made by the administrator, used by who may see them, kept while they are used.

Source: Networking API v2.0, extensions qos and qos-default; Neutron's default policy.
"""

from typing import Final, assert_never

from msgspec import UNSET, UnsetType

from underlay.commands.qos import CreateQosPolicy, DeleteQosPolicy, QosPolicyCommand, UpdateQosPolicy
from underlay.model.caller import Caller
from underlay.model.change import Ref, Writes
from underlay.model.errors import (
    PolicyRemoveAuthorizationError,
    QoSPolicyDefaultAlreadyExists,
    QosPolicyInUse,
    QosPolicyNotFound,
    RbacPolicyInUse,
)
from underlay.model.ids import ProjectId
from underlay.model.network import Network
from underlay.model.port import Port
from underlay.model.qos import QosPolicy, default_policy_key
from underlay.model.rbac_policy import SharedObject
from underlay.rules import access, share
from underlay.rules.amend import amended
from underlay.rules.snapshot import Circumstances, Snapshot
from underlay.rules.verdict import Verdict

USERS: Final = "qos_policy"
"""The relation in which a port or network names its policy."""


def judge(command: QosPolicyCommand, snapshot: Snapshot, caller: Caller, circumstances: Circumstances) -> Verdict:
    """Any command on QoS policies."""
    match command:
        case CreateQosPolicy():
            return create(command, snapshot, caller, circumstances)
        case UpdateQosPolicy():
            return update(command, snapshot, caller, circumstances)
        case DeleteQosPolicy():
            return delete(command, snapshot, caller)
        case _:
            assert_never(command)


def create(command: CreateQosPolicy, snapshot: Snapshot, caller: Caller, circumstances: Circumstances) -> Verdict:
    """A policy without rules. Raises QoSPolicyDefaultAlreadyExists."""
    access.require(caller, "create_policy", command, snapshot, command)
    if command.is_default:
        _require_first_default(command.project_id, snapshot)
    policy = QosPolicy(
        id=circumstances.new_id(),
        project_id=command.project_id,
        name=command.name,
        created_at=circumstances.now,
        updated_at=circumstances.now,
        shared=command.shared,
        is_default=command.is_default,
        description=command.description,
        tags=command.tags,
    )
    grants = (share.granting(_granted(policy), circumstances),) if policy.shared else ()
    return Verdict(Writes(puts=(policy, *grants)), policy)


def update(command: UpdateQosPolicy, snapshot: Snapshot, caller: Caller, circumstances: Circumstances) -> Verdict:
    """Raises QoSPolicyDefaultAlreadyExists when another is the project's default, RbacPolicyInUse when it is to be
    unshared and projects use it that could no longer see it."""
    before = visible(command.id, snapshot, caller)
    access.require(caller, "update_policy", before, snapshot, command)
    access.require_revision(command.revision, before.revision_number)
    if command.is_default is True and not before.is_default:
        _require_first_default(before.project_id, snapshot)
    if command.shared is False and before.shared:
        require_unshareable(before, snapshot)
    after = amended(
        before,
        circumstances.now,
        name=command.name,
        shared=command.shared,
        is_default=command.is_default,
        description=command.description,
    )
    if after is before:
        return Verdict(result=before)
    grants = share.follow(_granted(after), after.shared, snapshot, circumstances)
    return Verdict(Writes(puts=(after, *grants.puts), deletes=grants.deletes), after)


def delete(command: DeleteQosPolicy, snapshot: Snapshot, caller: Caller) -> Verdict:
    """The policy goes with its rules. Raises QosPolicyInUse, naming a port or network that has it."""
    policy = visible(command.id, snapshot, caller)
    access.require(caller, "delete_policy", policy, snapshot)
    access.require_revision(command.revision, policy.revision_number)
    user = snapshot.some_linker(policy.id, USERS)
    if user is not None:
        raise QosPolicyInUse(policy.id, user.kind, user.id)
    return Verdict(Writes(deletes=(*share.forget(policy.id, snapshot), Ref("qos_policy", policy.id))))


def visible(policy_id: str, snapshot: Snapshot, caller: Caller) -> QosPolicy:
    """The policy, if the caller may see it. Raises QosPolicyNotFound."""
    return access.visible(QosPolicy, policy_id, QosPolicyNotFound, snapshot, caller)


def may_see(policy: QosPolicy, snapshot: Snapshot, caller: Caller) -> bool:
    """Whether the caller may see the policy."""
    try:
        visible(policy.id, snapshot, caller)
    except QosPolicyNotFound:
        return False
    return True


def default_of(project_id: ProjectId, snapshot: Snapshot) -> str | None:
    """The policy that the project's new networks get; None for none."""
    policy = snapshot.with_unique_key(QosPolicy, default_policy_key(project_id))
    return policy.id if policy else None


def assigned(
    wanted: str | None | UnsetType, current: str | None, snapshot: Snapshot, caller: Caller
) -> str | None | UnsetType:
    """The policy that a port or network is to have, None for none.

    Raises QosPolicyNotFound when the caller may not see it, and PolicyRemoveAuthorizationError when that which it has
    is not the caller's to take off, because it may not be seen.
    """
    if wanted is UNSET or wanted == current:
        return wanted
    if current is not None:
        policy = snapshot.record(QosPolicy, current)
        if policy is not None and not may_see(policy, snapshot, caller):
            raise PolicyRemoveAuthorizationError(current)
    return None if wanted is None else visible(wanted, snapshot, caller).id


def require_unshareable(policy: QosPolicy, snapshot: Snapshot) -> None:
    """Nobody uses it but projects to which it is granted by name. Raises RbacPolicyInUse."""
    named = {grant.target_project for grant in share.policies_of(policy.id, snapshot)}
    left_out = sorted(users_of(policy.id, snapshot) - named)
    if left_out:
        raise RbacPolicyInUse(policy.id, f"project_id={left_out[0]}")


def users_of(policy_id: str, snapshot: Snapshot) -> set[ProjectId]:
    """The projects whose ports or networks have the policy."""
    networks, ports = snapshot.linked(Network, USERS, policy_id), snapshot.linked(Port, USERS, policy_id)
    return {network.project_id for network in networks} | {port.project_id for port in ports}


def _granted(policy: QosPolicy) -> tuple[SharedObject, str, ProjectId]:
    return "qos_policy", policy.id, policy.project_id


def _require_first_default(project_id: ProjectId, snapshot: Snapshot) -> None:
    if default_of(project_id, snapshot) is not None:
        raise QoSPolicyDefaultAlreadyExists(project_id)
