"""Commands on trunks."""

import msgspec
from msgspec import UNSET, UnsetType

from underlay.model.ids import PortId, ProjectId


class SubPortWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """segmentation_type `vlan` with an id, or `inherit`: as the port's network has it."""

    port_id: PortId
    segmentation_type: str | None = None
    segmentation_id: int | None = None


class CreateTrunk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    project_id: ProjectId
    port_id: PortId
    name: str = ""
    admin_state_up: bool = True
    sub_ports: tuple[SubPortWish, ...] = ()
    description: str = ""
    tags: tuple[str, ...] = ()


class UpdateTrunk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    revision: int | None = None
    name: str | UnsetType = UNSET
    admin_state_up: bool | UnsetType = UNSET
    description: str | UnsetType = UNSET


class DeleteTrunk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    revision: int | None = None


class AddSubPorts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    sub_ports: tuple[SubPortWish, ...]


class RemoveSubPorts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    port_ids: tuple[PortId, ...]


TrunkCommand = CreateTrunk | UpdateTrunk | DeleteTrunk | AddSubPorts | RemoveSubPorts
