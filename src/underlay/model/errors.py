"""Everything that a command may be refused for, as one tree.

    Refusal
    |-- BadRequest        the request itself is wrong, whatever is stored                400
    |-- NotAllowed        the caller may not                                             403
    |-- NotFound          it does not exist, or not for this caller                      404
    |-- Conflict          what is stored stands against it                               409
    |   `-- InUse         ... because something still uses it                            409
    |-- PreconditionFailed  the record changed since the caller saw it                   412
    |-- Gone              the revision asked for is no longer kept                       410
    `-- Exhausted         nothing is left to take                                        503

Leaves are named as Neutron names them, because clients read the name in the answer's `type`. A leaf carries
fields, not prose; `api.faults` gives each its status and its text. Source of names: the exceptions of the
Networking API v2.0's reference implementation.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import ClassVar

from underlay.model.address import AddressRange, Mac

Address = IPv4Address | IPv6Address
Cidr = IPv4Network | IPv6Network


class Refusal(Exception):  # noqa: N818 - a refusal is no program error
    """Root of the tree. `retryable`: the same command may succeed when judged again on what is stored now."""

    retryable: ClassVar[bool] = False

    def __str__(self) -> str:
        return repr(self)


class BadRequest(Refusal):
    """The request itself is wrong."""


class NotAllowed(Refusal):
    """The caller may not do this."""


class NotFound(Refusal):
    """It does not exist, or the caller may not know that it does."""


class Conflict(Refusal):
    """What is stored stands against it."""


class InUse(Conflict):
    """Something still uses it."""


class PreconditionFailed(Refusal):
    """The record is not as the caller says."""


class Gone(Refusal):
    """It was here, and is no longer kept."""


class Exhausted(Refusal):
    """Nothing is left to take."""


# --- 400 ---


@dataclass
class MalformedBody(BadRequest):
    """The body is not what the API takes: not JSON, unknown or missing attributes, a value of the wrong form."""

    reason: str


@dataclass
class InvalidInput(BadRequest):
    """Well-formed, and makes no sense; `reason` says what is wrong and what would be right, without full stop."""

    reason: str


@dataclass
class BadResourceRequest(BadRequest):
    """Neutron's plain `BadRequest`: the combination of attributes of `resource` makes no sense."""

    resource: str
    reason: str


@dataclass
class SegmentsSetInConjunctionWithProviders(BadRequest):
    """`segments` came together with `provider:*`."""


@dataclass
class OutOfBoundsAllocationPool(BadRequest):
    """The pool reaches outside the subnet."""

    pool: AddressRange
    cidr: Cidr


@dataclass
class InvalidAllocationPool(BadRequest):
    """The pool's ends are of different IP versions, of another version than the subnet, or the wrong way round."""

    pool: str


@dataclass
class DNSNameServersExhausted(BadRequest):
    """More DNS servers than a subnet may have; `subnet` is its id, or "new subnet"."""

    subnet: str
    limit: int


@dataclass
class HostRoutesExhausted(BadRequest):
    """More host routes than a subnet may have; `subnet` is its id, or "new subnet"."""

    subnet: str
    limit: int


@dataclass
class InvalidIpForNetwork(BadRequest):
    """The address lies in none of the network's subnets."""

    address: Address


@dataclass
class InvalidIpForSubnet(BadRequest):
    """The address does not lie in the subnet named with it, or is its network or broadcast address."""

    address: Address


# --- 403 ---


@dataclass
class AdminRequired(NotAllowed):
    """Only an administrator may do this; `reason` says what."""

    reason: str


@dataclass
class Forbidden(NotAllowed):
    """The caller's roles do not allow the action (`create_network`, `create_network:shared`)."""

    action: str


# --- 404 ---


@dataclass
class NetworkNotFound(NotFound):
    """No such network for this caller."""

    id: str


@dataclass
class SubnetNotFound(NotFound):
    """No such subnet for this caller."""

    id: str


@dataclass
class PortNotFound(NotFound):
    """No such port for this caller."""

    id: str


@dataclass
class AgentNotFound(NotFound):
    """No such agent."""

    id: str


@dataclass
class InvalidDHCPAgent(NotFound):
    """The agent is no DHCP agent, or is administratively down."""

    id: str


@dataclass
class InstanceNotFound(NotFound):
    """No such instance for this caller."""

    id: str


@dataclass
class TenantQuotaNotFound(NotFound):
    """The project has no quota of its own."""

    project_id: str


# --- 409 ---


@dataclass
class VlanIdInUse(InUse):
    """Another network has the VLAN."""

    vlan_id: int
    physical_network: str


@dataclass
class FlatNetworkInUse(InUse):
    """The physical network has a flat network already."""

    physical_network: str


@dataclass
class NetworkInUse(InUse):
    """The network has ports that are not removed by themselves."""

    id: str


@dataclass
class SubnetInUse(InUse):
    """Ports have addresses of the subnet; `reason` names one."""

    id: str
    reason: str = "One or more ports have an IP allocation from this subnet"


@dataclass
class IpAddressAlreadyAllocated(Conflict):
    """Another port has the address."""

    address: Address
    subnet_id: str


@dataclass
class MacAddressInUse(InUse):
    """Another port of the network has the MAC."""

    network_id: str
    mac: Mac


@dataclass
class GatewayConflictWithAllocationPools(InUse):
    """The gateway's address lies in a pool."""

    address: Address
    pool: AddressRange


@dataclass
class GatewayIpInUse(InUse):
    """A port has the address that was the gateway's."""

    address: Address
    port_id: str


@dataclass
class DhcpPortInUse(InUse):
    """Another agent took the DHCP port."""

    port_id: str


@dataclass
class OverlappingAllocationPools(Conflict):
    """Two pools share addresses."""

    pool_1: AddressRange
    pool_2: AddressRange
    cidr: Cidr


@dataclass
class InvalidSharedSetting(Conflict):
    """Other projects use the network, so it stays shared; `network` is its name or id."""

    network: str


@dataclass
class IpAddressGenerationFailure(Conflict):
    """No free address in the network's (or the named subnet's) pools."""

    network_id: str


@dataclass
class NetworkMTUSubnetConflict(Conflict):
    """The MTU is too small for the network's subnets."""

    network_id: str
    minimum: int


@dataclass
class OverQuota(Conflict):
    """The project has as many of `resource` as it may have."""

    resource: str


@dataclass
class NetworkHostedByDHCPAgent(Conflict):
    """The agent serves the network already."""

    network_id: str
    agent_id: str


@dataclass
class NetworkNotHostedByDhcpAgent(Conflict):
    """The agent does not serve the network."""

    network_id: str
    agent_id: str


@dataclass
class InstanceAlreadyExists(Conflict):
    """An instance with this id is stored already."""

    id: str


@dataclass
class RaceLost(Conflict):
    """Another transaction took it first (a unique constraint of the database); judged again, it is decided anew."""

    what: str
    retryable: ClassVar[bool] = True


# --- 410, 412, 503 ---


@dataclass
class RevisionNumberConstraintFailed(PreconditionFailed):
    """If-Match named another revision than the record has."""

    expected: int
    current: int


@dataclass
class RevisionGone(Gone):
    """The feed no longer has the changes after `since`; list again."""

    since: int
    oldest: int


@dataclass
class NoNetworkAvailable(Exhausted):
    """Every VLAN of the ranges is in use."""


@dataclass
class MacAddressGenerationFailure(Exhausted):
    """No free MAC was found on the network."""

    network_id: str
