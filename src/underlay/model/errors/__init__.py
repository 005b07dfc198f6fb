"""The whole error tree. A leaf carries fields; `message` makes the text of them.

Leaves have the names of Neutron's exception classes, because clients tell them apart by that name
(`NeutronError.type`), and Neutron's own texts as templates; where that text does not help, `hint` adds what would.
No HTTP here: `api.faults` maps each of `leaves()` to a status. Raised in rules and at the rim, caught at the rim only.

    UnderlayError
    |- BadRequestError     InvalidInput BadRequest HTTPBadRequest SegmentsSetInConjunctionWithProviders
    |                      InvalidAllocationPool OutOfBoundsAllocationPool DNSNameServersExhausted
    |                      HostRoutesExhausted InvalidIpForNetwork InvalidIpForSubnet AllocationOnAutoAddressSubnet
    |                      AddressScopeUpdateError InvalidActionForType SegmentsContainDuplicateEntry
    |                      NoUpdateSubnetWhenMultipleSegmentsOnNetwork SubnetsNotAllAssociatedWithSegments
    |                      SubnetSegmentAssociationChangeNotAllowed NetworkIdsDontMatch
    |                      FixedIpsSubnetsNotOnSameSegment NetworkSegmentRangeNetTypeNotSupported
    |                      NetworkSegmentRangeDefaultReadOnly
    |                      InvalidCIDR SecurityGroupInvalidPortRange SecurityGroupInvalidProtocolForPort
    |                      SecurityGroupInvalidPortValue SecurityGroupInvalidIcmpValue SecurityGroupMissingIcmpType
    |                      SecurityGroupEthertypeConflictWithProtocol SecurityGroupRuleInvalidProtocol
    |                      SecurityGroupRuleInvalidEtherType SecurityGroupRuleParameterConflict
    |                      SecurityGroupProtocolRequiredWithPorts SecurityGroupMultipleRemoteEntites
    |                      AddressesAlreadyExist PortSecurityAndIPRequiredForSecurityGroups
    |                      AllowedAddressPairsMissingIP DuplicateAddressPairInRequest AllowedAddressPairExhausted
    |                      EmptySubnetPoolPrefixList PrefixVersionMismatch IllegalSubnetPoolPrefixBounds
    |                      IllegalSubnetPoolPrefixUpdate IllegalSubnetPoolUpdate
    |                      IllegalSubnetPoolIpVersionAssociationToAddressScope MinPrefixSubnetAllocationError
    |                      MaxPrefixSubnetAllocationError SubnetPoolDeleteError NetworkSubnetPoolAffinityError
    |                      RbacPolicyInitError
    |                      NetworkAddressScopeAffinityError InvalidSubnetServiceType InvalidInputSubnetServiceType
    |                      ServerInvalid
    |- TransportError      HTTPMethodNotAllowed HTTPNotAcceptable HTTPRequestTimeout
    |                      HTTPRequestEntityTooLarge
    |- UnauthorizedError   Unauthorized
    |- ForbiddenError      PolicyNotAuthorized PolicyRemoveAuthorizationError ServerQuotaExceeded
    |- NotFoundError       NetworkNotFound SubnetNotFound SubnetPoolNotFound PortNotFound AgentNotFound
    |                      InvalidDHCPAgent InstanceNotFound QuotaResourceUnknown TenantQuotaNotFound HTTPNotFound
    |                      AddressScopeNotFound RbacPolicyNotFound TagResourceNotFound TagNotFound
    |                      SegmentNotFound NetworkSegmentRangeNotFound PhysicalNetworkNotFound
    |                      AvailabilityZoneNotFound
    |                      SecurityGroupNotFound SecurityGroupRuleNotFound DefaultSecurityGroupRuleNotFound
    |                      AddressGroupNotFound AddressesNotFound
    |                      QosPolicyNotFound QosRuleNotFound TrunkNotFound SubPortNotFound PortBindingNotFound
    |                      ServerNotFound KeypairNotFound FlavorNotFound ImageNotFound HypervisorNotFound
    |- ConflictError       VlanIdInUse FlatNetworkInUse NetworkInUse SubnetInUse ServicePortInUse PortBound
    |                      InvalidSharedSetting GatewayConflictWithAllocationPools GatewayIpInUse
    |                      OverlappingAllocationPools
    |                      IpAddressAlreadyAllocated IpAddressGenerationFailure MacAddressInUse
    |                      NetworkMTUSubnetConflict OverQuota NetworkHostedByDHCPAgent NetworkNotHostedByDhcpAgent
    |                      DhcpPortInUse InstanceInUse AddressScopeInUse DuplicateRbacPolicy
    |                      SegmentInUse HostNotConnectedToAnySegment
    |                      HostNotCompatibleWithFixedIps NetworkSegmentRangeReferencedByProject
    |                      NetworkSegmentRangeOverlaps DefaultExternalNetworkExists AutoAllocationFailure
    |                      NoNetworkFits
    |                      SecurityGroupInUse SecurityGroupCannotRemoveDefault SecurityGroupCannotUpdateDefault
    |                      SecurityGroupDefaultAlreadyExists SecurityGroupRuleExists DefaultSecurityGroupRuleExists
    |                      SecurityGroupConflict AddressGroupInUse PortSecurityPortHasSecurityGroup
    |                      AddressPairAndPortSecurityRequired NotEnforced
    |                      SubnetAllocationError SubnetPoolQuotaExceeded AddressScopePrefixConflict
    |                      IpAddressGenerationFailureNoMatchingSubnet
    |                      RbacPolicyInUse QosPolicyInUse QoSPolicyDefaultAlreadyExists QoSRulesConflict
    |                      QoSRuleParameterConflict TrunkPortInUse ParentPortInUse PortInUse DuplicateSubPort
    |                      TrunkInUse TrunkDisabled SubPortMtuGreaterThanTrunkPortMtu PortInUseAsTrunkParent
    |                      PortInUseAsSubPort PortBindingAlreadyExists PortBindingAlreadyActive
    |                      KeypairExists NoValidHost ServerStateConflict ServerPortInUse
    |                      Conflict (a lost race: the only one to repeat by itself)
    |- PreconditionError   RevisionNumberConstraintFailed
    |- GoneError           RevisionGone
    `- UnavailableError    NoNetworkAvailable MacAddressGenerationFailure KeystoneUnavailable
"""

from underlay.model.errors.agent import (
    AgentNotFound,
    AvailabilityZoneNotFound,
    DhcpPortInUse,
    InvalidDHCPAgent,
    NetworkHostedByDHCPAgent,
    NetworkNotHostedByDhcpAgent,
)
from underlay.model.errors.network import (
    AutoAllocationFailure,
    DefaultExternalNetworkExists,
    InvalidSharedSetting,
    NetworkInUse,
    NetworkNotFound,
    NoNetworkFits,
)
from underlay.model.errors.port import (
    InstanceInUse,
    InstanceNotFound,
    InvalidIpForNetwork,
    IpAddressAlreadyAllocated,
    IpAddressGenerationFailure,
    MacAddressGenerationFailure,
    MacAddressInUse,
    PortBindingAlreadyActive,
    PortBindingAlreadyExists,
    PortBindingNotFound,
    PortBound,
    PortNotFound,
    ServicePortInUse,
)
from underlay.model.errors.qos import (
    QoSPolicyDefaultAlreadyExists,
    QosPolicyInUse,
    QosPolicyNotFound,
    QosRuleNotFound,
    QoSRuleParameterConflict,
    QoSRulesConflict,
)
from underlay.model.errors.request import (
    BadRequest,
    Conflict,
    DuplicateRbacPolicy,
    HTTPBadRequest,
    HTTPMethodNotAllowed,
    HTTPNotAcceptable,
    HTTPNotFound,
    HTTPRequestEntityTooLarge,
    HTTPRequestTimeout,
    InvalidActionForType,
    InvalidInput,
    KeystoneUnavailable,
    NotEnforced,
    OverQuota,
    PolicyNotAuthorized,
    PolicyRemoveAuthorizationError,
    QuotaResourceUnknown,
    RbacPolicyInitError,
    RbacPolicyInUse,
    RbacPolicyNotFound,
    RevisionGone,
    RevisionNumberConstraintFailed,
    TagNotFound,
    TagResourceNotFound,
    TenantQuotaNotFound,
    Unauthorized,
)
from underlay.model.errors.security_group import (
    AddressesAlreadyExist,
    AddressesNotFound,
    AddressGroupInUse,
    AddressGroupNotFound,
    AddressPairAndPortSecurityRequired,
    AllowedAddressPairExhausted,
    AllowedAddressPairsMissingIP,
    DefaultSecurityGroupRuleExists,
    DefaultSecurityGroupRuleNotFound,
    DuplicateAddressPairInRequest,
    PortSecurityAndIPRequiredForSecurityGroups,
    PortSecurityPortHasSecurityGroup,
    SecurityGroupCannotRemoveDefault,
    SecurityGroupCannotUpdateDefault,
    SecurityGroupConflict,
    SecurityGroupDefaultAlreadyExists,
    SecurityGroupEthertypeConflictWithProtocol,
    SecurityGroupInUse,
    SecurityGroupInvalidIcmpValue,
    SecurityGroupInvalidPortRange,
    SecurityGroupInvalidPortValue,
    SecurityGroupInvalidProtocolForPort,
    SecurityGroupMissingIcmpType,
    SecurityGroupMultipleRemoteEntites,
    SecurityGroupNotFound,
    SecurityGroupProtocolRequiredWithPorts,
    SecurityGroupRuleExists,
    SecurityGroupRuleInvalidEtherType,
    SecurityGroupRuleInvalidProtocol,
    SecurityGroupRuleNotFound,
    SecurityGroupRuleParameterConflict,
)
from underlay.model.errors.segment import (
    FixedIpsSubnetsNotOnSameSegment,
    FlatNetworkInUse,
    HostNotCompatibleWithFixedIps,
    HostNotConnectedToAnySegment,
    NetworkIdsDontMatch,
    NetworkSegmentRangeDefaultReadOnly,
    NetworkSegmentRangeNetTypeNotSupported,
    NetworkSegmentRangeNotFound,
    NetworkSegmentRangeOverlaps,
    NetworkSegmentRangeReferencedByProject,
    NoNetworkAvailable,
    NoUpdateSubnetWhenMultipleSegmentsOnNetwork,
    PhysicalNetworkNotFound,
    SegmentInUse,
    SegmentNotFound,
    SegmentsContainDuplicateEntry,
    SegmentsSetInConjunctionWithProviders,
    SubnetSegmentAssociationChangeNotAllowed,
    SubnetsNotAllAssociatedWithSegments,
    VlanIdInUse,
)
from underlay.model.errors.server import (
    FlavorNotFound,
    HypervisorNotFound,
    ImageNotFound,
    KeypairExists,
    KeypairNotFound,
    NoValidHost,
    ServerInvalid,
    ServerNotFound,
    ServerPortInUse,
    ServerQuotaExceeded,
    ServerStateConflict,
)
from underlay.model.errors.subnet import (
    AllocationOnAutoAddressSubnet,
    DNSNameServersExhausted,
    GatewayConflictWithAllocationPools,
    GatewayIpInUse,
    HostRoutesExhausted,
    InvalidAllocationPool,
    InvalidCIDR,
    InvalidInputSubnetServiceType,
    InvalidIpForSubnet,
    InvalidSubnetServiceType,
    IpAddressGenerationFailureNoMatchingSubnet,
    NetworkMTUSubnetConflict,
    OutOfBoundsAllocationPool,
    OverlappingAllocationPools,
    SubnetInUse,
    SubnetNotFound,
)
from underlay.model.errors.subnet_pool import (
    AddressScopeInUse,
    AddressScopeNotFound,
    AddressScopePrefixConflict,
    AddressScopeUpdateError,
    EmptySubnetPoolPrefixList,
    IllegalSubnetPoolIpVersionAssociationToAddressScope,
    IllegalSubnetPoolPrefixBounds,
    IllegalSubnetPoolPrefixUpdate,
    IllegalSubnetPoolUpdate,
    MaxPrefixSubnetAllocationError,
    MinPrefixSubnetAllocationError,
    NetworkAddressScopeAffinityError,
    NetworkSubnetPoolAffinityError,
    PrefixVersionMismatch,
    SubnetAllocationError,
    SubnetPoolDeleteError,
    SubnetPoolNotFound,
    SubnetPoolQuotaExceeded,
)
from underlay.model.errors.tree import (
    BadRequestError,
    ConflictError,
    ForbiddenError,
    GoneError,
    NotFoundError,
    PreconditionError,
    TransportError,
    UnauthorizedError,
    UnavailableError,
    UnderlayError,
    leaves,
)
from underlay.model.errors.trunk import (
    DuplicateSubPort,
    ParentPortInUse,
    PortInUse,
    PortInUseAsSubPort,
    PortInUseAsTrunkParent,
    SubPortMtuGreaterThanTrunkPortMtu,
    SubPortNotFound,
    TrunkDisabled,
    TrunkInUse,
    TrunkNotFound,
    TrunkPortInUse,
)

__all__ = [
    "AddressGroupInUse",
    "AddressGroupNotFound",
    "AddressPairAndPortSecurityRequired",
    "AddressScopeInUse",
    "AddressScopeNotFound",
    "AddressScopePrefixConflict",
    "AddressScopeUpdateError",
    "AddressesAlreadyExist",
    "AddressesNotFound",
    "AgentNotFound",
    "AllocationOnAutoAddressSubnet",
    "AllowedAddressPairExhausted",
    "AllowedAddressPairsMissingIP",
    "AutoAllocationFailure",
    "AvailabilityZoneNotFound",
    "BadRequest",
    "BadRequestError",
    "Conflict",
    "ConflictError",
    "DNSNameServersExhausted",
    "DefaultExternalNetworkExists",
    "DefaultSecurityGroupRuleExists",
    "DefaultSecurityGroupRuleNotFound",
    "DhcpPortInUse",
    "DuplicateAddressPairInRequest",
    "DuplicateRbacPolicy",
    "DuplicateSubPort",
    "EmptySubnetPoolPrefixList",
    "FixedIpsSubnetsNotOnSameSegment",
    "FlatNetworkInUse",
    "FlavorNotFound",
    "ForbiddenError",
    "GatewayConflictWithAllocationPools",
    "GatewayIpInUse",
    "GoneError",
    "HTTPBadRequest",
    "HTTPMethodNotAllowed",
    "HTTPNotAcceptable",
    "HTTPNotFound",
    "HTTPRequestEntityTooLarge",
    "HTTPRequestTimeout",
    "HostNotCompatibleWithFixedIps",
    "HostNotConnectedToAnySegment",
    "HostRoutesExhausted",
    "HypervisorNotFound",
    "IllegalSubnetPoolIpVersionAssociationToAddressScope",
    "IllegalSubnetPoolPrefixBounds",
    "IllegalSubnetPoolPrefixUpdate",
    "IllegalSubnetPoolUpdate",
    "ImageNotFound",
    "InstanceInUse",
    "InstanceNotFound",
    "InvalidActionForType",
    "InvalidAllocationPool",
    "InvalidCIDR",
    "InvalidDHCPAgent",
    "InvalidInput",
    "InvalidInputSubnetServiceType",
    "InvalidIpForNetwork",
    "InvalidIpForSubnet",
    "InvalidSharedSetting",
    "InvalidSubnetServiceType",
    "IpAddressAlreadyAllocated",
    "IpAddressGenerationFailure",
    "IpAddressGenerationFailureNoMatchingSubnet",
    "KeypairExists",
    "KeypairNotFound",
    "KeystoneUnavailable",
    "MacAddressGenerationFailure",
    "MacAddressInUse",
    "MaxPrefixSubnetAllocationError",
    "MinPrefixSubnetAllocationError",
    "NetworkAddressScopeAffinityError",
    "NetworkHostedByDHCPAgent",
    "NetworkIdsDontMatch",
    "NetworkInUse",
    "NetworkMTUSubnetConflict",
    "NetworkNotFound",
    "NetworkNotHostedByDhcpAgent",
    "NetworkSegmentRangeDefaultReadOnly",
    "NetworkSegmentRangeNetTypeNotSupported",
    "NetworkSegmentRangeNotFound",
    "NetworkSegmentRangeOverlaps",
    "NetworkSegmentRangeReferencedByProject",
    "NetworkSubnetPoolAffinityError",
    "NoNetworkAvailable",
    "NoNetworkFits",
    "NoUpdateSubnetWhenMultipleSegmentsOnNetwork",
    "NoValidHost",
    "NotEnforced",
    "NotFoundError",
    "OutOfBoundsAllocationPool",
    "OverQuota",
    "OverlappingAllocationPools",
    "ParentPortInUse",
    "PhysicalNetworkNotFound",
    "PolicyNotAuthorized",
    "PolicyRemoveAuthorizationError",
    "PortBindingAlreadyActive",
    "PortBindingAlreadyExists",
    "PortBindingNotFound",
    "PortBound",
    "PortInUse",
    "PortInUseAsSubPort",
    "PortInUseAsTrunkParent",
    "PortNotFound",
    "PortSecurityAndIPRequiredForSecurityGroups",
    "PortSecurityPortHasSecurityGroup",
    "PreconditionError",
    "PrefixVersionMismatch",
    "QoSPolicyDefaultAlreadyExists",
    "QoSRuleParameterConflict",
    "QoSRulesConflict",
    "QosPolicyInUse",
    "QosPolicyNotFound",
    "QosRuleNotFound",
    "QuotaResourceUnknown",
    "RbacPolicyInUse",
    "RbacPolicyInitError",
    "RbacPolicyNotFound",
    "RevisionGone",
    "RevisionNumberConstraintFailed",
    "SecurityGroupCannotRemoveDefault",
    "SecurityGroupCannotUpdateDefault",
    "SecurityGroupConflict",
    "SecurityGroupDefaultAlreadyExists",
    "SecurityGroupEthertypeConflictWithProtocol",
    "SecurityGroupInUse",
    "SecurityGroupInvalidIcmpValue",
    "SecurityGroupInvalidPortRange",
    "SecurityGroupInvalidPortValue",
    "SecurityGroupInvalidProtocolForPort",
    "SecurityGroupMissingIcmpType",
    "SecurityGroupMultipleRemoteEntites",
    "SecurityGroupNotFound",
    "SecurityGroupProtocolRequiredWithPorts",
    "SecurityGroupRuleExists",
    "SecurityGroupRuleInvalidEtherType",
    "SecurityGroupRuleInvalidProtocol",
    "SecurityGroupRuleNotFound",
    "SecurityGroupRuleParameterConflict",
    "SegmentInUse",
    "SegmentNotFound",
    "SegmentsContainDuplicateEntry",
    "SegmentsSetInConjunctionWithProviders",
    "ServerInvalid",
    "ServerNotFound",
    "ServerPortInUse",
    "ServerQuotaExceeded",
    "ServerStateConflict",
    "ServicePortInUse",
    "SubPortMtuGreaterThanTrunkPortMtu",
    "SubPortNotFound",
    "SubnetAllocationError",
    "SubnetInUse",
    "SubnetNotFound",
    "SubnetPoolDeleteError",
    "SubnetPoolNotFound",
    "SubnetPoolQuotaExceeded",
    "SubnetSegmentAssociationChangeNotAllowed",
    "SubnetsNotAllAssociatedWithSegments",
    "TagNotFound",
    "TagResourceNotFound",
    "TenantQuotaNotFound",
    "TransportError",
    "TrunkDisabled",
    "TrunkInUse",
    "TrunkNotFound",
    "TrunkPortInUse",
    "Unauthorized",
    "UnauthorizedError",
    "UnavailableError",
    "UnderlayError",
    "VlanIdInUse",
    "leaves",
]
