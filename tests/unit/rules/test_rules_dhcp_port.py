from ipaddress import ip_address
from uuid import NAMESPACE_DNS, uuid5

from msgspec import structs

from fakes.cloud import REGULATIONS, Cloud, addresses, pool
from underlay.commands.agent import AddNetworkToDhcpAgent, DeleteAgent, RemoveNetworkFromDhcpAgent
from underlay.commands.port import DeletePort, FixedIpWish
from underlay.commands.subnet import DeleteSubnet, UpdateSubnet
from underlay.model.address import Mac
from underlay.model.errors import IpAddressGenerationFailure, ServicePortInUse
from underlay.model.ids import HostName, NetworkId
from underlay.model.port import DHCP_OWNER, RESERVED_DHCP_DEVICE
from underlay.rules.dhcp_port import device_id


def test_device_id_is_neutrons() -> None:
    """`dhcp` + uuid5 of the host's name without its domain + `-` + network id, as Nova and operators know it."""
    short = uuid5(NAMESPACE_DNS, "net1")
    assert f"dhcp{short}-some-network" == device_id(HostName("net1.example.org"), NetworkId("some-network"))


def test_a_subnet_comes_with_its_dhcp_port() -> None:
    """The DHCP port is made with the subnet: the network's, bound to the agent's host, lowest address."""
    cloud = Cloud()
    cloud.dhcp_agent("net1")
    network = cloud.network(100)
    cloud.subnet(network, "10.10.100.0/24")
    (port,) = cloud.dhcp_ports(network)
    assert ["10.10.100.2"] == addresses(port)
    assert (network.project_id, "", DHCP_OWNER) == (port.project_id, port.name, port.device_owner)
    assert (device_id(HostName("net1"), network.id), "net1", "DOWN") == (port.device_id, port.binding.host, port.status)


def test_the_address_asked_for() -> None:
    """`dhcp_address` pins it, inside the pools or outside: the same host number on every network."""
    cloud = Cloud()
    for third, asked in ((100, "10.10.100.3"), (101, "10.10.101.3")):
        network = cloud.network(third)
        cloud.subnet(network, f"10.10.{third}.0/24", dhcp_address=ip_address(asked))
        assert [[asked]] == [addresses(port) for port in cloud.dhcp_ports(network)]
    network = cloud.network()
    pools = (pool("10.0.0.10", "10.0.0.20"),)
    cloud.subnet(network, "10.0.0.0/24", dhcp_address=ip_address("10.0.0.5"), allocation_pools=pools)
    assert [["10.0.0.5"]] == [addresses(port) for port in cloud.dhcp_ports(network)]


def test_without_an_agent_the_port_waits() -> None:
    """No agent alive: the port is reserved and bound nowhere; the agent that comes takes it with MAC and address."""
    cloud = Cloud()
    network = cloud.network()
    cloud.subnet(network, "10.0.0.0/24")
    (waiting,) = cloud.dhcp_ports(network)
    assert (RESERVED_DHCP_DEVICE, None) == (waiting.device_id, waiting.binding.host)
    cloud.port(network)
    cloud.dhcp_agent("net1")
    (taken,) = cloud.dhcp_ports(network)
    assert (waiting.id, waiting.mac_address, waiting.fixed_ips) == (taken.id, taken.mac_address, taken.fixed_ips)
    assert (device_id(HostName("net1"), network.id), "net1") == (taken.device_id, taken.binding.host)


def test_a_silent_agent_is_given_nothing() -> None:
    """An agent silent for more than agent_down_time is no agent to schedule on."""
    cloud = Cloud()
    cloud.dhcp_agent("net1")
    cloud.wait(REGULATIONS.agent_down_time_s + 1)
    network = cloud.network()
    cloud.subnet(network, "10.0.0.0/24")
    assert [RESERVED_DHCP_DEVICE] == [port.device_id for port in cloud.dhcp_ports(network)]


def test_the_least_loaded_agent_serves() -> None:
    """Networks spread over the agents; ties go to the first host by name."""
    cloud = Cloud()
    for host in ("net2", "net1", "net3"):
        cloud.dhcp_agent(host)
    hosts: list[str | None] = []
    for third in range(4):
        network = cloud.network(third + 1)
        cloud.subnet(network, f"10.0.{third}.0/24")
        hosts.extend(port.binding.host for port in cloud.dhcp_ports(network))
    assert ["net1", "net2", "net3", "net1"] == hosts


def test_several_agents_a_network() -> None:
    """With dhcp_agents_per_network = 2, two agents have a port each, with different addresses."""
    cloud = Cloud(structs.replace(REGULATIONS, dhcp_agents_per_network=2))
    for host in ("net1", "net2", "net3"):
        cloud.dhcp_agent(host)
    network = cloud.network()
    cloud.subnet(network, "10.0.0.0/24", dhcp_address=ip_address("10.0.0.9"))
    assert [("net1", ["10.0.0.9"]), ("net2", ["10.0.0.2"])] == [
        (port.binding.host, addresses(port)) for port in cloud.dhcp_ports(network)
    ]


def test_a_second_subnet_adds_an_address() -> None:
    """The DHCP port follows the network's DHCP subnets; a subnet without DHCP adds none."""
    cloud = Cloud()
    cloud.dhcp_agent("net1")
    network = cloud.network()
    cloud.subnet(network, "10.0.0.0/24")
    (before,) = cloud.dhcp_ports(network)
    cloud.subnet(network, "10.1.0.0/24")
    cloud.subnet(network, "10.2.0.0/24", enable_dhcp=False)
    (after,) = cloud.dhcp_ports(network)
    assert (before.id, ["10.0.0.2", "10.1.0.2"]) == (after.id, addresses(after))


def test_dhcp_off_and_on() -> None:
    """Off: the address is given back, and the port goes with the last; on: there is one again."""
    cloud = Cloud()
    cloud.dhcp_agent("net1")
    network = cloud.network()
    first, second = cloud.subnet(network, "10.0.0.0/24"), cloud.subnet(network, "10.1.0.0/24")
    cloud.do(UpdateSubnet(first.id, enable_dhcp=False))
    assert [["10.1.0.2"]] == [addresses(port) for port in cloud.dhcp_ports(network)]
    cloud.do(UpdateSubnet(second.id, enable_dhcp=False))
    assert [] == cloud.dhcp_ports(network)
    cloud.do(UpdateSubnet(first.id, enable_dhcp=True))
    assert [("net1", ["10.0.0.2"])] == [(port.binding.host, addresses(port)) for port in cloud.dhcp_ports(network)]


def test_dhcp_switched_on_with_other_pools() -> None:
    """Pools that change in the same update decide the DHCP port's address, past what is taken in them."""
    cloud = Cloud()
    network = cloud.network()
    subnet = cloud.subnet(network, "10.0.0.0/24", enable_dhcp=False)
    cloud.port(network, fixed_ips=(FixedIpWish(subnet.id, ip_address("10.0.0.50")),))
    cloud.do(UpdateSubnet(subnet.id, enable_dhcp=True, allocation_pools=(pool("10.0.0.50", "10.0.0.60"),)))
    assert [["10.0.0.51"]] == [addresses(port) for port in cloud.dhcp_ports(network)]


def test_a_subnet_that_goes_takes_its_address() -> None:
    """Deleting a subnet deletes its DHCP port, unless other subnets need it."""
    cloud = Cloud()
    network = cloud.network()
    first, second = cloud.subnet(network, "10.0.0.0/24"), cloud.subnet(network, "10.1.0.0/24")
    cloud.do(DeleteSubnet(first.id))
    assert [["10.1.0.2"]] == [addresses(port) for port in cloud.dhcp_ports(network)]
    cloud.do(DeleteSubnet(second.id))
    assert [] == cloud.dhcp_ports(network)


def test_a_full_subnet_has_no_room_for_dhcp() -> None:
    """A subnet with DHCP and no address for it is refused; it would never answer."""
    cloud = Cloud()
    network = cloud.network()
    subnet = cloud.subnet(network, "10.0.0.0/30", enable_dhcp=False)
    cloud.port(network)
    error = cloud.refusal(UpdateSubnet(subnet.id, enable_dhcp=True))
    assert IpAddressGenerationFailure(network.id, (subnet.id,)) == error


def test_a_network_moves_with_its_port() -> None:
    """dhcp-agent-network-remove leaves the port reserved, -add elsewhere takes it over: same id, MAC and address."""
    cloud = Cloud()
    one, two = cloud.dhcp_agent("net1"), cloud.dhcp_agent("net2")
    network = cloud.network()
    cloud.subnet(network, "10.0.0.0/24")
    (served,) = cloud.dhcp_ports(network)
    cloud.do(RemoveNetworkFromDhcpAgent(one.id, network.id))
    (waiting,) = cloud.dhcp_ports(network)
    assert (RESERVED_DHCP_DEVICE, None) == (waiting.device_id, waiting.binding.host)
    cloud.beat("net1", "DHCP agent")
    cloud.dhcp_agent("net2")
    assert [waiting] == cloud.dhcp_ports(network)
    cloud.do(AddNetworkToDhcpAgent(two.id, network.id))
    (moved,) = cloud.dhcp_ports(network)
    assert (served.id, served.mac_address, served.fixed_ips) == (moved.id, moved.mac_address, moved.fixed_ips)
    assert "net2" == moved.binding.host


def test_an_agent_that_is_deleted_hands_over() -> None:
    """Its networks go to agents alive, with their ports; without one, the ports wait for the next."""
    cloud = Cloud()
    one, two = cloud.dhcp_agent("net1"), cloud.dhcp_agent("net2")
    network = cloud.network()
    cloud.subnet(network, "10.0.0.0/24")
    (served,) = cloud.dhcp_ports(network)
    cloud.do(DeleteAgent(one.id))
    (moved,) = cloud.dhcp_ports(network)
    assert ("net2", served.fixed_ips) == (moved.binding.host, moved.fixed_ips)
    cloud.do(DeleteAgent(two.id))
    assert [(RESERVED_DHCP_DEVICE, served.fixed_ips)] == [
        (port.device_id, port.fixed_ips) for port in cloud.dhcp_ports(network)
    ]
    assert [] == cloud.look(lambda moment: moment.dhcp_bindings_of(network.id))


def test_operators_pin_the_port_by_hand() -> None:
    """A reserved port made before DHCP is switched on is the one that the agent takes."""
    cloud = Cloud()
    cloud.dhcp_agent("net1")
    network = cloud.network()
    subnet = cloud.subnet(network, "10.0.0.0/24", enable_dhcp=False)
    mac = Mac.parse("fa:16:3e:77:77:77")
    pinned = cloud.port(
        network,
        device_owner=DHCP_OWNER,
        device_id=RESERVED_DHCP_DEVICE,
        mac_address=mac,
        fixed_ips=(FixedIpWish(subnet.id, ip_address("10.0.0.77")),),
    )
    cloud.do(UpdateSubnet(subnet.id, enable_dhcp=True))
    assert [(pinned.id, mac, ["10.0.0.77"], "net1")] == [
        (port.id, port.mac_address, addresses(port), port.binding.host) for port in cloud.dhcp_ports(network)
    ]


def test_a_serving_port_is_not_deleted_by_hand() -> None:
    """The DHCP port of an agent that serves stays; a reserved one may go."""
    cloud = Cloud()
    agent = cloud.dhcp_agent("net1")
    network = cloud.network()
    cloud.subnet(network, "10.0.0.0/24")
    (port,) = cloud.dhcp_ports(network)
    assert isinstance(cloud.refusal(DeletePort(port.id)), ServicePortInUse)
    cloud.do(RemoveNetworkFromDhcpAgent(agent.id, network.id))
    cloud.do(DeletePort(port.id))
    assert [] == cloud.dhcp_ports(network)


def test_automatic_addresses_of_the_dhcp_port() -> None:
    """On a SLAAC subnet the DHCP port has the address that its MAC gives."""
    cloud = Cloud()
    network = cloud.network()
    cloud.subnet(network, "2001:db8::/64", ipv6_ra_mode="slaac", ipv6_address_mode="slaac")
    assert [["2001:db8::f816:3eff:fe00:1"]] == [addresses(port) for port in cloud.dhcp_ports(network)]
