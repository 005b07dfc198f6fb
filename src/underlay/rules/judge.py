"""The one door to the rules: any command, to its verdict.

In: a well-formed command; the records, by lookups; who asks; time and chance; the operator's settings. Out: what to
write and what to answer, or an error of `model.errors`. The same in, the same out.
"""

from typing import assert_never

from underlay.commands.address_group import (
    AddAddresses,
    CreateAddressGroup,
    DeleteAddressGroup,
    RemoveAddresses,
    UpdateAddressGroup,
)
from underlay.commands.address_scope import CreateAddressScope, DeleteAddressScope, UpdateAddressScope
from underlay.commands.agent import AddNetworkToDhcpAgent, DeleteAgent, RemoveNetworkFromDhcpAgent, UpdateAgent
from underlay.commands.command import Command
from underlay.commands.host import Heartbeat, ReportPorts
from underlay.commands.instance import CreateInstance, DeleteInstance, UpdateInstance
from underlay.commands.keypair import CreateKeypair, DeleteKeypair
from underlay.commands.network import CreateNetwork, DeleteNetwork, UpdateNetwork
from underlay.commands.network_selection import SelectNetwork
from underlay.commands.port import CreatePort, DeletePort, UpdatePort
from underlay.commands.port_binding import (
    ActivatePortBinding,
    CreatePortBinding,
    DeletePortBinding,
    UpdatePortBinding,
)
from underlay.commands.qos import (
    CreateQosPolicy,
    CreateQosRule,
    DeleteQosPolicy,
    DeleteQosRule,
    UpdateQosPolicy,
    UpdateQosRule,
)
from underlay.commands.quota import ResetQuota, SetQuota
from underlay.commands.rbac_policy import CreateRbacPolicy, DeleteRbacPolicy, UpdateRbacPolicy
from underlay.commands.security_group import (
    CreateDefaultSecurityGroupRule,
    CreateSecurityGroup,
    CreateSecurityGroupRule,
    DeleteDefaultSecurityGroupRule,
    DeleteSecurityGroup,
    DeleteSecurityGroupRule,
    EnsureDefaultSecurityGroup,
    UpdateSecurityGroup,
)
from underlay.commands.segment import CreateSegment, DeleteSegment, UpdateSegment
from underlay.commands.segment_range import (
    CreateSegmentRange,
    DeclareDefaultRanges,
    DeleteSegmentRange,
    UpdateSegmentRange,
)
from underlay.commands.server import (
    CreateServer,
    DeleteServer,
    RebootServer,
    ReportServers,
    StartServer,
    StopServer,
    UpdateServer,
)
from underlay.commands.subnet import CreateSubnet, DeleteSubnet, GiveAutoAddresses, UpdateSubnet
from underlay.commands.subnet_pool import (
    AddPrefixes,
    CreateSubnetPool,
    DeleteSubnetPool,
    OnboardNetworkSubnets,
    RemovePrefixes,
    UpdateSubnetPool,
)
from underlay.commands.tags import AddTags, RemoveTag, ReplaceTags
from underlay.commands.trunk import AddSubPorts, CreateTrunk, DeleteTrunk, RemoveSubPorts, UpdateTrunk
from underlay.model.caller import Caller
from underlay.rules import (
    address_group,
    address_scope,
    agent,
    auto_address,
    binding,
    default_security_group_rule,
    instance,
    keypair,
    network,
    network_selection,
    port,
    port_binding,
    qos_policy,
    qos_rule,
    quota,
    rbac_policy,
    security_group,
    security_group_rule,
    segment,
    segment_range,
    server,
    server_report,
    subnet,
    subnet_pool,
    tags,
    trunk,
)
from underlay.rules.snapshot import Circumstances, Regulations, Snapshot
from underlay.rules.verdict import Verdict


def judge(
    command: Command, snapshot: Snapshot, caller: Caller, circumstances: Circumstances, regulations: Regulations
) -> Verdict:
    """What the command comes to. Raises a leaf of `model.errors.UnderlayError`; nothing is written then."""
    match command:
        case CreateNetwork():
            return network.create(command, snapshot, caller, circumstances, regulations)
        case UpdateNetwork():
            return network.update(command, snapshot, caller, circumstances, regulations)
        case DeleteNetwork():
            return network.delete(command, snapshot, caller)
        case CreateSubnet():
            return subnet.create(command, snapshot, caller, circumstances, regulations)
        case UpdateSubnet():
            return subnet.update(command, snapshot, caller, circumstances, regulations)
        case DeleteSubnet():
            return subnet.delete(command, snapshot, caller, circumstances)
        case GiveAutoAddresses():
            return auto_address.give(command, snapshot, circumstances)
        case CreatePort():
            return port.create(command, snapshot, caller, circumstances, regulations)
        case SelectNetwork():
            return network_selection.select(command, snapshot, caller, circumstances, regulations)
        case UpdatePort():
            return port.update(command, snapshot, caller, circumstances, regulations)
        case DeletePort():
            return port.delete(command, snapshot, caller)
        case UpdateAgent():
            return agent.update(command, snapshot, caller, circumstances, regulations)
        case DeleteAgent():
            return agent.delete(command, snapshot, caller, circumstances, regulations)
        case AddNetworkToDhcpAgent():
            return agent.add_network(command, snapshot, caller, circumstances, regulations)
        case RemoveNetworkFromDhcpAgent():
            return agent.remove_network(command, snapshot, caller, circumstances)
        case CreateInstance():
            return instance.create(command, snapshot, caller, circumstances)
        case UpdateInstance():
            return instance.update(command, snapshot, caller, circumstances)
        case DeleteInstance():
            return instance.delete(command, snapshot, caller)
        case SetQuota():
            return quota.set_limits(command, snapshot, caller, regulations)
        case ResetQuota():
            return quota.reset(command, snapshot, caller)
        case Heartbeat():
            return agent.heartbeat(command, snapshot, caller, circumstances, regulations)
        case ReportPorts():
            return binding.report(command, snapshot, caller, circumstances, regulations)
        case CreateSecurityGroup() | UpdateSecurityGroup() | DeleteSecurityGroup() | EnsureDefaultSecurityGroup():
            return security_group.judge(command, snapshot, caller, circumstances, regulations)
        case CreateSecurityGroupRule() | DeleteSecurityGroupRule():
            return security_group_rule.judge(command, snapshot, caller, circumstances, regulations)
        case CreateDefaultSecurityGroupRule() | DeleteDefaultSecurityGroupRule():
            return default_security_group_rule.judge(command, snapshot, caller, circumstances)
        case CreateAddressGroup() | UpdateAddressGroup() | DeleteAddressGroup() | AddAddresses() | RemoveAddresses():
            return address_group.judge(command, snapshot, caller, circumstances)
        case CreateRbacPolicy() | UpdateRbacPolicy() | DeleteRbacPolicy():
            return rbac_policy.judge(command, snapshot, caller, circumstances, regulations)
        case CreateAddressScope() | UpdateAddressScope() | DeleteAddressScope():
            return address_scope.judge(command, snapshot, caller, circumstances)
        case (
            CreateSubnetPool()
            | UpdateSubnetPool()
            | DeleteSubnetPool()
            | AddPrefixes()
            | RemovePrefixes()
            | OnboardNetworkSubnets()
        ):
            return subnet_pool.judge(command, snapshot, caller, circumstances, regulations)
        case ReplaceTags() | AddTags() | RemoveTag():
            return tags.judge(command, snapshot, caller, circumstances)
        case CreateSegment() | UpdateSegment() | DeleteSegment():
            return segment.judge(command, snapshot, caller, circumstances, regulations)
        case CreateSegmentRange() | UpdateSegmentRange() | DeleteSegmentRange() | DeclareDefaultRanges():
            return segment_range.judge(command, snapshot, caller, circumstances, regulations)
        case CreatePortBinding() | UpdatePortBinding() | DeletePortBinding() | ActivatePortBinding():
            return port_binding.judge(command, snapshot, caller, circumstances, regulations)
        case CreateQosPolicy() | UpdateQosPolicy() | DeleteQosPolicy():
            return qos_policy.judge(command, snapshot, caller, circumstances)
        case CreateQosRule() | UpdateQosRule() | DeleteQosRule():
            return qos_rule.judge(command, snapshot, caller, circumstances)
        case CreateTrunk() | UpdateTrunk() | DeleteTrunk() | AddSubPorts() | RemoveSubPorts():
            return trunk.judge(command, snapshot, caller, circumstances)
        case CreateServer():
            return server.create(command, snapshot, caller, circumstances, regulations)
        case UpdateServer() | StartServer() | StopServer() | RebootServer() | DeleteServer():
            return server.judge(command, snapshot, caller, circumstances)
        case ReportServers():
            return server_report.report(command, snapshot, caller, circumstances)
        case CreateKeypair() | DeleteKeypair():
            return keypair.judge(command, snapshot, caller, circumstances)
        case _:
            assert_never(command)
