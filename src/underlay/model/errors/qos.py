"""Errors about QoS policies and rules."""

# The names are the protocol's, so they do not all end in Error.
# ruff: noqa: N818

from dataclasses import dataclass

from underlay.model.errors.tree import ConflictError, NotFoundError
from underlay.model.ids import ProjectId


@dataclass(unsafe_hash=True)
class QosPolicyNotFound(NotFoundError):
    """There is none, or the caller may not see it."""

    template = "QoS policy {policy_id} could not be found."
    policy_id: str


@dataclass(unsafe_hash=True)
class QosRuleNotFound(NotFoundError):
    """The policy has no such rule of that type; `policy_id` is empty when none was named."""

    template = "QoS rule {rule_id} for policy {policy_id} could not be found."
    rule_id: str
    policy_id: str


@dataclass(unsafe_hash=True)
class QosPolicyInUse(ConflictError):
    """A port or network (`object_type`) has the policy; `object_id` names one."""

    template = "QoS Policy {policy_id} is used by {object_type} {object_id}."
    policy_id: str
    object_type: str
    object_id: str


@dataclass(unsafe_hash=True)
class QoSPolicyDefaultAlreadyExists(ConflictError):
    """Another policy of the project is its default."""

    template = "A default QoS policy exists for project {project_id}."
    project_id: ProjectId


@dataclass(unsafe_hash=True)
class QoSRulesConflict(ConflictError):
    """The policy has a rule of that type and direction already."""

    template = "Rule {new_rule_type} conflicts with rule {rule_id} which already exists in QoS Policy {policy_id}."
    new_rule_type: str
    rule_id: str
    policy_id: str


@dataclass(unsafe_hash=True)
class QoSRuleParameterConflict(ConflictError):
    """A guarantee above the limit, or a rate for both directions beside one for a single direction."""

    template = (
        "Unable to add the rule with value {rule_value} to the policy {policy_id} as the existing rule of type "
        "{existing_rule} has value {existing_value}."
    )
    rule_value: int | str
    policy_id: str
    existing_rule: str
    existing_value: int | str
