"""What showing a network needs of the agents that serve it."""

from collections.abc import Iterable, Mapping

from underlay.model.agent import DHCP_AGENT, DhcpBinding
from underlay.model.ids import NetworkId
from underlay.rules.snapshot import Snapshot

Zones = tuple[str, ...]


def zones_serving(network_id: NetworkId, snapshot: Snapshot) -> Zones:
    """The availability zones of the agents that serve the network, sorted."""
    return _zones(snapshot.dhcp_bindings_of(network_id), snapshot).get(network_id, ())


def all_zones_serving(snapshot: Snapshot) -> Mapping[NetworkId, Zones]:
    """Of every network that is served."""
    return _zones(snapshot.records_of(DhcpBinding), snapshot)


def _zones(bindings: Iterable[DhcpBinding], snapshot: Snapshot) -> Mapping[NetworkId, Zones]:
    zone_of = {agent.id: agent.availability_zone for agent, _ in snapshot.agents(DHCP_AGENT)}
    found: dict[NetworkId, set[str]] = {}
    for binding in bindings:
        found.setdefault(binding.network_id, set()).add(zone_of[binding.agent_id])
    return {network_id: tuple(sorted(names)) for network_id, names in found.items()}
