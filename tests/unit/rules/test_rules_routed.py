from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from fakes.cloud import ADMIN, RED_MEMBER, START, Cloud, addresses, host_caller
from underlay.commands.host import AgentState, Heartbeat, PortState, ReportPorts
from underlay.commands.network import CreateNetwork, ProviderAttributes, UpdateNetwork
from underlay.commands.port import CreatePort, FixedIpWish, UpdatePort
from underlay.commands.port_binding import (
    ActivatePortBinding,
    CreatePortBinding,
    DeletePortBinding,
    UpdatePortBinding,
)
from underlay.commands.segment import CreateSegment, DeleteSegment, UpdateSegment
from underlay.commands.subnet import CreateSubnet, DeleteSubnet, UpdateSubnet
from underlay.model.agent import DHCP_AGENT, OVS_AGENT
from underlay.model.errors import (
    FixedIpsSubnetsNotOnSameSegment,
    HostNotCompatibleWithFixedIps,
    HostNotConnectedToAnySegment,
    InvalidInput,
    NetworkIdsDontMatch,
    NoUpdateSubnetWhenMultipleSegmentsOnNetwork,
    PolicyNotAuthorized,
    SegmentInUse,
    SegmentNotFound,
    SegmentsContainDuplicateEntry,
    SubnetSegmentAssociationChangeNotAllowed,
    SubnetsNotAllAssociatedWithSegments,
    VlanIdInUse,
)
from underlay.model.ids import HostName, SegmentId, Vid
from underlay.model.network import Network, Vlan
from underlay.model.port import Port
from underlay.model.segment import NetworkSegment
from underlay.model.subnet import Subnet

DEFAULT, SPARE = ProviderAttributes("vlan", "default", 10), ProviderAttributes("vlan", "spare", 20)


def host(cloud: Cloud, name: str, *physical_networks: str, dhcp: bool = False, zone: str = "nova") -> HostName:
    """A host with bridges for these physical networks."""
    mappings = {"bridge_mappings": {each: f"br-{each}" for each in physical_networks}}
    states = [AgentState(OVS_AGENT, "underlay-agent", "N/A", START, mappings)]
    if dhcp:
        states.append(AgentState(DHCP_AGENT, "underlay-dhcp", "dhcp_agent", START, {}, zone))
    cloud.do(Heartbeat(HostName(name), tuple(states)), host_caller(name))
    return HostName(name)


class Routed:
    """A network with a segment on `default` (hosts d...) and one on `spare` (hosts s...), a subnet on each."""

    def __init__(self, cloud: Cloud) -> None:
        network = cloud.do(CreateNetwork(ADMIN.project_id, provider=DEFAULT, further=(SPARE,))).result
        assert isinstance(network, Network)
        self.cloud = cloud
        self.segments = cloud.records(NetworkSegment)
        self.subnets = [
            cloud.subnet(network, f"10.0.{number}.0/24", segment_id=segment.id)
            for number, segment in enumerate(self.segments)
        ]
        self.network = cloud.stored(network)

    def port(self, **attributes: Any) -> Port:
        """A port on it."""
        assert isinstance(self.network, Network)
        return self.cloud.port(self.network, **attributes)


def test_a_network_of_several_segments() -> None:
    """Each is a record; vlans are taken, and the network tells hosts all of them."""
    cloud = Cloud()
    network = cloud.do(CreateNetwork(ADMIN.project_id, provider=DEFAULT, further=(SPARE,))).result
    assert isinstance(network, Network)
    segments = (Vlan("default", Vid(10)), Vlan("spare", Vid(20)))
    assert segments == network.segments
    assert segments == tuple(each.segment for each in cloud.records(NetworkSegment))
    assert VlanIdInUse(Vid(20), "spare") == cloud.refusal(CreateNetwork(ADMIN.project_id, provider=SPARE))
    with_vid = UpdateNetwork(network.id, provider=ProviderAttributes(segmentation_id=11))
    assert isinstance(cloud.refusal(with_vid), InvalidInput)


def test_segments_of_a_network_are_apart() -> None:
    """Not the same one twice, and not two on one physical network."""
    cloud = Cloud()
    twice = CreateNetwork(ADMIN.project_id, provider=SPARE, further=(SPARE,))
    assert SegmentsContainDuplicateEntry() == cloud.refusal(twice)
    other = ProviderAttributes("vlan", "spare", 21)
    assert isinstance(cloud.refusal(CreateNetwork(ADMIN.project_id, provider=SPARE, further=(other,))), InvalidInput)


def test_a_segment_is_added_named_and_removed() -> None:
    """Its VLAN is the network's with it, and free again without."""
    cloud = Cloud()
    network = cloud.network(100)
    made = cloud.do(CreateSegment(network.id, SPARE, name="east")).result
    assert isinstance(made, NetworkSegment)
    named = cloud.do(UpdateSegment(made.id, name="west")).result
    assert isinstance(named, NetworkSegment)
    assert ("west", 2) == (named.name, named.revision_number)
    cloud.do(DeleteSegment(made.id))
    assert network.segments == getattr(cloud.stored(network), "segments", None)
    assert isinstance(cloud.refusal(CreateSegment(network.id, SPARE), RED_MEMBER), PolicyNotAuthorized)
    assert SegmentNotFound(made.id) == cloud.refusal(DeleteSegment(made.id))
    (first,) = cloud.records(NetworkSegment)
    assert isinstance(cloud.refusal(DeleteSegment(first.id)), SegmentInUse)


def test_a_moved_vlan_moves_its_segment() -> None:
    """provider:segmentation_id and the segment's say the same."""
    cloud = Cloud()
    cloud.do(UpdateNetwork(cloud.network(100).id, provider=ProviderAttributes(segmentation_id=101)))
    assert [Vlan("default", Vid(101))] == [each.segment for each in cloud.records(NetworkSegment)]


def test_the_address_comes_from_the_segment_of_the_host() -> None:
    """A host on both is on the first; one on neither is refused."""
    cloud = Cloud()
    routed = Routed(cloud)
    for name, physical_networks, prefix in (
        ("d1", ("default",), "10.0.0."),
        ("s1", ("spare",), "10.0.1."),
        ("b1", ("default", "spare"), "10.0.0."),
    ):
        port = routed.port(host=host(cloud, name, *physical_networks))
        assert [prefix] == [address[: len(prefix)] for address in addresses(port)]
        assert "immediate" == port.ip_allocation
    nowhere = host(cloud, "n1", "elsewhere")
    refused = cloud.refusal(CreatePort(ADMIN.project_id, routed.network.id, host=nowhere))  # type: ignore[union-attr]
    assert HostNotConnectedToAnySegment("n1", routed.subnets[0].network_id) == refused


def test_without_a_host_the_address_waits() -> None:
    """Until the port is bound, by an update or by being plugged; an empty list means none ever."""
    cloud = Cloud()
    routed = Routed(cloud)
    waiting, plugged, none = routed.port(), routed.port(), routed.port(fixed_ips=())
    assert ["deferred", "deferred", "none"] == [each.ip_allocation for each in (waiting, plugged, none)]
    assert [] == addresses(waiting)
    s1 = host(cloud, "s1", "spare")
    for port in (waiting, none):
        cloud.do(UpdatePort(port.id, host=s1))
    cloud.do(ReportPorts(s1, (PortState(plugged.id, plugged=True, wired=True),)), host_caller("s1"))
    bound = [cloud.stored(each) for each in (waiting, plugged, none)]
    assert [1, 1, 0] == [len(each.fixed_ips) for each in bound if isinstance(each, Port)]
    assert "ACTIVE" == getattr(bound[1], "status", None)


def test_a_plugged_port_without_an_address_here_says_why() -> None:
    """It stays DOWN, and gets its address when the host reaches a segment."""
    cloud = Cloud()
    port = Routed(cloud).port()
    host(cloud, "n1", "elsewhere")
    report = ReportPorts(HostName("n1"), (PortState(port.id, plugged=True, wired=True),))
    cloud.do(report, host_caller("n1"))
    stored = cloud.stored(port)
    assert isinstance(stored, Port)
    assert "DOWN" == stored.status
    assert "not connected to any segments" in stored.status_reason
    host(cloud, "n1", "spare")
    cloud.do(report, host_caller("n1"))
    after = cloud.stored(port)
    assert isinstance(after, Port)
    assert ("ACTIVE", 1) == (after.status, len(after.fixed_ips))


def test_addresses_asked_for_are_of_one_segment_and_stay_there() -> None:
    """Without a host any one segment; then only a host that is on it."""
    cloud = Cloud()
    routed = Routed(cloud)
    wishes = tuple(FixedIpWish(subnet.id) for subnet in routed.subnets)
    network_id = routed.subnets[0].network_id
    assert FixedIpsSubnetsNotOnSameSegment() == cloud.refusal(
        CreatePort(ADMIN.project_id, network_id, fixed_ips=wishes)
    )
    port = routed.port(fixed_ips=wishes[1:])
    d1 = host(cloud, "d1", "default")
    assert HostNotCompatibleWithFixedIps("d1", port.id) == cloud.refusal(UpdatePort(port.id, host=d1))
    cloud.do(UpdatePort(port.id, host=host(cloud, "s1", "spare")))
    elsewhere = CreatePort(ADMIN.project_id, network_id, fixed_ips=wishes[1:], host=d1)
    assert isinstance(cloud.refusal(elsewhere), InvalidInput)


def test_subnets_of_segments_find_each_other() -> None:
    """By host routes to their own gateways, kept when a subnet comes, goes or changes its gateway."""
    cloud = Cloud()
    routed = Routed(cloud)

    def routes() -> list[list[str]]:
        return [
            [f"{route.destination} via {route.nexthop}" for route in subnet.host_routes]
            for subnet in cloud.records(Subnet)
        ]

    assert [["10.0.1.0/24 via 10.0.0.1"], ["10.0.0.0/24 via 10.0.1.1"]] == routes()
    narrow = UpdateSubnet(routed.subnets[0].id, gateway_ip=ip_address("10.0.0.254"), allocation_pools=())
    cloud.do(narrow)
    assert ["10.0.1.0/24 via 10.0.0.254"] == routes()[0]
    cloud.do(DeleteSubnet(routed.subnets[1].id))
    assert [[]] == routes()


@pytest.mark.parametrize("which", [0, 1])
def test_either_all_subnets_have_a_segment_or_none(which: int) -> None:
    """In both orders; a segment is of the same network, and there."""
    cloud = Cloud()
    network, other = cloud.network(100), cloud.network(101)
    first, foreign = cloud.records(NetworkSegment)
    segment_ids = [first.id, None]
    cloud.subnet(network, "10.0.0.0/24", segment_id=segment_ids[which])
    second = CreateSubnet(ADMIN.project_id, network.id, ip_network("10.0.1.0/24"), segment_id=segment_ids[1 - which])
    assert SubnetsNotAllAssociatedWithSegments(network.id) == cloud.refusal(second)
    wrong = CreateSubnet(ADMIN.project_id, other.id, ip_network("10.0.2.0/24"), segment_id=first.id)
    assert NetworkIdsDontMatch(other.id, first.id) == cloud.refusal(wrong)
    missing = CreateSubnet(ADMIN.project_id, other.id, ip_network("10.0.2.0/24"), segment_id=SegmentId("none"))
    assert SegmentNotFound(SegmentId("none")) == cloud.refusal(missing)
    assert foreign.network_id == other.id


def test_the_only_subnet_may_be_put_on_the_only_segment() -> None:
    """Which makes the network routed; it stays there, and the segment with it."""
    cloud = Cloud()
    network = cloud.network(100)
    (segment,) = cloud.records(NetworkSegment)
    subnet = cloud.subnet(network, "10.0.0.0/24")
    cloud.do(UpdateSubnet(subnet.id, segment_id=segment.id))
    assert getattr(cloud.stored(network), "is_routed", None)
    refused = cloud.refusal(UpdateSubnet(subnet.id, segment_id=None))
    assert SubnetSegmentAssociationChangeNotAllowed() == refused
    in_use = cloud.refusal(DeleteSegment(segment.id))
    assert SegmentInUse(segment.id, f"The segment is still associated with subnet(s) {subnet.id}") == in_use


def test_a_subnet_is_not_put_on_one_of_several_segments_later() -> None:
    """Which of them its addresses are on cannot be told."""
    cloud = Cloud()
    network = cloud.network(100)
    cloud.do(CreateSegment(network.id, SPARE))
    segment, _ = cloud.records(NetworkSegment)
    subnet = cloud.subnet(network, "10.0.0.0/24")
    refused = cloud.refusal(UpdateSubnet(subnet.id, segment_id=segment.id))
    assert NoUpdateSubnetWhenMultipleSegmentsOnNetwork(network.id) == refused
    cloud.subnet(network, "10.0.1.0/24")
    two = cloud.refusal(UpdateSubnet(subnet.id, segment_id=segment.id))
    assert SubnetsNotAllAssociatedWithSegments(network.id) == two


def test_each_segment_is_served_by_an_agent_on_it() -> None:
    """With a DHCP port that has addresses of that segment only."""
    cloud = Cloud()
    for name, physical_network in (("s1", "spare"), ("d1", "default"), ("n1", "elsewhere")):
        host(cloud, name, physical_network, dhcp=True)
    routed = Routed(cloud)
    assert isinstance(routed.network, Network)
    ports = {port.binding.host: addresses(port) for port in cloud.dhcp_ports(routed.network)}
    assert {"d1": ["10.0.0.2"], "s1": ["10.0.1.2"]} == ports


def test_bindings_beside_the_port_s_own_follow_the_segments() -> None:
    """One that makes the port bound gives it addresses; one on another segment is made, but not activated."""
    cloud = Cloud()
    for name, physical_network in (("d1", "default"), ("d2", "default"), ("s1", "spare")):
        host(cloud, name, physical_network)
    waiting = Routed(cloud).port(device_owner="compute:nova")
    assert ("deferred", []) == (waiting.ip_allocation, addresses(waiting))
    cloud.do(CreatePortBinding(waiting.id, HostName("d1")))
    bound = cloud.stored(waiting)
    assert isinstance(bound, Port)
    assert bound.fixed_ips[0].ip_address in ip_network("10.0.0.0/24")
    for name in ("d2", "s1"):
        cloud.do(CreatePortBinding(waiting.id, HostName(name)))
    refused = HostNotCompatibleWithFixedIps(HostName("s1"), waiting.id)
    assert refused == cloud.refusal(ActivatePortBinding(waiting.id, HostName("s1")))
    cloud.do(DeletePortBinding(waiting.id, HostName("s1")))
    assert refused == cloud.refusal(UpdatePortBinding(waiting.id, HostName("d1"), new_host=HostName("s1")))
    cloud.do(ActivatePortBinding(waiting.id, HostName("d2")))
    moved = cloud.stored(waiting)
    assert isinstance(moved, Port)
    assert (HostName("d2"), bound.fixed_ips) == (moved.binding.host, moved.fixed_ips)
