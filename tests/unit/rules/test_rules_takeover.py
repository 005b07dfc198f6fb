from msgspec import structs

from fakes.cloud import ADMIN, OPERATIONS, REGULATIONS, START, Cloud, addresses, host_caller
from underlay.commands.agent import UpdateAgent
from underlay.commands.host import AgentState, Heartbeat
from underlay.commands.network import CreateNetwork, ProviderAttributes
from underlay.model.agent import DHCP_AGENT, OVS_AGENT, DhcpBinding
from underlay.model.ids import HostName
from underlay.model.network import Network
from underlay.model.segment import NetworkSegment
from underlay.rules import takeover
from underlay.rules.snapshot import Regulations

LONG = REGULATIONS.agent_down_time_s


def beat(cloud: Cloud, *hosts: str) -> None:
    """A heartbeat of each host, which reaches the physical networks that its name begins with: `default-spare-1`."""
    for host in hosts:
        mappings = {"bridge_mappings": {name: f"br-{name}" for name in host.split("-")[:-1]}}
        states = (
            AgentState(OVS_AGENT, "underlay-agent", "N/A", START, mappings),
            AgentState(DHCP_AGENT, "underlay-agent", "dhcp_agent", START),
        )
        command: Heartbeat | None = Heartbeat(HostName(host), states)
        while command is not None:
            left = cloud.do(command, host_caller(host)).then
            assert left in (None, command)
            command = command if left else None


def go_on(cloud: Cloud, *hosts: str) -> None:
    """These hosts beat until all others are missing; `hosts` were heard before."""
    for _ in range(4):
        cloud.wait(LONG / 3)
        beat(cloud, *hosts)


def hosts_of(cloud: Cloud, network: Network) -> list[str]:
    """Who serves the network."""
    return sorted(binding.host for binding in cloud.records(DhcpBinding) if binding.network_id == network.id)


def served(cloud: Cloud, vid: int = 1, physical_network: str = "default") -> Network:
    """A network with a DHCP subnet."""
    provider = ProviderAttributes("vlan", physical_network, vid)
    network = cloud.do(CreateNetwork(OPERATIONS, provider=provider)).result
    assert isinstance(network, Network)
    cloud.subnet(network, "10.0.0.0/24")
    return network


def test_networks_of_a_missing_agent_are_taken_over() -> None:
    """With the DHCP port, its address and its MAC; and they stay when it comes back."""
    cloud = Cloud()
    beat(cloud, "default-1")
    network = served(cloud)
    beat(cloud, "default-2")
    (before,) = cloud.dhcp_ports(network)
    go_on(cloud, "default-2")
    (after,) = cloud.dhcp_ports(network)
    assert (["default-2"], "default-2") == (hosts_of(cloud, network), after.binding.host)
    assert (before.id, before.mac_address, addresses(before)) == (after.id, after.mac_address, addresses(after))
    assert (before.device_id, "DOWN") != (after.device_id, after.status)
    go_on(cloud, "default-1", "default-2")
    assert ["default-2"] == hosts_of(cloud, network)


def test_what_nobody_else_reaches_stays() -> None:
    """With the missing agent, whose host may serve on; so does all when there is no other agent that is switched on."""
    cloud = Cloud()
    beat(cloud, "spare-1", "default-1")
    far, near = served(cloud, 1, "spare"), served(cloud)
    beat(cloud, "default-2")
    agent = cloud.dhcp_agent("default-2")
    cloud.do(UpdateAgent(agent.id, admin_state_up=False))
    go_on(cloud, "default-2")
    assert (["spare-1"], ["default-1"]) == (hosts_of(cloud, far), hosts_of(cloud, near))
    cloud.do(UpdateAgent(agent.id, admin_state_up=True))
    go_on(cloud, "default-2")
    assert (["spare-1"], ["default-2"]) == (hosts_of(cloud, far), hosts_of(cloud, near))


def test_nobody_is_missing_after_a_silence_of_all() -> None:
    """The server was away: who is heard first does not take what the others go on serving."""
    cloud = Cloud()
    beat(cloud, "default-1")
    network = served(cloud)
    beat(cloud, "default-2")
    go_on(cloud, "default-1", "default-2")
    cloud.wait(10 * LONG)
    beat(cloud, "default-2")
    cloud.wait(LONG / 2)
    beat(cloud, "default-2")
    assert ["default-1"] == hosts_of(cloud, network)
    go_on(cloud, "default-2")
    assert ["default-2"] == hosts_of(cloud, network)


def test_networks_may_be_left_where_they_are() -> None:
    """When the setting says so."""
    regulations: Regulations = structs.replace(REGULATIONS, allow_automatic_dhcp_failover=False)
    cloud = Cloud(regulations)
    beat(cloud, "default-1")
    network = served(cloud)
    beat(cloud, "default-2")
    go_on(cloud, "default-2")
    assert ["default-1"] == hosts_of(cloud, network)


def test_many_networks_are_moved_in_parts() -> None:
    """And spread over those that are there."""
    cloud = Cloud(structs.replace(REGULATIONS, quota_defaults={}))
    beat(cloud, "default-1")
    count = takeover.PART + 6
    networks = [served(cloud, number) for number in range(1, count + 1)]
    beat(cloud, "default-2", "default-3")
    go_on(cloud, "default-2", "default-3")
    taken = [hosts_of(cloud, network) for network in networks]
    assert [[count // 2] * 2, 0] == [
        [taken.count(["default-2"]), taken.count(["default-3"])],
        taken.count(["default-1"]),
    ]


def test_each_segment_of_a_routed_network_gets_its_own_port_back() -> None:
    """An agent takes over what is on its segment; one for a segment that none serves is added when it joins."""
    cloud = Cloud()
    both = ProviderAttributes("vlan", "default", 1), ProviderAttributes("vlan", "spare", 1)
    network = cloud.do(CreateNetwork(ADMIN.project_id, provider=both[0], further=both[1:])).result
    assert isinstance(network, Network)
    beat(cloud, "spare-1")
    for number, segment in enumerate(cloud.records(NetworkSegment)):
        cloud.subnet(network, f"10.0.{number}.0/24", segment_id=segment.id)
    assert ["spare-1"] == hosts_of(cloud, network)
    beat(cloud, "default-1")
    assert ["default-1", "spare-1"] == hosts_of(cloud, network)
    before = {port.id: addresses(port) for port in cloud.dhcp_ports(network)}
    beat(cloud, "spare-2", "default-2")
    assert ["default-1", "spare-1"] == hosts_of(cloud, network)
    go_on(cloud, "default-2", "spare-2")
    assert ["default-2", "spare-2"] == hosts_of(cloud, network)
    assert before == {port.id: addresses(port) for port in cloud.dhcp_ports(network)}
    placed = {port.binding.host: addresses(port) for port in cloud.dhcp_ports(network)}
    assert {"default-2": ["10.0.0.2"], "spare-2": ["10.0.1.2"]} == placed


def test_a_second_agent_that_joins_makes_up_the_number() -> None:
    """With dhcp_agents_per_network = 2; both missing, one is taken over by the only one left."""
    cloud = Cloud(structs.replace(REGULATIONS, dhcp_agents_per_network=2))
    beat(cloud, "default-1")
    network = served(cloud)
    beat(cloud, "default-2")
    assert ["default-1", "default-2"] == hosts_of(cloud, network)
    beat(cloud, "default-3")
    go_on(cloud, "default-3")
    assert ["default-2", "default-3"] == hosts_of(cloud, network)
    beat(cloud, "default-4")
    assert ["default-2", "default-3"] == hosts_of(cloud, network)
    go_on(cloud, "default-3", "default-4")
    assert ["default-3", "default-4"] == hosts_of(cloud, network)
    assert 2 == len(cloud.dhcp_ports(network))
