"""Which DHCP agents serve a network: the least loaded of those alive that reach it, up to `dhcp_agents_per_network`.

Ties go to the first host by name, so that the choice is the same whoever judges.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from underlay.model.agent import DHCP_AGENT, OVS_AGENT, Agent, DhcpBinding
from underlay.model.ids import AgentId, HostName
from underlay.model.network import Network, Segment, segment_here
from underlay.rules.reach import reach_of
from underlay.rules.snapshot import Circumstances, Regulations, Snapshot


class Roster(msgspec.Struct, frozen=True):
    """The DHCP agents that may be given networks, and how many each serves.

    Attributes:
    agents: alive and administratively up.
    loads: agents without a network may be absent.
    reaches: the physical networks of each host; a host that is absent is taken to reach any.
    """

    agents: tuple[Agent, ...]
    loads: dict[AgentId, int]
    reaches: dict[HostName, frozenset[str]] = {}

    def assign(
        self, network: Network, bindings: Sequence[DhcpBinding], wanted: int
    ) -> tuple[tuple[DhcpBinding, ...], "Roster"]:
        """New bindings for the network, which has these: as many as are wanting, or as there are agents for.

        Only agents whose host reaches the network, in the availability zones that it asks for. A routed network is
        served on each of its segments, as its agents do not hear each other's; one that only hosts serve, by none.
        With the roster as it is then.
        """
        if network.dhcp_served_by == "hosts":
            return (), self
        serving = {binding.agent_id for binding in bindings}
        hosts = [binding.host for binding in bindings]
        able = [agent for agent in self.agents if agent.id not in serving and self._may_serve(agent, network)]
        candidates = sorted(able, key=lambda agent: (self.loads.get(agent.id, 0), agent.host))
        chosen: list[Agent] = []
        for segment in network.segments if network.is_routed else (None,):
            present = sum(self._is_on(host, network, segment) for host in hosts)
            here = [agent for agent in candidates if self._is_on(agent.host, network, segment)]
            chosen.extend(here[: max(0, wanted - present)])
        loads = self.loads | {agent.id: self.loads.get(agent.id, 0) + 1 for agent in chosen}
        new = tuple(DhcpBinding(network.id, agent.id, agent.host) for agent in chosen)
        return new, Roster(self.agents, loads, self.reaches)

    def are_alike(self, network: Network, one: HostName, other: HostName) -> bool:
        """Whether an agent on one host can serve for an agent on the other: on the same segment, if that matters."""
        here, there = (segment_here(network, self.reaches.get(host, frozenset())) for host in (one, other))
        return not network.is_routed or here == there

    def _may_serve(self, agent: Agent, network: Network) -> bool:
        hints = network.availability_zone_hints
        if hints and agent.availability_zone not in hints:
            return False
        reached = self.reaches.get(agent.host)
        return reached is None or segment_here(network, reached) is not None

    def _is_on(self, host: HostName, network: Network, segment: Segment | None) -> bool:
        """Whether the host is on that segment of the network; None: on any."""
        return segment is None or segment_here(network, self.reaches.get(host, frozenset())) == segment


def is_alive(heartbeat: datetime | None, now: datetime, regulations: Regulations) -> bool:
    """Whether the agent gave a sign of life within `agent_down_time_s`."""
    return heartbeat is not None and now - heartbeat <= timedelta(seconds=regulations.agent_down_time_s)


def roster(snapshot: Snapshot, circumstances: Circumstances, regulations: Regulations) -> Roster:
    """The DHCP agents that may be given networks now."""
    able = tuple(
        agent
        for agent, heartbeat in snapshot.agents(DHCP_AGENT)
        if agent.admin_state_up and is_alive(heartbeat, circumstances.now, regulations)
    )
    return roster_of(able, snapshot)


def roster_of(agents: Sequence[Agent], snapshot: Snapshot, reported: Iterable[Agent] = ()) -> Roster:
    """Of these DHCP agents; `reported` are agents whose records are not written yet."""
    known = [agent for agent, _ in snapshot.agents(OVS_AGENT)]
    told = {agent.host: reach_of(agent) for agent in (*known, *reported) if agent.agent_type == OVS_AGENT}
    reaches = {host: reached for host, reached in told.items() if reached is not None}
    return Roster(tuple(agents), dict(snapshot.dhcp_loads()), reaches)
