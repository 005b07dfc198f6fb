"""Commands on RBAC policies."""

import msgspec
from msgspec import UNSET, UnsetType

from underlay.model.ids import ProjectId
from underlay.model.rbac_policy import SharedObject


class CreateRbacPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """action: as sent; which there are depends on the object's type."""

    project_id: ProjectId
    object_type: SharedObject
    object_id: str
    action: str
    target_project: ProjectId


class UpdateRbacPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    target_project: ProjectId | UnsetType = UNSET


class DeleteRbacPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str


RbacPolicyCommand = CreateRbacPolicy | UpdateRbacPolicy | DeleteRbacPolicy
