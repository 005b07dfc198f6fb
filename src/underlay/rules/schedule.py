"""Which DHCP agents serve a network: the least loaded of those alive, up to `dhcp_agents_per_network`.

Ties go to the first host by name, so that the choice is the same whoever judges.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from underlay.model.agent import DHCP_AGENT, Agent, DhcpBinding
from underlay.model.ids import AgentId, NetworkId
from underlay.rules.snapshot import Circumstances, Regulations, Snapshot


class Roster(msgspec.Struct, frozen=True):
    """The DHCP agents that may be given networks, and how many each serves.

    Attributes:
    agents: alive and administratively up.
    loads: agents without a network may be absent.
    """

    agents: tuple[Agent, ...]
    loads: dict[AgentId, int]

    def assign(
        self, network_id: NetworkId, bindings: Sequence[DhcpBinding], wanted: int
    ) -> tuple[tuple[DhcpBinding, ...], "Roster"]:
        """New bindings for the network, which has these: as many as are wanting, or as there are agents for.

        With the roster as it is then.
        """
        serving = {binding.agent_id for binding in bindings}
        candidates = sorted(
            (agent for agent in self.agents if agent.id not in serving),
            key=lambda agent: (self.loads.get(agent.id, 0), agent.host),
        )
        chosen = candidates[: max(0, wanted - len(bindings))]
        loads = self.loads | {agent.id: self.loads.get(agent.id, 0) + 1 for agent in chosen}
        new = tuple(DhcpBinding(network_id, agent.id, agent.host) for agent in chosen)
        return new, Roster(self.agents, loads)


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
    return Roster(able, dict(snapshot.dhcp_loads()))
