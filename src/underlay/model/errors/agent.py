"""Errors about agents and what they serve."""

# The names are the protocol's, so they do not all end in Error.
# ruff: noqa: N818

from dataclasses import dataclass

from underlay.model.errors.tree import ConflictError, NotFoundError
from underlay.model.ids import AgentId, NetworkId, PortId


@dataclass(unsafe_hash=True)
class AgentNotFound(NotFoundError):
    """No such agent."""

    template = "Agent {id} could not be found."
    id: AgentId


@dataclass(unsafe_hash=True)
class InvalidDHCPAgent(NotFoundError):
    """The agent is of another type, or its admin_state_up is False."""

    template = "Agent {id} is not a valid DHCP Agent or has been disabled."
    id: AgentId


@dataclass(unsafe_hash=True)
class AvailabilityZoneNotFound(NotFoundError):
    """No DHCP agent that is switched on is in that zone."""

    template = "AvailabilityZone {availability_zone} could not be found."
    availability_zone: str


@dataclass(unsafe_hash=True)
class NetworkHostedByDHCPAgent(ConflictError):
    """That agent serves the network already."""

    template = "The network {network_id} has been already hosted by the DHCP Agent {agent_id}."
    network_id: NetworkId
    agent_id: AgentId


@dataclass(unsafe_hash=True)
class NetworkNotHostedByDhcpAgent(ConflictError):
    """That agent does not serve the network."""

    template = "The network {network_id} is not hosted by the DHCP Agent {agent_id}."
    network_id: NetworkId
    agent_id: AgentId


@dataclass(unsafe_hash=True)
class DhcpPortInUse(ConflictError):
    """The DHCP port belongs to another agent."""

    template = "Port {port_id} is already acquired by another DHCP agent"
    port_id: PortId
