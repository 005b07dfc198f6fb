"""Errors about segments, VLANs, physical networks and ranges."""

# The names are the protocol's, so they do not all end in Error.
# ruff: noqa: N818

from dataclasses import dataclass

from underlay.model.errors.tree import BadRequestError, ConflictError, NotFoundError, UnavailableError
from underlay.model.ids import NetworkId, PortId, SegmentId, Vid


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
