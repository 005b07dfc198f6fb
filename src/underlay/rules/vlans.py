"""The VLAN ids that networks without one asked for may get: ranges of the project first, then those for everybody.

Ranges are records (those of the settings among them), so that they change without a restart. What another project has
a range for, nobody else gets. Source: Networking API v2.0, extension network-segment-range.
"""

from collections.abc import Iterable, Sequence

import msgspec

from underlay.model.errors import NoNetworkAvailable
from underlay.model.ids import ProjectId, Vid
from underlay.model.network import Vlan
from underlay.model.segment_range import NetworkSegmentRange
from underlay.rules.snapshot import Circumstances, Regulations, Snapshot


class Ground(msgspec.Struct, frozen=True):
    """Where VLANs for a project's networks come from.

    Attributes:
    known: the physical networks that there are, in the order in which they are tried.
    own, shared: the ranges to take from, in this order.
    foreign: the ranges of other projects.
    """

    known: tuple[str, ...]
    own: tuple[NetworkSegmentRange, ...] = ()
    shared: tuple[NetworkSegmentRange, ...] = ()
    foreign: tuple[NetworkSegmentRange, ...] = ()


def ground(project_id: ProjectId, snapshot: Snapshot, regulations: Regulations) -> Ground:
    """For networks of the project. Physical networks of the settings come first."""
    ranges = sorted(snapshot.records_of(NetworkSegmentRange), key=lambda each: not each.default)
    return Ground(
        known=tuple(dict.fromkeys((*regulations.vlan_ranges, *(each.physical_network for each in ranges)))),
        own=tuple(each for each in ranges if each.project_id == project_id),
        shared=tuple(each for each in ranges if each.shared),
        foreign=tuple(each for each in ranges if not each.shared and each.project_id != project_id),
    )


def any_free(
    ground: Ground, physical_networks: Sequence[str], snapshot: Snapshot, circumstances: Circumstances
) -> Vlan:
    """A free VLAN by chance, from the ranges of the first physical network that has one; the project's ranges first.

    Raises NoNetworkAvailable, which names the ranges and how much of them is used.
    """
    used = {name: set(snapshot.vids_in_use(name)) for name in physical_networks}
    for ranges in (ground.own, ground.shared):
        for name in physical_networks:
            taken = used[name] | (set() if ranges is ground.own else _vids(ground.foreign, name))
            free = sorted(_vids(ranges, name) - taken)
            if free:
                return Vlan(name, Vid(free[circumstances.below(len(free))]))
    tried = [each for each in (*ground.own, *ground.shared) if each.physical_network in used]
    raise NoNetworkAvailable(tuple(_fill(each, used[each.physical_network]) for each in tried))


def _vids(ranges: Iterable[NetworkSegmentRange], physical_network: str) -> set[int]:
    return {
        vid
        for part in ranges
        if part.physical_network == physical_network
        for vid in range(part.minimum, part.maximum + 1)
    }


def _fill(part: NetworkSegmentRange, used: Iterable[Vid]) -> str:
    count = sum(vid in part for vid in used)
    return f"{part.physical_network}:{part.minimum}:{part.maximum}, {count} of {part.size} used"
