"""Errors about subnets and their pools."""

# The names are the protocol's, so they do not all end in Error.
# ruff: noqa: N818

from dataclasses import dataclass

from underlay.model.address import AddressRange, IpAddress, IpNetwork
from underlay.model.errors.tree import BadRequestError, ConflictError, NotFoundError
from underlay.model.ids import NetworkId, PortId, SubnetId


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
class InvalidCIDR(BadRequestError):
    """The text is no address, and none with a prefix length."""

    template = "Invalid CIDR {input} given as IP prefix."
    input: str


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


@dataclass(unsafe_hash=True)
class SubnetNotFound(NotFoundError):
    """No such subnet."""

    template = "Subnet {subnet_id} could not be found."
    subnet_id: SubnetId


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
class NetworkMTUSubnetConflict(ConflictError):
    """The network's MTU is below what IP needs; `mtu` is that minimum."""

    template = "MTU of {net_id} is not valid, subnet requires a minimum of {mtu}"
    net_id: NetworkId
    mtu: int


@dataclass(unsafe_hash=True)
class IpAddressGenerationFailureNoMatchingSubnet(ConflictError):
    """Every subnet is for ports of other device_owners."""

    template = "No valid service subnet for the given device owner, network {network_id}, service type {service_type}."
    network_id: NetworkId
    service_type: str
