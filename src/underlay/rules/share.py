"""Sharing: `shared` of an object says that an RBAC policy grants it to all projects, and is kept by it; `external` of a
network that one grants it to any.

Who sets the flag makes or withdraws that policy; who makes or withdraws the policy sets the flag. So lists and checks
ask the record first, and the grants only for what is not shared with all.
"""

from underlay.model.change import Ref, Writes
from underlay.model.ids import ProjectId
from underlay.model.rbac_policy import EVERYBODY, RbacAction, RbacPolicy, SharedObject
from underlay.rules.snapshot import Circumstances, Snapshot

OBJECT = "object"
"""The relation in which a policy names what it grants."""


def follow(
    granted: tuple[SharedObject, str, ProjectId],
    shared: bool,
    snapshot: Snapshot,
    circumstances: Circumstances,
    action: RbacAction = "access_as_shared",
) -> Writes:
    """What must be written beside the object so that it is granted to all, or its flag no longer says so.

    Args:
    granted: kind, id and project of the object.
    """
    object_id = granted[1]
    policies = [policy for policy in policies_of(object_id, snapshot) if policy.action == action and sets_flag(policy)]
    if not shared:
        return Writes(deletes=tuple(Ref("rbac_policy", policy.id) for policy in policies))
    if policies:
        return Writes()
    return Writes(puts=(granting(granted, circumstances, action),))


def sets_flag(policy: RbacPolicy) -> bool:
    """Whether its object is `shared`, or `external`, by it: a network is external as soon as one project sees it so."""
    return policy.action == "access_as_external" or policy.target_project == EVERYBODY


def granting(
    granted: tuple[SharedObject, str, ProjectId], circumstances: Circumstances, action: RbacAction = "access_as_shared"
) -> RbacPolicy:
    """The policy of a new object that is open to all."""
    object_type, object_id, project_id = granted
    return RbacPolicy(circumstances.new_id(), project_id, object_type, object_id, action, EVERYBODY)


def policies_of(object_id: str, snapshot: Snapshot) -> tuple[RbacPolicy, ...]:
    """All policies that grant the object."""
    return tuple(snapshot.linked(RbacPolicy, OBJECT, object_id))


def forget(object_id: str, snapshot: Snapshot) -> tuple[Ref, ...]:
    """The policies of an object that is deleted go with it."""
    return tuple(Ref("rbac_policy", policy.id) for policy in policies_of(object_id, snapshot))
