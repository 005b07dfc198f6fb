"""Rules of security groups: added to a group by its owner, and taken from it; never changed.

Source: Networking API v2.0, extensions security-group and security-groups-remote-address-group.
"""

from typing import assert_never

from underlay.commands.security_group import (
    CreateSecurityGroupRule,
    DeleteSecurityGroupRule,
    SecurityGroupRuleCommand,
)
from underlay.model.caller import Caller
from underlay.model.change import Ref, Writes
from underlay.model.errors import SecurityGroupRuleExists, SecurityGroupRuleNotFound
from underlay.model.security_group import SecurityGroup, SecurityGroupRule
from underlay.rules import access, address_group, quota, security_group, traffic
from underlay.rules.amend import amended
from underlay.rules.snapshot import Circumstances, Regulations, Snapshot
from underlay.rules.verdict import Verdict


def judge(
    command: SecurityGroupRuleCommand,
    snapshot: Snapshot,
    caller: Caller,
    circumstances: Circumstances,
    regulations: Regulations,
) -> Verdict:
    """Any command on rules of security groups."""
    match command:
        case CreateSecurityGroupRule():
            return create(command, snapshot, caller, circumstances, regulations)
        case DeleteSecurityGroupRule():
            return delete(command, snapshot, caller, circumstances)
        case _:
            assert_never(command)


def create(
    command: CreateSecurityGroupRule,
    snapshot: Snapshot,
    caller: Caller,
    circumstances: Circumstances,
    regulations: Regulations,
) -> Verdict:
    """A rule of the caller's own group; the other end may be a group that is only shared with it.

    Raises SecurityGroupRuleExists when a rule of the group lets the same packets pass.
    """
    access.require_own_project(caller, command.project_id)
    access.require_ever(caller, "create_security_group_rule")
    wanted = traffic.canonical(command.traffic)
    if wanted.remote_group_id is not None:
        security_group.visible(wanted.remote_group_id, snapshot, caller)
    if wanted.remote_address_group_id is not None:
        address_group.visible(wanted.remote_address_group_id, snapshot, caller)
    group = security_group.owned(command.security_group_id, "create_security_group_rule", snapshot, caller)
    quota.require_room("security_group_rule", command.project_id, snapshot, regulations)
    key = traffic.key(wanted)
    for present in snapshot.linked(SecurityGroupRule, security_group.OF_RULE, group.id):
        if traffic.key(present.traffic) == key:
            raise SecurityGroupRuleExists(present.id)
    rule = SecurityGroupRule(
        id=circumstances.new_id(),
        project_id=command.project_id,
        security_group_id=group.id,
        traffic=wanted,
        created_at=circumstances.now,
        updated_at=circumstances.now,
        description=command.description,
        of_default_group=group.is_default,
        tags=command.tags,
    )
    changed = amended(group, circumstances.now, rule_ids=(*group.rule_ids, rule.id))
    return Verdict(Writes(puts=(changed, rule)), rule)


def delete(
    command: DeleteSecurityGroupRule, snapshot: Snapshot, caller: Caller, circumstances: Circumstances
) -> Verdict:
    """The rule goes from its group. Raises SecurityGroupRuleNotFound for who does not own the group."""
    rule = snapshot.record(SecurityGroupRule, command.id)
    group = None if rule is None else snapshot.record(SecurityGroup, rule.security_group_id)
    if rule is None or group is None:
        raise SecurityGroupRuleNotFound(command.id)
    missing = SecurityGroupRuleNotFound(command.id)
    access.require_or_hide(caller, "delete_security_group_rule", group, snapshot, missing)
    access.require_revision(command.revision, rule.revision_number)
    left = tuple(rule_id for rule_id in group.rule_ids if rule_id != rule.id)
    changed = amended(group, circumstances.now, rule_ids=left)
    return Verdict(Writes(puts=(changed,), deletes=(Ref("security_group_rule", rule.id),)))
