"""Namespaces and links as the agent makes them: nothing half-made stays so, nothing is left open."""

import os
from collections.abc import Callable, Iterator
from ipaddress import ip_interface

import pytest

from fakes.agent_program import AgentProgram
from fakes.feed_server import FeedServer
from fakes.ovs_host import OvsHost, run
from fakes.records import dhcp_agent, dhcp_binding, dhcp_port, network, subnet
from underlay.dataplane import links, netns

pytestmark = pytest.mark.host

NET = network(8, subnets=1)
V4 = subnet(NET)
DHCP = dhcp_port(8, NET, ((V4, "10.0.0.2"),))
NAMESPACE = f"qdhcp-{NET.id}"
OUTER, INNER = f"tap{DHCP.id[:11]}", f"ns-{DHCP.id[:11]}"
SETTINGS = 'bridge_mappings = "default:br-eth1"\nbridge_interfaces = "br-eth1:eth1"\ndhcp_agent = true\n'


@pytest.fixture
def namespace() -> Iterator[str]:
    """A name that is free, and removed in the end."""
    name = f"agtns{os.getpid()}"
    yield name
    netns.remove(name)


def test_create_and_remove_can_be_done_twice(namespace: str) -> None:
    """Done again they change nothing; the thread is in its own namespace after each."""
    own = os.stat("/proc/thread-self/ns/net").st_ino
    netns.create(namespace)
    first = (netns.FOLDER / namespace).stat().st_ino
    netns.create(namespace)
    assert first == (netns.FOLDER / namespace).stat().st_ino != own
    assert namespace in run("ip", "netns")
    netns.remove(namespace)
    netns.remove(namespace)
    assert not netns.exists(namespace)
    assert own == os.stat("/proc/thread-self/ns/net").st_ino


def test_a_name_without_a_namespace_counts_as_none(namespace: str) -> None:
    """The bare file that a killed maker leaves is not listed, and the next maker mounts on it."""
    (netns.FOLDER / namespace).touch()
    assert (False, False) == (netns.exists(namespace), namespace in netns.names())
    netns.create(namespace)
    with netns.inside(namespace):
        assert {"lo"} == set(links.read_links())
    assert (True, True) == (netns.exists(namespace), namespace in netns.names())


def test_a_link_is_as_asked_for(namespace: str) -> None:
    """MAC, MTU, addresses and default route are there, stale addresses and a route no longer wanted are not."""
    netns.create(namespace)
    outer, inner = f"o{os.getpid()}", f"i{os.getpid()}"
    addresses = frozenset({"10.0.0.2/24", "169.254.169.254/32", "2001:db8::2/64", "fe80::a9fe:a9fe/64"})
    wanted = links.LinkFacts(0, inner, "fa:16:3e:00:00:08", 1400, True, "", addresses, "10.0.0.1")
    with netns.opened(namespace) as home, netns.inside(namespace):
        links.add_veth(outer, inner, home, wanted.mac, wanted.mtu)
        for facts, stale in ((wanted, frozenset[str]()), (_bare(wanted), addresses - {"10.0.0.2/24"})):
            links.furnish(inner, facts, stale)
            links.furnish(inner, facts, frozenset())
            seen = links.read_links()[inner]
            own = {text for text in seen.addresses if ip_interface(text).is_link_local and text not in addresses}
            assert facts.addresses == seen.addresses - own
            assert (facts.mac, 1400, True, facts.gateway) == (seen.mac, seen.mtu, seen.up, seen.gateway)
        links.remove(inner)
        links.remove(inner)
        assert {"lo"} == set(links.read_links())


def _bare(wanted: links.LinkFacts) -> links.LinkFacts:
    return links.LinkFacts(0, wanted.name, "fa:16:3e:00:00:09", wanted.mtu, True, "", frozenset({"10.0.0.2/24"}))


def test_making_leaves_no_file_open(namespace: str) -> None:
    """Neither when it succeeds nor when it fails."""
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        netns.create(namespace)
        with netns.opened(namespace) as inner, netns.inside(namespace), pytest.raises(FileExistsError):
            links.add_veth("lo", "other", inner, "fa:16:3e:00:00:08", 1500)
        netns.remove(namespace)
        with pytest.raises(FileNotFoundError), netns.inside(namespace):
            pass
    assert before == len(os.listdir("/proc/self/fd"))


def _bare_file(_: OvsHost) -> None:
    (netns.FOLDER / NAMESPACE).touch()


def _namespace_without_mark(_: OvsHost) -> None:
    netns.create(NAMESPACE)


def _link_without_addresses(host: OvsHost) -> None:
    netns.create(NAMESPACE)
    run("ip", "-n", host.name, "link", "add", OUTER, "type", "veth", "peer", "name", INNER, "netns", NAMESPACE)


def _link_that_never_got_there(host: OvsHost) -> None:
    run("ip", "-n", host.name, "link", "add", OUTER, "type", "veth", "peer", "name", INNER)


def _port_without_link(host: OvsHost) -> None:
    bridge = ("add-br", "br-int", "--", "set", "Bridge", "br-int", "datapath_type=netdev")
    host.vsctl("--no-wait", "--", *bridge, "--", "add-port", "br-int", OUTER)


LEFTOVERS = (
    _bare_file,
    _namespace_without_mark,
    _link_without_addresses,
    _link_that_never_got_there,
    _port_without_link,
)


@pytest.mark.parametrize("leave", LEFTOVERS)
def test_what_a_killed_agent_left_is_made_whole(
    ovs_host: OvsHost, server: FeedServer, leave: Callable[[OvsHost], None]
) -> None:
    """Whatever step it was killed after, the next start serves the network."""
    agent = AgentProgram(ovs_host, server.url, f"{SETTINGS}report_interval_s = 1")
    server.put(NET, V4, DHCP, dhcp_agent(), dhcp_binding(NET))
    try:
        leave(ovs_host)
        done = agent.run("--once")
        assert 0 == done.returncode, done.stdout + done.stderr
        shown = run("ip", "-n", NAMESPACE, "-o", "addr", "show", "dev", INNER)
        assert " 10.0.0.2/24 " in shown
        assert OUTER in ovs_host.vsctl("list-ports", "br-int").split()
        assert server.wait_for(DHCP.id)
    finally:
        netns.remove(NAMESPACE)
