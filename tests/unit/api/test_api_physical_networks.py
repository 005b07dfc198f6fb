"""Segments, ranges, physical networks, availability zones and external networks, over HTTP."""

from typing import Any

import pytest

from fakes.api_server import ApiServer

STARTED = "2013-04-01T12:00:00Z"


@pytest.fixture
def server() -> ApiServer:
    """Physical networks `default` (100-101, 200-201) and `bare`."""
    return ApiServer()


def beat(server: ApiServer, host: str, zone: str = "nova", **mappings: str) -> None:
    """The host's agents are alive; a DHCP agent among them."""
    agents = [
        {
            "agent_type": "Open vSwitch agent",
            "binary": "a",
            "topic": "N/A",
            "started_at": STARTED,
            "configurations": {"bridge_mappings": mappings},
        },
        {
            "agent_type": "DHCP agent",
            "binary": "d",
            "topic": "dhcp_agent",
            "started_at": STARTED,
            "availability_zone": zone,
        },
    ]
    reply = server.call("PUT", f"/underlay/v1/hosts/{host}/heartbeat", {"agents": agents})
    assert 200 == reply.status, reply.body


def refused(server: ApiServer, method: str, url: str, body: object = None, token: str = "admin") -> tuple[int, str]:
    """Status and type of the refusal."""
    reply = server.call(method, url, body, token)
    return reply.status, reply.json()["NeutronError"]["type"]


def test_a_physical_network_tells_hosts_ranges_and_vlans(server: ApiServer) -> None:
    """Used, free and outside the ranges; the flat network; and which hosts reach it."""
    beat(server, "h1", default="br-eth1")
    inside = server.made("networks", provider__network_type="vlan", provider__segmentation_id=100)
    outside = server.made("networks", provider__network_type="vlan", provider__segmentation_id=300)
    flat = server.made("networks", provider__network_type="flat")
    shown = server.call("GET", "/v2.0/physical_networks/default").json()["physical_network"]
    assert ["h1"] == shown["hosts"]
    assert [(100, 101), (200, 201)] == [(part["minimum"], part["maximum"]) for part in shown["ranges"]]
    use = {"segmentation_id": 100, "network_id": inside["id"], "project_id": "admin"}
    assert [use] == shown["vlans_used"]
    assert [101, 200, 201] == shown["vlans_free"]
    assert [300] == [each["segmentation_id"] for each in shown["vlans_outside"]]
    assert outside["id"] == shown["vlans_outside"][0]["network_id"]
    assert flat["id"] == shown["flat_network_id"]


def test_physical_networks_are_the_administrators(server: ApiServer) -> None:
    """Others see none; a name that nothing names is not found; lists filter by name."""
    beat(server, "h1", wild="br-w")
    assert {"physical_networks": []} == server.call("GET", "/v2.0/physical_networks", token="member").json()
    assert (404, "PhysicalNetworkNotFound") == refused(server, "GET", "/v2.0/physical_networks/default", token="member")
    assert (404, "PhysicalNetworkNotFound") == refused(server, "GET", "/v2.0/physical_networks/none")
    named = server.call("GET", "/v2.0/physical_networks?fields=name").json()["physical_networks"]
    assert [{"name": "default"}, {"name": "bare"}, {"name": "wild"}] == named
    found = server.call("GET", "/v2.0/physical_networks?name=wild&fields=configured").json()["physical_networks"]
    assert [{"configured": False}] == found


def test_a_range_over_http(server: ApiServer) -> None:
    """Made, shown with what is used and free, widened, and found by its filters; deleted when unused."""
    known = server.made("network_segment_ranges", network_type="vlan", physical_network="new", minimum="7", maximum=9)
    assert (True, False, None) == (known["shared"], known["default"], known["project_id"])
    network = server.made("networks", provider__network_type="vlan", provider__physical_network="new")
    url = f"/v2.0/network_segment_ranges/{known['id']}"
    vid = network["provider:segmentation_id"]
    shown = server.call("GET", url).json()["network_segment_range"]
    assert {str(vid): "admin"} == shown["used"]
    assert sorted({7, 8, 9} - {vid}) == shown["available"]
    widened = server.call("PUT", url, {"network_segment_range": {"maximum": 12}}).json()["network_segment_range"]
    assert 12 == widened["maximum"]
    for query, count in (
        ("physical_network=new", 1),
        ("default=true", 2),
        ("shared=false", 0),
        ("network_type=vlan", 3),
    ):
        found = server.call("GET", f"/v2.0/network_segment_ranges?{query}").json()["network_segment_ranges"]
        assert count == len(found), query
    assert (409, "NetworkSegmentRangeReferencedByProject") == refused(server, "DELETE", url)
    server.call("DELETE", f"/v2.0/networks/{network['id']}")
    assert 204 == server.call("DELETE", url).status


def test_ranges_that_are_refused(server: ApiServer) -> None:
    """By type and status; and to whoever is no administrator they do not exist."""
    ranges = server.call("GET", "/v2.0/network_segment_ranges").json()["network_segment_ranges"]
    default = f"/v2.0/network_segment_ranges/{ranges[0]['id']}"
    sent: dict[str, Any] = {"network_type": "vlan", "physical_network": "p", "minimum": 5, "maximum": 9}
    cases = [
        ("POST", "/v2.0/network_segment_ranges", {**sent, "network_type": "vxlan"}, "admin", 400),
        ("POST", "/v2.0/network_segment_ranges", {**sent, "network_type": "flat"}, "admin", 400),
        ("POST", "/v2.0/network_segment_ranges", {**sent, "maximum": 5000}, "admin", 400),
        ("POST", "/v2.0/network_segment_ranges", sent, "member", 403),
        ("PUT", default, {"maximum": 150}, "admin", 400),
        ("PUT", default, {"shared": False}, "admin", 400),
    ]
    for method, url, body, token, status in cases:
        assert status == refused(server, method, url, {"network_segment_range": body}, token)[0], body
    assert (404, "NetworkSegmentRangeNotFound") == refused(server, "GET", default, token="member")
    empty = server.call("GET", "/v2.0/network_segment_ranges", token="member").json()
    assert {"network_segment_ranges": []} == empty


def test_segments_over_http(server: ApiServer) -> None:
    """A network with two shows both and no provider attributes; each has an id, a name and a network."""
    segments = [
        {"provider:network_type": "vlan", "provider:physical_network": "default", "provider:segmentation_id": 100},
        {"provider:network_type": "vlan", "provider:physical_network": "bare", "provider:segmentation_id": 7},
    ]
    network = server.made("networks", segments=segments)
    assert segments == network["segments"]
    assert network["provider:network_type"] is None
    listed = server.call("GET", f"/v2.0/segments?network_id={network['id']}").json()["segments"]
    assert [("default", 100), ("bare", 7)] == [(one["physical_network"], one["segmentation_id"]) for one in listed]
    named = server.call("PUT", f"/v2.0/segments/{listed[1]['id']}", {"segment": {"name": "east"}}).json()["segment"]
    assert ("east", 1) == (named["name"], named["revision_number"] - 1)
    subnet = server.made("subnets", network_id=network["id"], cidr="10.0.0.0/24", segment_id=listed[1]["id"])
    assert listed[1]["id"] == subnet["segment_id"]
    assert not server.call("GET", f"/v2.0/networks/{network['id']}").json()["network"]["l2_adjacency"]
    assert (409, "SegmentInUse") == refused(server, "DELETE", f"/v2.0/segments/{listed[1]['id']}")
    assert 204 == server.call("DELETE", f"/v2.0/segments/{listed[0]['id']}").status
    assert {"segments": []} == server.call("GET", "/v2.0/segments", token="member").json()


def test_a_segment_is_added(server: ApiServer) -> None:
    """On another physical network; its network shows it."""
    network = server.made("networks", provider__network_type="vlan")
    vlan: dict[str, Any] = {"network_id": network["id"], "network_type": "vlan", "physical_network": "bare"}
    made = server.made("segments", **vlan, segmentation_id=5)
    assert made["name"] is None
    shown = server.call("GET", f"/v2.0/networks/{network['id']}").json()["network"]
    assert [network["provider:segmentation_id"], 5] == [one["provider:segmentation_id"] for one in shown["segments"]]
    again = {"segment": {**vlan, "segmentation_id": 6}}
    assert (400, "InvalidInput") == refused(server, "POST", "/v2.0/segments", again)
    assert 403 == refused(server, "POST", "/v2.0/segments", again, "member")[0]


def test_a_port_on_a_routed_network(server: ApiServer) -> None:
    """Its address waits for the host, and comes from the host's segment."""
    beat(server, "h1", default="br-eth1")
    network = server.made("networks", provider__network_type="vlan")
    (segment,) = server.call("GET", "/v2.0/segments").json()["segments"]
    server.made("subnets", network_id=network["id"], cidr="10.0.0.0/24", segment_id=segment["id"])
    port = server.made("ports", network_id=network["id"])
    assert ("deferred", []) == (port["ip_allocation"], port["fixed_ips"])
    url = f"/v2.0/ports/{port['id']}"
    none = {"port": {"binding:host_id": "nowhere"}}
    assert (409, "HostNotConnectedToAnySegment") == refused(server, "PUT", url, none)
    bound = server.call("PUT", url, {"port": {"binding:host_id": "h1"}}).json()["port"]
    assert 1 == len(bound["fixed_ips"])


def test_availability_zones(server: ApiServer) -> None:
    """Those of the DHCP agents; a network may ask for some, and is served from there only."""
    beat(server, "h1", "west", default="br-eth1")
    beat(server, "h2", "east", default="br-eth1")
    zones = server.call("GET", "/v2.0/availability_zones", token="member").json()["availability_zones"]
    assert [("west", "network", "available"), ("east", "network", "available")] == [
        (one["name"], one["resource"], one["state"]) for one in zones
    ]
    network = server.made("networks", availability_zone_hints=["east"])
    server.made("subnets", network_id=network["id"], cidr="10.0.0.0/24")
    shown = server.call("GET", f"/v2.0/networks/{network['id']}").json()["network"]
    assert (["east"], ["east"]) == (shown["availability_zone_hints"], shown["availability_zones"])
    other = server.made("networks")["id"]
    by_zone = server.call("GET", "/v2.0/networks?sort_key=availability_zone_hints&sort_dir=desc").json()["networks"]
    assert [network["id"], other] == [one["id"] for one in by_zone]
    asked = {"network": {"availability_zone_hints": ["north"]}}
    assert (404, "AvailabilityZoneNotFound") == refused(server, "POST", "/v2.0/networks", asked)


def test_an_agent_that_does_not_reach_a_network_does_not_serve_it(server: ApiServer) -> None:
    """It is chosen for the networks of its own physical networks."""
    beat(server, "h1", bare="br-eth1")
    network = server.made("networks", provider__network_type="vlan", provider__physical_network="default")
    server.made("subnets", network_id=network["id"], cidr="10.0.0.0/24")
    agents = f"/v2.0/networks/{network['id']}/dhcp-agents"
    assert {"agents": []} == server.call("GET", agents).json()
    beat(server, "h2", default="br-eth1")
    assert ["h2"] == [agent["host"] for agent in server.call("GET", agents).json()["agents"]]


def test_external_networks_are_seen_by_all_and_used_by_few(server: ApiServer) -> None:
    """Only an administrator makes them; who does not own one, plugs nothing into it."""
    network = server.made("networks", router__external=True)
    seen = server.call("GET", "/v2.0/networks?router:external=true", token="member").json()["networks"]
    assert [network["id"]] == [one["id"] for one in seen]
    port = {"port": {"network_id": network["id"]}}
    assert 403 == refused(server, "POST", "/v2.0/ports", port, "member")[0]
    assert 403 == refused(server, "POST", "/v2.0/networks", {"network": {"router:external": True}}, "member")[0]
    url = f"/v2.0/networks/{network['id']}"
    assert not server.call("PUT", url, {"network": {"router:external": False}}).json()["network"]["router:external"]
    assert (404, "NetworkNotFound") == refused(server, "GET", url, token="member")


def test_the_topology_of_a_project(server: ApiServer) -> None:
    """The default network if it may be used, else its own oldest, else a refusal; nothing is made or deleted."""
    url = "/v2.0/auto-allocated-topology/None"
    assert (409, "AutoAllocationFailure") == refused(server, "GET", url, token="member")
    own = server.made("networks", "member")
    topology = server.call("GET", url, token="member").json()["auto_allocated_topology"]
    assert {"id": own["id"], "project_id": "project-a", "tenant_id": "project-a"} == topology
    default = server.made("networks", shared=True, is_default=True)
    assert default["id"] == server.call("GET", url, token="member").json()["auto_allocated_topology"]["id"]
    chosen = server.made("networks", "member", project_default=True)
    assert chosen["id"] == server.call("GET", url, token="member").json()["auto_allocated_topology"]["id"]
    dry = server.call("GET", f"{url}?fields=dry-run", token="member").json()["auto_allocated_topology"]
    assert "dry-run=pass" == dry["id"]
    again = {"network": {"is_default": True}}
    assert (409, "DefaultExternalNetworkExists") == refused(server, "POST", "/v2.0/networks", again)
    assert 204 == server.call("DELETE", url, token="member").status
    other = "/v2.0/auto-allocated-topology/project-b"
    assert 403 == refused(server, "GET", other, token="member")[0]
    assert 400 == refused(server, "GET", f"{url}?fields=nonsense", token="member")[0]
