"""Which local VLAN tag stands for which network on this host.

Pure. Tags that the host already uses are kept, so that an agent with no memory changes nothing; new networks get the
lowest free ones, in order of their ids.
"""

from collections.abc import Collection, Container

from underlay.agent.state.host import HIGHEST_TAG, LOWEST_TAG, NetworkMark
from underlay.agent.state.present import Present
from underlay.model.ids import NetworkId
from underlay.model.network import Flat, Local, Network, Vlan, segment_here


def allocate(wanted: Collection[NetworkId], present: Present) -> dict[NetworkId, int]:
    """A tag for each network, all different. With more than 4094 of them the last ones get none."""
    tags = {network_id: tag for network_id, tag in present.tags.items() if network_id in wanted}
    taken = {*present.tags.values(), *present.foreign_tags}
    free = (tag for tag in range(LOWEST_TAG, HIGHEST_TAG + 1) if tag not in taken)
    for network_id, tag in zip(sorted(set(wanted) - set(tags)), free, strict=False):
        tags[network_id] = tag
    return tags


def mark_of(network: Network, tag: int, physical_networks: Container[str] = ()) -> NetworkMark:
    """What is written beside the tag, on a host that reaches these physical networks."""
    match segment_here(network, physical_networks) or network.segment:
        case Vlan(physical_network=name, vid=vid):
            return NetworkMark(network.id, "vlan", name, int(vid), tag)
        case Flat(physical_network=name):
            return NetworkMark(network.id, "flat", name, None, tag)
        case Local():
            return NetworkMark(network.id, "local", "", None, tag)
