"""Every command, as one closed union."""

from underlay.commands.address_group import AddressGroupCommand
from underlay.commands.address_scope import AddressScopeCommand
from underlay.commands.agent import AddNetworkToDhcpAgent, DeleteAgent, RemoveNetworkFromDhcpAgent, UpdateAgent
from underlay.commands.host import Heartbeat, ReportPorts
from underlay.commands.instance import CreateInstance, DeleteInstance, UpdateInstance
from underlay.commands.keypair import KeypairCommand
from underlay.commands.network import CreateNetwork, DeleteNetwork, UpdateNetwork
from underlay.commands.network_selection import SelectNetwork
from underlay.commands.port import CreatePort, DeletePort, UpdatePort
from underlay.commands.port_binding import PortBindingCommand
from underlay.commands.qos import QosPolicyCommand, QosRuleCommand
from underlay.commands.quota import ResetQuota, SetQuota
from underlay.commands.rbac_policy import RbacPolicyCommand
from underlay.commands.security_group import (
    DefaultSecurityGroupRuleCommand,
    SecurityGroupCommand,
    SecurityGroupRuleCommand,
)
from underlay.commands.segment import SegmentCommand
from underlay.commands.segment_range import SegmentRangeCommand
from underlay.commands.server import ServerCommand
from underlay.commands.subnet import CreateSubnet, DeleteSubnet, GiveAutoAddresses, UpdateSubnet
from underlay.commands.subnet_pool import SubnetPoolCommand
from underlay.commands.tags import TagCommand
from underlay.commands.trunk import TrunkCommand

Command = (
    CreateNetwork
    | UpdateNetwork
    | DeleteNetwork
    | CreateSubnet
    | UpdateSubnet
    | DeleteSubnet
    | GiveAutoAddresses
    | CreatePort
    | UpdatePort
    | DeletePort
    | UpdateAgent
    | DeleteAgent
    | AddNetworkToDhcpAgent
    | RemoveNetworkFromDhcpAgent
    | CreateInstance
    | UpdateInstance
    | DeleteInstance
    | SetQuota
    | ResetQuota
    | Heartbeat
    | ReportPorts
    | AddressScopeCommand
    | RbacPolicyCommand
    | AddressGroupCommand
    | SecurityGroupCommand
    | SecurityGroupRuleCommand
    | DefaultSecurityGroupRuleCommand
    | PortBindingCommand
    | QosPolicyCommand
    | QosRuleCommand
    | TrunkCommand
    | SubnetPoolCommand
    | SegmentCommand
    | SegmentRangeCommand
    | TagCommand
    | SelectNetwork
    | ServerCommand
    | KeypairCommand
)
