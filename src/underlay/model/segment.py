"""A segment of a network: one piece of layer 2, on one physical network. Most networks have exactly one.

A network record has its segments too (`Network.segments`), because that is what hosts are told; this record adds what
administrators call them, and an id by which subnets belong to one.
Source: Networking API v2.0, extensions segment and standard-attr-segment.
"""

from datetime import datetime
from uuid import UUID, uuid5

import msgspec

from underlay.model.ids import NetworkId, ProjectId, SegmentId
from underlay.model.network import Segment

_FIRST_SEGMENTS = UUID("6c6f6c2d-7365-4d65-8e74-756e6465726c")


class NetworkSegment(msgspec.Struct, frozen=True, tag="segment", tag_field="kind"):
    """`name` is empty for none."""

    id: SegmentId
    network_id: NetworkId
    segment: Segment
    created_at: datetime
    updated_at: datetime
    revision_number: int = 1
    name: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()


class SegmentUse(msgspec.Struct, frozen=True):
    """Which network is on a VLAN of a physical network; vid 0 is its flat network."""

    physical_network: str
    vid: int
    network_id: NetworkId
    project_id: ProjectId


def first_segment_id(network_id: NetworkId) -> SegmentId:
    """The id of the segment that the network is created with: follows from the network's."""
    return SegmentId(str(uuid5(_FIRST_SEGMENTS, network_id)))
