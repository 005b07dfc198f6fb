"""Commands on address groups."""

import msgspec
from msgspec import UNSET, UnsetType

from underlay.model.address import IpNetwork
from underlay.model.ids import ProjectId


class CreateAddressGroup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    project_id: ProjectId
    name: str = ""
    description: str = ""
    addresses: tuple[IpNetwork, ...] = ()


class UpdateAddressGroup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    revision: int | None = None
    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET


class DeleteAddressGroup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    revision: int | None = None


class AddAddresses(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    revision: int | None
    addresses: tuple[IpNetwork, ...]


class RemoveAddresses(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    revision: int | None
    addresses: tuple[IpNetwork, ...]


AddressGroupCommand = CreateAddressGroup | UpdateAddressGroup | DeleteAddressGroup | AddAddresses | RemoveAddresses
