"""Which host runs a server: one that is alive, switched on, in the zone and has the memory; most free memory first.

Ties go to the first host by name. Processors and disk are shared without limit: guests' disks are overlays that grow.
"""

import msgspec

from underlay.model.agent import COMPUTE_AGENT, Agent
from underlay.model.errors import NoValidHost
from underlay.model.ids import HostName
from underlay.model.server import ON_HOST, Flavor, Server
from underlay.rules import schedule
from underlay.rules.snapshot import Circumstances, Regulations, Snapshot


class Asked(msgspec.Struct, frozen=True):
    """What a server needs of its host. Attributes: zone, host: None for any."""

    flavor: Flavor
    zone: str | None = None
    host: HostName | None = None


class Place(msgspec.Struct, frozen=True):
    """A host that can run the server."""

    host: HostName
    zone: str
    free_ram_mb: int


def places(
    asked: Asked, snapshot: Snapshot, circumstances: Circumstances, regulations: Regulations
) -> tuple[Place, ...]:
    """The hosts that can run it, the best first. Raises NoValidHost, with each host's reason, when there is none."""
    found: list[Place] = []
    refused: list[tuple[str, str]] = []
    for agent, heartbeat in snapshot.agents(COMPUTE_AGENT):
        if asked.host not in (None, agent.host):
            continue
        free = free_ram_mb(agent, snapshot)
        is_alive = schedule.is_alive(heartbeat, circumstances.now, regulations)
        why = _refusal(asked, agent, free, is_alive=is_alive)
        if why:
            refused.append((agent.host, why))
        else:
            found.append(Place(agent.host, agent.availability_zone, free))
    if not found:
        raise NoValidHost(tuple(refused))
    return tuple(sorted(found, key=lambda each: (-each.free_ram_mb, each.host)))


def free_ram_mb(agent: Agent, snapshot: Snapshot) -> int:
    """What the host has, less the flavors of all its servers, whether they run or not."""
    return capacity(agent, "ram_mb") - sum(each.flavor.ram_mb for each in snapshot.linked(Server, ON_HOST, agent.host))


def capacity(agent: Agent, name: str) -> int:
    """What the host says that it has of it (`vcpus`, `ram_mb`, `disk_gb`); 0 when it says nothing."""
    told = agent.configurations.get(name)
    return told if isinstance(told, int) else 0


def _refusal(asked: Asked, agent: Agent, free: int, *, is_alive: bool) -> str:
    if not is_alive:
        return "its compute agent is down"
    if not agent.admin_state_up:
        return "its compute agent is switched off"
    if asked.zone not in (None, agent.availability_zone):
        return f"it is in availability zone {agent.availability_zone}"
    if free < asked.flavor.ram_mb:
        return f"it has {max(free, 0)} MB of memory free and {asked.flavor.name} takes {asked.flavor.ram_mb}"
    return ""
