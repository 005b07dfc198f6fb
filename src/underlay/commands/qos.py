"""Commands on QoS policies and their rules."""

import msgspec
from msgspec import UNSET, UnsetType

from underlay.model.ids import ProjectId
from underlay.model.qos import QosRule


class CreateQosPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    project_id: ProjectId
    name: str = ""
    shared: bool = False
    is_default: bool = False
    description: str = ""
    tags: tuple[str, ...] = ()


class UpdateQosPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    revision: int | None = None
    name: str | UnsetType = UNSET
    shared: bool | UnsetType = UNSET
    is_default: bool | UnsetType = UNSET
    description: str | UnsetType = UNSET


class DeleteQosPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    revision: int | None = None


class CreateQosRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`rule.id` is empty: it is made."""

    policy_id: str
    rule: QosRule


class UpdateQosRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`policy_id` None: the policy that has the rule. `changes`: fields of the rule -> value."""

    policy_id: str | None
    rule_id: str
    rule_type: str
    changes: dict[str, int | str] = {}


class DeleteQosRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`policy_id` None: the policy that has the rule."""

    policy_id: str | None
    rule_id: str
    rule_type: str


QosPolicyCommand = CreateQosPolicy | UpdateQosPolicy | DeleteQosPolicy
QosRuleCommand = CreateQosRule | UpdateQosRule | DeleteQosRule
