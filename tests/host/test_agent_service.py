"""underlay-agent as a network's DHCP agent: namespace, link, addresses, route, tables; and their end."""

import subprocess
from collections.abc import Iterator

import pytest

from fakes.agent_program import AgentProgram
from fakes.feed_server import FeedServer
from fakes.ovs_host import OvsHost, run
from fakes.records import HOST, dhcp_agent, dhcp_binding, dhcp_port, network, port, subnet
from underlay.dhcp.scope import Scope
from underlay.metadata.directory import Directory
from underlay.model.codec import decode

pytestmark = pytest.mark.host

NET = network(7, subnets=2)
V4, V6 = subnet(NET), subnet(NET, 1, "2001:db8::/64", "2001:db8::1")
DHCP = dhcp_port(9, NET, ((V4, "10.0.0.2"), (V6, "2001:db8::2")))
GUEST = port(1, NET, HOST, ((V4, "10.0.0.5"),))
NAMESPACE = f"qdhcp-{NET.id}"
LINK = f"ns-{DHCP.id[:11]}"
RECORDS = (NET, V4, V6, DHCP, GUEST, dhcp_agent(), dhcp_binding(NET))


@pytest.fixture
def serving(ovs_host: OvsHost, server: FeedServer) -> Iterator[AgentProgram]:
    """An agent of a host that serves networks; not started."""
    settings = 'bridge_mappings = "default:br-eth1"\nbridge_interfaces = "br-eth1:eth1"\ndhcp_agent = true\n'
    program = AgentProgram(ovs_host, server.url, f"{settings}report_interval_s = 1")
    yield program
    program.end()
    print("\n".join(program.lines()))
    run("ip", "netns", "del", NAMESPACE, check=False)


def test_a_served_network_has_its_namespace_and_tables(
    ovs_host: OvsHost, server: FeedServer, serving: AgentProgram
) -> None:
    """The DHCP port's device has its MAC, addresses, the metadata addresses and the default route; guests reach it;
    both pumps' tables say so."""
    server.put(*RECORDS)
    serving.start()
    assert server.wait_for(DHCP.id)
    shown = run("ip", "-n", NAMESPACE, "-o", "addr", "show", "dev", LINK)
    for address in ("10.0.0.2/24", "2001:db8::2/64", "169.254.169.254/32", "fe80::a9fe:a9fe/64"):
        assert f" {address} " in shown
    assert str(DHCP.mac_address) in run("ip", "-n", NAMESPACE, "link", "show", "dev", LINK)
    assert "default via 10.0.0.1" in run("ip", "-n", NAMESPACE, "route")
    ovs_host.guest("g1", GUEST.id, str(GUEST.mac_address), "10.0.0.5/24")
    assert server.wait_for(GUEST.id)
    assert ovs_host.pings("g1", "10.0.0.2")
    scope = decode((ovs_host.folder / "dhcp" / f"{NET.id}.json").read_bytes(), Scope)
    assert (NAMESPACE, LINK, [GUEST.id]) == (scope.netns, scope.device, [found.port_id for found in scope.reservations])
    directory = decode((ovs_host.folder / "metadata" / f"{NET.id}.json").read_bytes(), Directory)
    assert [GUEST.id] == [entry.port_id for entry in directory.entries]


def test_a_network_that_is_no_longer_served_leaves_nothing(
    ovs_host: OvsHost, server: FeedServer, serving: AgentProgram
) -> None:
    """When the binding goes, tables, OVS port, link and namespace go; also what an agent that died had left."""
    server.put(*RECORDS)
    serving.start()
    assert server.wait_for(DHCP.id)
    serving.end()
    server.delete(*RECORDS)
    heard = len(server.beats)
    serving.start()
    with server.told:
        assert server.told.wait_for(lambda: len(server.beats) >= heard + 2, 20)
    assert NAMESPACE not in run("ip", "netns")
    assert not list((ovs_host.folder / "dhcp").glob("*.json"))
    assert not list((ovs_host.folder / "metadata").glob("*.json"))
    assert f"tap{DHCP.id[:11]}" not in ovs_host.vsctl("list-ports", "br-int").split()


def test_agents_are_claimed_only_while_their_pump_runs(
    ovs_host: OvsHost, server: FeedServer, serving: AgentProgram
) -> None:
    """The heartbeat names the DHCP agent when the pump's lock is held, and no longer when it is let go."""
    serving.start()
    with server.told:
        assert server.told.wait_for(lambda: bool(server.beats), 20)
    assert ["Open vSwitch agent"] == [agent["agent_type"] for agent in server.beats[-1]["agents"]]  # type: ignore[attr-defined]
    lock = ovs_host.folder / "dhcp" / ".lock"
    lock.parent.mkdir(exist_ok=True)
    lock.touch()
    holder = subprocess.Popen(["flock", str(lock), "sleep", "20"])
    try:
        heard = len(server.beats)
        with server.told:
            assert server.told.wait_for(lambda: len(server.beats) >= heard + 2, 20)
        types = [agent["agent_type"] for agent in server.beats[-1]["agents"]]  # type: ignore[attr-defined]
        assert ["Open vSwitch agent", "DHCP agent"] == types
    finally:
        holder.kill()
        holder.wait()
