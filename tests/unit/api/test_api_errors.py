"""Each line of SEMANTICS' table of errors, over HTTP: type, status, and nothing stored."""

from typing import Any

import pytest

from fakes.api_server import ApiServer, Reply


@pytest.fixture
def server() -> ApiServer:
    """A server with the shared network `net` on VLAN 100 and its subnet 10.0.0.0/24."""
    return ApiServer()


@pytest.fixture
def net(server: ApiServer) -> str:
    """The id of a shared network on VLAN 100."""
    made = server.made(
        "networks", name="net", shared=True, provider__network_type="vlan", provider__segmentation_id=100
    )
    return str(made["id"])


@pytest.fixture
def sub(server: ApiServer, net: str) -> str:
    """The id of its subnet 10.0.0.0/24."""
    return str(server.made("subnets", network_id=net, cidr="10.0.0.0/24", ip_version=4)["id"])


def everything(server: ApiServer) -> list[Any]:
    """All that is stored."""
    kinds = ("networks", "subnets", "ports", "instances", "quotas")
    return [server.call("GET", f"/v2.0/{kind}").json() for kind in kinds]


def refused(
    server: ApiServer, method: str, url: str, body: object = None, token: str = "admin", **headers: str
) -> tuple[int, str]:
    """Status and type of the refusal; nothing is stored by it."""
    before = everything(server)
    reply: Reply = server.call(method, url, body, token, **headers)
    assert before == everything(server)
    return reply.status, reply.json()["NeutronError"]["type"]


def network(**attributes: Any) -> dict[str, Any]:
    """A network's body; `__` stands for the colon."""
    return {"network": {name.replace("__", ":"): value for name, value in attributes.items()}}


VLAN = {"provider:network_type": "vlan", "provider:physical_network": "default"}


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (VLAN | {"provider:segmentation_id": 100}, (409, "VlanIdInUse")),
        (VLAN | {"provider:segmentation_id": 0}, (400, "InvalidInput")),
        (VLAN | {"provider:segmentation_id": "4095"}, (400, "InvalidInput")),
        (VLAN | {"provider:segmentation_id": 10**15}, (400, "InvalidInput")),
        (VLAN | {"provider:physical_network": "nowhere"}, (400, "InvalidInput")),
        ({"provider:segmentation_id": 101}, (400, "InvalidInput")),
        ({"provider:physical_network": "default"}, (400, "InvalidInput")),
        ({"provider:network_type": "gre"}, (400, "InvalidInput")),
        (
            {"provider:network_type": "flat", "provider:physical_network": "bare", "provider:segmentation_id": 5},
            (400, "InvalidInput"),
        ),
        ({"segments": [VLAN], "provider:network_type": "vlan"}, (400, "SegmentsSetInConjunctionWithProviders")),
        ({"name": "x" * 256}, (400, "HTTPBadRequest")),
        ({"bogus": 1}, (400, "HTTPBadRequest")),
    ],
)
def test_networks_that_cannot_be(server: ApiServer, net: str, sent: dict[str, Any], expected: tuple[int, str]) -> None:
    """Provider attributes that are wrong, taken or incomplete."""
    assert expected == refused(server, "POST", "/v2.0/networks", {"network": sent})


@pytest.mark.parametrize("sent", [VLAN, {"provider:segmentation_id": 101}, {"shared": True}, {"shared": "True"}])
def test_provider_and_shared_are_the_administrator_s(server: ApiServer, sent: dict[str, Any]) -> None:
    """An ordinary user who sends them gets 403."""
    assert (403, "PolicyNotAuthorized") == refused(server, "POST", "/v2.0/networks", {"network": sent}, "member")


def test_flat_networks_are_one_a_physical_network(server: ApiServer) -> None:
    """The second is refused."""
    flat = network(provider__network_type="flat", provider__physical_network="bare")
    assert 201 == server.call("POST", "/v2.0/networks", flat).status
    assert (409, "FlatNetworkInUse") == refused(server, "POST", "/v2.0/networks", flat)


def test_vlans_run_out(server: ApiServer) -> None:
    """When every VLAN of the ranges is in use, 503 tells so."""
    for _ in range(4):
        server.made("networks", "member")
    assert (503, "NoNetworkAvailable") == refused(server, "POST", "/v2.0/networks", network(), "member")


def test_a_bulk_create_is_all_or_nothing(server: ApiServer) -> None:
    """The fifth has no VLAN, so the first four are not made either."""
    body = {"networks": [{"name": str(number)} for number in range(5)]}
    assert (503, "NoNetworkAvailable") == refused(server, "POST", "/v2.0/networks", body, "member")
    reply = server.call("POST", "/v2.0/networks", {"networks": body["networks"][:4]}, "member")
    assert (201, ["0", "1", "2", "3"]) == (reply.status, [one["name"] for one in reply.json()["networks"]])


def test_quotas_hold(server: ApiServer) -> None:
    """One more than the quota is refused."""
    server.call("PUT", "/v2.0/quotas/project-a", {"quota": {"network": "1"}})
    server.made("networks", "member")
    assert (409, "OverQuota") == refused(server, "POST", "/v2.0/networks", network(), "member")


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"cidr": "10.0.0.0/25"}, (400, "InvalidInput")),
        ({"cidr": "10.1.0.5/24"}, (400, "HTTPBadRequest")),
        ({"cidr": "0.0.0.0/0"}, (400, "InvalidInput")),
        ({"cidr": "10.1.0.0/31"}, (400, "InvalidInput")),
        ({"cidr": "224.0.0.0/24"}, (400, "InvalidInput")),
        ({"cidr": "127.0.0.0/24"}, (400, "InvalidInput")),
        ({"cidr": "10.1.0.0/24", "gateway_ip": "10.1.0.0"}, (400, "InvalidInput")),
        ({"cidr": "10.1.0.0/24", "gateway_ip": "10.1.0.255"}, (400, "InvalidInput")),
        (
            {"cidr": "10.1.0.0/24", "allocation_pools": [{"start": "10.1.0.1", "end": "10.1.0.9"}]},
            (409, "GatewayConflictWithAllocationPools"),
        ),
        (
            {"cidr": "10.1.0.0/24", "allocation_pools": [{"start": "10.1.0.9", "end": "10.1.1.9"}]},
            (400, "OutOfBoundsAllocationPool"),
        ),
        (
            {"cidr": "10.1.0.0/24", "allocation_pools": [{"start": "10.1.0.9", "end": "10.1.0.5"}]},
            (400, "InvalidAllocationPool"),
        ),
        (
            {
                "cidr": "10.1.0.0/24",
                "allocation_pools": [
                    {"start": "10.1.0.5", "end": "10.1.0.9"},
                    {"start": "10.1.0.9", "end": "10.1.0.11"},
                ],
            },
            (409, "OverlappingAllocationPools"),
        ),
        (
            {"cidr": "10.1.0.0/24", "dns_nameservers": [f"8.8.8.{n}" for n in range(6)]},
            (400, "DNSNameServersExhausted"),
        ),
        (
            {
                "cidr": "10.1.0.0/24",
                "host_routes": [{"destination": f"10.9.{n}.0/24", "nexthop": "10.1.0.1"} for n in range(21)],
            },
            (400, "HostRoutesExhausted"),
        ),
        ({"cidr": "10.1.0.0/24", "prefixlen": 24}, (400, "BadRequest")),
        ({}, (400, "BadRequest")),
        ({"cidr": "10.1.0.0/24", "subnetpool_id": "pool"}, (400, "HTTPBadRequest")),
        ({"cidr": "10.1.0.0/24", "subnetpool_id": "0" * 32}, (404, "SubnetPoolNotFound")),
    ],
)
def test_subnets_that_cannot_be(
    server: ApiServer, net: str, sub: str, sent: dict[str, Any], expected: tuple[int, str]
) -> None:
    """Blocks, gateways, pools and lists that are wrong, or stand against what is there."""
    body = {"subnet": {"network_id": net, "ip_version": 4, **sent}}
    assert expected == refused(server, "POST", "/v2.0/subnets", body)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"fixed_ips": [{"ip_address": "10.0.0.5"}]}, (409, "IpAddressAlreadyAllocated")),
        ({"fixed_ips": [{"ip_address": "192.168.0.5"}]}, (400, "InvalidIpForNetwork")),
        ({"fixed_ips": [{"ip_address": "192.168.0.5", "subnet_id": "SUB"}]}, (400, "InvalidIpForSubnet")),
        ({"fixed_ips": [{"subnet_id": "00000000-0000-4000-8000-00000000dead"}]}, (404, "SubnetNotFound")),
        ({"mac_address": "fa:16:3e:00:00:05"}, (409, "MacAddressInUse")),
        ({"network_id": "00000000-0000-4000-8000-00000000dead"}, (404, "NetworkNotFound")),
    ],
)
def test_ports_that_cannot_be(
    server: ApiServer, net: str, sub: str, sent: dict[str, Any], expected: tuple[int, str]
) -> None:
    """Addresses and MACs that are taken or lie elsewhere."""
    server.made("ports", network_id=net, fixed_ips=[{"ip_address": "10.0.0.5"}], mac_address="fa:16:3e:00:00:05")
    for wish in sent.get("fixed_ips", ()):
        if wish.get("subnet_id") == "SUB":
            wish["subnet_id"] = sub
    assert expected == refused(server, "POST", "/v2.0/ports", {"port": {"network_id": net, **sent}})


def test_addresses_run_out(server: ApiServer, net: str) -> None:
    """A pool of one address, which the DHCP port has, leaves none for another."""
    pool = [{"start": "10.2.0.9", "end": "10.2.0.9"}]
    server.made("subnets", network_id=net, cidr="10.2.0.0/24", allocation_pools=pool, enable_dhcp=False)
    server.made("ports", network_id=net)
    assert (409, "IpAddressGenerationFailure") == refused(server, "POST", "/v2.0/ports", {"port": {"network_id": net}})


def test_what_is_used_stays(server: ApiServer, net: str, sub: str) -> None:
    """Networks and subnets with ports cannot be deleted."""
    server.made("ports", "member", network_id=net)
    assert (409, "NetworkInUse") == refused(server, "DELETE", f"/v2.0/networks/{net}")
    assert (409, "SubnetInUse") == refused(server, "DELETE", f"/v2.0/subnets/{sub}")


def test_what_others_use_stays_shared(server: ApiServer, net: str, sub: str) -> None:
    """A network on which another project has a port cannot be taken back."""
    server.made("ports", "member", network_id=net)
    body = {"network": {"shared": False}}
    assert (409, "InvalidSharedSetting") == refused(server, "PUT", f"/v2.0/networks/{net}", body)


def test_a_gateway_that_a_router_port_has_stays(server: ApiServer, net: str) -> None:
    """The gateway cannot move away from a router's port, nor into a pool."""
    pool = [{"start": "10.5.0.10", "end": "10.5.0.20"}]
    subnet = server.made("subnets", network_id=net, cidr="10.5.0.0/24", allocation_pools=pool, enable_dhcp=False)["id"]
    url = f"/v2.0/subnets/{subnet}"
    inside, elsewhere = ({"subnet": {"gateway_ip": f"10.5.0.{last}"}} for last in (15, 30))
    assert (409, "GatewayConflictWithAllocationPools") == refused(server, "PUT", url, inside)
    router = {"device_owner": "network:router_interface", "fixed_ips": [{"ip_address": "10.5.0.1"}]}
    server.made("ports", network_id=net, **router)
    assert (409, "GatewayIpInUse") == refused(server, "PUT", url, elsewhere)


def test_mtu_fits_the_subnets(server: ApiServer) -> None:
    """IPv6 needs 1280 bytes."""
    small = server.made("networks", mtu=1000)["id"]
    body = {"subnet": {"network_id": small, "cidr": "fd00::/64", "ip_version": 6}}
    assert (409, "NetworkMTUSubnetConflict") == refused(server, "POST", "/v2.0/subnets", body)
    server.made("subnets", network_id=small, cidr="10.4.0.0/24")
    less = {"network": {"mtu": 67}}
    assert (409, "NetworkMTUSubnetConflict") == refused(server, "PUT", f"/v2.0/networks/{small}", less)


@pytest.mark.parametrize("sent", [{"provider:physical_network": "bare"}, {"provider:network_type": "flat"}])
def test_provider_attributes_stay(server: ApiServer, net: str, sent: dict[str, Any]) -> None:
    """Only the segmentation id can be changed."""
    assert (400, "InvalidInput") == refused(server, "PUT", f"/v2.0/networks/{net}", {"network": sent})
    changed = server.call("PUT", f"/v2.0/networks/{net}", {"network": {"provider:segmentation_id": 300}})
    assert (200, 300) == (changed.status, changed.json()["network"]["provider:segmentation_id"])


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("networks", "NetworkNotFound"),
        ("subnets", "SubnetNotFound"),
        ("ports", "PortNotFound"),
        ("instances", "InstanceNotFound"),
    ],
)
def test_what_one_may_not_see_does_not_exist(server: ApiServer, kind: str, name: str) -> None:
    """Another project's records are 404 to show, change and delete."""
    own = server.made("networks", "member")["id"]
    records = {
        "networks": own,
        "subnets": server.made("subnets", "member", network_id=own, cidr="10.3.0.0/24")["id"],
        "ports": server.made("ports", "member", network_id=own)["id"],
        "instances": server.made("instances", "member")["id"],
    }
    url = f"/v2.0/{kind}/{records[kind]}"
    assert (404, name) == refused(server, "GET", url, token="other")
    assert (404, name) == refused(server, "PUT", url, {kind.removesuffix("s"): {"name": "x"}}, "other")
    assert (404, name) == refused(server, "DELETE", url, token="other")


def test_if_match_guards_changes(server: ApiServer, net: str) -> None:
    """Another revision is 412; the right one passes; nonsense is 400."""
    url, body = f"/v2.0/networks/{net}", {"network": {"name": "new"}}
    assert (412, "RevisionNumberConstraintFailed") == refused(server, "PUT", url, body, if_match="revision_number=7")
    assert (412, "RevisionNumberConstraintFailed") == refused(server, "DELETE", url, if_match="revision_number=7")
    assert (400, "BadRequest") == refused(server, "PUT", url, body, if_match="revision_number=x")
    two = "revision_number=1, revision_number=2"
    assert (400, "BadRequest") == refused(server, "PUT", url, body, if_match=two)
    assert 200 == server.call("PUT", url, body, if_match='"revision_number=1"').status


def test_a_delete_has_no_body(server: ApiServer, net: str) -> None:
    """400, and the network is still there."""
    assert (400, "HTTPBadRequest") == refused(server, "DELETE", f"/v2.0/networks/{net}", {"network": {}})
    reply = server.call("DELETE", f"/v2.0/networks/{net}")
    assert (204, b"") == (reply.status, reply.body)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"network": 5}', b"\xff", b'{"networks": []}', b"[" * 50_000])
def test_bodies_that_are_none(server: ApiServer, body: bytes) -> None:
    """Malformed bodies are 400."""
    assert (400, "HTTPBadRequest") == refused(server, "POST", "/v2.0/networks", body)


@pytest.mark.parametrize("body", [b"", b"{}", b'{"network_id": 5}', b"[1]"])
def test_networks_for_an_agent_must_be_named(server: ApiServer, body: bytes) -> None:
    """POST .../dhcp-networks without a network's id."""
    assert (400, "HTTPBadRequest") == refused(server, "POST", "/v2.0/agents/x/dhcp-networks", body)


@pytest.mark.parametrize("body", [b"", b"{}", b'{"agents": 1}', b'{"agents": [{"agent_type": "x"}]}', b"[" * 50_000])
def test_reports_that_are_none(server: ApiServer, body: bytes) -> None:
    """Malformed reports of hosts are 400."""
    assert (400, "HTTPBadRequest") == refused(server, "PUT", "/underlay/v1/hosts/h1/heartbeat", body, "host")


def test_our_own_faults_tell_nothing(server: ApiServer, capsys: pytest.CaptureFixture[str]) -> None:
    """A bug of ours is 500 with a fixed text, and in the log with its request's id."""
    broken = ApiServer()
    broken.break_store()
    reply = broken.call("GET", "/v2.0/networks")
    assert (500, "HTTPInternalServerError") == (reply.status, reply.json()["NeutronError"]["type"])
    assert b"secret" not in reply.body
    assert reply.headers["x-openstack-request-id"] in "".join(capsys.readouterr())
