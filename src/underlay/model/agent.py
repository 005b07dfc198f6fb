"""An agent: one of Underlay's services on one host, and which networks it serves DHCP for.

Source: Networking API v2.0, "Agents" and "DHCP agent scheduler".
"""

from datetime import datetime
from typing import Any, Final, Literal

import msgspec

from underlay.model.ids import AgentId, HostName, NetworkId

AgentType = Literal["Open vSwitch agent", "DHCP agent", "Metadata agent", "Compute agent"]
DHCP_AGENT: Final[AgentType] = "DHCP agent"
OVS_AGENT: Final[AgentType] = "Open vSwitch agent"
METADATA_AGENT: Final[AgentType] = "Metadata agent"
COMPUTE_AGENT: Final[AgentType] = "Compute agent"


class Agent(msgspec.Struct, frozen=True, tag="agent", tag_field="kind"):
    """(host, agent_type) is unique. The time of the last heartbeat is not part of the record: it changes
    every few seconds and is nobody's configuration, so it makes no change in the feed.

    Attributes:
    alive_since: the first heartbeat after which it was never silent for long enough to be taken for down.
    """

    id: AgentId
    agent_type: AgentType
    binary: str
    host: HostName
    topic: str
    created_at: datetime
    started_at: datetime
    admin_state_up: bool = True
    configurations: dict[str, Any] = {}
    description: str = ""
    availability_zone: str = "nova"
    alive_since: datetime | None = None


class DhcpBinding(msgspec.Struct, frozen=True, tag="dhcp_binding", tag_field="kind"):
    """The DHCP agent `agent_id`, on `host`, serves the network; unique in (network_id, agent_id).

    Its id in the feed is `<network_id>/<agent_id>`."""

    network_id: NetworkId
    agent_id: AgentId
    host: HostName

    @property
    def id(self) -> str:
        """The record's id in store and feed."""
        return f"{self.network_id}/{self.agent_id}"
