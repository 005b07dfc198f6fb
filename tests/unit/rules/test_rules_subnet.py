from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from msgspec import structs

from fakes.cloud import ADMIN, BLUE_MEMBER, RED, RED_MEMBER, REGULATIONS, Cloud, addresses, pool
from underlay.commands.network import UpdateNetwork
from underlay.commands.port import FixedIpWish
from underlay.commands.subnet import CreateSubnet, DeleteSubnet, UpdateSubnet
from underlay.model.address import AddressRange
from underlay.model.errors import (
    DNSNameServersExhausted,
    GatewayConflictWithAllocationPools,
    GatewayIpInUse,
    HostRoutesExhausted,
    HTTPBadRequest,
    InvalidAllocationPool,
    InvalidInput,
    NetworkNotFound,
    OutOfBoundsAllocationPool,
    OverlappingAllocationPools,
    OverQuota,
    PolicyNotAuthorized,
    RevisionNumberConstraintFailed,
    SubnetInUse,
    SubnetNotFound,
    UnderlayError,
)
from underlay.model.network import Network
from underlay.model.subnet import HostRoute, Subnet

NET = ip_network("10.0.0.0/24")


def route(destination: str, nexthop: str) -> HostRoute:
    """A host route."""
    return HostRoute(ip_network(destination), ip_address(nexthop))


def asked(network: Network, cidr: str, **attributes: object) -> CreateSubnet:
    """The command for a subnet."""
    return CreateSubnet(ADMIN.project_id, network.id, ip_network(cidr), **attributes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cidr", "attributes", "gateway", "pools"),
    [
        ("10.0.0.0/24", {}, "10.0.0.1", [("10.0.0.2", "10.0.0.254")]),
        ("10.0.0.0/24", {"gateway_ip": None}, None, [("10.0.0.1", "10.0.0.254")]),
        (
            "10.0.0.0/24",
            {"gateway_ip": ip_address("10.0.0.5")},
            "10.0.0.5",
            [("10.0.0.1", "10.0.0.4"), ("10.0.0.6", "10.0.0.254")],
        ),
        ("10.0.0.0/24", {"gateway_ip": ip_address("192.0.2.1")}, "192.0.2.1", [("10.0.0.1", "10.0.0.254")]),
        ("10.0.0.0/30", {}, "10.0.0.1", [("10.0.0.2", "10.0.0.2")]),
        ("10.0.0.0/31", {"enable_dhcp": False}, "10.0.0.1", [("10.0.0.0", "10.0.0.0")]),
        ("10.0.0.0/32", {"enable_dhcp": False}, "10.0.0.1", [("10.0.0.0", "10.0.0.0")]),
        ("2001:db8::/64", {}, "2001:db8::", [("2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff")]),
        (
            "10.0.0.0/24",
            {"allocation_pools": (pool("10.0.0.50", "10.0.0.60"), pool("10.0.0.20", "10.0.0.30"))},
            "10.0.0.1",
            [("10.0.0.20", "10.0.0.30"), ("10.0.0.50", "10.0.0.60")],
        ),
    ],
)
def test_gateway_and_pools(
    cidr: str, attributes: dict[str, Any], gateway: str | None, pools: list[tuple[str, str]]
) -> None:
    """The gateway is the first host address unless said otherwise, and the pools are all hosts but the gateway."""
    cloud = Cloud()
    subnet = cloud.subnet(cloud.network(), cidr, **attributes)
    assert gateway == (None if subnet.gateway_ip is None else str(subnet.gateway_ip))
    assert pools == [(str(part.start), str(part.end)) for part in subnet.allocation_pools]


V6 = {"ipv6_ra_mode": "slaac", "ipv6_address_mode": "slaac"}


@pytest.mark.parametrize(
    ("cidr", "attributes", "words"),
    [
        ("0.0.0.0/0", {}, "0 is not allowed as CIDR prefix length"),
        ("::/64", {}, "unspecified IPv6 prefix"),
        ("10.0.0.0/31", {}, "prefix length that is incompatible with DHCP"),
        ("2001:db8::/127", {}, "prefix length that is incompatible with DHCP"),
        ("224.0.0.0/24", {}, "Multicast IP subnet is not supported"),
        ("127.0.0.0/24", {}, "Loopback IP subnet is not supported"),
        ("0.0.0.0/8", {}, "First IP '0.0.0.0' of network is not supported"),
        ("10.0.0.0/24", {"gateway_ip": ip_address("10.0.0.0")}, "Gateway is not valid on subnet"),
        ("10.0.0.0/24", {"gateway_ip": ip_address("10.0.0.255")}, "Gateway is not valid on subnet"),
        ("10.0.0.0/24", {"gateway_ip": ip_address("2001:db8::1")}, "does not match the ip_version '4'"),
        ("10.0.0.0/24", {"dns_nameservers": (ip_address("2001:db8::1"),)}, "does not match the ip_version '4'"),
        ("10.0.0.0/24", {"host_routes": (route("10.9.0.0/16", "::1"),)}, "nexthop '::1' does not match"),
        ("10.0.0.0/24", {"host_routes": (route("::/64", "10.0.0.9"),)}, "destination '::/64' does not match"),
        ("10.0.0.0/24", {"host_routes": (route("10.9.0.0/16", "224.0.0.1"),)}, "multicast"),
        ("10.0.0.0/24", {"ipv6_ra_mode": "slaac"}, "ipv6_ra_mode is not valid when ip_version is 4"),
        ("10.0.0.0/24", {"ipv6_address_mode": "slaac"}, "ipv6_address_mode is not valid when ip_version is 4"),
        ("2001:db8::/64", {**V6, "ipv6_ra_mode": "dhcpv6-stateful"}, "they must be the same value"),
        ("2001:db8::/64", {**V6, "enable_dhcp": False}, "cannot be set when enable_dhcp is set to False"),
        ("2001:db8::/56", V6, "requires the prefix to be /64"),
        ("10.0.0.0/24", {"dhcp_address": ip_address("10.0.0.1")}, "is the gateway's address"),
        ("10.0.0.0/24", {"dhcp_address": ip_address("10.0.1.1")}, "is no host address of 10.0.0.0/24"),
        ("10.0.0.0/24", {"dhcp_address": ip_address("10.0.0.9"), "enable_dhcp": False}, "needs enable_dhcp True"),
        ("2001:db8::/64", {**V6, "dhcp_address": ip_address("2001:db8::5")}, "automatic addresses"),
    ],
)
def test_subnets_that_make_no_sense(cidr: str, attributes: dict[str, object], words: str) -> None:
    """Refused as InvalidInput, in Neutron's words where it has some."""
    cloud = Cloud()
    error = cloud.refusal(asked(cloud.network(), cidr, **attributes))
    assert isinstance(error, InvalidInput)
    assert words in error.error_message


POOL_OUTSIDE = pool("10.0.0.200", "10.0.1.9")
POOL_OF_ALL = pool("10.0.0.1", "10.0.0.254")


@pytest.mark.parametrize(
    ("pools", "error"),
    [
        ((POOL_OUTSIDE,), OutOfBoundsAllocationPool(POOL_OUTSIDE, NET)),
        ((pool("10.0.0.0", "10.0.0.9"),), OutOfBoundsAllocationPool(pool("10.0.0.0", "10.0.0.9"), NET)),
        ((pool("10.0.0.9", "10.0.0.255"),), OutOfBoundsAllocationPool(pool("10.0.0.9", "10.0.0.255"), NET)),
        (
            (AddressRange(ip_address("2001:db8::1"), ip_address("2001:db8::2")),),
            InvalidAllocationPool(ip_address("2001:db8::1"), ip_address("2001:db8::2")),
        ),
        (
            (AddressRange(ip_address("10.0.0.9"), ip_address("10.0.0.8")),),
            InvalidAllocationPool(ip_address("10.0.0.9"), ip_address("10.0.0.8")),
        ),
        (
            (pool("10.0.0.9", "10.0.0.20"), pool("10.0.0.20", "10.0.0.30")),
            OverlappingAllocationPools(pool("10.0.0.9", "10.0.0.20"), pool("10.0.0.20", "10.0.0.30"), NET),
        ),
        ((POOL_OF_ALL,), GatewayConflictWithAllocationPools(ip_address("10.0.0.1"), POOL_OF_ALL)),
    ],
)
def test_pools_that_make_no_sense(pools: tuple[AddressRange, ...], error: UnderlayError) -> None:
    """Pools are host addresses of the subnet, disjoint, without the gateway; at creation and in an update."""
    cloud = Cloud()
    network = cloud.network()
    assert error == cloud.refusal(asked(network, "10.0.0.0/24", allocation_pools=pools))
    subnet = cloud.subnet(network, "10.0.0.0/24")
    assert error == cloud.refusal(UpdateSubnet(subnet.id, allocation_pools=pools))


@pytest.mark.parametrize("cidr", ["10.0.0.0/24", "10.0.0.128/25", "10.0.0.0/16"])
def test_subnets_of_a_network_do_not_overlap(cidr: str) -> None:
    """Equal, inside or around: refused; on another network the same addresses are fine."""
    cloud = Cloud()
    network = cloud.network()
    cloud.subnet(network, "10.0.0.0/24")
    cloud.subnet(network, "10.1.0.0/24")
    error = cloud.refusal(asked(network, cidr))
    assert isinstance(error, InvalidInput)
    assert f"Requested subnet with cidr: {cidr} for network: {network.id} overlaps" in error.error_message
    cloud.subnet(cloud.network(), cidr)


def test_limits() -> None:
    """DNS servers and host routes are counted, at creation and in an update, and none comes twice."""
    cloud = Cloud()
    network = cloud.network()
    servers = tuple(ip_address(f"192.0.2.{host}") for host in range(6))
    routes = tuple(route(f"10.{host}.0.0/16", "10.0.0.9") for host in range(1, 22))
    assert DNSNameServersExhausted("new subnet", 5) == cloud.refusal(
        asked(network, "10.0.0.0/24", dns_nameservers=servers)
    )
    subnet = cloud.subnet(network, "10.0.0.0/24", dns_nameservers=servers[:5], host_routes=routes[:20])
    assert HostRoutesExhausted(subnet.id, 20) == cloud.refusal(UpdateSubnet(subnet.id, host_routes=routes))
    for doubled in (
        UpdateSubnet(subnet.id, dns_nameservers=servers[:1] * 2),
        UpdateSubnet(subnet.id, host_routes=routes[:1] * 2),
    ):
        error = cloud.refusal(doubled)
        assert isinstance(error, HTTPBadRequest)
        assert "Duplicate" in error.text


def test_who_makes_subnets() -> None:
    """The network's owner does; on a shared network others get 403, on one they do not see 404."""
    cloud = Cloud()
    own, shared, hidden = cloud.network(caller=RED_MEMBER), cloud.network(200, shared=True), cloud.network(201)
    assert RED == cloud.subnet(own, "10.0.0.0/24", caller=RED_MEMBER).project_id
    command = CreateSubnet(RED, shared.id, NET)
    assert isinstance(cloud.refusal(command, RED_MEMBER), PolicyNotAuthorized)
    assert NetworkNotFound(hidden.id) == cloud.refusal(structs.replace(command, network_id=hidden.id), RED_MEMBER)


def test_who_touches_subnets() -> None:
    """A subnet of a shared network is seen (403), one of a private network is not (404)."""
    cloud = Cloud()
    seen = cloud.subnet(cloud.network(shared=True), "10.0.0.0/24")
    hidden = cloud.subnet(cloud.network(), "10.0.0.0/24")
    for command in (UpdateSubnet(seen.id, name="x"), DeleteSubnet(seen.id)):
        assert isinstance(cloud.refusal(command, BLUE_MEMBER), PolicyNotAuthorized)
    for command in (UpdateSubnet(hidden.id, name="x"), DeleteSubnet(hidden.id)):
        assert SubnetNotFound(hidden.id) == cloud.refusal(command, BLUE_MEMBER)


def test_the_network_shows_its_subnets() -> None:
    """Creating and deleting a subnet is an update of the network, which lists them in order of creation."""
    cloud = Cloud()
    network = cloud.network()
    first, second = cloud.subnet(network, "10.0.0.0/24"), cloud.subnet(network, "10.1.0.0/24")
    assert structs.replace(network, subnet_ids=(first.id, second.id), revision_number=3) == cloud.stored(network)
    cloud.do(DeleteSubnet(first.id))
    assert structs.replace(network, subnet_ids=(second.id,), revision_number=4) == cloud.stored(network)


def test_quota_and_mtu() -> None:
    """A subnet too many is refused, and IPv6 on a network that is too small for it."""
    cloud = Cloud(structs.replace(REGULATIONS, quota_defaults={"subnet": 1}))
    network = cloud.network()
    cloud.do(UpdateNetwork(network.id, mtu=1279))
    assert 1280 == cloud.refusal(asked(network, "2001:db8::/64")).mtu  # type: ignore[attr-defined]
    cloud.subnet(network, "10.0.0.0/24")
    assert OverQuota("subnet", 1, 1) == cloud.refusal(asked(network, "10.1.0.0/24"))


def test_an_update_that_changes_nothing_writes_nothing() -> None:
    """The same values again, pools in another order too, are no change."""
    cloud = Cloud()
    pools = (pool("10.0.0.20", "10.0.0.30"), pool("10.0.0.50", "10.0.0.60"))
    subnet = cloud.subnet(cloud.network(), "10.0.0.0/24", allocation_pools=pools)
    same = UpdateSubnet(subnet.id, name="", allocation_pools=pools[::-1], gateway_ip=ip_address("10.0.0.1"))
    verdict = cloud.do(same)
    assert ((), subnet) == (verdict.writes.puts, verdict.result)


def test_host_routes_are_replaced() -> None:
    """The report's subnet-update: the route to metadata by way of the DHCP port."""
    cloud = Cloud()
    subnet = cloud.subnet(cloud.network(), "10.10.100.0/24")
    routes = (route("169.254.0.0/16", "10.10.100.3"),)
    cloud.wait(5)
    after = cloud.do(UpdateSubnet(subnet.id, revision=1, host_routes=routes)).result
    assert structs.replace(subnet, host_routes=routes, revision_number=2, updated_at=cloud.now) == after
    assert RevisionNumberConstraintFailed(1, 2) == cloud.refusal(UpdateSubnet(subnet.id, revision=1, host_routes=()))


def test_a_gateway_moves_out_of_the_pools_only() -> None:
    """A new gateway inside the pools is refused; with pools that spare it, or outside the subnet, it is taken."""
    cloud = Cloud()
    subnet = cloud.subnet(cloud.network(), "10.0.0.0/24")
    gateway = ip_address("10.0.0.254")
    error = GatewayConflictWithAllocationPools(gateway, subnet.allocation_pools[0])
    assert error == cloud.refusal(UpdateSubnet(subnet.id, gateway_ip=gateway))
    pools = (pool("10.0.0.2", "10.0.0.253"),)
    after = cloud.do(UpdateSubnet(subnet.id, gateway_ip=gateway, allocation_pools=pools)).result
    assert isinstance(after, Subnet)
    assert (gateway, pools) == (after.gateway_ip, after.allocation_pools)
    assert isinstance(cloud.refusal(UpdateSubnet(subnet.id, gateway_ip=ip_address("10.0.0.255"))), InvalidInput)
    cloud.do(UpdateSubnet(subnet.id, gateway_ip=ip_address("192.0.2.1")))
    cloud.do(UpdateSubnet(subnet.id, gateway_ip=None))


def test_a_gateway_is_no_ports_address() -> None:
    """The gateway's address does not become the DHCP port's, nor does a router's port lose it."""
    cloud = Cloud()
    network = cloud.network()
    subnet = cloud.subnet(network, "10.0.0.0/24", dhcp_address=ip_address("10.0.0.2"))
    (dhcp_port,) = cloud.dhcp_ports(network)
    pools = (pool("10.0.0.3", "10.0.0.9"),)
    command = UpdateSubnet(subnet.id, gateway_ip=ip_address("10.0.0.2"), allocation_pools=pools)
    assert GatewayIpInUse(ip_address("10.0.0.2"), dhcp_port.id) == cloud.refusal(command)
    router = cloud.port(
        network, device_owner="network:router_interface", fixed_ips=(FixedIpWish(subnet.id, ip_address("10.0.0.1")),)
    )
    assert GatewayIpInUse(ip_address("10.0.0.1"), router.id) == cloud.refusal(
        UpdateSubnet(subnet.id, gateway_ip=ip_address("192.0.2.1"))
    )


def test_a_subnet_in_use_stays() -> None:
    """A port with an address of the subnet keeps it; other subnets' ports do not."""
    cloud = Cloud()
    network = cloud.network()
    first, second = cloud.subnet(network, "10.0.0.0/24"), cloud.subnet(network, "10.1.0.0/24")
    port = cloud.port(network)
    assert SubnetInUse(first.id, port.id) == cloud.refusal(DeleteSubnet(first.id))
    cloud.do(DeleteSubnet(second.id))
    assert [["10.0.0.2"]] == [addresses(each) for each in cloud.dhcp_ports(network)]
