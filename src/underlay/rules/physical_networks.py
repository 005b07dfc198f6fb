"""The physical networks that there are: named by a setting, a range, a host's `bridge_mappings`, or a network."""

from collections.abc import Iterable
from typing import TypeVar

from underlay.model.agent import OVS_AGENT
from underlay.model.ids import HostName
from underlay.model.physical_network import PhysicalNetwork
from underlay.model.segment import SegmentUse
from underlay.model.segment_range import NetworkSegmentRange
from underlay.rules.reach import reach_of
from underlay.rules.snapshot import Regulations, Snapshot

T = TypeVar("T")


def all_of(snapshot: Snapshot, regulations: Regulations) -> list[PhysicalNetwork]:
    """By name; those of the settings first, in their order. Three statements, however many there are."""
    hosts: dict[str, list[HostName]] = {}
    for agent, _ in snapshot.agents(OVS_AGENT):
        for name in reach_of(agent) or ():
            hosts.setdefault(name, []).append(agent.host)
    ranges: dict[str, list[NetworkSegmentRange]] = {}
    for part in snapshot.records_of(NetworkSegmentRange):
        ranges.setdefault(part.physical_network, []).append(part)
    uses: dict[str, list[SegmentUse]] = {}
    for use in snapshot.segments_in_use():
        uses.setdefault(use.physical_network, []).append(use)
    others = sorted({*hosts, *ranges, *uses} - regulations.vlan_ranges.keys())
    return [
        PhysicalNetwork(
            name=name,
            configured=name in regulations.vlan_ranges,
            hosts=tuple(sorted(_of(hosts, name))),
            ranges=tuple(sorted(_of(ranges, name), key=lambda part: (part.minimum, part.maximum))),
            uses=tuple(_of(uses, name)),
        )
        for name in (*regulations.vlan_ranges, *others)
    ]


def _of(found: dict[str, list[T]], name: str) -> Iterable[T]:
    return found.get(name, [])
