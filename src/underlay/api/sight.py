"""What of a resource the policy lets a caller see: decided once a request, and asked of records only where it must be.

The store gives a project its own and what is shared with it. A rule that holds whatever the record (an administrator's,
`role:auditor`) lets the caller see all; one that asks other than what the store gives is asked of each record that it
gave: narrower than that it may be, not wider.
"""

from collections.abc import Sequence
from typing import TypeVar

from underlay.api.attributes.attribute import Resource
from underlay.model.caller import Caller
from underlay.model.ids import ProjectId
from underlay.model.policy.expression import NO, Check, holds
from underlay.rules.access import Asked, may_always
from underlay.rules.snapshot import Snapshot

T = TypeVar("T")


def visible_to(resource: Resource, caller: Caller) -> ProjectId | None:
    """Whose records the store is asked for; None for all of them."""
    return None if may_always(caller, _rule(resource)) else caller.project_id


def sees_none(resource: Resource, caller: Caller) -> bool:
    """Whether there is no record that the caller may see."""
    return caller.policy.left_of(_rule(resource), caller) is NO


def seen(resource: Resource, records: Sequence[T], snapshot: Snapshot, caller: Caller) -> Sequence[T]:
    """Of the records that the store gave, those that the caller may see."""
    policy, rule = caller.policy, _rule(resource)
    if policy.is_plain(rule, caller) or may_always(caller, rule):
        return records
    left = policy.left_of(rule, caller)
    return [record for record in records if holds(left, caller, Asked(record, snapshot, caller))]


def doubtful(resource: Resource, caller: Caller) -> dict[str, Check]:
    """The attributes that the caller does not always see, and what is left to ask of a record: mostly `NO`."""
    return dict(caller.policy.guarded(_rule(resource), caller))


def _rule(resource: Resource) -> str:
    return f"get_{resource.rule}"
