"""`dhcp_served_by` of a network: who gets DHCP agents and ports, and who keeps them."""

from msgspec import structs

from fakes.cloud import RED_MEMBER, REGULATIONS, Cloud
from underlay.commands.agent import AddNetworkToDhcpAgent
from underlay.commands.network import CreateNetwork, UpdateNetwork
from underlay.model.errors import PolicyNotAuthorized
from underlay.model.network import Network
from underlay.model.port import RESERVED_DHCP_DEVICE


def _hosts_only(cloud: Cloud, network: Network) -> Network:
    result = cloud.do(UpdateNetwork(network.id, dhcp_served_by="hosts")).result
    assert isinstance(result, Network)
    return result


def test_a_network_that_its_hosts_serve_has_no_agent_and_no_dhcp_port() -> None:
    """Neither when its subnet comes, nor when an agent does; and no address of it is taken."""
    cloud = Cloud(structs.replace(REGULATIONS, dhcp_served_by="hosts"))
    cloud.dhcp_agent("net1")
    network = cloud.network()
    cloud.subnet(network, "10.0.0.0/30")
    cloud.dhcp_agent("net2")
    assert [] == cloud.dhcp_ports(network)
    assert [] == cloud.look(lambda moment: list(moment.dhcp_bindings_of(network.id)))
    assert ["10.0.0.2"] == [str(fixed.ip_address) for fixed in cloud.port(network).fixed_ips]


def test_agents_go_and_come_with_the_choice() -> None:
    """Bindings and DHCP ports are deleted when only the hosts are to serve it, and made when not; other changes of the
    choice move nothing."""
    cloud = Cloud()
    cloud.dhcp_agent("net1")
    network = cloud.network()
    cloud.subnet(network, "10.0.0.0/24")
    (before,) = cloud.dhcp_ports(network)
    cloud.do(UpdateNetwork(network.id, dhcp_served_by="agents"))
    assert [before] == cloud.dhcp_ports(network)
    _hosts_only(cloud, network)
    assert [] == cloud.dhcp_ports(network)
    assert [] == cloud.look(lambda moment: list(moment.dhcp_bindings_of(network.id)))
    cloud.do(UpdateNetwork(network.id, dhcp_served_by="both"))
    assert ["net1"] == [port.binding.host for port in cloud.dhcp_ports(network)]


def test_without_an_agent_the_port_waits_only_where_agents_may_serve() -> None:
    """Back from `hosts` while no agent lives: reserved, as on any network."""
    cloud = Cloud()
    network = _hosts_only(cloud, cloud.network())
    cloud.subnet(network, "10.0.0.0/24")
    assert [] == cloud.dhcp_ports(network)
    cloud.do(UpdateNetwork(network.id, dhcp_served_by="both"))
    assert [RESERVED_DHCP_DEVICE] == [port.device_id for port in cloud.dhcp_ports(network)]


def test_an_administrator_may_still_add_an_agent() -> None:
    """By name: for the machines of the network that no host of ours serves."""
    cloud = Cloud()
    agent = cloud.dhcp_agent("net1")
    network = _hosts_only(cloud, cloud.network())
    cloud.subnet(network, "10.0.0.0/24")
    cloud.do(AddNetworkToDhcpAgent(agent.id, network.id))
    assert ["net1"] == [port.binding.host for port in cloud.dhcp_ports(network)]


def test_the_choice_is_the_administrators() -> None:
    """Nobody else may make it, with the network or later."""
    cloud = Cloud()
    network = cloud.network(caller=RED_MEMBER)
    made = CreateNetwork(RED_MEMBER.project_id, dhcp_served_by="agents")
    for command in (made, UpdateNetwork(network.id, dhcp_served_by="agents")):
        assert isinstance(cloud.refusal(command, RED_MEMBER), PolicyNotAuthorized)
