"""When a DHCP agent goes, others take its networks over: with the DHCP port, its MAC and its addresses.

It goes when it is deleted (rules.agent), or when it is missing: silent for `agent_down_time_s`. Then the heartbeat of
another DHCP agent moves what others can serve, if that one was heard all that time itself (`Agent.alive_since`): after
a silence of all, because the server or its network was down, nobody is missing yet. What nobody else reaches stays with
the missing agent, whose host may serve on.

Source: Neutron, `allow_automatic_dhcp_failover`.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from underlay.model.agent import DHCP_AGENT, Agent, DhcpBinding
from underlay.model.change import Record, Ref, Writes
from underlay.model.ids import AgentId
from underlay.model.network import Network
from underlay.model.port import Port
from underlay.rules import dhcp_port, schedule
from underlay.rules.amend import amended
from underlay.rules.schedule import Roster
from underlay.rules.snapshot import Circumstances, Regulations, Snapshot

PART: Final = 100
"""How many networks one transaction moves."""


def is_witness(agent: Agent, circumstances: Circumstances, regulations: Regulations) -> bool:
    """Whether who was not heard while this agent was heard is missing, and this agent may take over."""
    if agent.agent_type != DHCP_AGENT or not agent.admin_state_up or agent.alive_since is None:
        return False
    return circumstances.now - agent.alive_since > timedelta(seconds=regulations.agent_down_time_s)


def from_missing(snapshot: Snapshot, circumstances: Circumstances, regulations: Regulations) -> tuple[Writes, bool]:
    """What moves networks of missing agents to agents that are alive; and whether there may be more, after `PART`."""
    missing = {
        agent.id
        for agent, heartbeat in snapshot.agents(DHCP_AGENT)
        if not schedule.is_alive(heartbeat, circumstances.now, regulations)
    }
    left = {binding.network_id for agent_id in sorted(missing) for binding in snapshot.dhcp_bindings_on(agent_id)}
    if not left:
        return Writes(), False
    roster = schedule.roster(snapshot, circumstances, regulations)
    puts: list[Record] = []
    deletes: list[Ref] = []
    moved = 0
    for network in filter(None, map(snapshot.network, sorted(left))):
        gone, new, later = _exchanged(network, missing, roster, snapshot, regulations)
        records = handed_over(network, gone, new, snapshot, circumstances, regulations) if gone else None
        if records is None:
            continue
        puts.extend(records)
        deletes.extend(Ref("dhcp_binding", binding.id) for binding in gone)
        roster = later
        moved += 1
        if moved == PART:
            break
    return Writes(tuple(puts), tuple(deletes)), moved == PART


def _exchanged(
    network: Network, missing: set[AgentId], roster: Roster, snapshot: Snapshot, regulations: Regulations
) -> tuple[tuple[DhcpBinding, ...], tuple[DhcpBinding, ...], Roster]:
    """The bindings of missing agents that go, those that come in their place, and the roster then."""
    bindings = snapshot.dhcp_bindings_of(network.id)
    silent = [binding for binding in bindings if binding.agent_id in missing]
    others = tuple(binding for binding in bindings if binding.agent_id not in missing)
    new, later = roster.assign(network, others, regulations.dhcp_agents_per_network)
    gone: list[DhcpBinding] = []
    for fresh in new:
        alike = (each for each in silent if each not in gone and roster.are_alike(network, each.host, fresh.host))
        gone.extend(list(alike)[:1])
    return tuple(gone), new, later


def handed_over(
    network: Network,
    gone: tuple[DhcpBinding, ...],
    new: tuple[DhcpBinding, ...],
    snapshot: Snapshot,
    circumstances: Circumstances,
    regulations: Regulations,
) -> tuple[Record, ...] | None:
    """What to put when these bindings go and those come: the ports with the agents that take over, else reserved.

    None when a subnet has no address left for a port that would be wanted besides.
    """
    ports = dhcp_port.ports_of(network.id, snapshot)
    freed = tuple(port for port in ports if dhcp_port.serves(port, gone))
    kept = tuple(each for each in snapshot.dhcp_bindings_of(network.id) if each not in gone)
    service = dhcp_port.DhcpService(
        network,
        tuple(snapshot.subnets_of(network.id)),
        tuple(dhcp_port.waiting(port) if port in freed else port for port in ports),
        (*kept, *new),
    )
    covered = dhcp_port.cover_if_room(service, snapshot, circumstances, regulations) if new else ()
    if covered is None:
        return None
    final = {port.id: port for port in (*reserved(freed, circumstances), *covered)}
    return (*new, *final.values())


def reserved(ports: Iterable[Port], circumstances: Circumstances) -> tuple[Port, ...]:
    """The ports, waiting from now on."""
    return tuple(
        amended(
            port,
            circumstances.now,
            device_id=after.device_id,
            binding=after.binding,
            status=after.status,
            status_reason=after.status_reason,
        )
        for port, after in ((port, dhcp_port.waiting(port)) for port in ports)
    )
