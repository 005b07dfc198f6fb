"""Commands on agents and on which of them serves which network."""

import msgspec
from msgspec import UNSET, UnsetType

from underlay.model.ids import AgentId, NetworkId


class UpdateAgent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: AgentId
    admin_state_up: bool | UnsetType = UNSET
    description: str | UnsetType = UNSET


class DeleteAgent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: AgentId


class AddNetworkToDhcpAgent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    agent_id: AgentId
    network_id: NetworkId


class RemoveNetworkFromDhcpAgent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    agent_id: AgentId
    network_id: NetworkId
