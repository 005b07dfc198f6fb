"""underlay-agent on real Open vSwitch: what is plugged is wired, what is not known is cut off."""

import time

import pytest

from fakes.agent_program import AgentProgram
from fakes.feed_server import FeedServer
from fakes.ovs_host import OvsHost
from fakes.records import network, port

pytestmark = pytest.mark.host

NET1, NET2 = network(1), network(2)
ONE, TWO, OTHER = port(1, NET1), port(2, NET1), port(3, NET2)


def _plug_three(ovs_host: OvsHost) -> None:
    for number, of in enumerate((ONE, TWO, OTHER), start=1):
        ovs_host.guest(f"g{number}", of.id, str(of.mac_address), f"10.0.0.{number}/24")


def test_ports_of_one_network_reach_each_other_and_no_other_network(
    ovs_host: OvsHost, server: FeedServer, agent: AgentProgram
) -> None:
    """Two ports of one network talk; a port of another network, with an address of the same block, is not reached."""
    server.put(NET1, NET2, ONE, TWO, OTHER)
    agent.start()
    assert server.wait_for()
    _wait_for_bridge(server)
    _plug_three(ovs_host)
    assert server.wait_for(ONE.id, TWO.id, OTHER.id)
    assert ovs_host.pings("g1", "10.0.0.2")
    assert not ovs_host.pings("g1", "10.0.0.3")


def test_a_port_without_host_is_bound_where_it_is_plugged(
    ovs_host: OvsHost, server: FeedServer, agent: AgentProgram
) -> None:
    """A device of a port that this host does not know is dead until the server, told of it, has bound it here."""
    server.put(NET1)
    server.elsewhere[ONE.id] = port(1, NET1, host=None)
    agent.start()
    _wait_for_bridge(server)
    ovs_host.guest("g1", ONE.id, str(ONE.mac_address), "10.0.0.1/24")
    assert server.wait_for(ONE.id)
    first, *_ = [state for report in server.reports for state in report]
    assert (True, False) == (first.plugged, first.wired)


def test_an_unknown_port_is_dead(ovs_host: OvsHost, server: FeedServer, agent: AgentProgram) -> None:
    """A device of a port that the server does not know either gets the dead VLAN, and no frame of it is switched."""
    server.put(NET1, ONE)
    agent.start()
    _wait_for_bridge(server)
    ovs_host.guest("g1", ONE.id, str(ONE.mac_address), "10.0.0.1/24")
    device = ovs_host.guest("g2", TWO.id, str(TWO.mac_address), "10.0.0.2/24")
    assert server.wait_for(ONE.id)
    assert server.wait_for(TWO.id, wired=False)
    assert "4095" == ovs_host.vsctl("get", "Port", device, "tag")
    assert not ovs_host.pings("g2", "10.0.0.1")


def test_a_deleted_port_is_cut_off_and_an_unplugged_one_is_told(
    ovs_host: OvsHost, server: FeedServer, agent: AgentProgram
) -> None:
    """When the record goes the device is dead at once; when the device goes the server hears of it."""
    server.put(NET1, ONE, TWO)
    agent.start()
    _wait_for_bridge(server)
    ovs_host.guest("g1", ONE.id, str(ONE.mac_address), "10.0.0.1/24")
    device = ovs_host.guest("g2", TWO.id, str(TWO.mac_address), "10.0.0.2/24")
    assert server.wait_for(ONE.id, TWO.id)
    server.delete(ONE)
    assert server.wait_for(ONE.id, wired=False)
    assert not ovs_host.pings("g1", "10.0.0.2")
    ovs_host.vsctl("--no-wait", "del-port", "br-int", device)
    assert server.wait_for(TWO.id, wired=False)
    assert not server.states[TWO.id].plugged


def test_frames_on_the_wire_carry_the_networks_tag(ovs_host: OvsHost, server: FeedServer, agent: AgentProgram) -> None:
    """A frame of a port of VLAN 101 leaves by the uplink with tag 101, whatever the local tag is."""
    server.put(NET1, ONE)
    agent.start()
    _wait_for_bridge(server)
    ovs_host.guest("g1", ONE.id, str(ONE.mac_address), "10.0.0.1/24")
    assert server.wait_for(ONE.id)
    capture = ovs_host.exec_in_background("tcpdump", "-i", "wire", "-e", "-n", "-c", "1", "arp", "or", "vlan")
    ovs_host.pings("g1", "10.0.0.99")
    assert "vlan 101" in capture()


def test_a_mapped_bridge_that_nobody_can_make_stops_the_agent(ovs_host: OvsHost, server: FeedServer) -> None:
    """Without an interface for a missing bridge the agent ends and says which bridge and how to make it."""
    program = AgentProgram(ovs_host, server.url, 'bridge_mappings = "default:br-eth1"')
    done = program.run()
    assert 1 == done.returncode
    assert "bridge 'br-eth1'" in done.stderr
    assert "ovs-vsctl add-br br-eth1" in done.stderr


def _wait_for_bridge(server: FeedServer) -> None:
    """The first heartbeat says that Open vSwitch is as it should be."""
    with server.told:
        assert server.told.wait_for(lambda: bool(server.beats), 20)


def test_once_makes_the_host_so_and_ends(ovs_host: OvsHost, server: FeedServer, agent: AgentProgram) -> None:
    """With --once the agent ends when the host is as the server says, and everything stays in place."""
    server.put(NET1, ONE)
    assert 0 == agent.run("--once").returncode
    device = ovs_host.guest("g1", ONE.id, str(ONE.mac_address), "10.0.0.1/24")
    started = time.monotonic()
    assert 0 == agent.run("--once").returncode, time.monotonic() - started
    assert server.states[ONE.id].wired
    assert "1" == ovs_host.vsctl("get", "Port", device, "tag")
