"""Commands on the segments of networks."""

import msgspec
from msgspec import UNSET, UnsetType

from underlay.commands.network import ProviderAttributes
from underlay.model.ids import NetworkId, SegmentId


class CreateSegment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    network_id: NetworkId
    provider: ProviderAttributes
    name: str = ""
    description: str = ""


class UpdateSegment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: SegmentId
    revision: int | None = None
    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET


class DeleteSegment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: SegmentId
    revision: int | None = None


SegmentCommand = CreateSegment | UpdateSegment | DeleteSegment
