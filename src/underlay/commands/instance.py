"""Commands on instances: what metadata tells a machine."""

import msgspec
from msgspec import UNSET, UnsetType

from underlay.model.ids import InstanceId, ProjectId


class CreateInstance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """id None: the server makes one. Otherwise the device_id of ports that exist or will."""

    project_id: ProjectId
    id: InstanceId | None = None
    name: str = ""
    public_keys: dict[str, str] = {}
    user_data: str = ""
    meta: dict[str, str] = {}
    availability_zone: str = "nova"


class UpdateInstance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: InstanceId
    revision: int | None = None
    name: str | UnsetType = UNSET
    public_keys: dict[str, str] | UnsetType = UNSET
    user_data: str | UnsetType = UNSET
    meta: dict[str, str] | UnsetType = UNSET
    availability_zone: str | UnsetType = UNSET


class DeleteInstance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: InstanceId
    revision: int | None = None
