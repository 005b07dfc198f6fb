from datetime import timedelta

import pytest
from msgspec import structs

from fakes.cloud import ADMIN, RED_MEMBER, REGULATIONS, START, Cloud, host_caller
from underlay.commands.agent import AddNetworkToDhcpAgent, DeleteAgent, RemoveNetworkFromDhcpAgent, UpdateAgent
from underlay.commands.command import Command
from underlay.commands.host import AgentState, Heartbeat
from underlay.commands.port import DeletePort
from underlay.model.agent import DHCP_AGENT, OVS_AGENT, Agent, DhcpBinding
from underlay.model.errors import (
    AgentNotFound,
    InvalidDHCPAgent,
    NetworkHostedByDHCPAgent,
    NetworkNotFound,
    NetworkNotHostedByDhcpAgent,
    PolicyNotAuthorized,
)
from underlay.model.ids import AgentId, HostName, NetworkId
from underlay.rules.verdict import HeartbeatAnswer

NET1 = HostName("net1")


def served(cloud: Cloud) -> list[tuple[str, str]]:
    """Network and host of every binding."""
    return [(binding.network_id, binding.host) for binding in cloud.records(DhcpBinding)]


def test_a_heartbeat_registers_and_refreshes() -> None:
    """The first makes the agents, later ones write nothing but the time, and after a silence the answer is revived."""
    cloud = Cloud()
    first = cloud.beat("net1", OVS_AGENT, DHCP_AGENT)
    agents = cloud.records(Agent)
    assert [("net1", OVS_AGENT), ("net1", DHCP_AGENT)] == [(agent.host, agent.agent_type) for agent in agents]
    assert (HeartbeatAnswer("new"), tuple(agent.id for agent in agents)) == (first.result, first.heartbeats)
    cloud.wait(30)
    second = cloud.beat("net1", OVS_AGENT, DHCP_AGENT)
    assert (HeartbeatAnswer("alive"), ()) == (second.result, second.writes.puts)
    assert {cloud.now} == set(cloud.look(lambda moment: moment.heartbeats()).values())
    cloud.wait(REGULATIONS.agent_down_time_s + 1)
    assert HeartbeatAnswer("revived") == cloud.beat("net1", OVS_AGENT, DHCP_AGENT).result


def test_a_restart_is_written() -> None:
    """What a heartbeat says anew (start, configuration) replaces what was; the agent stays the same."""
    cloud = Cloud()
    cloud.beat("net1", OVS_AGENT)
    (before,) = cloud.records(Agent)
    state = AgentState(OVS_AGENT, "underlay-agent", "N/A", START + timedelta(hours=1), {"devices": 3})
    verdict = cloud.do(Heartbeat(NET1, (state,)), host_caller("net1"))
    expected = structs.replace(before, started_at=state.started_at, configurations={"devices": 3})
    assert (HeartbeatAnswer("alive"), (expected,)) == (verdict.result, verdict.writes.puts)


def test_a_host_beats_for_itself() -> None:
    """Another host's credential does not do; an administrator's does."""
    cloud = Cloud()
    command = Heartbeat(NET1, ())
    assert isinstance(cloud.refusal(command, host_caller("net2")), PolicyNotAuthorized)
    assert isinstance(cloud.refusal(command, RED_MEMBER), PolicyNotAuthorized)
    cloud.do(command, ADMIN)


def test_an_agent_that_joins_takes_what_nobody_serves() -> None:
    """New and revived agents are given the networks that have none; one that was alive is given nothing."""
    cloud = Cloud()
    networks = [cloud.network(vid) for vid in (1, 2)]
    for network in networks:
        cloud.subnet(network, "10.0.0.0/24")
    cloud.network(3)
    cloud.subnet(cloud.network(4), "10.0.0.0/24", enable_dhcp=False)
    agent = cloud.dhcp_agent("net1")
    assert [(network.id, "net1") for network in networks] == served(cloud)
    cloud.do(RemoveNetworkFromDhcpAgent(agent.id, networks[0].id))
    cloud.dhcp_agent("net1")
    assert [(networks[1].id, "net1")] == served(cloud)
    cloud.wait(REGULATIONS.agent_down_time_s + 1)
    cloud.dhcp_agent("net1")
    assert [(networks[1].id, "net1"), (networks[0].id, "net1")] == served(cloud)


def test_an_agent_that_is_switched_off() -> None:
    """Off, it is given no network and cannot be added one; on again, it takes what nobody serves."""
    cloud = Cloud()
    agent = cloud.dhcp_agent("net1")
    off = cloud.do(UpdateAgent(agent.id, admin_state_up=False, description="being repaired")).result
    assert structs.replace(agent, admin_state_up=False, description="being repaired") == off
    network = cloud.network()
    cloud.subnet(network, "10.0.0.0/24")
    assert [] == served(cloud)
    assert InvalidDHCPAgent(agent.id) == cloud.refusal(AddNetworkToDhcpAgent(agent.id, network.id))
    cloud.do(UpdateAgent(agent.id, admin_state_up=True))
    assert [(network.id, "net1")] == served(cloud)
    assert () == cloud.do(UpdateAgent(agent.id, admin_state_up=True)).writes.puts


def test_adding_and_removing_by_hand() -> None:
    """A second -add of the same, and a -remove of what is not served, are conflicts."""
    cloud = Cloud()
    one, two = cloud.dhcp_agent("net1"), cloud.dhcp_agent("net2")
    network = cloud.network()
    cloud.subnet(network, "10.0.0.0/24")
    assert NetworkHostedByDHCPAgent(network.id, one.id) == cloud.refusal(AddNetworkToDhcpAgent(one.id, network.id))
    remove = RemoveNetworkFromDhcpAgent(two.id, network.id)
    assert NetworkNotHostedByDhcpAgent(network.id, two.id) == cloud.refusal(remove)
    cloud.do(AddNetworkToDhcpAgent(two.id, network.id))
    assert ["net1", "net2"] == [port.binding.host for port in cloud.dhcp_ports(network)]
    cloud.do(remove)
    assert [(network.id, "net1")] == served(cloud)


def test_a_network_without_dhcp_may_be_added() -> None:
    """The binding is made; the port comes with the first DHCP subnet."""
    cloud = Cloud()
    agent = cloud.dhcp_agent("net1")
    network = cloud.network()
    cloud.do(AddNetworkToDhcpAgent(agent.id, network.id))
    assert [] == cloud.dhcp_ports(network)
    cloud.subnet(network, "10.0.0.0/24")
    assert ["net1"] == [port.binding.host for port in cloud.dhcp_ports(network)]


def test_what_is_not_there() -> None:
    """Unknown agents and networks are 404, an agent of another type no DHCP agent."""
    cloud = Cloud()
    agent = cloud.dhcp_agent("net1")
    ovs = cloud.look(lambda moment: moment.agent_on(NET1, OVS_AGENT))
    assert ovs is not None
    network = cloud.network()
    unknown, nowhere = AgentId("none"), NetworkId("none")
    assert AgentNotFound(unknown) == cloud.refusal(AddNetworkToDhcpAgent(unknown, network.id))
    assert NetworkNotFound(nowhere) == cloud.refusal(AddNetworkToDhcpAgent(agent.id, nowhere))
    assert InvalidDHCPAgent(ovs.id) == cloud.refusal(AddNetworkToDhcpAgent(ovs.id, network.id))
    assert AgentNotFound(unknown) == cloud.refusal(DeleteAgent(unknown))


@pytest.mark.parametrize(
    "command",
    [
        UpdateAgent(AgentId("a")),
        DeleteAgent(AgentId("a")),
        AddNetworkToDhcpAgent(AgentId("a"), NetworkId("n")),
        RemoveNetworkFromDhcpAgent(AgentId("a"), NetworkId("n")),
    ],
)
def test_agents_are_the_administrators(command: Command) -> None:
    """An ordinary user is told 403, whether the agent exists or not."""
    assert isinstance(Cloud().refusal(command, RED_MEMBER), PolicyNotAuthorized)


def test_a_deleted_agent_is_gone() -> None:
    """And is new when it beats again."""
    cloud = Cloud()
    agent = cloud.dhcp_agent("net1")
    cloud.do(DeleteAgent(agent.id))
    assert [OVS_AGENT] == [each.agent_type for each in cloud.records(Agent)]
    assert HeartbeatAnswer("new") == cloud.beat("net1", DHCP_AGENT).result


def test_a_full_network_is_passed_over() -> None:
    """A heartbeat never fails because some network has no address left for a DHCP port."""
    cloud = Cloud()
    network = cloud.network()
    subnet = cloud.subnet(network, "10.0.0.0/30")
    (waiting,) = cloud.dhcp_ports(network)
    cloud.do(DeletePort(waiting.id))
    cloud.port(network)
    cloud.dhcp_agent("net1")
    assert ([], subnet) == (served(cloud), cloud.stored(subnet))
