"""Errors about trunks and their subports."""

# The names are the protocol's, so they do not all end in Error.
# ruff: noqa: N818

from dataclasses import dataclass

from underlay.model.errors.tree import ConflictError, NotFoundError
from underlay.model.ids import NetworkId, PortId


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
