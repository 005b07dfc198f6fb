"""An RBAC policy: what a project, or all, may do with an object of another one.

Source: Networking API v2.0, extension rbac-policies.
"""

from typing import Final, Literal

import msgspec

from underlay.model.ids import ProjectId

RbacAction = Literal["access_as_shared", "access_as_external"]
"""Seen and used; or, networks only, seen as one that leads out of the cloud."""

SharedObject = Literal["network", "qos_policy", "security_group", "address_scope", "subnetpool", "address_group"]
"""The kinds that can be granted, as records and API name them."""

EVERYBODY: Final = ProjectId("*")
"""The target that stands for all projects."""


class RbacPolicy(msgspec.Struct, frozen=True, tag="rbac_policy", tag_field="kind"):
    """Attributes:
    project_id: who granted it; mostly the owner of the object.
    target_project: to whom, or `EVERYBODY`. An object is granted once to each target for each action.
    """

    id: str
    project_id: ProjectId
    object_type: SharedObject
    object_id: str
    action: RbacAction
    target_project: ProjectId
