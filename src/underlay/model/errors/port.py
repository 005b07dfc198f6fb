"""Errors about ports, their MACs and addresses, and instances."""

# The names are the protocol's, so they do not all end in Error.
# ruff: noqa: N818

from dataclasses import dataclass

from underlay.model.address import IpAddress, Mac
from underlay.model.errors.tree import BadRequestError, ConflictError, NotFoundError, UnavailableError
from underlay.model.ids import InstanceId, NetworkId, PortId, SubnetId


@dataclass(unsafe_hash=True)
class InvalidIpForNetwork(BadRequestError):
    """No subnet of the network has the address."""

    template = "IP address {ip_address} is not a valid IP for any of the subnets on the specified network."
    ip_address: IpAddress


@dataclass(unsafe_hash=True)
class PortNotFound(NotFoundError):
    """No such port."""

    template = "Port {port_id} could not be found."
    port_id: PortId


@dataclass(unsafe_hash=True)
class InstanceNotFound(NotFoundError):
    """No such instance (ours: extension instance-metadata)."""

    template = "Instance {id} could not be found."
    id: InstanceId


@dataclass(unsafe_hash=True)
class PortBindingNotFound(NotFoundError):
    """The port has no binding for the host."""

    template = "Binding for port {port_id} for host {host} could not be found."
    port_id: PortId
    host: str


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
class InstanceInUse(ConflictError):
    """There is an instance with that id (ours: extension instance-metadata)."""

    template = "Instance {id} exists already."
    id: InstanceId


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
class MacAddressGenerationFailure(UnavailableError):
    """Chance found no free MAC in so many tries."""

    template = "Unable to generate unique mac on network {net_id}."
    net_id: NetworkId
