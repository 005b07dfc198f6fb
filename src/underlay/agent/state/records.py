"""What the host knows: the records that concern it, by kind and id."""

import msgspec

from underlay.model.agent import Agent, DhcpBinding
from underlay.model.ids import AgentId, InstanceId, NetworkId, PortId, SubnetId
from underlay.model.instance import Instance
from underlay.model.network import Network
from underlay.model.port import Port
from underlay.model.server import Server
from underlay.model.subnet import Subnet


class Records(msgspec.Struct, frozen=True):
    """A consistent view; the dicts are not changed once they are in here.

    Attributes:
    dhcp_bindings: by `<network id>/<agent id>`.
    """

    networks: dict[NetworkId, Network] = {}
    subnets: dict[SubnetId, Subnet] = {}
    ports: dict[PortId, Port] = {}
    agents: dict[AgentId, Agent] = {}
    dhcp_bindings: dict[str, DhcpBinding] = {}
    instances: dict[InstanceId, Instance] = {}
    servers: dict[InstanceId, Server] = {}
