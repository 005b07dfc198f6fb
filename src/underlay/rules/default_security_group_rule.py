"""The rules that new security groups start with: read by all, changed by administrators, for groups made later.

Source: Networking API v2.0, extension security-groups-default-rules.
"""

from typing import assert_never

from msgspec import structs

from underlay.commands.security_group import (
    CreateDefaultSecurityGroupRule,
    DefaultSecurityGroupRuleCommand,
    DeleteDefaultSecurityGroupRule,
)
from underlay.model.caller import Caller
from underlay.model.change import Writes
from underlay.model.errors import DefaultSecurityGroupRuleExists, DefaultSecurityGroupRuleNotFound
from underlay.model.security_group import DefaultSecurityGroupRule
from underlay.rules import access, security_group, traffic
from underlay.rules.snapshot import Circumstances, Snapshot
from underlay.rules.verdict import Verdict


def judge(
    command: DefaultSecurityGroupRuleCommand, snapshot: Snapshot, caller: Caller, circumstances: Circumstances
) -> Verdict:
    """Any command on them."""
    match command:
        case CreateDefaultSecurityGroupRule():
            return create(command, snapshot, caller, circumstances)
        case DeleteDefaultSecurityGroupRule():
            return delete(command, snapshot, caller)
        case _:
            assert_never(command)


def create(
    command: CreateDefaultSecurityGroupRule, snapshot: Snapshot, caller: Caller, circumstances: Circumstances
) -> Verdict:
    """One more. Raises DefaultSecurityGroupRuleExists when groups of the same sort start with the same already."""
    access.require_always(caller, "create_default_security_group_rule")
    rule = DefaultSecurityGroupRule(
        id=circumstances.new_id(),
        traffic=traffic.canonical(command.traffic),
        used_in_default_sg=command.used_in_default_sg,
        used_in_non_default_sg=command.used_in_non_default_sg,
        description=command.description,
    )
    before = security_group.template(snapshot)
    for present in before.rules:
        if traffic.key(present.traffic) == traffic.key(rule.traffic) and _meet(present, rule):
            raise DefaultSecurityGroupRuleExists(present.id)
    return Verdict(Writes(puts=(structs.replace(before, rules=(*before.rules, rule)),)), rule)


def delete(command: DeleteDefaultSecurityGroupRule, snapshot: Snapshot, caller: Caller) -> Verdict:
    """One less. Raises DefaultSecurityGroupRuleNotFound."""
    access.require_always(caller, "delete_default_security_group_rule")
    before = security_group.template(snapshot)
    left = tuple(rule for rule in before.rules if rule.id != command.id)
    if left == before.rules:
        raise DefaultSecurityGroupRuleNotFound(command.id)
    return Verdict(Writes(puts=(structs.replace(before, rules=left),)))


def _meet(one: DefaultSecurityGroupRule, other: DefaultSecurityGroupRule) -> bool:
    """Whether some group would start with both."""
    return (one.used_in_default_sg and other.used_in_default_sg) or (
        one.used_in_non_default_sg and other.used_in_non_default_sg
    )
