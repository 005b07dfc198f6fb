"""Rules of a QoS policy: one of a type and direction, none that contradicts another. The administrator's to change.

Source: Networking API v2.0, extension qos and those beside it; what is refused is what Neutron refuses.
"""

from collections.abc import Iterable
from typing import Final, assert_never

from msgspec import structs

from underlay.commands.qos import CreateQosRule, DeleteQosRule, QosRuleCommand, UpdateQosRule
from underlay.model.caller import Caller
from underlay.model.change import Writes
from underlay.model.errors import QosRuleNotFound, QoSRuleParameterConflict, QoSRulesConflict
from underlay.model.qos import (
    BandwidthLimit,
    MinimumBandwidth,
    MinimumPacketRate,
    QosPolicy,
    QosRule,
    type_of,
)
from underlay.rules import access, qos_policy
from underlay.rules.amend import amended
from underlay.rules.snapshot import Circumstances, Snapshot
from underlay.rules.verdict import Verdict

RULES: Final = "qos_rule"
"""The relation in which a policy names the rules that are in it."""


def judge(command: QosRuleCommand, snapshot: Snapshot, caller: Caller, circumstances: Circumstances) -> Verdict:
    """Any command on rules. A rule's change is a change of its policy, which counts one revision."""
    match command:
        case CreateQosRule():
            return create(command, snapshot, caller, circumstances)
        case UpdateQosRule():
            return update(command, snapshot, caller, circumstances)
        case DeleteQosRule():
            return delete(command, snapshot, caller, circumstances)
        case _:
            assert_never(command)


def create(command: CreateQosRule, snapshot: Snapshot, caller: Caller, circumstances: Circumstances) -> Verdict:
    """The policy gets the rule. Raises QoSRulesConflict, QoSRuleParameterConflict."""
    action = f"create_policy_{type_of(command.rule)}_rule"
    access.require_ever(caller, action)
    policy = qos_policy.visible(command.policy_id, snapshot, caller)
    access.require(caller, action, policy, snapshot)
    rule = structs.replace(command.rule, id=circumstances.new_id())
    _require_no_conflict(rule, policy)
    after = amended(policy, circumstances.now, rules=(*policy.rules, rule))
    return Verdict(Writes(puts=(after,)), rule)


def update(command: UpdateQosRule, snapshot: Snapshot, caller: Caller, circumstances: Circumstances) -> Verdict:
    """The rule is another. Raises QosRuleNotFound, QoSRulesConflict, QoSRuleParameterConflict."""
    policy = policy_with(command.policy_id, command.rule_id, snapshot, caller)
    before = rule_of(policy, command.rule_id, command.rule_type)
    access.require(caller, f"update_policy_{command.rule_type}_rule", policy, snapshot)
    rule = structs.replace(before, **command.changes)
    _require_no_conflict(rule, policy)
    rules = tuple(rule if each.id == rule.id else each for each in policy.rules)
    after = amended(policy, circumstances.now, rules=rules)
    return Verdict(Writes(puts=(after,)) if after is not policy else Writes(), rule)


def delete(command: DeleteQosRule, snapshot: Snapshot, caller: Caller, circumstances: Circumstances) -> Verdict:
    """The policy loses the rule. Raises QosRuleNotFound."""
    policy = policy_with(command.policy_id, command.rule_id, snapshot, caller)
    rule = rule_of(policy, command.rule_id, command.rule_type)
    access.require(caller, f"delete_policy_{command.rule_type}_rule", policy, snapshot)
    after = amended(policy, circumstances.now, rules=tuple(each for each in policy.rules if each.id != rule.id))
    return Verdict(Writes(puts=(after,)))


def policy_with(policy_id: str | None, rule_id: str, snapshot: Snapshot, caller: Caller) -> QosPolicy:
    """The policy of that id, or that has the rule, if it may be seen. Raises QosPolicyNotFound, QosRuleNotFound."""
    if policy_id is not None:
        return qos_policy.visible(policy_id, snapshot, caller)
    for policy in snapshot.linked(QosPolicy, RULES, rule_id):
        if qos_policy.may_see(policy, snapshot, caller):
            return policy
    raise QosRuleNotFound(rule_id, "")


def rule_of(policy: QosPolicy, rule_id: str, rule_type: str) -> QosRule:
    """The policy's rule of that id and type. Raises QosRuleNotFound."""
    for rule in policy.rules:
        if rule.id == rule_id and type_of(rule) == rule_type:
            return rule
    raise QosRuleNotFound(rule_id, policy.id)


def _require_no_conflict(rule: QosRule, policy: QosPolicy) -> None:
    others = [each for each in policy.rules if each.id != rule.id]
    _require_consistent(rule, others, policy)
    for other in others:
        if type(other) is type(rule) and _direction(other) == _direction(rule):
            raise QoSRulesConflict(type_of(rule), other.id, policy.id)


def _require_consistent(rule: QosRule, others: Iterable[QosRule], policy: QosPolicy) -> None:
    """No guarantee above the limit of its direction; no rate for both directions beside one for a single direction."""
    for other in others:
        match rule, other:
            case (BandwidthLimit(max_kbps=asked, direction=one), MinimumBandwidth(min_kbps=has, direction=another)):
                contradicts: tuple[int | str, int | str] | None = (
                    (asked, has) if one == another and asked < has else None
                )
            case (MinimumBandwidth(min_kbps=asked, direction=one), BandwidthLimit(max_kbps=has, direction=another)):
                contradicts = (asked, has) if one == another and asked > has else None
            case (MinimumPacketRate(direction=one), MinimumPacketRate(direction=another)):
                contradicts = (one, another) if one != another and "any" in (one, another) else None
            case _:
                contradicts = None
        if contradicts is not None:
            raise QoSRuleParameterConflict(contradicts[0], policy.id, type_of(other), contradicts[1])


def _direction(rule: QosRule) -> str:
    return getattr(rule, "direction", "")
