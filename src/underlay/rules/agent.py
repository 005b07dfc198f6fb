"""Agents: registered by their heartbeat, switched by the administrator, given networks to serve DHCP for.

A network is given to agents when it gets DHCP (rules.subnet). What has none then, because no agent was alive, goes to
the next agent that appears, comes back or is switched on. The heartbeat of an agent that was alive all the time gives
it nothing: a network that the administrator took from it stays taken, its DHCP port reserved, until added elsewhere.

Source: Networking API v2.0, "Agents" and "DHCP agent scheduler".
"""

from collections.abc import Iterable, Sequence

from msgspec import UNSET, structs

from underlay.commands.agent import AddNetworkToDhcpAgent, DeleteAgent, RemoveNetworkFromDhcpAgent, UpdateAgent
from underlay.commands.host import AgentState, Heartbeat
from underlay.model.agent import DHCP_AGENT, Agent, DhcpBinding
from underlay.model.caller import Caller
from underlay.model.change import Record, Ref, Writes
from underlay.model.errors import (
    InvalidDHCPAgent,
    NetworkHostedByDHCPAgent,
    NetworkNotFound,
    NetworkNotHostedByDhcpAgent,
)
from underlay.model.ids import AgentId, HostName, NetworkId
from underlay.model.port import Port
from underlay.rules import access, dhcp_port, schedule
from underlay.rules.amend import amended
from underlay.rules.schedule import Roster
from underlay.rules.snapshot import Circumstances, Regulations, Snapshot
from underlay.rules.verdict import HeartbeatAnswer, HeartbeatStatus, Verdict


def update(
    command: UpdateAgent, snapshot: Snapshot, caller: Caller, circumstances: Circumstances, regulations: Regulations
) -> Verdict:
    """The administrator switches an agent on or off, or describes it; off, it is given no more networks."""
    before = access.administered_agent(command.id, "update_agent", snapshot, caller)
    after = _with(before, command)
    if after == before:
        return Verdict(result=before)
    puts: tuple[Record, ...] = (after,)
    beat = snapshot.heartbeat_of(after.id)
    switched_on = after.admin_state_up and not before.admin_state_up
    if after.agent_type == DHCP_AGENT and switched_on and schedule.is_alive(beat, circumstances.now, regulations):
        roster = schedule.roster_of((after,), snapshot)
        puts += _serve_all(snapshot.unserved_networks(), roster, snapshot, circumstances, regulations)
    return Verdict(Writes(puts=puts), after)


def delete(
    command: DeleteAgent, snapshot: Snapshot, caller: Caller, circumstances: Circumstances, regulations: Regulations
) -> Verdict:
    """The agent goes; its networks go to other agents that are alive, else their DHCP ports wait, reserved."""
    agent = access.administered_agent(command.id, "delete_agent", snapshot, caller)
    roster = schedule.roster(snapshot, circumstances, regulations)
    roster = structs.replace(roster, agents=tuple(each for each in roster.agents if each.id != agent.id))
    puts: tuple[Record, ...] = ()
    bindings = snapshot.dhcp_bindings_on(agent.id)
    for binding in bindings:
        moved, roster = _moved(binding, roster, snapshot, circumstances, regulations)
        puts += moved
    deletes = (*(Ref("dhcp_binding", binding.id) for binding in bindings), Ref("agent", agent.id))
    return Verdict(Writes(puts, deletes))


def add_network(
    command: AddNetworkToDhcpAgent,
    snapshot: Snapshot,
    caller: Caller,
    circumstances: Circumstances,
    regulations: Regulations,
) -> Verdict:
    """The agent serves the network from now on, beside those that do; with the reserved DHCP port if there is one.

    Raises AgentNotFound, InvalidDHCPAgent, NetworkNotFound, NetworkHostedByDHCPAgent.
    """
    agent = access.administered_agent(command.agent_id, "create_dhcp-network", snapshot, caller)
    if agent.agent_type != DHCP_AGENT or not agent.admin_state_up:
        raise InvalidDHCPAgent(agent.id)
    network = access.visible_network(command.network_id, snapshot, caller)
    bindings = tuple(snapshot.dhcp_bindings_of(network.id))
    if any(binding.agent_id == agent.id for binding in bindings):
        raise NetworkHostedByDHCPAgent(network.id, agent.id)
    new = DhcpBinding(network.id, agent.id, agent.host)
    service = dhcp_port.DhcpService(
        network, tuple(snapshot.subnets_of(network.id)), dhcp_port.ports_of(network.id, snapshot), (*bindings, new)
    )
    return Verdict(Writes(puts=(new, *dhcp_port.cover(service, snapshot, circumstances, regulations))))


def remove_network(
    command: RemoveNetworkFromDhcpAgent, snapshot: Snapshot, caller: Caller, circumstances: Circumstances
) -> Verdict:
    """The agent serves the network no longer; its DHCP port stays, reserved, for the next one.

    Raises AgentNotFound, NetworkNotFound, NetworkNotHostedByDhcpAgent.
    """
    agent = access.administered_agent(command.agent_id, "delete_dhcp-network", snapshot, caller)
    network = access.visible_network(command.network_id, snapshot, caller)
    for binding in snapshot.dhcp_bindings_of(network.id):
        if binding.agent_id == agent.id:
            ports = dhcp_port.ports_of(network.id, snapshot)
            reserved = tuple(_reserved(port, circumstances) for port in _of_agent(binding, ports))
            return Verdict(Writes(puts=reserved, deletes=(Ref("dhcp_binding", binding.id),)))
    raise NetworkNotHostedByDhcpAgent(network.id, agent.id)


def heartbeat(
    command: Heartbeat, snapshot: Snapshot, caller: Caller, circumstances: Circumstances, regulations: Regulations
) -> Verdict:
    """The host's agents are alive: new ones are registered, changed ones rewritten, and if nothing changed, nothing is.

    A DHCP agent that is new, or comes back after `agent_down_time_s`, is given networks that no agent serves.
    """
    access.require_host(caller, "report_state", command.host)
    puts: list[Record] = []
    agents: list[AgentId] = []
    status: HeartbeatStatus = "alive"
    joining: list[Agent] = []
    for state in {state.agent_type: state for state in command.agents}.values():
        known = snapshot.agent_on(command.host, state.agent_type)
        agent = _registered(known, command.host, state, circumstances)
        if agent != known:
            puts.append(agent)
        agents.append(agent.id)
        beat = None if known is None else snapshot.heartbeat_of(known.id)
        if known is None:
            status = "new"
        elif not schedule.is_alive(beat, circumstances.now, regulations):
            status = "revived" if status == "alive" else status
        else:
            continue
        if agent.agent_type == DHCP_AGENT and agent.admin_state_up:
            joining.append(agent)
    if joining:
        roster = schedule.roster_of(joining, snapshot, (record for record in puts if isinstance(record, Agent)))
        puts.extend(_serve_all(snapshot.unserved_networks(), roster, snapshot, circumstances, regulations))
    return Verdict(Writes(puts=tuple(puts)), HeartbeatAnswer(status), tuple(agents))


def _registered(known: Agent | None, host: HostName, state: AgentState, circumstances: Circumstances) -> Agent:
    """The agent's record as the heartbeat has it."""
    if known is None:
        return Agent(
            id=AgentId(circumstances.new_id()),
            agent_type=state.agent_type,
            binary=state.binary,
            host=host,
            topic=state.topic,
            created_at=circumstances.now,
            started_at=state.started_at,
            configurations=state.configurations,
            availability_zone=state.availability_zone,
        )
    return structs.replace(
        known,
        binary=state.binary,
        topic=state.topic,
        started_at=state.started_at,
        configurations=state.configurations,
        availability_zone=state.availability_zone,
    )


def _serve_all(
    network_ids: Sequence[NetworkId],
    roster: Roster,
    snapshot: Snapshot,
    circumstances: Circumstances,
    regulations: Regulations,
) -> tuple[Record, ...]:
    """Bindings and DHCP ports for networks that no agent serves; one that has no address left is passed over."""
    puts: list[Record] = []
    for network_id in network_ids:
        network = snapshot.network(network_id)
        if network is None:
            continue
        new, later = roster.assign(network, (), regulations.dhcp_agents_per_network)
        subnets = tuple(snapshot.subnets_of(network_id))
        service = dhcp_port.DhcpService(network, subnets, dhcp_port.ports_of(network_id, snapshot), new)
        ports = dhcp_port.cover_if_room(service, snapshot, circumstances, regulations)
        if new and ports is not None:
            puts.extend((*new, *ports))
            roster = later
    return tuple(puts)


def _moved(
    binding: DhcpBinding, roster: Roster, snapshot: Snapshot, circumstances: Circumstances, regulations: Regulations
) -> tuple[tuple[Record, ...], Roster]:
    """What to put when the binding's agent goes: its port with the agent that takes over, or reserved."""
    ports = dhcp_port.ports_of(binding.network_id, snapshot)
    freed = _of_agent(binding, ports)
    network = snapshot.network(binding.network_id)
    if network is None:
        raise NetworkNotFound(binding.network_id)
    others = tuple(each for each in snapshot.dhcp_bindings_of(network.id) if each.id != binding.id)
    new, later = roster.assign(network, others, regulations.dhcp_agents_per_network)
    service = dhcp_port.DhcpService(
        network,
        tuple(snapshot.subnets_of(network.id)),
        tuple(dhcp_port.waiting(port) if port in freed else port for port in ports),
        (*others, *new),
    )
    covered = dhcp_port.cover_if_room(service, snapshot, circumstances, regulations) if new else ()
    if covered is None:
        new, later, covered = (), roster, ()
    final = {port.id: _reserved(port, circumstances) for port in freed} | {port.id: port for port in covered}
    return (*new, *final.values()), later


def _reserved(port: Port, circumstances: Circumstances) -> Port:
    """The port, waiting from now on."""
    after = dhcp_port.waiting(port)
    return amended(
        port,
        circumstances.now,
        device_id=after.device_id,
        binding=after.binding,
        status=after.status,
        status_reason=after.status_reason,
    )


def _of_agent(binding: DhcpBinding, ports: Iterable[Port]) -> tuple[Port, ...]:
    return tuple(port for port in ports if dhcp_port.serves(port, (binding,)))


def _with(agent: Agent, command: UpdateAgent) -> Agent:
    changes = {"admin_state_up": command.admin_state_up, "description": command.description}
    return structs.replace(agent, **{name: value for name, value in changes.items() if value is not UNSET})
