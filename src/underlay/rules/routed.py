"""Routed provider networks: subnets belong to segments, and an address works only where its segment is.

A port's addresses are of the segment that its host is on. Without a host they wait until it is known, unless they are
asked for by name. Subnets of different segments find each other by host routes to their own gateways.

Source: Networking API v2.0, extensions segment, ip_allocation, subnet-segmentid-writable and
segments-peer-subnet-host-routes; what is refused is what Neutron refuses.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network

from msgspec import UNSET, UnsetType, structs

from underlay.commands.port import FixedIpWish
from underlay.model.errors import (
    FixedIpsSubnetsNotOnSameSegment,
    HostNotConnectedToAnySegment,
    NetworkIdsDontMatch,
    NoUpdateSubnetWhenMultipleSegmentsOnNetwork,
    SubnetSegmentAssociationChangeNotAllowed,
    SubnetsNotAllAssociatedWithSegments,
)
from underlay.model.ids import HostName, NetworkId, SegmentId
from underlay.model.network import Network
from underlay.model.port import FixedIp
from underlay.model.subnet import HostRoute, Subnet
from underlay.rules import ipam, reach, segment
from underlay.rules.amend import amended
from underlay.rules.snapshot import Snapshot


def is_routed(subnets: Iterable[Subnet]) -> bool:
    """Whether they belong to segments: then they all do."""
    return any(subnet.segment_id is not None for subnet in subnets)


def candidates(
    subnets: Sequence[Subnet],
    network_id: NetworkId,
    host: HostName | None,
    wishes: tuple[FixedIpWish, ...] | UnsetType,
    snapshot: Snapshot,
) -> Sequence[Subnet]:
    """Those of the network's subnets that a port on the host can have addresses of.

    None on a routed network when neither the host is known nor an address wished for: then they are to wait.
    Raises HostNotConnectedToAnySegment, FixedIpsSubnetsNotOnSameSegment.
    """
    if not is_routed(subnets):
        return subnets
    if host:
        here = reach.segment_of(network_id, host, snapshot)
        found = [subnet for subnet in subnets if subnet.segment_id in (None, here)]
        if not found:
            raise HostNotConnectedToAnySegment(host, network_id)
        return found
    if wishes is UNSET:
        return [subnet for subnet in subnets if subnet.segment_id is None]
    named = {subnet.segment_id for wish in wishes for subnet in _named(wish, subnets)}
    if len(named) > 1:
        raise FixedIpsSubnetsNotOnSameSegment()
    return [subnet for subnet in subnets if subnet.segment_id in named] if named else subnets


def works_on(
    addresses: Iterable[FixedIp], subnets: Sequence[Subnet], network_id: NetworkId, host: HostName, snapshot: Snapshot
) -> bool:
    """Whether the addresses are of the segment that the host is on."""
    segments = {subnet.id: subnet.segment_id for subnet in subnets}
    needed = {segments.get(address.subnet_id) for address in addresses} - {None}
    return not needed or needed == {reach.segment_of(network_id, host, snapshot)}


def require_segment(
    segment_id: SegmentId | None, network: Network, siblings: Iterable[Subnet], snapshot: Snapshot
) -> None:
    """A new subnet belongs to a segment of its network if the others do, and to none if they do not.

    Raises SegmentNotFound, SubnetsNotAllAssociatedWithSegments, NetworkIdsDontMatch.
    """
    found = None if segment_id is None else segment.existing(segment_id, snapshot)
    if any((sibling.segment_id is None) != (segment_id is None) for sibling in siblings):
        raise SubnetsNotAllAssociatedWithSegments(network.id)
    if found is not None and found.network_id != network.id:
        raise NetworkIdsDontMatch(network.id, found.id)


def require_change(before: Subnet, segment_id: SegmentId | None, network: Network, snapshot: Snapshot) -> None:
    """The only subnet of a network with one segment may be put on that; nothing else changes.

    Raises SubnetsNotAllAssociatedWithSegments, SubnetSegmentAssociationChangeNotAllowed, SegmentNotFound,
    NoUpdateSubnetWhenMultipleSegmentsOnNetwork, NetworkIdsDontMatch.
    """
    if segment_id == before.segment_id:
        return
    if len(network.subnet_ids) > 1:
        raise SubnetsNotAllAssociatedWithSegments(network.id)
    if before.segment_id is not None:
        raise SubnetSegmentAssociationChangeNotAllowed()
    require_segment(segment_id, network, (), snapshot)
    if network.further_segments:
        raise NoUpdateSubnetWhenMultipleSegmentsOnNetwork(network.id)


def with_peers(subnet: Subnet, siblings: Iterable[Subnet], old_gateway: object = None) -> Subnet:
    """The subnet with host routes by its gateway to the subnets of the network's other segments.

    What a route leads to already gets no second one. `old_gateway`: routes to the peers by this one are replaced.
    """
    if subnet.segment_id is None:
        return subnet
    peers = [each for each in siblings if each.ip_version == subnet.ip_version and _apart(each, subnet)]
    cidrs = {peer.cidr for peer in peers}
    routes = [
        route
        for route in subnet.host_routes
        if not (old_gateway is not None and route.nexthop == old_gateway and route.destination in cidrs)
    ]
    for peer in peers if subnet.gateway_ip is not None else ():
        if subnet.gateway_ip is not None and not any(_within(peer.cidr, route.destination) for route in routes):
            routes.append(HostRoute(peer.cidr, subnet.gateway_ip))
    return _with_routes(subnet, tuple(routes))


def peers_with(subnet: Subnet, siblings: Iterable[Subnet], now: datetime) -> tuple[Subnet, ...]:
    """The siblings to put, now that the subnet is there: those that get a route to it."""
    return _changed(((each, with_peers(each, (subnet,))) for each in siblings), now)


def peers_without(subnet: Subnet, siblings: Iterable[Subnet], now: datetime) -> tuple[Subnet, ...]:
    """The siblings to put, now that the subnet is gone: those that lose the route to it by their own gateway."""
    without = (
        (
            each,
            _with_routes(
                each,
                tuple(
                    route
                    for route in each.host_routes
                    if (route.destination, route.nexthop) != (subnet.cidr, each.gateway_ip)
                ),
            ),
        )
        for each in siblings
        if _apart(each, subnet)
    )
    return _changed(without, now)


def _changed(pairs: Iterable[tuple[Subnet, Subnet]], now: datetime) -> tuple[Subnet, ...]:
    return tuple(
        amended(before, now, host_routes=after.host_routes)
        for before, after in pairs
        if after.host_routes != before.host_routes
    )


def _with_routes(subnet: Subnet, routes: tuple[HostRoute, ...]) -> Subnet:
    return subnet if routes == subnet.host_routes else structs.replace(subnet, host_routes=routes)


def _apart(one: Subnet, other: Subnet) -> bool:
    return one.id != other.id and one.segment_id is not None and one.segment_id != other.segment_id


def _within(inner: IPv4Network | IPv6Network, outer: IPv4Network | IPv6Network) -> bool:
    return inner.version == outer.version and (
        int(outer.network_address) <= int(inner.network_address)
        and int(inner.broadcast_address) <= int(outer.broadcast_address)
    )


def _named(wish: FixedIpWish, subnets: Iterable[Subnet]) -> list[Subnet]:
    """The subnet that the wish is for; empty when there is none."""
    if wish.subnet_id is not None:
        return [subnet for subnet in subnets if subnet.id == wish.subnet_id]
    address = wish.ip_address
    return [] if address is None else [subnet for subnet in subnets if address in ipam.host_range(subnet.cidr)][:1]
