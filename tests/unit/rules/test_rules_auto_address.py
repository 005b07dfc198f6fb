from ipaddress import ip_address, ip_network
from typing import Any

from msgspec import structs

from fakes.cloud import ADMIN, RED_MEMBER, Cloud, addresses
from underlay.commands.command import Command
from underlay.commands.port import CreatePort, FixedIpWish
from underlay.commands.subnet import CreateSubnet, DeleteSubnet, GiveAutoAddresses, UpdateSubnet
from underlay.model.caller import Caller
from underlay.model.errors import InvalidInput, SubnetInUse
from underlay.model.network import Network
from underlay.model.port import Port
from underlay.model.subnet import Subnet
from underlay.rules import auto_address
from underlay.rules.ipam import eui64_address

PREFIX = ip_network("2001:db8::/64")


def slaac(network: Network, **fields: Any) -> CreateSubnet:
    """A subnet with automatic addresses, wished for."""
    command = CreateSubnet(network.project_id, network.id, PREFIX, ipv6_ra_mode="slaac", ipv6_address_mode="slaac")
    return structs.replace(command, **fields)


def all_of_it(cloud: Cloud, command: Command, caller: Caller = ADMIN) -> list[int]:
    """Do the command and what it leaves to be done; how many records each transaction wrote."""
    sizes = []
    rest: Command | None = command
    while rest is not None:
        verdict = cloud.do(rest, caller)
        sizes.append(len(verdict.writes.puts))
        rest = verdict.then
    return sizes


def own_address(port: Port) -> str:
    """The address that the port's guest makes itself."""
    return str(eui64_address(PREFIX, port.mac_address))


def now(cloud: Cloud, port: Port) -> Port:
    """The port as it is."""
    found = cloud.stored(port)
    assert isinstance(found, Port)
    return found


def test_ports_that_are_there_get_their_automatic_address() -> None:
    """But for routers' ports and those that want no address; a DHCP port has it from its service."""
    cloud = Cloud()
    network = cloud.network()
    cloud.subnet(network, "10.0.0.0/24", enable_dhcp=False)
    port, bare = cloud.port(network), cloud.port(network, fixed_ips=())
    router = cloud.port(network, device_owner="network:router_interface")
    all_of_it(cloud, slaac(network))
    assert own_address(port) == addresses(now(cloud, port))[1]
    assert (bare, router) == (now(cloud, bare), now(cloud, router))
    assert [own_address(cloud.dhcp_ports(network)[0])] == addresses(cloud.dhcp_ports(network)[0])
    assert [own_address(new := cloud.port(network))] == addresses(new)[1:]
    assert 1 == len(addresses(cloud.port(network, device_owner="network:router_interface")))


def test_a_port_from_before_any_subnet_gets_one() -> None:
    """It waited for an address."""
    cloud = Cloud()
    network = cloud.network()
    port = cloud.port(network)
    all_of_it(cloud, slaac(network, ipv6_ra_mode=None, ipv6_address_mode="dhcpv6-stateless"))
    assert [own_address(port)] == addresses(now(cloud, port))


def test_a_stateful_subnet_gives_nothing_to_ports_that_are_there() -> None:
    """Their guests ask by DHCPv6; so has Neutron."""
    cloud = Cloud()
    network = cloud.network()
    port = cloud.port(network)
    all_of_it(cloud, slaac(network, ipv6_ra_mode="dhcpv6-stateful", ipv6_address_mode="dhcpv6-stateful"))
    assert port == now(cloud, port)


def test_a_large_network_is_walked_in_parts() -> None:
    """No transaction changes more ports than a part, whatever the network's size; nobody is left out."""
    cloud = Cloud(regulations=structs.replace(Cloud().regulations, quota_defaults={}))
    network = cloud.network()
    ports = [cloud.port(network) for _ in range(2 * auto_address.PART + 7)]
    sizes = all_of_it(cloud, slaac(network))
    assert 3 == len(sizes)
    assert max(sizes) <= auto_address.PART + 3
    assert all([own_address(port)] == addresses(now(cloud, port)) for port in ports[:: auto_address.PART])
    subnet = cloud.records(Subnet)[0]
    assert not subnet.is_spreading
    assert 3 == len(all_of_it(cloud, DeleteSubnet(subnet.id)))
    assert [] == cloud.records(Subnet)
    assert not any(port.fixed_ips for port in cloud.records(Port))


def test_what_was_interrupted_goes_on() -> None:
    """The subnet says that it spreads; who already has the address is left alone; a subnet that is gone, too."""
    cloud = Cloud(regulations=structs.replace(Cloud().regulations, quota_defaults={}))
    network = cloud.network()
    for _ in range(auto_address.PART + 1):
        cloud.port(network)
    cloud.do(slaac(network))
    (subnet,) = cloud.records(Subnet)
    assert subnet.is_spreading
    assert [0, 2] == all_of_it(cloud, GiveAutoAddresses(subnet.id))
    assert not cloud.records(Subnet)[0].is_spreading
    all_of_it(cloud, DeleteSubnet(subnet.id))
    assert [0] == all_of_it(cloud, GiveAutoAddresses(subnet.id))


def test_a_delete_that_was_interrupted_goes_on() -> None:
    """The subnet says that it is leaving, and gives nobody an address any more: not new ports, not those without."""
    cloud = Cloud(regulations=structs.replace(Cloud().regulations, quota_defaults={}))
    network = cloud.network()
    all_of_it(cloud, slaac(network))
    for _ in range(auto_address.PART + 1):
        cloud.port(network)
    (subnet,) = cloud.records(Subnet)
    cloud.do(DeleteSubnet(subnet.id))
    assert [True] == [each.is_leaving for each in cloud.records(Subnet)]
    left = sum(bool(port.fixed_ips) for port in cloud.records(Port))
    assert [0] == all_of_it(cloud, GiveAutoAddresses(subnet.id))
    assert [] == addresses(cloud.port(network))
    router = cloud.refusal(CreatePort(ADMIN.project_id, network.id, fixed_ips=(FixedIpWish(subnet.id),)))
    assert isinstance(router, InvalidInput)
    assert left == sum(bool(port.fixed_ips) for port in cloud.records(Port)) == 2
    all_of_it(cloud, DeleteSubnet(subnet.id))
    assert ([], []) == (cloud.records(Subnet), [port for port in cloud.records(Port) if port.fixed_ips])


def test_an_automatic_subnet_takes_its_addresses_along() -> None:
    """Ports do not keep it, unless a router's port is on it."""
    cloud = Cloud()
    network = cloud.network(caller=RED_MEMBER)
    all_of_it(cloud, slaac(network), RED_MEMBER)
    port = cloud.port(network, caller=RED_MEMBER)
    (subnet,) = cloud.records(Subnet)
    all_of_it(cloud, DeleteSubnet(subnet.id), RED_MEMBER)
    assert [] == addresses(now(cloud, port))
    assert [] == cloud.dhcp_ports(network)
    gateway = ip_address("2001:db8::1")
    all_of_it(cloud, slaac(network, gateway_ip=gateway), RED_MEMBER)
    assert isinstance(cloud.refusal(UpdateSubnet(cloud.records(Subnet)[0].id, enable_dhcp=False)), InvalidInput)


def test_a_subnet_in_use_stays() -> None:
    """Without automatic addresses every port keeps it."""
    cloud = Cloud()
    network = cloud.network()
    subnet = cloud.subnet(network, "2001:db8::/64", enable_dhcp=False)
    port = cloud.port(network)
    assert SubnetInUse(subnet.id, port.id) == cloud.refusal(DeleteSubnet(subnet.id))
