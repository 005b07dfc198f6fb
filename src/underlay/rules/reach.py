"""Which physical networks a host reaches, and so on which segment of a network it is.

A host reaches what its Open vSwitch agent names in `bridge_mappings`. Of a network's segments it is on the first of
those (`model.network.segment_here`), as the agent will wire it.
"""

from underlay.model.agent import OVS_AGENT, Agent
from underlay.model.ids import HostName, NetworkId, SegmentId
from underlay.model.network import Network, segment_here
from underlay.model.segment import NetworkSegment
from underlay.rules.snapshot import Snapshot

Reach = frozenset[str] | None
"""Physical networks; None: nothing was ever said of them."""


def reach_of(agent: Agent | None) -> Reach:
    """What the host of this Open vSwitch agent reaches."""
    told = None if agent is None else agent.configurations.get("bridge_mappings")
    return frozenset(told) if isinstance(told, dict) else None


def reach(host: HostName, snapshot: Snapshot) -> Reach:
    """What the host reaches."""
    return reach_of(snapshot.agent_on(host, OVS_AGENT))


def reaches(network: Network, host: HostName, snapshot: Snapshot) -> bool:
    """Whether the host is on a segment of the network; one of which nothing is known reaches everything."""
    there = reach(host, snapshot)
    return there is None or segment_here(network, there) is not None


def segment_of(network_id: NetworkId, host: HostName, snapshot: Snapshot) -> SegmentId | None:
    """The id of the network's segment that the host is on; None: none of them reaches it."""
    network = snapshot.network(network_id)
    return None if network is None else segment_reached(network, reach(host, snapshot), snapshot)


def segment_reached(network: Network, reached: Reach, snapshot: Snapshot) -> SegmentId | None:
    """The id of the network's segment that a host is on which reaches these physical networks."""
    here = segment_here(network, reached or frozenset())
    found = (each.id for each in snapshot.linked(NetworkSegment, "network", network.id) if each.segment == here)
    return next(found, None)
