"""Commands on network segment ranges."""

import msgspec
from msgspec import UNSET, UnsetType

from underlay.model.ids import ProjectId


class CreateSegmentRange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """project_id is not looked at when the range is shared. network_type is judged, not read."""

    project_id: ProjectId
    network_type: str
    minimum: int
    maximum: int
    physical_network: str | None = None
    name: str = ""
    shared: bool = True
    description: str = ""


class UpdateSegmentRange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    revision: int | None = None
    name: str | UnsetType = UNSET
    minimum: int | UnsetType = UNSET
    maximum: int | UnsetType = UNSET
    description: str | UnsetType = UNSET


class DeleteSegmentRange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    revision: int | None = None


class DeclareDefaultRanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ranges of the setting `network_vlan_ranges` hold from now on; given by a server that starts."""


SegmentRangeCommand = CreateSegmentRange | UpdateSegmentRange | DeleteSegmentRange | DeclareDefaultRanges
