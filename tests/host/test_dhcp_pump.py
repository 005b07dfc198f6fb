"""underlay-dhcp on real links: real clients, a relay, garbage, kill -9, namespaces and links that come and go."""

import json
import os
import random
import shutil
import signal
import socket
import struct
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest
from pump_site import (
    GUEST_ADDRESS,
    GUEST_MAC,
    METADATA,
    SERVER_ADDRESS,
    Pump,
    Site,
    ip,
    pump,
    run_in,
    sites,
    wait_readable,
    write_table,
)

from underlay.dhcp.scope import Reservation, Scope, SubnetScope
from underlay.model.address import Mac
from underlay.model.codec import encode as to_json
from underlay.model.ids import NetworkId, PortId, SubnetId
from underlay.pump.namespaces import Namespaces
from underlay.wire.dhcp4.message import BOOTREQUEST, Message, encode, parse

CLIENT = Path(__file__).with_name("dhcp_client.sh")

pytestmark = [
    pytest.mark.host,
    pytest.mark.skipif(os.geteuid() != 0, reason="namespaces need root"),
]


def scope(site: Site, network_id: str = "net", address: str = GUEST_ADDRESS) -> bytes:
    """The table of the site's network."""
    subnet = SubnetScope(
        SubnetId("subnet"),
        IPv4Network("10.10.100.0/24"),
        IPv4Address(SERVER_ADDRESS),
        IPv4Address("10.10.100.1"),
        metadata_nexthop=IPv4Address(SERVER_ADDRESS),
    )
    reservation = Reservation(
        PortId("port"), Mac.parse(GUEST_MAC), subnet.subnet_id, IPv4Address(address), "host-10-10-100-5"
    )
    return to_json(
        Scope(NetworkId(network_id), site.server, site.device, 1400, 3600, "openstacklocal", (subnet,), (reservation,))
    )


@pytest.fixture
def site() -> Iterator[Site]:
    """One network on this machine."""
    with sites(1) as (only,):
        yield only


@pytest.fixture
def tables(tmp_path: Path, site: Site) -> Path:
    """The folder with the network's table."""
    write_table(tmp_path / "dhcp", "net", scope(site))
    return tmp_path / "dhcp"


@pytest.fixture
def dhcp(tables: Path) -> Iterator[Pump]:
    """The pump, serving."""
    with pump("dhcp", tables) as running:
        yield running


def lease(site: Site, work: Path, client: str, *words: str) -> tuple[set[str], dict[str, str | None]]:
    """The guest's addresses and routes after the client ran; without any when it got none."""
    scratch = work / "client"
    scratch.mkdir(exist_ok=True)
    done = run_in(site.guest, "unshare", "-m", "sh", str(CLIENT), str(scratch), client, *words)
    addresses = json.loads(run_in(site.guest, "ip", "-j", "-4", "addr", "show", "eth0").stdout)
    routes = json.loads(run_in(site.guest, "ip", "-j", "-4", "route").stdout)
    found = {each["local"] for link in addresses for each in link.get("addr_info", ())}
    assert found or done.returncode, done.stderr
    return found, {route["dst"]: route.get("gateway") for route in routes}


def gets_address(site: Site, work: Path) -> set[str]:
    """The addresses that busybox gets."""
    ip("-n", site.guest, "addr", "flush", "dev", "eth0")
    return lease(site, work, "udhcpc", "-t", "4", "-T", "1")[0]


@pytest.mark.parametrize(
    ("client", "words"),
    [
        ("dhclient", ()),
        ("udhcpc", ()),
        ("udhcpc", ("-B",)),
        ("udhcpc", ("-O", "staticroutes")),
        ("dhcpcd", ()),
    ],
)
def test_real_clients_get_address_and_routes(
    site: Site, dhcp: Pump, tmp_path: Path, client: str, words: tuple[str, ...]
) -> None:
    """Address, default route and the route to the metadata service; broadcast flag (-B) or not."""
    program = "busybox" if client == "udhcpc" else client
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    addresses, routes = lease(site, tmp_path, client, *words)
    assert {GUEST_ADDRESS} == addresses
    assert ("10.10.100.1", SERVER_ADDRESS) == (routes["default"], routes[METADATA])


def test_a_client_that_asks_for_nothing_is_told_the_routes(site: Site, dhcp: Pump, tmp_path: Path) -> None:
    """dhclient without configuration (as on CentOS 5) never asks for 121; it has the router at least."""
    if shutil.which("dhclient") is None:
        pytest.skip("dhclient is not installed")
    addresses, routes = lease(site, tmp_path, "dhclient", "-cf", "/dev/null")
    assert ({GUEST_ADDRESS}, "10.10.100.1") == (addresses, routes["default"])


def test_kill_and_restart(site: Site, tables: Path, tmp_path: Path) -> None:
    """kill -9 frees the lock; the next pump answers from the same tables at once."""
    with pump("dhcp", tables) as first:
        assert -signal.SIGKILL == first.stop(signal.SIGKILL)
    with pump("dhcp", tables) as second:
        assert {GUEST_ADDRESS} == gets_address(site, tmp_path)
        assert 0 == second.stop()


def test_a_second_pump_is_refused(dhcp: Pump, tables: Path) -> None:
    """It says why and ends; the first goes on."""
    second = Pump("dhcp", tables)
    status = second.process.wait(20)
    second.close()
    assert (1, True) == (status, "another pump" in second.lines.get())
    assert dhcp.process.poll() is None


def test_garbage_does_not_stop_it(site: Site, dhcp: Pump, tmp_path: Path) -> None:
    """Random datagrams, and real requests with bytes changed; then a client is served."""
    chance = random.Random(7)
    valid = encode(
        Message(op=BOOTREQUEST, xid=1, chaddr=Mac.parse(GUEST_MAC), options={53: b"\x01", 55: bytes((1, 3, 121))})
    )
    with site.guest_socket(socket.SOCK_DGRAM) as sender:
        sender.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        sender.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"eth0\0")
        for _ in range(3000):
            mutated = bytearray(valid)
            for _ in range(chance.randrange(1, 8)):
                mutated[chance.randrange(len(mutated))] = chance.randrange(256)
            sender.sendto(chance.choice((chance.randbytes(chance.randrange(1400)), mutated)), ("255.255.255.255", 67))
    assert {GUEST_ADDRESS} == gets_address(site, tmp_path)
    assert dhcp.process.poll() is None


def test_a_relay_is_answered_at_its_own_port(site: Site, dhcp: Pump) -> None:
    """giaddr: by unicast to port 67, from the address asked at, with option 82 repeated."""
    ip("-n", site.guest, "addr", "add", "10.10.100.9/24", "dev", "eth0")
    options = {53: b"\x01", 82: b"\x01\x02ab"}
    request = Message(
        op=BOOTREQUEST,
        xid=5,
        chaddr=Mac.parse(GUEST_MAC),
        giaddr=IPv4Address("10.10.100.9"),
        options=options,
    )
    with site.guest_socket(socket.SOCK_DGRAM) as relay:
        relay.bind(("10.10.100.9", 67))
        relay.sendto(encode(request), (SERVER_ADDRESS, 67))
        assert wait_readable(relay)
        octets, source = relay.recvfrom(2000)
    offer = parse(octets)
    assert ((SERVER_ADDRESS, 67), GUEST_ADDRESS) == (source, str(offer.yiaddr))
    assert b"\x01\x02ab" == offer.options[82]


def test_the_answer_goes_to_the_clients_mac_unless_it_wants_broadcast(site: Site, dhcp: Pump) -> None:
    """Seen on the wire: unicast MAC and the offered address, or all ones for both."""
    seen = {flags: frame_of_offer(site, flags) for flags in (0, 0x8000)}
    assert (GUEST_MAC, GUEST_ADDRESS) == seen[0]
    assert ("ff:ff:ff:ff:ff:ff", "255.255.255.255") == seen[0x8000]


def frame_of_offer(site: Site, flags: int) -> tuple[str, str]:
    """Destination MAC and address of the frame that answers a DHCPDISCOVER with these flags."""
    namespaces = Namespaces()
    with namespaces.entered(site.guest):
        wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800))
    namespaces.close()
    request = Message(op=BOOTREQUEST, xid=6, chaddr=Mac.parse(GUEST_MAC), flags=flags, options={53: b"\x01"})
    with wire, site.guest_socket(socket.SOCK_DGRAM) as sender:
        wire.bind(("eth0", 0x0800))
        sender.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        sender.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"eth0\0")
        sender.sendto(encode(request), ("255.255.255.255", 67))
        while wait_readable(wire):
            frame = wire.recv(2000)
            if frame[23] == 17 and struct.unpack("!HH", frame[34:38]) == (67, 68):
                return frame[:6].hex(":"), str(IPv4Address(frame[30:34]))
    raise AssertionError("no answer")


def test_namespaces_and_links_may_come_later_and_come_anew(tmp_path: Path) -> None:
    """Each is noticed by an event: table first, then namespace, then link; then a new link, then a new namespace."""
    tables = tmp_path / "dhcp"
    site = Site(f"utp{os.getpid()}-l")
    write_table(tables, "net", scope(site))
    with pump("dhcp", tables) as dhcp:
        try:
            ip("netns", "add", site.guest)
            ip("netns", "add", site.server)
            dhcp.wait_for("network_opened", network_id="net")
            site.link_up()
            assert {GUEST_ADDRESS} == gets_address(site, tmp_path)
            ip("-n", site.server, "link", "del", site.device)
            site.link_up()
            assert {GUEST_ADDRESS} == gets_address(site, tmp_path)
            ip("-n", site.server, "link", "del", site.device)
            ip("netns", "del", site.server)
            dhcp.wait_for("network_closed", network_id="net")
            site.server_up()
            dhcp.wait_for("network_opened", network_id="net")
            assert {GUEST_ADDRESS} == gets_address(site, tmp_path)
        finally:
            site.down()


def test_tables_change_break_and_go_while_it_serves(site: Site, dhcp: Pump, tables: Path, tmp_path: Path) -> None:
    """A new table is in force; a broken one is logged and changes nothing; a table that goes closes the sockets."""
    assert {GUEST_ADDRESS} == gets_address(site, tmp_path)
    write_table(tables, "net", scope(site, address="10.10.100.77"))
    assert {"10.10.100.77"} == gets_address(site, tmp_path)
    write_table(tables, "net", b"{broken")
    dhcp.wait_for("table_broken", table="net")
    assert {"10.10.100.77"} == gets_address(site, tmp_path)
    before = dhcp.open_files
    (tables / "net.json").unlink()
    dhcp.wait_for("network_closed", network_id="net")
    assert 3 == before - dhcp.open_files


def test_two_networks_may_have_the_same_mac_and_addresses(tmp_path: Path) -> None:
    """Each is answered from its own table."""
    with sites(2) as (one, other):
        write_table(tmp_path / "dhcp", "net1", scope(one, "net1"))
        write_table(tmp_path / "dhcp", "net2", scope(other, "net2", "10.10.100.66"))
        with pump("dhcp", tmp_path / "dhcp"):
            assert {GUEST_ADDRESS} == gets_address(one, tmp_path)
            assert {"10.10.100.66"} == gets_address(other, tmp_path)
