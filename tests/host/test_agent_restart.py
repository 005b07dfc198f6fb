"""underlay-agent dies, vswitchd dies, the server is down: traffic goes on, and what was lost is put back."""

import re
import signal
import subprocess
import time

import pytest

from fakes.agent_program import AgentProgram
from fakes.feed_server import FeedServer
from fakes.ovs_host import OvsHost
from fakes.records import network, port

pytestmark = pytest.mark.host

NET = network(1)
ONE, TWO = port(1, NET), port(2, NET)


def _two_guests(ovs_host: OvsHost, server: FeedServer, agent: AgentProgram) -> None:
    server.put(NET, ONE, TWO)
    agent.start()
    with server.told:
        assert server.told.wait_for(lambda: bool(server.beats), 20)
    ovs_host.guest("g1", ONE.id, str(ONE.mac_address), "10.0.0.1/24")
    ovs_host.guest("g2", TWO.id, str(TWO.mac_address), "10.0.0.2/24")
    assert server.wait_for(ONE.id, TWO.id)
    assert ovs_host.pings("g1", "10.0.0.2")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_no_packet_is_lost_when_the_agent_ends_and_begins_again(
    ovs_host: OvsHost, server: FeedServer, agent: AgentProgram, how: signal.Signals
) -> None:
    """Stopped or killed and started again, the agent changes no flow and no tag, and not one ping is lost."""
    _two_guests(ovs_host, server, agent)
    flows, ports = ovs_host.flows("br-int"), ovs_host.vsctl("-f", "json", "list", "Port")
    pinging = subprocess.Popen(
        ["ip", "netns", "exec", f"{ovs_host.name}-g1", "ping", "-i", "0.01", "-q", "10.0.0.2"],
        stdout=subprocess.PIPE,
        text=True,
    )
    agent.signal(how)
    heard = len(server.reports)
    agent.start()
    with server.told:
        assert server.told.wait_for(lambda: len(server.reports) > heard, 20)
    pinging.send_signal(signal.SIGINT)
    output = pinging.communicate(timeout=10)[0]
    sent, received = re.findall(r"(\d+) packets transmitted, (\d+) received", output)[0]
    assert int(sent) - int(received) <= 1  # the last one may be on its way
    assert flows == ovs_host.flows("br-int")
    assert ports == ovs_host.vsctl("-f", "json", "list", "Port")


def test_flows_come_back_when_vswitchd_does(ovs_host: OvsHost, server: FeedServer, agent: AgentProgram) -> None:
    """A vswitchd that was killed comes back without flows; the agent notices by itself and puts all of them back."""
    _two_guests(ovs_host, server, agent)
    flows = sorted(ovs_host.flows("br-int").splitlines())
    ovs_host.kill_vswitchd()
    ovs_host.start_vswitchd()
    limit = time.monotonic() + 10
    while not ovs_host.pings("g1", "10.0.0.2") and time.monotonic() < limit:
        pass
    assert flows == sorted(ovs_host.flows("br-int").splitlines())


def test_the_agent_outlives_ovsdb_server(ovs_host: OvsHost, server: FeedServer, agent: AgentProgram) -> None:
    """An ovsdb-server that was killed and started again is found again: what is plugged then is wired."""
    _two_guests(ovs_host, server, agent)
    ovs_host.kill_ovsdb()
    ovs_host.start_ovsdb()
    three = port(3, NET)
    server.put(three)
    ovs_host.guest("g3", three.id, str(three.mac_address), "10.0.0.3/24")
    assert server.wait_for(three.id)
    assert ovs_host.pings("g1", "10.0.0.3")


def test_no_heartbeat_claims_health_while_vswitchd_is_dead(
    ovs_host: OvsHost, server: FeedServer, agent: AgentProgram
) -> None:
    """Heartbeats stop with vswitchd and go on with it."""
    _two_guests(ovs_host, server, agent)
    ovs_host.kill_vswitchd()
    time.sleep(0.2)
    heard = len(server.beats)
    with server.told:
        assert not server.told.wait_for(lambda: len(server.beats) > heard, 2.5)
    ovs_host.start_vswitchd()
    with server.told:
        assert server.told.wait_for(lambda: len(server.beats) > heard, 20)


def test_a_host_boots_without_the_server(ovs_host: OvsHost, server: FeedServer, agent: AgentProgram) -> None:
    """With the server down, an agent that starts on a host that lost everything wires its ports from its snapshot."""
    _two_guests(ovs_host, server, agent)
    agent.signal(signal.SIGTERM)
    server.close()
    ovs_host.ofctl("del-flows", "br-int")
    ovs_host.vsctl("--", "clear", "Port", "t-g1", "tag", "--", "clear", "Port", "t-g1", "other_config")
    assert not ovs_host.pings("g1", "10.0.0.2")
    agent.start()
    limit = time.monotonic() + 10
    while not ovs_host.pings("g1", "10.0.0.2") and time.monotonic() < limit:
        pass
    assert ovs_host.pings("g1", "10.0.0.2")


def test_an_agent_without_snapshot_and_server_takes_nothing_away(
    ovs_host: OvsHost, server: FeedServer, agent: AgentProgram
) -> None:
    """Knowing nothing, it leaves tags, flows and traffic as they are."""
    _two_guests(ovs_host, server, agent)
    agent.signal(signal.SIGTERM)
    server.close()
    (ovs_host.folder / "state" / "agent" / "mirror.json").unlink()
    flows, ports = ovs_host.flows("br-int"), ovs_host.vsctl("-f", "json", "list", "Port")
    agent.start()
    limit = time.monotonic() + 10
    while not any("feed broken" in line for line in agent.lines()) and time.monotonic() < limit:
        time.sleep(0.05)
    assert ovs_host.pings("g1", "10.0.0.2")
    assert (flows, ports) == (ovs_host.flows("br-int"), ovs_host.vsctl("-f", "json", "list", "Port"))


def test_flows_of_others_are_not_touched(ovs_host: OvsHost, server: FeedServer, agent: AgentProgram) -> None:
    """A flow with another cookie stays, also when everything of ours is put back."""
    _two_guests(ovs_host, server, agent)
    ovs_host.ofctl("add-flow", "br-int", "cookie=0x77,table=5,priority=7,in_port=1,actions=drop")
    agent.signal(signal.SIGTERM)
    ovs_host.ofctl("del-flows", "br-int", "cookie=0x756e646500000000/0xffffffff00000000")
    server.delete(ONE)
    agent.start()
    assert server.wait_for(ONE.id, wired=False)
    assert "cookie=0x77" in ovs_host.flows("br-int")


def test_a_deleted_bridge_comes_back_with_its_flows(ovs_host: OvsHost, server: FeedServer, agent: AgentProgram) -> None:
    """A mapped bridge that somebody deletes is made again, and gets its flows at once, not at the next heartbeat."""
    server.put(NET, ONE)
    agent.config.write_text(agent.config.read_text().replace("report_interval_s = 1", "report_interval_s = 60"))
    agent.start()
    with server.told:
        assert server.told.wait_for(lambda: bool(server.beats), 20)
    ovs_host.guest("g1", ONE.id, str(ONE.mac_address), "10.0.0.1/24")
    assert server.wait_for(ONE.id)
    assert _speaks_to_the_wire(ovs_host)
    ovs_host.vsctl("del-br", "br-eth1")
    limit = time.monotonic() + 20
    while not _speaks_to_the_wire(ovs_host) and time.monotonic() < limit:
        time.sleep(0.02)
    assert _speaks_to_the_wire(ovs_host)


def _speaks_to_the_wire(ovs_host: OvsHost) -> bool:
    """Whether br-eth1 has its base flow, and that of local tag 1."""
    ofport = ovs_host.vsctl("--if-exists", "get", "Interface", "phy-br-eth1", "ofport")
    try:
        flows = ovs_host.flows("br-eth1")
    except RuntimeError:
        return False
    return f"priority=4,in_port={ofport},dl_vlan=1 " in flows and "priority=0 actions=NORMAL" in flows
