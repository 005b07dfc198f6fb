"""Errors about security groups, address groups and port security."""

# The names are the protocol's, so they do not all end in Error.
# ruff: noqa: N818

from dataclasses import dataclass

from underlay.model.address import Mac
from underlay.model.errors.tree import BadRequestError, ConflictError, NotFoundError


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
