"""A network segment range: VLAN ids of one physical network that are set aside for networks without one asked for.

Source: Networking API v2.0, extension network-segment-range.
"""

from datetime import datetime
from typing import Literal
from uuid import UUID, uuid5

import msgspec

from underlay.model.ids import ProjectId, Vid

_DEFAULT_RANGES = UUID("72616e67-6573-4f66-8e74-756e6465726c")


class NetworkSegmentRange(msgspec.Struct, frozen=True, tag="network_segment_range", tag_field="kind"):
    """Attributes:
    project_id: for whose networks; None: shared, for everybody's.
    default: made from the setting `network_vlan_ranges`, and changed only there.
    minimum, maximum: both included, 1 <= minimum <= maximum <= 4094.
    """

    id: str
    project_id: ProjectId | None
    name: str
    physical_network: str
    minimum: Vid
    maximum: Vid
    created_at: datetime
    updated_at: datetime
    revision_number: int = 1
    default: bool = False
    network_type: Literal["vlan"] = "vlan"
    description: str = ""
    tags: tuple[str, ...] = ()

    @property
    def shared(self) -> bool:
        """Whether it is for everybody's networks."""
        return self.project_id is None

    @property
    def size(self) -> int:
        """How many VLAN ids there are in it."""
        return self.maximum - self.minimum + 1

    def __contains__(self, vid: object) -> bool:
        return isinstance(vid, int) and self.minimum <= vid <= self.maximum


def default_range_id(physical_network: str, minimum: int, maximum: int) -> str:
    """The id of a range of the settings: follows from what it says, so that every server finds the same."""
    return str(uuid5(_DEFAULT_RANGES, f"{physical_network}:{minimum}:{maximum}"))
