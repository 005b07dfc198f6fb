"""The host answers its own ports: by real agent, Open vSwitch, pumps and DHCP clients."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from ipaddress import ip_address, ip_network

import msgspec
import pytest
from local_site import GATEWAY, LocalSite, within

from fakes.feed_server import FeedServer
from fakes.ovs_host import host_with_wire, run
from fakes.records import HOST, network, port, subnet

pytestmark = [
    pytest.mark.host,
    pytest.mark.skipif(os.geteuid() != 0, reason="namespaces need root"),
]

A, B, C = network(1, subnets=1), network(2, subnets=1), network(3, subnets=2)
A4, B4, C4 = subnet(A), subnet(B), subnet(C, gateway=None)
C6 = msgspec.structs.replace(
    subnet(C, 1, "2001:db8::/64", None), ipv6_address_mode="dhcpv6-stateful", ipv6_ra_mode="dhcpv6-stateful"
)
ADDRESS = "10.0.0.5"
GUEST_A = port(1, A, addresses=((A4, ADDRESS),))
GUEST_B = msgspec.structs.replace(port(2, B, addresses=((B4, ADDRESS),)), mac_address=GUEST_A.mac_address)
GUEST_C = port(3, C, addresses=((C4, ADDRESS), (C6, "2001:db8::5")))
CLIENTS = ip_network("100.64.0.0/11")
FLOWS_THAT_REWRITE = 4
"""Of a port with one address, to and from CLIENTS: DHCP and metadata, there and back."""
SEND = """
import socket, sys
with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
    wire.bind((sys.argv[1], 0))
    wire.send(bytes.fromhex(sys.argv[2]))
"""
HARM = """
import os, socket, struct, sys, time
address, v6 = sys.argv[1], socket.if_nametoindex("eth0")
held = []
for family, target in ((socket.AF_INET, ("169.254.169.254", 80)), (socket.AF_INET6, ("fe80::a9fe:a9fe", 80, 0, v6))):
    for _ in range(100):
        one = socket.socket(family, socket.SOCK_STREAM)
        one.setblocking(False)
        one.connect_ex(target)
        held.append(one)
print("ready", flush=True)
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
    out.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    for attempt in range(100):  # a client of an earlier test may be about to end
        try:
            out.bind((address, 68))
            break
        except OSError:
            time.sleep(0.1)
    until = time.monotonic() + 6
    while time.monotonic() < until:
        mac = os.urandom(6)
        message = struct.pack("!BBBBIHH16s", 1, 1, 6, 0, 7, 0, 0, bytes(16)) + mac + bytes(202)
        try:
            out.sendto(message + bytes.fromhex("63825363 350101 ff"), ("255.255.255.255", 67))
            out.sendto(os.urandom(300), ("169.254.169.254", 67))
        except OSError:
            pass
        for one in held:
            try:
                one.send(b"GET / HTTP/1.1\\r\\nX-")
            except OSError:
                pass
print("sent")
"""
RECORDS = (A, B, C, A4, B4, C4, C6, GUEST_A, GUEST_B, GUEST_C)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSite]:
    """All of it, with guests a and b: networks, addresses and MACs alike but for the network; c has no gateway."""
    with host_with_wire(f"loc{os.getpid()}", tmp_path_factory.mktemp("local")) as host:
        server = FeedServer(HOST, host.name)
        site = LocalSite(host, server)
        try:
            server.put(*RECORDS)
            site.start()
            for name, one in (("a", GUEST_A), ("b", GUEST_B), ("c", GUEST_C)):
                site.plug(name, one)
            yield site
        finally:
            site.end()
            server.close()


@pytest.fixture
def guests(running: LocalSite) -> LocalSite:
    """The guests as after a boot."""
    for name in ("a", "b", "c"):
        running.forget_address(name)
    return running


def test_two_networks_alike_are_told_apart(guests: LocalSite) -> None:
    """The same address and the same MAC in two networks: each guest has its lease, and its own metadata, by IPv4 from
    any route and by IPv6 from its link-local address; no port of DHCP's is in either network."""
    expected = ({ADDRESS}, GATEWAY)
    for name in ("a", "b"):
        addresses, routes = guests.lease(name)
        assert expected == (addresses, routes["default"])
        assert not any(to.startswith("169.254") for to in routes)
    ids = [str(GUEST_A.device_id), str(GUEST_B.device_id)]
    assert ids == [guests.get(name) for name in ("a", "b")]
    assert ids == [guests.get_v6(name) for name in ("a", "b")]


@pytest.mark.parametrize("client", ["dhclient", "dhcpcd", "udhcpc"])
def test_real_clients_get_address_and_renew(guests: LocalSite, client: str) -> None:
    """Each gets its address and the gateway; asked again, with an address by now, it is answered too."""
    if shutil.which("busybox" if client == "udhcpc" else client) is None:
        pytest.skip(f"{client} is not installed")
    for _ in range(2):
        addresses, routes = guests.lease("a", client)
        assert ({ADDRESS}, GATEWAY) == (addresses, routes["default"])
    assert GUEST_A.device_id == guests.get("a")


def test_a_running_client_renews_by_unicast(guests: LocalSite) -> None:
    """To the server that it knows, by its default route; the answer comes to its address."""
    log = guests.host.folder / "renewing"
    script = guests.host.folder / "script"
    script.write_text('#!/bin/sh\n[ "$1" = deconfig ] || ip addr replace "$ip/$mask" dev eth0\n')
    script.chmod(0o755)
    line = f"exec busybox udhcpc -f -i eth0 -s {script} >{log} 2>&1"
    words = ["ip", "netns", "exec", f"{guests.host.name}-a", "sh", "-c", line]
    with subprocess.Popen(words) as client:
        try:
            assert within(lambda: log.exists() and "obtained" in log.read_text())
            guests.in_guest("a", "ip", "route", "replace", "default", "via", GATEWAY)
            os.kill(client.pid, signal.SIGUSR1)
            assert within(lambda: 2 == log.read_text().count("obtained"))
        finally:
            client.kill()
    assert "from 169.254.169.254" in log.read_text() or "server 169.254.169.254" in log.read_text()


def test_without_a_gateway_the_guest_asks_for_the_address_itself(guests: LocalSite) -> None:
    """DHCP tells a route on the link, and ARP is answered at the port."""
    addresses, routes = guests.lease("c")
    assert ({ADDRESS}, True) == (addresses, "169.254.169.254" in routes)
    assert GUEST_C.device_id == guests.get("c")


def test_dhcpv6_gives_the_reserved_address(guests: LocalSite) -> None:
    """To dhclient, and to dhclient that only wants to know of the network."""
    if shutil.which("dhclient") is None:
        pytest.skip("dhclient is not installed")
    folder = guests.host.folder
    files = ("-sf", "/bin/true", "-pf", f"{folder}/pid6", "-lf", f"{folder}/leases6")
    for words in (("-1",), ("-S", "-1")):
        guests.in_guest("c", "timeout", "15", "dhclient", "-6", *words, *files, "eth0", check=False)
        guests.in_guest("c", "dhclient", "-6", "-x", *files, "eth0", check=False)
        lease = (folder / "leases6").read_text()
        assert "iaaddr 2001:db8::5" in lease
        assert 'option dhcp6.domain-search "openstacklocal' in lease


def test_a_static_address_needs_nothing(guests: LocalSite) -> None:
    """Neither DHCP nor a route but the one to the link-local prefix (zeroconf), as old systems have it."""
    guests.in_guest("a", "ip", "addr", "add", f"{ADDRESS}/24", "dev", "eth0")
    guests.in_guest("a", "ip", "route", "add", "169.254.0.0/16", "dev", "eth0")
    assert GUEST_A.device_id == guests.get("a")


def test_a_forged_source_gets_nothing(guests: LocalSite) -> None:
    """Another port's address, or one out of the identity range; and headers change nothing."""
    guests.lease("a")
    guests.lease("b")
    for forged in ("10.0.0.6", "100.64.0.33", "169.254.169.253"):
        guests.in_guest("a", "ip", "addr", "add", f"{forged}/32", "dev", "eth0")
        assert "" == guests.get("a", "/latest/meta-data/instance-id", "--interface", forged)
    headers = ("-H", "X-Forwarded-For: 10.0.0.6", "-H", f"X-Instance-ID: {GUEST_B.device_id}")
    assert GUEST_A.device_id == guests.get("a", "/latest/meta-data/instance-id", *headers)


def test_a_hostile_guest_harms_nobody(guests: LocalSite) -> None:
    """It asks for leases with many MACs and garbage as fast as it can, and holds connections half-finished: the other
    guest gets its lease and its metadata meanwhile, and the pumps are the same processes afterwards."""
    assert {ADDRESS} == guests.lease("a")[0]
    words = ["ip", "netns", "exec", f"{guests.host.name}-a", sys.executable, "-c", HARM, ADDRESS]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as hostile:
        assert hostile.stdout is not None
        assert "ready\n" == hostile.stdout.readline()
        assert ({ADDRESS}, GUEST_B.device_id, GUEST_B.device_id) == (
            guests.lease("b")[0],
            guests.get("b"),
            guests.get_v6("b"),
        )
        assert "sent\n" == hostile.stdout.read()
    assert [None, None] == [pump.poll() for pump in guests.pumps.values()]
    assert within(lambda: GUEST_A.device_id == guests.get("a"))


def test_the_wire_neither_sees_nor_reaches_the_addresses(guests: LocalSite) -> None:
    """Nothing of DHCP or of the metadata addresses leaves the host; ARP from the wire for them is not answered."""
    host = guests.host
    seen = host.exec_in_background("timeout", "6", "tcpdump", "-nlei", "wire", "vlan", "101")
    guests.lease("a")
    assert GUEST_A.device_id == guests.get("a") == guests.get_v6("a")
    guests.in_guest("a", "ip", "route", "replace", "169.254.169.254/32", "dev", "eth0")
    assert GUEST_A.device_id == guests.get("a")
    guests.in_guest("a", "ping", "-c", "1", "-W", "1", "169.254.169.254", check=False)
    guests.in_guest("a", "ping", "-c", "1", "-W", "1", "10.0.0.77", check=False)
    host.exec(sys.executable, "-c", SEND, "wire", _arp_request("169.254.169.254").hex())
    frames = seen().splitlines()
    assert any("who-has 10.0.0.77" in frame for frame in frames)
    asked = [
        re.findall("who-has 169.254.169.254 tell [0-9.]+", frame) for frame in frames if "169.254.169.254" in frame
    ]
    assert [["who-has 169.254.169.254 tell 10.0.0.9"]] == asked
    assert not [frame for frame in frames if "a9fe:a9fe" in frame or ".67: " in frame or ".68: " in frame]


def _arp_request(target: str) -> bytes:
    """From 10.0.0.9, tagged 101."""
    mac = bytes.fromhex("02000000 0009".replace(" ", ""))
    head = bytes.fromhex("ffffffffffff") + mac + bytes.fromhex("8100 0065 0806 0001 0800 06 04 0001".replace(" ", ""))
    return head + mac + ip_address("10.0.0.9").packed + bytes(6) + ip_address(target).packed


def test_everything_comes_back_whatever_dies(guests: LocalSite) -> None:
    """Pumps with the agent away; pumps, agent and ovs-vswitchd together; the namespace itself."""
    guests.lease("a")
    expected = (guests.get("a"), guests.get_v6("a"))
    numbers = guests.host.vsctl("get", "Port", "t-a", "other_config:underlay_identity")
    guests.agent.end()
    for program in ("dhcp", "metadata"):
        guests.kill_pump(program)
        guests.start_pump(program)
    assert within(lambda: _is_served(guests, expected))
    guests.agent.start()
    guests.host.kill_vswitchd()
    for program in ("dhcp", "metadata"):
        guests.kill_pump(program)
    guests.host.start_vswitchd()
    for program in ("dhcp", "metadata"):
        guests.start_pump(program)
    assert within(lambda: _is_served(guests, expected))
    run("ip", "netns", "del", guests.namespace)
    guests.agent.end()
    guests.agent.start()
    assert within(lambda: _is_served(guests, expected))
    assert numbers == guests.host.vsctl("get", "Port", "t-a", "other_config:underlay_identity")


def _is_served(site: LocalSite, expected: tuple[str, str]) -> bool:
    site.forget_address("a")
    return ADDRESS in site.lease("a")[0] and expected == (site.get("a"), site.get_v6("a"))


def test_a_network_may_choose_its_agents(guests: LocalSite) -> None:
    """`dhcp_served_by` agents: no flow of the port's catches anything any more."""
    before = _rewriting(guests)
    guests.server.put(msgspec.structs.replace(B, dhcp_served_by="agents"))
    assert within(lambda: before - FLOWS_THAT_REWRITE == _rewriting(guests))
    assert "" == guests.get_v6("b")
    guests.server.put(B)
    assert within(lambda: before == _rewriting(guests))


def test_flows_are_as_they_are_desired_and_go_with_the_port(guests: LocalSite) -> None:
    """Nothing is added or removed again and again; a port that is unplugged leaves no flow and no table."""
    steps = re.compile('"AddFlow"|"RemoveFlow"')
    before = sum(bool(steps.search(line)) for line in guests.agent.lines())
    heard = len(guests.server.beats)
    with guests.server.told:
        guests.server.told.wait_for(lambda: len(guests.server.beats) >= heard + 3, 20)
    assert before == sum(bool(steps.search(line)) for line in guests.agent.lines())
    flows = _rewriting(guests)
    run("ip", "-n", guests.host.name, "link", "del", "t-a")
    guests.host.vsctl("del-port", "t-a")
    ports = guests.host.folder / "dhcp" / "ports"
    assert within(lambda: f"{GUEST_A.id}.json" not in {each.name for each in ports.iterdir()})
    assert within(lambda: flows - FLOWS_THAT_REWRITE == _rewriting(guests))


def _rewriting(site: LocalSite) -> int:
    addresses = ([ip_address(found) for found in re.findall(r"\d+[.]\d+[.]\d+[.]\d+", line)] for line in site.flows())
    return sum(any(each in CLIENTS for each in found) for found in addresses)
