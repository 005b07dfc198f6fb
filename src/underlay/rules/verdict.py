"""What a judged command comes to: what to write, and what to answer."""

from typing import Literal

import msgspec

from underlay.commands.command import Command
from underlay.model.change import Record, Writes
from underlay.model.ids import AgentId, InstanceId, PortId
from underlay.model.network_selection import NetworkSelection
from underlay.model.port_binding import PortBinding
from underlay.model.qos import QosRule
from underlay.model.security_group import DefaultSecurityGroupRule
from underlay.model.server import ServerStatus

HeartbeatStatus = Literal["new", "alive", "revived"]
PortReport = Literal["ACTIVE", "DOWN", "REFUSED", "UNKNOWN"]
ServerReport = ServerStatus | Literal["REFUSED", "UNKNOWN"]


class HeartbeatAnswer(msgspec.Struct, frozen=True):
    """The answer to `Heartbeat`: new - an agent was not known; revived - one had been silent for too long."""

    status: HeartbeatStatus


class PortsAnswer(msgspec.Struct, frozen=True):
    """The answer to `ReportPorts`, by port: its status; REFUSED - it is another host's; UNKNOWN - there is no such."""

    ports: dict[PortId, PortReport]


class ServersAnswer(msgspec.Struct, frozen=True):
    """The answer to `ReportServers`, by server, as that to `ReportPorts` is by port."""

    servers: dict[InstanceId, ServerReport]


Result = (
    Record
    | QosRule
    | PortBinding
    | DefaultSecurityGroupRule
    | NetworkSelection
    | HeartbeatAnswer
    | PortsAnswer
    | ServersAnswer
    | tuple[Record, ...]
)
"""What can be answered."""


class Verdict(msgspec.Struct, frozen=True):
    """Attributes:
    writes: empty when nothing changes.
    result: the record that the command created, updated or found as it is wanted; the answer to a report; None after
        a delete, and for a network added to or removed from an agent.
    heartbeats: the agents to be written down as alive now.
    then: what is left to be done, in a transaction of its own after this one; for work that grows with a network.
    """

    writes: Writes = Writes()
    result: Result | None = None
    heartbeats: tuple[AgentId, ...] = ()
    then: Command | None = None
