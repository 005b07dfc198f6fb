"""What a host says of itself: the body of its two reports."""

from datetime import datetime
from typing import Any

import msgspec

from underlay.model.agent import AgentType
from underlay.model.ids import HostName, PortId


class AgentState(msgspec.Struct, frozen=True):
    """One service of the host, alive now."""

    agent_type: AgentType
    binary: str
    topic: str
    started_at: datetime
    configurations: dict[str, Any] = {}
    availability_zone: str = "nova"


class PortState(msgspec.Struct, frozen=True):
    """One device that the host has, or had.

    Attributes:
    plugged: a device with `external_ids:iface-id == id` is on the integration bridge.
    wired: it carries the network's traffic now; False together with `plugged` has a reason.
    """

    id: PortId
    plugged: bool
    wired: bool = False
    reason: str = ""


class Heartbeat(msgspec.Struct, frozen=True):
    """Sent every `report_interval_s`. Creates or refreshes the host's agents."""

    host: HostName
    agents: tuple[AgentState, ...]


class ReportPorts(msgspec.Struct, frozen=True):
    """Sent when something changed, and for every port after (re)connecting. Binds unbound plugged ports here."""

    host: HostName
    ports: tuple[PortState, ...]
