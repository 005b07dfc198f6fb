"""Agents: registered by their heartbeat, switched by the administrator, given networks to serve DHCP for.

A network is given to agents when it gets DHCP (rules.subnet). What has none then, or too few, because no agent was
alive, goes to the next agent that appears, comes back or is switched on. The heartbeat of an agent that was alive all
the time gives it nothing but what missing agents leave (rules.takeover): a network that the administrator took from it
stays taken, its DHCP port reserved, until added elsewhere.

Source: Networking API v2.0, "Agents" and "DHCP agent scheduler".
"""

from msgspec import UNSET, structs

from underlay.commands.agent import AddNetworkToDhcpAgent, DeleteAgent, RemoveNetworkFromDhcpAgent, UpdateAgent
from underlay.commands.host import AgentState, Heartbeat
from underlay.model.agent import DHCP_AGENT, Agent, DhcpBinding
from underlay.model.caller import Caller
from underlay.model.change import Record, Ref, Writes
from underlay.model.errors import (
    AgentNotFound,
    InvalidDHCPAgent,
    NetworkHostedByDHCPAgent,
    NetworkNotFound,
    NetworkNotHostedByDhcpAgent,
)
from underlay.model.ids import AgentId, HostName
from underlay.rules import access, dhcp_port, schedule, takeover
from underlay.rules.schedule import Roster
from underlay.rules.snapshot import Circumstances, Regulations, Snapshot
from underlay.rules.verdict import HeartbeatAnswer, HeartbeatStatus, Verdict


def update(
    command: UpdateAgent, snapshot: Snapshot, caller: Caller, circumstances: Circumstances, regulations: Regulations
) -> Verdict:
    """An agent is switched on or off, or described; off, it is given no more networks."""
    before = permitted(command.id, "update_agent", snapshot, caller)
    after = _with(before, command)
    if after == before:
        return Verdict(result=before)
    puts: tuple[Record, ...] = (after,)
    beat = snapshot.heartbeat_of(after.id)
    switched_on = after.admin_state_up and not before.admin_state_up
    if after.agent_type == DHCP_AGENT and switched_on and schedule.is_alive(beat, circumstances.now, regulations):
        roster = schedule.roster_of((after,), snapshot)
        puts += _serve_all(roster, snapshot, circumstances, regulations)
    return Verdict(Writes(puts=puts), after)


def delete(
    command: DeleteAgent, snapshot: Snapshot, caller: Caller, circumstances: Circumstances, regulations: Regulations
) -> Verdict:
    """The agent goes; its networks go to other agents that are alive, else their DHCP ports wait, reserved."""
    agent = permitted(command.id, "delete_agent", snapshot, caller)
    roster = schedule.roster(snapshot, circumstances, regulations)
    roster = structs.replace(roster, agents=tuple(each for each in roster.agents if each.id != agent.id))
    puts: tuple[Record, ...] = ()
    bindings = snapshot.dhcp_bindings_on(agent.id)
    for binding in bindings:
        network = snapshot.network(binding.network_id)
        if network is None:
            raise NetworkNotFound(binding.network_id)
        others = tuple(each for each in snapshot.dhcp_bindings_of(network.id) if each != binding)
        new, later = roster.assign(network, others, regulations.dhcp_agents_per_network)
        moved = takeover.handed_over(network, (binding,), new, snapshot, circumstances, regulations)
        if moved is None:
            puts += takeover.handed_over(network, (binding,), (), snapshot, circumstances, regulations) or ()
        else:
            puts, roster = (*puts, *moved), later
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
    agent = permitted(command.agent_id, "create_dhcp-network", snapshot, caller)
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
    agent = permitted(command.agent_id, "delete_dhcp-network", snapshot, caller)
    network = access.visible_network(command.network_id, snapshot, caller)
    for binding in snapshot.dhcp_bindings_of(network.id):
        if binding.agent_id == agent.id:
            ports = (each for each in dhcp_port.ports_of(network.id, snapshot) if dhcp_port.serves(each, (binding,)))
            reserved = takeover.reserved(ports, circumstances)
            return Verdict(Writes(puts=reserved, deletes=(Ref("dhcp_binding", binding.id),)))
    raise NetworkNotHostedByDhcpAgent(network.id, agent.id)


def heartbeat(
    command: Heartbeat, snapshot: Snapshot, caller: Caller, circumstances: Circumstances, regulations: Regulations
) -> Verdict:
    """The host's agents are alive: new ones are registered, changed ones rewritten, and if nothing changed, nothing is.

    A DHCP agent that is new, or comes back after `agent_down_time_s`, is given networks that too few agents serve; one
    that was alive all the time takes over from those that were not.
    """
    access.require(caller, "report_state", command, snapshot)
    puts: list[Record] = []
    agents: list[AgentId] = []
    status: HeartbeatStatus = "alive"
    joining: list[Agent] = []
    taken, rest = Writes(), False
    for state in {state.agent_type: state for state in command.agents}.values():
        known = snapshot.agent_on(command.host, state.agent_type)
        beat = None if known is None else snapshot.heartbeat_of(known.id)
        was_alive = schedule.is_alive(beat, circumstances.now, regulations)
        agent = _registered(known, was_alive, command.host, state, circumstances)
        if agent != known:
            puts.append(agent)
        agents.append(agent.id)
        if known is None:
            status = "new"
        elif not was_alive:
            status = "revived" if status == "alive" else status
        else:
            if regulations.allow_automatic_dhcp_failover and takeover.is_witness(agent, circumstances, regulations):
                taken, rest = takeover.from_missing(snapshot, circumstances, regulations)
            continue
        if agent.agent_type == DHCP_AGENT and agent.admin_state_up:
            joining.append(agent)
    if joining:
        roster = schedule.roster_of(joining, snapshot, (record for record in puts if isinstance(record, Agent)))
        puts.extend(_serve_all(roster, snapshot, circumstances, regulations))
    writes = Writes((*puts, *taken.puts), taken.deletes)
    return Verdict(writes, HeartbeatAnswer(status), tuple(agents), then=command if rest else None)


def _registered(
    known: Agent | None, was_alive: bool, host: HostName, state: AgentState, circumstances: Circumstances
) -> Agent:
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
            alive_since=circumstances.now,
        )
    return structs.replace(
        known,
        binary=state.binary,
        topic=state.topic,
        started_at=state.started_at,
        configurations=state.configurations,
        availability_zone=state.availability_zone,
        alive_since=(known.alive_since if was_alive else None) or circumstances.now,
    )


def _serve_all(
    roster: Roster,
    snapshot: Snapshot,
    circumstances: Circumstances,
    regulations: Regulations,
) -> tuple[Record, ...]:
    """Bindings and DHCP ports for networks that too few agents serve; one that has no address left is passed over."""
    puts: list[Record] = []
    wanted = regulations.dhcp_agents_per_network
    for network_id in snapshot.underserved_networks(wanted):
        network = snapshot.network(network_id)
        if network is None:
            continue
        bindings = tuple(snapshot.dhcp_bindings_of(network_id))
        new, later = roster.assign(network, bindings, wanted)
        if not new:
            continue
        subnets = tuple(snapshot.subnets_of(network_id))
        ports = dhcp_port.ports_of(network_id, snapshot)
        service = dhcp_port.DhcpService(network, subnets, ports, (*bindings, *new), roster.reaches)
        covered = dhcp_port.cover_if_room(service, snapshot, circumstances, regulations)
        if covered is not None:
            puts.extend((*new, *covered))
            roster = later
    return tuple(puts)


def permitted(agent_id: AgentId, action: str, snapshot: Snapshot, caller: Caller) -> Agent:
    """The agent, for who may do this with it. Raises PolicyNotAuthorized, AgentNotFound."""
    access.require_ever(caller, action)
    agent = snapshot.agent(agent_id)
    if agent is None:
        raise AgentNotFound(agent_id)
    access.require(caller, action, agent, snapshot)
    return agent


def _with(agent: Agent, command: UpdateAgent) -> Agent:
    changes = {"admin_state_up": command.admin_state_up, "description": command.description}
    return structs.replace(agent, **{name: value for name, value in changes.items() if value is not UNSET})
