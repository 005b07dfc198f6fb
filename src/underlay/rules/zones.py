"""Availability zones: those of the DHCP agents; a network may ask to be served from some of them.

Source: Networking API v2.0, extensions availability_zone and network_availability_zone.
"""

from collections.abc import Iterable

from underlay.model.agent import DHCP_AGENT
from underlay.model.errors import AvailabilityZoneNotFound
from underlay.rules.snapshot import Snapshot


def available(snapshot: Snapshot) -> dict[str, bool]:
    """Zone -> whether an agent of it is switched on; in order of their first agent."""
    found: dict[str, bool] = {}
    for agent, _ in snapshot.agents(DHCP_AGENT):
        found[agent.availability_zone] = agent.admin_state_up or found.get(agent.availability_zone, False)
    return found


def require_known(hints: Iterable[str], snapshot: Snapshot) -> None:
    """An agent is switched on in each of these zones. Raises AvailabilityZoneNotFound."""
    asked = tuple(hints)
    if not asked:
        return
    found = available(snapshot)
    for hint in asked:
        if not found.get(hint):
            raise AvailabilityZoneNotFound(hint)
