"""underlay-metadata on real links: curl, slow and broken clients, a flood, kill -9, Nova, networks that overlap."""

import json
import os
import resource
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
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
    write_table,
)

from underlay.metadata.assembly import Assembly
from underlay.metadata.crowd import FROM_ONE_SOURCE
from underlay.metadata.directory import Directory, Entry
from underlay.metadata.exchange import Request
from underlay.metadata.sign import sign
from underlay.model.address import Mac
from underlay.model.codec import encode as to_json
from underlay.model.ids import InstanceId, NetworkId, PortId, ProjectId, SubnetId
from underlay.model.instance import Instance
from underlay.model.subnet import Subnet

pytestmark = [
    pytest.mark.host,
    pytest.mark.skipif(os.geteuid() != 0, reason="namespaces need root"),
]

THEN = datetime(2026, 1, 1, tzinfo=UTC)
PROJECT = ProjectId("project")
OTHER_ADDRESS = "10.10.100.6"


def directory(site: Site, network_id: str = "net", name: str = "web") -> bytes:
    """The table of the site's network: the instance of that name, and one without record."""
    network, subnet_id = NetworkId(network_id), SubnetId("subnet")
    subnet = Subnet(subnet_id, network, PROJECT, "", IPv4Network("10.10.100.0/24"), THEN, THEN)
    instance = Instance(InstanceId(name), PROJECT, name, THEN, THEN, user_data="I2Nsb3VkCg==")
    entries = (
        Entry(
            IPv4Address(GUEST_ADDRESS), subnet_id, PortId("p5"), Mac.parse(GUEST_MAC), PROJECT, instance.id, instance
        ),
        Entry(IPv4Address(OTHER_ADDRESS), subnet_id, PortId("p6"), Mac(6), PROJECT, InstanceId("bare")),
    )
    return to_json(Directory(network, site.server, 1400, (subnet,), entries))


@pytest.fixture
def site() -> Iterator[Site]:
    """One network, its guest with both addresses and the route."""
    with sites(1) as (only,):
        only.give_guest_address(OTHER_ADDRESS, "10.10.100.9")
        yield only


@pytest.fixture
def tables(tmp_path: Path, site: Site) -> Path:
    """The folder with the network's table."""
    write_table(tmp_path / "metadata", "net", directory(site))
    return tmp_path / "metadata"


@pytest.fixture
def metadata(tables: Path) -> Iterator[Pump]:
    """The pump, serving."""
    with pump("metadata", tables) as running:
        yield running


def curl(site: Site, path: str, *words: str, address: str = METADATA) -> tuple[str, str]:
    """Status and body as curl in the guest gets them; status 000 without an answer."""
    done = run_in(site.guest, "curl", "-s", "-m", "15", "-w", "\n%{http_code}", *words, f"http://{address}{path}")
    body, _, status = done.stdout.rpartition("\n")
    return status, body


def connect(site: Site, source: str = GUEST_ADDRESS) -> socket.socket:
    """A connection of the guest's."""
    connection = site.guest_socket(socket.SOCK_STREAM)
    connection.bind((source, 0))
    connection.settimeout(5)
    connection.connect((METADATA, 80))
    return connection


def test_curl_gets_the_trees(site: Site, metadata: Pump) -> None:
    """EC2's and OpenStack's, the user data, and 404 for what is not there."""
    assert ("200", "web") == curl(site, "/latest/meta-data/hostname")
    assert ("200", "#cloud\n") == curl(site, "/openstack/latest/user_data")
    status, body = curl(site, "/openstack/latest/meta_data.json")
    assert ("200", "web") == (status, json.loads(body)["uuid"])
    assert "404" == curl(site, "/nope")[0]
    assert "200" == curl(site, "/latest", "-I")[0]
    assert "405" == curl(site, "/latest", "-X", "PUT")[0]


def test_the_caller_is_known_by_its_address(site: Site, metadata: Pump) -> None:
    """Whatever headers it sends; an address that no port has gets 404."""
    forged = ("-H", f"X-Forwarded-For: {GUEST_ADDRESS}", "-H", "X-Instance-ID: web")
    assert ("200", "bare") == curl(site, "/latest/meta-data/instance-id", "--interface", OTHER_ADDRESS, *forged)
    assert "404" == curl(site, "/latest/meta-data/instance-id", "--interface", "10.10.100.9", *forged)[0]


def test_it_listens_on_the_metadata_address_only(site: Site, metadata: Pump) -> None:
    """Not on the DHCP port's own address."""
    assert "000" == curl(site, "/", address=SERVER_ADDRESS)[0]


def test_two_networks_may_have_the_same_addresses(tmp_path: Path) -> None:
    """Each guest gets its own instance's data."""
    with sites(2) as (one, other):
        for site, name in ((one, "net1"), (other, "net2")):
            site.give_guest_address()
            write_table(tmp_path / "metadata", name, directory(site, name, f"web-{name}"))
        with pump("metadata", tmp_path / "metadata"):
            assert ("200", "web-net1") == curl(one, "/latest/meta-data/hostname")
            assert ("200", "web-net2") == curl(other, "/latest/meta-data/hostname")


def test_kill_and_restart(site: Site, tables: Path) -> None:
    """kill -9, with a connection open; the next pump answers at once and ends when asked."""
    with pump("metadata", tables) as first, connect(site) as left:
        left.send(b"GET / HTTP/1.1\r\n")
        first.stop(signal.SIGKILL)
    with pump("metadata", tables) as second:
        assert "200" == curl(site, "/latest")[0]
        assert 0 == second.stop()


def test_slow_and_broken_clients_do_not_stop_it(site: Site, metadata: Pump) -> None:
    """Silent, half a request, garbage, resets: the next client is served at once; the garbage gets its 400."""
    with ExitStack() as held:
        for octets in (b"", b"GET / HT", b"GET / HTTP/1.1\r\nA: b", b"POST / HTTP/1.1\r\nContent-Length: 99\r\n\r\nx"):
            held.enter_context(connect(site)).send(octets)
        garbage = held.enter_context(connect(site))
        garbage.send(os.urandom(64) + b"\r\n\r\n")
        assert garbage.recv(1000).startswith(b"HTTP/1.1 400 ")
        for _ in range(50):
            reset = connect(site)
            reset.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
            reset.send(b"GET / HTTP/1.1\r\n\r\n" * 5)
            reset.close()
        assert "200" == curl(site, "/latest")[0]


def test_a_flood_of_connections_is_bounded(site: Site, metadata: Pump) -> None:
    """10,000 connections of one guest: few are kept, the process does not grow, another guest is served."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 12_000:
        pytest.skip("the test may not open 10,000 connections")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    before = metadata.open_files
    try:
        with ExitStack() as held:
            for _ in range(10_000):
                connection = held.enter_context(site.guest_socket(socket.SOCK_STREAM))
                connection.setblocking(False)
                connection.bind((GUEST_ADDRESS, 0))
                connection.connect_ex((METADATA, 80))
            assert "200" == curl(site, "/latest", "--interface", OTHER_ADDRESS)[0]
            assert metadata.open_files - before <= FROM_ONE_SOURCE + 8
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert "200" == curl(site, "/latest", "--retry", "5", "--retry-all-errors")[0]


def test_tables_and_namespaces_come_and_go(site: Site, metadata: Pump, tables: Path) -> None:
    """A new table is in force at once; a broken one changes nothing; a namespace made anew is served again."""
    write_table(tables, "net", directory(site, name="renamed"))
    assert ("200", "renamed") == curl(site, "/latest/meta-data/hostname")
    write_table(tables, "net", b"{broken")
    metadata.wait_for("table_broken", table="net")
    assert ("200", "renamed") == curl(site, "/latest/meta-data/hostname")
    ip("-n", site.server, "link", "del", site.device)
    ip("netns", "del", site.server)
    metadata.wait_for("network_closed", network_id="net")
    site.server_up()
    metadata.wait_for("network_opened", network_id="net")
    site.give_guest_address()
    assert ("200", "renamed") == curl(site, "/latest/meta-data/hostname")
    (tables / "net.json").unlink()
    metadata.wait_for("network_closed", network_id="net")
    assert "000" == curl(site, "/latest")[0]


class Nova:
    """A metadata server of Nova's on loopback, that believes only what is signed and keeps what it was asked."""

    def __init__(self, secret: bytes) -> None:
        self.asked: list[Request] = []
        self._secret = secret
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Hang up for good."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            with connection:
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        assembly, requests = Assembly(), ()
        while not requests:
            requests = assembly.feed(connection.recv(65_536)).requests  # type: ignore[assignment]
        (request,) = requests
        self.asked.append(request)
        headers = dict(request.headers)
        signature = sign(self._secret, InstanceId(headers["x-instance-id"].decode())).encode()
        status = b"200 OK" if headers["x-instance-id-signature"] == signature else b"403 Forbidden"
        connection.sendall(b"HTTP/1.1 %s\r\nContent-Length: 9\r\n\r\nfrom nova" % status)


def test_the_relay_to_nova(site: Site, tables: Path, tmp_path: Path) -> None:
    """Nova gets the caller's true identity, signed; forged headers are gone; without Nova it is 503."""
    secret = tmp_path / "secret"
    secret.write_text("s3cret\n")
    nova = Nova(b"s3cret")
    with pump("metadata", tables, nova_metadata_url=nova.url, shared_secret_file=str(secret)):
        forged = ("-H", "X-Instance-ID: bare", "-H", "X_Tenant_ID: admin", "-H", "X-Forwarded-For: 10.10.100.6")
        assert ("200", "from nova") == curl(site, "/latest/meta-data/?a=b", *forged)
        (request,) = nova.asked
        names = [name for name, _ in request.headers]
        headers = dict(request.headers)
        assert b"/latest/meta-data/?a=b" == request.target
        assert (1, 0) == (names.count("x-instance-id"), names.count("x_tenant_id"))
        expected = (b"web", PROJECT.encode(), GUEST_ADDRESS.encode())
        assert expected == (headers["x-instance-id"], headers["x-tenant-id"], headers["x-forwarded-for"])
        assert "404" == curl(site, "/", "--interface", "10.10.100.9")[0]
        nova.close()
        assert "503" == curl(site, "/latest")[0]


def test_a_wrong_secret_shows_as_403(site: Site, tables: Path, tmp_path: Path) -> None:
    """And as an error for the operator."""
    secret = tmp_path / "secret"
    secret.write_text("wrong\n")
    nova = Nova(b"s3cret")
    with pump("metadata", tables, nova_metadata_url=nova.url, shared_secret_file=str(secret)) as metadata:
        assert "403" == curl(site, "/latest")[0]
        metadata.wait_for("nova_refuses_signature")
    nova.close()


@pytest.mark.parametrize("url", ["nova", "http://127.0.0.1:1"])
def test_settings_for_the_relay_that_cannot_be_are_told(tables: Path, url: str) -> None:
    """No URL, or no secret: it says so and ends with 2."""
    wrong = Pump("metadata", tables, nova_metadata_url=url)
    status = wrong.process.wait(20)
    wrong.close()
    assert (2, True) == (status, "[metadata]" in wrong.lines.get())
