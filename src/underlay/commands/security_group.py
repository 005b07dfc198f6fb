"""Commands on security groups, their rules, and the rules that new groups start with."""

import msgspec
from msgspec import UNSET, UnsetType

from underlay.model.ids import ProjectId
from underlay.model.security_group import Traffic


class CreateSecurityGroup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    project_id: ProjectId
    name: str = ""
    description: str = ""
    stateful: bool = True
    tags: tuple[str, ...] = ()


class UpdateSecurityGroup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    revision: int | None = None
    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    stateful: bool | UnsetType = UNSET


class DeleteSecurityGroup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    revision: int | None = None


class EnsureDefaultSecurityGroup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The project's default group is to be there; made by listing, not by a client."""

    project_id: ProjectId


class CreateSecurityGroupRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    project_id: ProjectId
    security_group_id: str
    traffic: Traffic
    description: str = ""
    tags: tuple[str, ...] = ()


class DeleteSecurityGroupRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    revision: int | None = None


class CreateDefaultSecurityGroupRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    traffic: Traffic
    used_in_default_sg: bool = False
    used_in_non_default_sg: bool = True
    description: str = ""


class DeleteDefaultSecurityGroupRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str


SecurityGroupCommand = CreateSecurityGroup | UpdateSecurityGroup | DeleteSecurityGroup | EnsureDefaultSecurityGroup
SecurityGroupRuleCommand = CreateSecurityGroupRule | DeleteSecurityGroupRule
DefaultSecurityGroupRuleCommand = CreateDefaultSecurityGroupRule | DeleteDefaultSecurityGroupRule
