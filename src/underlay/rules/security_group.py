"""Security groups: made by a project, or for it as the default group of its ports; gone with their rules.

Source: Networking API v2.0, extensions security-group and stateful-security-group; what is refused is what Neutron
refuses.
"""

from collections.abc import Iterable
from typing import Final, assert_never

from msgspec import UNSET, structs

from underlay.commands.security_group import (
    CreateSecurityGroup,
    DeleteSecurityGroup,
    EnsureDefaultSecurityGroup,
    SecurityGroupCommand,
    UpdateSecurityGroup,
)
from underlay.model.caller import Caller
from underlay.model.change import Record, Ref, Writes
from underlay.model.errors import (
    SecurityGroupCannotRemoveDefault,
    SecurityGroupCannotUpdateDefault,
    SecurityGroupDefaultAlreadyExists,
    SecurityGroupInUse,
    SecurityGroupNotFound,
)
from underlay.model.ids import ProjectId
from underlay.model.security_group import (
    INITIAL_TEMPLATE,
    PARENT,
    TEMPLATE_ID,
    SecurityGroup,
    SecurityGroupRule,
    SecurityGroupTemplate,
    Traffic,
)
from underlay.rules import access, quota, share
from underlay.rules.amend import amended
from underlay.rules.snapshot import Circumstances, Regulations, Snapshot
from underlay.rules.verdict import Verdict

DEFAULT: Final = "default"
_DEFAULT_DESCRIPTION: Final = "Default security group"

OF_PORT: Final = "port_security_group"
"""The relation in which a port names its groups."""

OF_RULE: Final = "security_group"
"""The relation in which a rule names its group."""

REMOTE_GROUP: Final = "remote_group"
"""The relation in which a rule names the group of the other end."""


def judge(
    command: SecurityGroupCommand,
    snapshot: Snapshot,
    caller: Caller,
    circumstances: Circumstances,
    regulations: Regulations,
) -> Verdict:
    """Any command on security groups."""
    match command:
        case CreateSecurityGroup():
            return create(command, snapshot, caller, circumstances, regulations)
        case UpdateSecurityGroup():
            return update(command, snapshot, caller, circumstances)
        case DeleteSecurityGroup():
            return delete(command, snapshot, caller, circumstances)
        case EnsureDefaultSecurityGroup():
            if not access.owns(caller, command.project_id):
                return Verdict()
            group, puts = default_group(command.project_id, snapshot, circumstances)
            return Verdict(Writes(puts=puts), group)
        case _:
            assert_never(command)


def create(
    command: CreateSecurityGroup,
    snapshot: Snapshot,
    caller: Caller,
    circumstances: Circumstances,
    regulations: Regulations,
) -> Verdict:
    """A group with the rules that new groups start with; before a project's first, its default group is made."""
    access.require_own_project(caller, command.project_id)
    access.require(caller, "create_security_group", command, snapshot, command)
    _require_other_name(command.name)
    _, default_puts = default_group(command.project_id, snapshot, circumstances)
    group = SecurityGroup(
        id=circumstances.new_id(),
        project_id=command.project_id,
        name=command.name,
        created_at=circumstances.now,
        updated_at=circumstances.now,
        description=command.description,
        stateful=command.stateful,
        tags=command.tags,
    )
    made, rules = _with_rules(group, snapshot, circumstances)
    new = (*default_puts, made, *rules)
    quota.require_room("security_group", command.project_id, snapshot, regulations, wanted=_count(new, SecurityGroup))
    if rules:
        wanted = _count(new, SecurityGroupRule)
        quota.require_room("security_group_rule", command.project_id, snapshot, regulations, wanted=wanted)
    return Verdict(Writes(puts=new), made)


def update(command: UpdateSecurityGroup, snapshot: Snapshot, caller: Caller, circumstances: Circumstances) -> Verdict:
    """The default group keeps its name; whether a group is stateful cannot change while ports are in it."""
    before = owned(command.id, "update_security_group", snapshot, caller)
    access.require_revision(command.revision, before.revision_number)
    if command.name is not UNSET:
        _require_other_name(command.name)
        if before.is_default:
            raise SecurityGroupCannotUpdateDefault()
    if command.stateful is not UNSET and command.stateful != before.stateful:
        _require_no_port(before, snapshot)
    after = amended(
        before,
        circumstances.now,
        name=command.name,
        description=command.description,
        stateful=command.stateful,
    )
    return Verdict(Writes(puts=(after,)) if after is not before else Writes(), after)


def delete(command: DeleteSecurityGroup, snapshot: Snapshot, caller: Caller, circumstances: Circumstances) -> Verdict:
    """The group goes with its rules, and with the rules of other groups whose other end it is.

    Raises SecurityGroupInUse while ports are in it, SecurityGroupCannotRemoveDefault for who is no administrator.
    """
    group = owned(command.id, "delete_security_group", snapshot, caller)
    access.require_revision(command.revision, group.revision_number)
    _require_no_port(group, snapshot)
    if group.is_default and not caller.is_admin:
        raise SecurityGroupCannotRemoveDefault()
    naming = [
        rule
        for rule in snapshot.linked(SecurityGroupRule, REMOTE_GROUP, group.id)
        if rule.security_group_id != group.id
    ]
    deletes = [Ref("security_group_rule", rule_id) for rule_id in (*group.rule_ids, *(rule.id for rule in naming))]
    return Verdict(
        Writes(
            puts=tuple(_without(naming, snapshot, circumstances)),
            deletes=(*deletes, *share.forget(group.id, snapshot), Ref("security_group", group.id)),
        )
    )


def default_group(
    project_id: ProjectId, snapshot: Snapshot, circumstances: Circumstances
) -> tuple[SecurityGroup, tuple[Record, ...]]:
    """The project's default group, and what is to be put first when it is missing: the group and its rules.

    Two that find it missing at once want the same unique key; the second is judged again and finds it.
    """
    found = snapshot.with_unique_key(SecurityGroup, project_id)
    if found is not None:
        return found, ()
    group = SecurityGroup(
        id=circumstances.new_id(),
        project_id=project_id,
        name=DEFAULT,
        created_at=circumstances.now,
        updated_at=circumstances.now,
        description=_DEFAULT_DESCRIPTION,
        is_default=True,
    )
    made, rules = _with_rules(group, snapshot, circumstances)
    return made, (made, *rules)


def template(snapshot: Snapshot) -> SecurityGroupTemplate:
    """The rules that new groups start with."""
    return snapshot.record(SecurityGroupTemplate, TEMPLATE_ID) or INITIAL_TEMPLATE


def visible(group_id: str, snapshot: Snapshot, caller: Caller) -> SecurityGroup:
    """The group, if the caller may see it. Raises SecurityGroupNotFound."""
    return access.visible(SecurityGroup, group_id, SecurityGroupNotFound, snapshot, caller)


def owned(group_id: str, action: str, snapshot: Snapshot, caller: Caller) -> SecurityGroup:
    """The group, if the caller may change it. Who only sees it is told that there is none, as Neutron does."""
    group = visible(group_id, snapshot, caller)
    access.require_or_hide(caller, action, group, snapshot, SecurityGroupNotFound(group_id))
    return group


def _with_rules(
    group: SecurityGroup, snapshot: Snapshot, circumstances: Circumstances
) -> tuple[SecurityGroup, tuple[SecurityGroupRule, ...]]:
    rules = tuple(
        SecurityGroupRule(
            id=circumstances.new_id(),
            project_id=group.project_id,
            security_group_id=group.id,
            traffic=_for_group(rule.traffic, group.id),
            created_at=circumstances.now,
            updated_at=circumstances.now,
            of_default_group=group.is_default,
        )
        for rule in template(snapshot).rules
        if (rule.used_in_default_sg if group.is_default else rule.used_in_non_default_sg)
    )
    return structs.replace(group, rule_ids=tuple(rule.id for rule in rules)), rules


def _for_group(traffic: Traffic, group_id: str) -> Traffic:
    return structs.replace(traffic, remote_group_id=group_id) if traffic.remote_group_id == PARENT else traffic


def _without(
    rules: Iterable[SecurityGroupRule], snapshot: Snapshot, circumstances: Circumstances
) -> Iterable[SecurityGroup]:
    """The groups of these rules, without them."""
    by_group: dict[str, set[str]] = {}
    for rule in rules:
        by_group.setdefault(rule.security_group_id, set()).add(rule.id)
    for group_id, gone in by_group.items():
        group = snapshot.record(SecurityGroup, group_id)
        if group is not None:
            left = tuple(rule_id for rule_id in group.rule_ids if rule_id not in gone)
            yield amended(group, circumstances.now, rule_ids=left)


def _require_no_port(group: SecurityGroup, snapshot: Snapshot) -> None:
    if snapshot.is_linked(group.id, relations=(OF_PORT,)):
        raise SecurityGroupInUse(group.id)


def _require_other_name(name: str) -> None:
    if name.lower() == DEFAULT:
        raise SecurityGroupDefaultAlreadyExists()


def _count(records: Iterable[Record], record_type: type[Record]) -> int:
    return sum(isinstance(record, record_type) for record in records)
