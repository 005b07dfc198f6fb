"""Commands on address scopes."""

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from underlay.model.ids import ProjectId


class CreateAddressScope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    project_id: ProjectId
    ip_version: Literal[4, 6]
    name: str = ""
    shared: bool = False


class UpdateAddressScope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    revision: int | None = None
    name: str | UnsetType = UNSET
    shared: bool | UnsetType = UNSET


class DeleteAddressScope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    revision: int | None = None


AddressScopeCommand = CreateAddressScope | UpdateAddressScope | DeleteAddressScope
