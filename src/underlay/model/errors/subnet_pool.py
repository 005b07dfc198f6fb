"""Errors about subnet pools and address scopes."""

# The names are the protocol's, so they do not all end in Error.
# ruff: noqa: N818

from dataclasses import dataclass

from underlay.model.errors.tree import BadRequestError, ConflictError, NotFoundError


@dataclass(unsafe_hash=True)
class AddressScopeUpdateError(BadRequestError):
    """`reason` is a clause without a full stop."""

    template = "Unable to update address scope {address_scope_id} : {reason}."
    address_scope_id: str
    reason: str


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
class SubnetPoolNotFound(NotFoundError):
    """There are no subnet pools here, so never one of that name."""

    template = "Subnet pool {subnetpool_id} could not be found."
    subnetpool_id: str


@dataclass(unsafe_hash=True)
class AddressScopeNotFound(NotFoundError):
    """There is none, or the caller may not see it."""

    template = "Address scope {address_scope_id} could not be found."
    address_scope_id: str


@dataclass(unsafe_hash=True)
class AddressScopeInUse(ConflictError):
    """Subnet pools belong to it."""

    template = (
        "Unable to complete operation on address scope {address_scope_id}. There are one or more subnet pools in use "
        "on the address scope."
    )
    address_scope_id: str


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
