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
    |- TransportError      HTTPMethodNotAllowed HTTPRequestTimeout HTTPRequestEntityTooLarge
    |- UnauthorizedError   Unauthorized
    |- ForbiddenError      PolicyNotAuthorized PolicyRemoveAuthorizationError
    |- NotFoundError       NetworkNotFound SubnetNotFound SubnetPoolNotFound PortNotFound AgentNotFound
    |                      InvalidDHCPAgent InstanceNotFound QuotaResourceUnknown TenantQuotaNotFound HTTPNotFound
    |                      AddressScopeNotFound RbacPolicyNotFound TagResourceNotFound TagNotFound
    |                      SegmentNotFound NetworkSegmentRangeNotFound PhysicalNetworkNotFound
    |                      AvailabilityZoneNotFound
    |                      SecurityGroupNotFound SecurityGroupRuleNotFound DefaultSecurityGroupRuleNotFound
    |                      AddressGroupNotFound AddressesNotFound
    |                      QosPolicyNotFound QosRuleNotFound TrunkNotFound SubPortNotFound PortBindingNotFound
    |- ConflictError       VlanIdInUse FlatNetworkInUse NetworkInUse SubnetInUse ServicePortInUse PortBound
    |                      InvalidSharedSetting GatewayConflictWithAllocationPools GatewayIpInUse
    |                      OverlappingAllocationPools
    |                      IpAddressAlreadyAllocated IpAddressGenerationFailure MacAddressInUse
    |                      NetworkMTUSubnetConflict OverQuota NetworkHostedByDHCPAgent NetworkNotHostedByDhcpAgent
    |                      DhcpPortInUse InstanceInUse AddressScopeInUse DuplicateRbacPolicy
    |                      SegmentInUse HostNotConnectedToAnySegment
    |                      HostNotCompatibleWithFixedIps NetworkSegmentRangeReferencedByProject
    |                      NetworkSegmentRangeOverlaps DefaultExternalNetworkExists AutoAllocationFailure
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
    |                      Conflict (a lost race: the only one to repeat by itself)
    |- PreconditionError   RevisionNumberConstraintFailed
    |- GoneError           RevisionGone
    `- UnavailableError    NoNetworkAvailable MacAddressGenerationFailure KeystoneUnavailable
"""

# The names are the protocol's, so they do not all end in Error.
# ruff: noqa: N818

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from underlay.model.address import AddressRange, IpAddress, IpNetwork, Mac
from underlay.model.ids import AgentId, InstanceId, NetworkId, PortId, ProjectId, Revision, SegmentId, SubnetId, Vid


class UnderlayError(Exception):
    """The root. Fields are set once, by the constructor; `str()` is the message.

    Attributes:
    template: the message, with the fields' names in braces.
    retryable: whether the same command may succeed when it is judged again at once, on a fresh snapshot.
    """

    template: ClassVar[str] = ""
    retryable: ClassVar[bool] = False

    @property
    def message(self) -> str:
        """What is wrong and, if that is not plain from it, what would be right."""
        return self.template.format_map(vars(self)) + self.hint

    @property
    def hint(self) -> str:
        """What the template leaves unsaid; starts with a space or a colon, empty for nothing."""
        return ""

    def __str__(self) -> str:
        return self.message

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self.__dict__ and not name.startswith("__"):
            raise AttributeError(f"{type(self).__name__}.{name} is set once")
        super().__setattr__(name, value)


def leaves() -> Iterator[type[UnderlayError]]:
    """Every class of the tree that has no class below it: those that can be raised."""
    return _leaves_under(UnderlayError)


def _leaves_under(node: type[UnderlayError]) -> Iterator[type[UnderlayError]]:
    below = node.__subclasses__()
    if not below:
        yield node
    for child in below:
        yield from _leaves_under(child)


class BadRequestError(UnderlayError):
    """What was asked for makes no sense here, whatever the state."""


@dataclass(unsafe_hash=True)
class InvalidInput(BadRequestError):
    """`error_message` is a clause without a full stop."""

    template = "Invalid input for operation: {error_message}."
    error_message: str


@dataclass(unsafe_hash=True)
class BadRequest(BadRequestError):
    """`msg` is a clause without a full stop; `resource` the collection, such as `subnets`."""

    template = "Bad {resource} request: {msg}."
    resource: str
    msg: str


@dataclass(unsafe_hash=True)
class HTTPBadRequest(BadRequestError):
    """The body or the query does not have the API's form; `text` is a sentence, Neutron's where it has one."""

    template = "{text}"
    text: str


@dataclass(unsafe_hash=True)
class SegmentsSetInConjunctionWithProviders(BadRequestError):
    """A network was asked for with `segments` and `provider:*`."""

    template = "Segments and provider values cannot both be set."


@dataclass(unsafe_hash=True)
class SegmentsContainDuplicateEntry(BadRequestError):
    """Two of the segments asked for are the same."""

    template = "Duplicate segment entry in request."


@dataclass(unsafe_hash=True)
class NoUpdateSubnetWhenMultipleSegmentsOnNetwork(BadRequestError):
    """Which segment the addresses in use are on cannot be told."""

    template = (
        "The network '{network_id}' has multiple segments, it is only possible to associate an existing subnet with a "
        "segment on networks with a single segment."
    )
    network_id: NetworkId


@dataclass(unsafe_hash=True)
class SubnetsNotAllAssociatedWithSegments(BadRequestError):
    """A network is routed between its segments, or it is not."""

    template = (
        "All of the subnets on network '{network_id}' must either all be associated with segments or all not "
        "associated with any segment."
    )
    network_id: NetworkId


@dataclass(unsafe_hash=True)
class SubnetSegmentAssociationChangeNotAllowed(BadRequestError):
    """A subnet stays on its segment."""

    template = "A subnet that is already associated with a segment cannot have its segment association changed."


@dataclass(unsafe_hash=True)
class NetworkIdsDontMatch(BadRequestError):
    """The segment is of another network than the subnet."""

    template = "The subnet's network id, '{subnet_network}', doesn't match the network_id of segment '{segment_id}'"
    subnet_network: NetworkId
    segment_id: SegmentId


@dataclass(unsafe_hash=True)
class FixedIpsSubnetsNotOnSameSegment(BadRequestError):
    """A port is on one host, and so on one segment."""

    template = "Cannot allocate addresses from different segments."


@dataclass(unsafe_hash=True)
class NetworkSegmentRangeNetTypeNotSupported(BadRequestError):
    """Only VLAN ids come from ranges."""

    template = "Network type {type} does not support network segment ranges."
    type: str


@dataclass(unsafe_hash=True)
class NetworkSegmentRangeDefaultReadOnly(BadRequestError):
    """It says what the setting network_vlan_ranges says."""

    template = "Network Segment Range {range_id} is a default segment range which could not be updated or deleted."
    range_id: str

    @property
    def hint(self) -> str:  # noqa: D102
        return " It is made from the setting network_vlan_ranges; change it there, or create a range beside it."


@dataclass(unsafe_hash=True)
class InvalidAllocationPool(BadRequestError):
    """The pool is of another IP version than its subnet, or ends before it starts."""

    template = "The allocation pool {start}-{end} is not valid."
    start: IpAddress
    end: IpAddress


@dataclass(unsafe_hash=True)
class OutOfBoundsAllocationPool(BadRequestError):
    """The pool has addresses that ports of the subnet cannot have."""

    template = "The allocation pool {pool.start}-{pool.end} spans beyond the subnet cidr {subnet_cidr}."
    pool: AddressRange
    subnet_cidr: IpNetwork


@dataclass(unsafe_hash=True)
class DNSNameServersExhausted(BadRequestError):
    """More DNS servers than the limit `quota`; `subnet_id` of a subnet that is new: `new subnet`."""

    template = "Unable to complete operation for {subnet_id}. The number of DNS nameservers exceeds the limit {quota}."
    subnet_id: str
    quota: int


@dataclass(unsafe_hash=True)
class HostRoutesExhausted(BadRequestError):
    """More host routes than the limit `quota`; `subnet_id` of a subnet that is new: `new subnet`."""

    template = "Unable to complete operation for {subnet_id}. The number of host routes exceeds the limit {quota}."
    subnet_id: str
    quota: int


@dataclass(unsafe_hash=True)
class InvalidIpForNetwork(BadRequestError):
    """No subnet of the network has the address."""

    template = "IP address {ip_address} is not a valid IP for any of the subnets on the specified network."
    ip_address: IpAddress


@dataclass(unsafe_hash=True)
class InvalidIpForSubnet(BadRequestError):
    """The address is outside the subnet, or its network or broadcast address."""

    template = "IP address {ip_address} is not a valid IP for the specified subnet."
    ip_address: IpAddress


@dataclass(unsafe_hash=True)
class AllocationOnAutoAddressSubnet(BadRequestError):
    """On a SLAAC subnet the guest makes its address from the prefix and its MAC; no other can be given."""

    template = (
        "IPv6 address {ip} cannot be directly assigned to a port on subnet {subnet_id} as the subnet is "
        "configured for automatic addresses"
    )
    ip: IpAddress
    subnet_id: SubnetId


@dataclass(unsafe_hash=True)
class InvalidActionForType(BadRequestError):
    """Objects of the type cannot be granted so."""

    template = "Invalid action '{action}' for object type '{object_type}'. Valid actions: {valid_actions}"
    action: str
    object_type: str
    valid_actions: tuple[str, ...]


@dataclass(unsafe_hash=True)
class AddressScopeUpdateError(BadRequestError):
    """`reason` is a clause without a full stop."""

    template = "Unable to update address scope {address_scope_id} : {reason}."
    address_scope_id: str
    reason: str


@dataclass(unsafe_hash=True)
class InvalidCIDR(BadRequestError):
    """The text is no address, and none with a prefix length."""

    template = "Invalid CIDR {input} given as IP prefix."
    input: str


@dataclass(unsafe_hash=True)
class SecurityGroupInvalidPortRange(BadRequestError):
    """One end of the range is missing, or the first is beyond the last."""

    template = "For TCP/UDP protocols, port_range_min must be <= port_range_max"


@dataclass(unsafe_hash=True)
class SecurityGroupInvalidProtocolForPort(BadRequestError):
    """The protocol, here by its number, has no ports; `valid_port_protocols` have."""

    template = "Ports cannot be specified for protocol {protocol}. Ports are only supported for {valid_port_protocols}."
    protocol: int
    valid_port_protocols: str


@dataclass(unsafe_hash=True)
class SecurityGroupInvalidPortValue(BadRequestError):
    """No port has that number."""

    template = "Invalid value for port {port}"
    port: str


@dataclass(unsafe_hash=True)
class SecurityGroupInvalidIcmpValue(BadRequestError):
    """`field` is `type` or `code`, `attr` the attribute that stands for it."""

    template = "Invalid value for ICMP {field} ({attr}) {value}. It must be 0 to 255."
    field: str
    attr: str
    value: int


@dataclass(unsafe_hash=True)
class SecurityGroupMissingIcmpType(BadRequestError):
    """`value` is the ICMP code."""

    template = "ICMP code (port-range-max) {value} is provided but ICMP type (port-range-min) is missing."
    value: int


@dataclass(unsafe_hash=True)
class SecurityGroupEthertypeConflictWithProtocol(BadRequestError):
    """The protocol is one of IPv6 only."""

    template = "Invalid ethertype {ethertype} for protocol {protocol}."
    ethertype: str
    protocol: str


@dataclass(unsafe_hash=True)
class SecurityGroupRuleInvalidProtocol(BadRequestError):
    """`values` are the names that protocols have."""

    template = (
        "Security group rule protocol {protocol} not supported. Only protocol values {values} and integer "
        "representations [0 to 255] are supported."
    )
    protocol: str
    values: str


@dataclass(unsafe_hash=True)
class SecurityGroupRuleInvalidEtherType(BadRequestError):
    """`values` are those that there are."""

    template = "Security group rule for ethertype '{ethertype}' not supported. Allowed values are {values}."
    ethertype: str
    values: str


@dataclass(unsafe_hash=True)
class SecurityGroupRuleParameterConflict(BadRequestError):
    """The prefix is of another IP version than the rule."""

    template = "Conflicting value ethertype {ethertype} for CIDR {cidr}"
    ethertype: str
    cidr: str


@dataclass(unsafe_hash=True)
class SecurityGroupProtocolRequiredWithPorts(BadRequestError):
    """Ports of any protocol at all are no ports."""

    template = "Must also specify protocol if port range is given."


@dataclass(unsafe_hash=True)
class SecurityGroupMultipleRemoteEntites(BadRequestError):
    """A rule has one other end. The name is spelled as Neutron spells it."""

    template = "Only one of remote_ip_prefix or remote_group_id or remote_address_group_id may be provided."


@dataclass(unsafe_hash=True)
class AddressesAlreadyExist(BadRequestError):
    """Addresses were to be added that the group has."""

    template = "Addresses {addresses} already exist in the address group {address_group_id}."
    addresses: str
    address_group_id: str


@dataclass(unsafe_hash=True)
class PortSecurityAndIPRequiredForSecurityGroups(BadRequestError):
    """Security groups were asked for on a port without port security."""

    template = "Port security must be enabled and port must have an IP address in order to use security groups."


@dataclass(unsafe_hash=True)
class AllowedAddressPairsMissingIP(BadRequestError):
    """A pair was sent without its address."""

    template = "AllowedAddressPair must contain ip_address"


@dataclass(unsafe_hash=True)
class DuplicateAddressPairInRequest(BadRequestError):
    """`mac_address` is None when none was sent."""

    template = "Request contains duplicate address pair: mac_address {mac_address} ip_address {ip_address}."
    mac_address: Mac | None
    ip_address: str


@dataclass(unsafe_hash=True)
class AllowedAddressPairExhausted(BadRequestError):
    """More pairs than `quota`, which is `max_allowed_address_pairs`."""

    template = "The number of allowed address pair exceeds the maximum {quota}."
    quota: int


@dataclass(unsafe_hash=True)
class EmptySubnetPoolPrefixList(BadRequestError):
    """A pool has prefixes."""

    template = "Empty subnet pool prefix list."


@dataclass(unsafe_hash=True)
class PrefixVersionMismatch(BadRequestError):
    """The prefixes of a pool are of one IP version."""

    template = "Cannot mix IPv4 and IPv6 prefixes in a subnet pool."


@dataclass(unsafe_hash=True)
class IllegalSubnetPoolPrefixBounds(BadRequestError):
    """min <= default <= max <= what the IP version has."""

    template = "Illegal prefix bounds: {prefix_type}={prefixlen}, {base_prefix_type}={base_prefixlen}."
    prefix_type: str
    prefixlen: int
    base_prefix_type: str
    base_prefixlen: int


@dataclass(unsafe_hash=True)
class IllegalSubnetPoolPrefixUpdate(BadRequestError):
    """`msg` is a clause without a full stop."""

    template = "Illegal update to prefixes: {msg}."
    msg: str


@dataclass(unsafe_hash=True)
class IllegalSubnetPoolUpdate(BadRequestError):
    """`reason` is a clause without a full stop."""

    template = "Illegal subnetpool update : {reason}."
    reason: str


@dataclass(unsafe_hash=True)
class IllegalSubnetPoolIpVersionAssociationToAddressScope(BadRequestError):
    """The scope is of the other IP version, `ip_version`."""

    template = (
        "Illegal subnetpool association: subnetpool {subnetpool_id} cannot associate with address scope "
        "{address_scope_id} because subnetpool ip_version is not {ip_version}."
    )
    subnetpool_id: str
    address_scope_id: str
    ip_version: int


@dataclass(unsafe_hash=True)
class MinPrefixSubnetAllocationError(BadRequestError):
    """The prefix asked for is too large for the pool."""

    template = "Unable to allocate subnet with prefix length {prefixlen}, minimum allowed prefix is {min_prefixlen}."
    prefixlen: int
    min_prefixlen: int


@dataclass(unsafe_hash=True)
class MaxPrefixSubnetAllocationError(BadRequestError):
    """The prefix asked for is too small for the pool."""

    template = "Unable to allocate subnet with prefix length {prefixlen}, maximum allowed prefix is {max_prefixlen}."
    prefixlen: int
    max_prefixlen: int


@dataclass(unsafe_hash=True)
class RbacPolicyInitError(BadRequestError):
    """`reason` is a clause without a full stop."""

    template = "RBAC policy for object {object_id} could not be created: {reason}."
    object_id: str
    reason: str


@dataclass(unsafe_hash=True)
class SubnetPoolDeleteError(BadRequestError):
    """`reason` is a clause without a full stop."""

    template = "Unable to delete subnet pool: {reason}."
    reason: str


@dataclass(unsafe_hash=True)
class NetworkSubnetPoolAffinityError(BadRequestError):
    """The network has a subnet of that IP version from elsewhere."""

    template = "Subnets hosted on the same network must be allocated from the same subnet pool."


@dataclass(unsafe_hash=True)
class NetworkAddressScopeAffinityError(BadRequestError):
    """The network has a subnet of that IP version in another scope, or in none."""

    template = (
        "Subnets of the same address family hosted on the same network must all participate in the same address scope."
    )


@dataclass(unsafe_hash=True)
class InvalidSubnetServiceType(BadRequestError):
    """It begins like no device_owner."""

    template = "Subnet service type {service_type} does not correspond to a valid device owner."
    service_type: str


@dataclass(unsafe_hash=True)
class InvalidInputSubnetServiceType(BadRequestError):
    """It is no text, or not in a list."""

    template = "Subnet service type {service_type} is not a string."
    service_type: str


class TransportError(UnderlayError):
    """The HTTP request itself cannot be served; each leaf has a status of its own."""


@dataclass(unsafe_hash=True)
class HTTPMethodNotAllowed(TransportError):
    """The URL is known, and has no such method."""

    template = "The method {method} is not allowed for this resource."
    method: str


@dataclass(unsafe_hash=True)
class HTTPRequestTimeout(TransportError):
    """The body did not arrive in time."""

    template = "The request body did not arrive within {limit_s} seconds."
    limit_s: int


@dataclass(unsafe_hash=True)
class HTTPRequestEntityTooLarge(TransportError):
    """The body is longer than `max_request_bytes`."""

    template = "The request body is larger than {limit} bytes."
    limit: int


class UnauthorizedError(UnderlayError):
    """Nobody known asks."""


@dataclass(unsafe_hash=True)
class Unauthorized(UnauthorizedError):
    """No token, or none that is ours and still good; `reason` is a sentence."""

    template = "{reason}"
    reason: str = "The request you have made requires authentication."


class ForbiddenError(UnderlayError):
    """The caller is known and may not."""


@dataclass(unsafe_hash=True)
class PolicyNotAuthorized(ForbiddenError):
    """Attributes:
    rules: what was refused, such as `create_network` and `create_network:shared`; not empty.
    allowed_to: who may, in words.
    """

    rules: tuple[str, ...]
    allowed_to: str = "an administrator"

    @property
    def message(self) -> str:  # noqa: D102
        joined = " and ".join(f"rule:{rule}" for rule in self.rules)
        subject = f"({joined})" if len(self.rules) > 1 else joined
        return f"{subject} is disallowed by policy: only {self.allowed_to} may do this"


@dataclass(unsafe_hash=True)
class PolicyRemoveAuthorizationError(ForbiddenError):
    """The QoS policy that a port or network has may not be taken off by who may not see it."""

    template = "Failed to remove provided policy {policy_id} because you are not authorized."
    policy_id: str


class NotFoundError(UnderlayError):
    """No such object, or none that the caller may see: the two are not told apart."""


@dataclass(unsafe_hash=True)
class NetworkNotFound(NotFoundError):
    """No such network."""

    template = "Network {net_id} could not be found."
    net_id: NetworkId


@dataclass(unsafe_hash=True)
class SubnetNotFound(NotFoundError):
    """No such subnet."""

    template = "Subnet {subnet_id} could not be found."
    subnet_id: SubnetId


@dataclass(unsafe_hash=True)
class SubnetPoolNotFound(NotFoundError):
    """There are no subnet pools here, so never one of that name."""

    template = "Subnet pool {subnetpool_id} could not be found."
    subnetpool_id: str


@dataclass(unsafe_hash=True)
class PortNotFound(NotFoundError):
    """No such port."""

    template = "Port {port_id} could not be found."
    port_id: PortId


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
class InstanceNotFound(NotFoundError):
    """No such instance (ours: extension instance-metadata)."""

    template = "Instance {id} could not be found."
    id: InstanceId


@dataclass(unsafe_hash=True)
class QuotaResourceUnknown(NotFoundError):
    """A quota was named for a resource that has none; `known` are those that have."""

    template = "Unknown quota resources ['{unknown}']."
    unknown: str
    known: tuple[str, ...]

    @property
    def hint(self) -> str:  # noqa: D102
        return f" Quotas are kept for {', '.join(self.known)}."


@dataclass(unsafe_hash=True)
class TenantQuotaNotFound(NotFoundError):
    """The project has no quota of its own: it has the defaults."""

    template = "Quota for tenant {tenant_id} could not be found."
    tenant_id: ProjectId


@dataclass(unsafe_hash=True)
class HTTPNotFound(NotFoundError):
    """The URL names nothing, or an extension or API version that does not exist; `text` is a sentence."""

    template = "{text}"
    text: str = "The resource could not be found."


@dataclass(unsafe_hash=True)
class TagResourceNotFound(NotFoundError):
    """`resource` is the collection's key, such as `networks`."""

    template = "Resource {resource} {resource_id} could not be found."
    resource: str
    resource_id: str


@dataclass(unsafe_hash=True)
class TagNotFound(NotFoundError):
    """The record has no such tag."""

    template = "Tag {tag} could not be found."
    tag: str


@dataclass(unsafe_hash=True)
class SegmentNotFound(NotFoundError):
    """There is none."""

    template = "Segment {segment_id} could not be found."
    segment_id: SegmentId


@dataclass(unsafe_hash=True)
class NetworkSegmentRangeNotFound(NotFoundError):
    """There is none."""

    template = "Network Segment Range {range_id} could not be found."
    range_id: str


@dataclass(unsafe_hash=True)
class PhysicalNetworkNotFound(NotFoundError):
    """Ours: no setting, range, host or network names it."""

    template = "Physical network {name} could not be found."
    name: str


@dataclass(unsafe_hash=True)
class AvailabilityZoneNotFound(NotFoundError):
    """No DHCP agent that is switched on is in that zone."""

    template = "AvailabilityZone {availability_zone} could not be found."
    availability_zone: str


@dataclass(unsafe_hash=True)
class RbacPolicyNotFound(NotFoundError):
    """There is none, or it is another project's."""

    template = "RBAC policy of type {object_type} with ID {id} not found"
    id: str
    object_type: str = "unknown"


@dataclass(unsafe_hash=True)
class AddressScopeNotFound(NotFoundError):
    """There is none, or the caller may not see it."""

    template = "Address scope {address_scope_id} could not be found."
    address_scope_id: str


@dataclass(unsafe_hash=True)
class SecurityGroupNotFound(NotFoundError):
    """There is none, or the caller may not see it."""

    template = "Security group {id} does not exist"
    id: str


@dataclass(unsafe_hash=True)
class SecurityGroupRuleNotFound(NotFoundError):
    """There is none, or the caller may not see it."""

    template = "Security group rule {id} does not exist"
    id: str


@dataclass(unsafe_hash=True)
class DefaultSecurityGroupRuleNotFound(NotFoundError):
    """New groups start with no such rule."""

    template = "Default Security Group rule {id} does not exist"
    id: str


@dataclass(unsafe_hash=True)
class AddressGroupNotFound(NotFoundError):
    """There is none, or the caller may not see it."""

    template = "Address group {address_group_id} could not be found."
    address_group_id: str


@dataclass(unsafe_hash=True)
class AddressesNotFound(NotFoundError):
    """Addresses were to be removed that the group has not."""

    template = "Addresses {addresses} not found in the address group {address_group_id}."
    addresses: str
    address_group_id: str


@dataclass(unsafe_hash=True)
class QosPolicyNotFound(NotFoundError):
    """There is none, or the caller may not see it."""

    template = "QoS policy {policy_id} could not be found."
    policy_id: str


@dataclass(unsafe_hash=True)
class QosRuleNotFound(NotFoundError):
    """The policy has no such rule of that type; `policy_id` is empty when none was named."""

    template = "QoS rule {rule_id} for policy {policy_id} could not be found."
    rule_id: str
    policy_id: str


@dataclass(unsafe_hash=True)
class TrunkNotFound(NotFoundError):
    """There is none, or the caller may not see it."""

    template = "Trunk {trunk_id} could not be found."
    trunk_id: str


@dataclass(unsafe_hash=True)
class SubPortNotFound(NotFoundError):
    """The port is no subport of the trunk."""

    template = "SubPort {port_id} on trunk {trunk_id} could not be found."
    port_id: PortId
    trunk_id: str


@dataclass(unsafe_hash=True)
class PortBindingNotFound(NotFoundError):
    """The port has no binding for the host."""

    template = "Binding for port {port_id} for host {host} could not be found."
    port_id: PortId
    host: str


class ConflictError(UnderlayError):
    """What was asked for cannot stand beside what is."""


@dataclass(unsafe_hash=True)
class VlanIdInUse(ConflictError):
    """Another network is on that VLAN."""

    template = "Unable to create the network. The VLAN {vlan_id} on physical network {physical_network} is in use."
    vlan_id: Vid
    physical_network: str


@dataclass(unsafe_hash=True)
class FlatNetworkInUse(ConflictError):
    """Another network is the physical network's flat one."""

    template = "Unable to create the flat network. Physical network {physical_network} is in use."
    physical_network: str


@dataclass(unsafe_hash=True)
class NetworkInUse(ConflictError):
    """A port that does not go with the network is on it; `port_id` names one."""

    template = (
        "Unable to complete operation on network {net_id}. There are one or more ports still in use on the network."
    )
    net_id: NetworkId
    port_id: PortId

    @property
    def hint(self) -> str:  # noqa: D102
        return f" One is port {self.port_id}."


@dataclass(unsafe_hash=True)
class SubnetInUse(ConflictError):
    """A port that does not go with the subnet has an address of it; `port_id` names one."""

    template = (
        "Unable to complete operation on subnet {subnet_id}: One or more ports have an IP allocation from this subnet."
    )
    subnet_id: SubnetId
    port_id: PortId

    @property
    def hint(self) -> str:  # noqa: D102
        return f" One is port {self.port_id}."


@dataclass(unsafe_hash=True)
class ServicePortInUse(ConflictError):
    """The port is not its owner's to delete; `reason` is a clause without a full stop."""

    template = "Port {port_id} cannot be deleted directly via the port API: {reason}."
    port_id: PortId
    reason: str


@dataclass(unsafe_hash=True)
class PortBound(ConflictError):
    """A port's MAC cannot change while a host has it."""

    template = (
        "Unable to complete operation on port {port_id}, port is already bound, port type: ovs, old_mac "
        "{old_mac}, new_mac {new_mac}."
    )
    port_id: PortId
    old_mac: Mac
    new_mac: Mac


@dataclass(unsafe_hash=True)
class InvalidSharedSetting(ConflictError):
    """Others than the owner have ports or subnets on the network."""

    template = "Unable to reconfigure sharing settings for network {network}. Multiple tenants are using it."
    network: str


@dataclass(unsafe_hash=True)
class GatewayConflictWithAllocationPools(ConflictError):
    """The gateway's address would be given to a port."""

    template = "Gateway ip {ip_address} conflicts with allocation pool {pool.start}-{pool.end}."
    ip_address: IpAddress
    pool: AddressRange


@dataclass(unsafe_hash=True)
class GatewayIpInUse(ConflictError):
    """A port has the address that the gateway would have."""

    template = "Current gateway ip {ip_address} already in use by port {port_id}. Unable to update."
    ip_address: IpAddress
    port_id: PortId


@dataclass(unsafe_hash=True)
class OverlappingAllocationPools(ConflictError):
    """Two pools of one subnet share addresses."""

    template = (
        "Found overlapping allocation pools: {pool_1.start}-{pool_1.end} {pool_2.start}-{pool_2.end} "
        "for subnet {subnet_cidr}."
    )
    pool_1: AddressRange
    pool_2: AddressRange
    subnet_cidr: IpNetwork


@dataclass(unsafe_hash=True)
class IpAddressAlreadyAllocated(ConflictError):
    """Another port, or this one already, has the address."""

    template = "IP address {ip} already allocated in subnet {subnet_id}"
    ip: IpAddress
    subnet_id: SubnetId


@dataclass(unsafe_hash=True)
class IpAddressGenerationFailure(ConflictError):
    """No address is free in the pools of `subnet_ids`, which are those that were tried."""

    template = "No more IP addresses available on network {net_id}."
    net_id: NetworkId
    subnet_ids: tuple[SubnetId, ...] = ()

    @property
    def hint(self) -> str:  # noqa: D102
        return f" The allocation pools of {', '.join(self.subnet_ids)} are used up." if self.subnet_ids else ""


@dataclass(unsafe_hash=True)
class MacAddressInUse(ConflictError):
    """Another port of the network has the MAC."""

    template = "Unable to complete operation for network {net_id}. The mac address {mac} is in use."
    net_id: NetworkId
    mac: Mac


@dataclass(unsafe_hash=True)
class NetworkMTUSubnetConflict(ConflictError):
    """The network's MTU is below what IP needs; `mtu` is that minimum."""

    template = "MTU of {net_id} is not valid, subnet requires a minimum of {mtu}"
    net_id: NetworkId
    mtu: int


@dataclass(unsafe_hash=True)
class OverQuota(ConflictError):
    """The project has as many as it may; `limit` and `used` are counts of `resource`."""

    template = "Quota exceeded for resources: ['{resource}']."
    resource: str
    limit: int
    used: int

    @property
    def hint(self) -> str:  # noqa: D102
        return f" {self.used} of at most {self.limit} are in use by the project."


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


@dataclass(unsafe_hash=True)
class InstanceInUse(ConflictError):
    """There is an instance with that id (ours: extension instance-metadata)."""

    template = "Instance {id} exists already."
    id: InstanceId


@dataclass(unsafe_hash=True)
class SegmentInUse(ConflictError):
    """Subnets are on it, or it is the only one of its network."""

    template = "Segment '{segment_id}' cannot be deleted: {reason}."
    segment_id: SegmentId
    reason: str


@dataclass(unsafe_hash=True)
class HostNotConnectedToAnySegment(ConflictError):
    """The host has a bridge for none of the physical networks of the network."""

    template = (
        "Host {host} is not connected to any segments on routed provider network '{network_id}'.  It should be "
        "connected to one."
    )
    host: str
    network_id: NetworkId


@dataclass(unsafe_hash=True)
class HostNotCompatibleWithFixedIps(ConflictError):
    """The addresses of the port are of a segment that its host does not reach."""

    template = (
        "Host {host} is not connected to a segment where the existing fixed_ips on port {port_id} will function given "
        "the routed network topology."
    )
    host: str
    port_id: PortId


@dataclass(unsafe_hash=True)
class NetworkSegmentRangeReferencedByProject(ConflictError):
    """Networks are on VLANs of it, which it would no longer contain."""

    template = "Network Segment Range {range_id} is referenced by one or more project networks."
    range_id: str
    vids: tuple[Vid, ...] = ()

    @property
    def hint(self) -> str:  # noqa: D102
        return f" VLANs in use: {', '.join(map(str, self.vids))}." if self.vids else ""


@dataclass(unsafe_hash=True)
class NetworkSegmentRangeOverlaps(ConflictError):
    """No two ranges that are not defaults share a VLAN id."""

    template = "Network segment range overlaps with range(s) with id {range_id}"
    range_id: str


@dataclass(unsafe_hash=True)
class DefaultExternalNetworkExists(ConflictError):
    """There is one default network."""

    template = "A default external network already exists: {net_id}."
    net_id: NetworkId


@dataclass(unsafe_hash=True)
class AutoAllocationFailure(ConflictError):
    """There is no network that the project could be given."""

    template = "Deployment error: {reason}."
    reason: str


@dataclass(unsafe_hash=True)
class DuplicateRbacPolicy(ConflictError):
    """The object is granted so already."""

    template = "An RBAC policy already exists with those values."


@dataclass(unsafe_hash=True)
class AddressScopeInUse(ConflictError):
    """Subnet pools belong to it."""

    template = (
        "Unable to complete operation on address scope {address_scope_id}. There are one or more subnet pools in use "
        "on the address scope."
    )
    address_scope_id: str


@dataclass(unsafe_hash=True)
class SecurityGroupInUse(ConflictError):
    """Ports are in the group."""

    template = "Security Group {id} in use."
    id: str


@dataclass(unsafe_hash=True)
class SecurityGroupCannotRemoveDefault(ConflictError):
    """Only an administrator deletes a project's default group; the next port makes a new one."""

    template = "Insufficient rights for removing default security group."


@dataclass(unsafe_hash=True)
class SecurityGroupCannotUpdateDefault(ConflictError):
    """A project's default group keeps its name."""

    template = "Updating default security group not allowed."


@dataclass(unsafe_hash=True)
class SecurityGroupDefaultAlreadyExists(ConflictError):
    """The name `default`, in any case, is taken by the group that each project has."""

    template = "Default security group already exists."


@dataclass(unsafe_hash=True)
class SecurityGroupRuleExists(ConflictError):
    """The group has a rule that lets the same packets pass."""

    template = "Security group rule already exists. Rule id is {rule_id}."
    rule_id: str


@dataclass(unsafe_hash=True)
class DefaultSecurityGroupRuleExists(ConflictError):
    """Such groups start with a rule that lets the same packets pass."""

    template = "Default Security group rule already exists. Rule id is {rule_id}."
    rule_id: str


@dataclass(unsafe_hash=True)
class SecurityGroupConflict(ConflictError):
    """`reason` is a clause without a full stop."""

    template = "Error {reason} while attempting the operation."
    reason: str


@dataclass(unsafe_hash=True)
class AddressGroupInUse(ConflictError):
    """Rules of security groups name it."""

    template = "Address group {address_group_id} is in use on one or more security group rules."
    address_group_id: str


@dataclass(unsafe_hash=True)
class PortSecurityPortHasSecurityGroup(ConflictError):
    """Port security was to be switched off on a port that is in a group."""

    template = (
        "Port has security group associated. Cannot disable port security or IP address until security group is "
        "removed."
    )


@dataclass(unsafe_hash=True)
class AddressPairAndPortSecurityRequired(ConflictError):
    """Without port security every address is allowed, so pairs mean nothing."""

    template = "Port Security must be enabled in order to have allowed address pairs on a port."


@dataclass(unsafe_hash=True)
class NotEnforced(ConflictError):
    """Ours: hosts cannot do yet what was asked for, and the setting `unenforced` says to refuse such."""

    template = "{what}. It is refused because the server's setting `unenforced` is `refuse`; `warn` accepts it."
    what: str


@dataclass(unsafe_hash=True)
class SubnetAllocationError(ConflictError):
    """The pool has no room; `reason` is a clause without a full stop."""

    template = "Failed to allocate subnet: {reason}."
    reason: str


@dataclass(unsafe_hash=True)
class SubnetPoolQuotaExceeded(ConflictError):
    """The project has its share of the pool."""

    template = "Per-tenant subnet pool prefix quota exceeded."


@dataclass(unsafe_hash=True)
class AddressScopePrefixConflict(ConflictError):
    """Another pool of the scope has some of the prefixes."""

    template = "Failed to associate address scope: subnetpools within an address scope must have unique prefixes."


@dataclass(unsafe_hash=True)
class IpAddressGenerationFailureNoMatchingSubnet(ConflictError):
    """Every subnet is for ports of other device_owners."""

    template = "No valid service subnet for the given device owner, network {network_id}, service type {service_type}."
    network_id: NetworkId
    service_type: str


@dataclass(unsafe_hash=True)
class RbacPolicyInUse(ConflictError):
    """Projects use the object that could no longer see it; `details` names one."""

    template = (
        "RBAC policy on object {object_id} cannot be removed because other objects depend on it.\nDetails: {details}"
    )
    object_id: str
    details: str


@dataclass(unsafe_hash=True)
class QosPolicyInUse(ConflictError):
    """A port or network (`object_type`) has the policy; `object_id` names one."""

    template = "QoS Policy {policy_id} is used by {object_type} {object_id}."
    policy_id: str
    object_type: str
    object_id: str


@dataclass(unsafe_hash=True)
class QoSPolicyDefaultAlreadyExists(ConflictError):
    """Another policy of the project is its default."""

    template = "A default QoS policy exists for project {project_id}."
    project_id: ProjectId


@dataclass(unsafe_hash=True)
class QoSRulesConflict(ConflictError):
    """The policy has a rule of that type and direction already."""

    template = "Rule {new_rule_type} conflicts with rule {rule_id} which already exists in QoS Policy {policy_id}."
    new_rule_type: str
    rule_id: str
    policy_id: str


@dataclass(unsafe_hash=True)
class QoSRuleParameterConflict(ConflictError):
    """A guarantee above the limit, or a rate for both directions beside one for a single direction."""

    template = (
        "Unable to add the rule with value {rule_value} to the policy {policy_id} as the existing rule of type "
        "{existing_rule} has value {existing_value}."
    )
    rule_value: int | str
    policy_id: str
    existing_rule: str
    existing_value: int | str


@dataclass(unsafe_hash=True)
class TrunkPortInUse(ConflictError):
    """The port is a subport already."""

    template = "Port {port_id} is in use by another trunk."
    port_id: PortId


@dataclass(unsafe_hash=True)
class ParentPortInUse(ConflictError):
    """The port is a trunk's parent already, or plugged into a host that cannot make it one."""

    template = "Port {port_id} is currently in use and is not eligible for use as a parent port."
    port_id: PortId


@dataclass(unsafe_hash=True)
class PortInUse(ConflictError):
    """The port belongs to a machine, which would have to leave it first."""

    template = (
        "Unable to complete operation on port {port_id} for network {net_id}. Port already has an attached device "
        "{device_id}."
    )
    port_id: PortId
    net_id: NetworkId
    device_id: str


@dataclass(unsafe_hash=True)
class DuplicateSubPort(ConflictError):
    """Another subport of the trunk has that VLAN id."""

    template = (
        "segmentation_type {segmentation_type} and segmentation_id {segmentation_id} already in use on trunk "
        "{trunk_id}."
    )
    segmentation_type: str
    segmentation_id: int
    trunk_id: str


@dataclass(unsafe_hash=True)
class SubPortMtuGreaterThanTrunkPortMtu(ConflictError):
    """The subport's frames would not fit; `trunk_id` is that of the parent port, as in Neutron."""

    template = "MTU {port_mtu} of subport {port_id} cannot be greater than MTU {trunk_mtu} of trunk {trunk_id}."
    port_mtu: int
    port_id: PortId
    trunk_mtu: int
    trunk_id: str


@dataclass(unsafe_hash=True)
class PortInUseAsTrunkParent(ConflictError):
    """The port stays while it is a trunk's parent."""

    template = "Port {port_id} is currently a parent port for trunk {trunk_id}."
    port_id: PortId
    trunk_id: str


@dataclass(unsafe_hash=True)
class PortInUseAsSubPort(ConflictError):
    """The port stays while it is in a trunk."""

    template = "Port {port_id} is currently a subport for trunk {trunk_id}."
    port_id: PortId
    trunk_id: str


@dataclass(unsafe_hash=True)
class TrunkInUse(ConflictError):
    """A host has the trunk's parent port."""

    template = "Trunk {trunk_id} is currently in use."
    trunk_id: str


@dataclass(unsafe_hash=True)
class TrunkDisabled(ConflictError):
    """A trunk whose admin_state_up is False changes only in its own attributes."""

    template = "Trunk {trunk_id} is currently disabled."
    trunk_id: str


@dataclass(unsafe_hash=True)
class PortBindingAlreadyExists(ConflictError):
    """The port has a binding for the host."""

    template = "Binding for port {port_id} on host {host} already exists."
    port_id: PortId
    host: str


@dataclass(unsafe_hash=True)
class PortBindingAlreadyActive(ConflictError):
    """It is that binding that is active."""

    template = "Binding for port {port_id} on host {host} is already active."
    port_id: PortId
    host: str


@dataclass(unsafe_hash=True)
class Conflict(ConflictError):
    """Another writer was faster; `what` names the unique index or lock that said so."""

    retryable = True
    template = "Another request changed the same objects ({what}). Send the request again."
    what: str


class PreconditionError(UnderlayError):
    """The caller's condition does not hold."""


@dataclass(unsafe_hash=True)
class RevisionNumberConstraintFailed(PreconditionError):
    """If-Match named another revision_number than the record's."""

    template = "Constrained to {expected}, but current revision is {current}"
    expected: int
    current: int


class GoneError(UnderlayError):
    """It was there once."""


@dataclass(unsafe_hash=True)
class RevisionGone(GoneError):
    """The changes after `since` are no longer kept; `oldest` is the first revision to watch from."""

    template = (
        "Changes after revision {since} are no longer kept, only those after {oldest}. List again: leave out `since`."
    )
    since: Revision
    oldest: Revision


class UnavailableError(UnderlayError):
    """Something is used up that an operator can add to."""


@dataclass(unsafe_hash=True)
class NoNetworkAvailable(UnavailableError):
    """No VLAN is left; `ranges` are those tried, as `physical_network:first:last, N of M used`; may be none."""

    template = "Unable to create the network. No tenant network is available for allocation."
    ranges: tuple[str, ...] = ()

    @property
    def hint(self) -> str:  # noqa: D102
        if self.ranges:
            return f" Every VLAN of the ranges is in use: {'; '.join(self.ranges)}."
        return (
            " No VLAN is set aside for this (network_vlan_ranges, tenant_network_type); an administrator can name one."
        )


@dataclass(unsafe_hash=True)
class KeystoneUnavailable(UnavailableError):
    """A token cannot be checked, because the Keystone that knows it does not answer."""

    template = "{text}"
    text: str


@dataclass(unsafe_hash=True)
class MacAddressGenerationFailure(UnavailableError):
    """Chance found no free MAC in so many tries."""

    template = "Unable to generate unique mac on network {net_id}."
    net_id: NetworkId
