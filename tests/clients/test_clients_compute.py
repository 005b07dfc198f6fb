"""Servers with `openstack` and openstacksdk, against the real server. The host is the test: it only reports."""

import json
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import urllib3
from client_program import ClientProgram
from server_program import ServerProgram

from fakes.compute_site import FINGERPRINT, PUBLIC_KEY
from underlay.client.credentials import Credentials
from underlay.client.http import Session

NETWORKS = (100, 101, 200, 201)
HERE = Path(__file__).parent


class Host:
    """`net1` as a host that runs servers would tell of it; nothing is run."""

    def __init__(self, server: ServerProgram) -> None:
        self._url = server.url
        self._session = Session(
            server.url, Credentials(server.host.password, username=server.host.username), server.url
        )

    def beat(self) -> None:
        """It is alive, and has room for 20 of the smallest."""
        common = {"topic": "N/A", "started_at": datetime.now(UTC).isoformat()}
        wiring = {"bridge_mappings": {"default": "br-eth1"}}
        has = {"vcpus": 8, "ram_mb": 20 * 128, "disk_gb": 100, "hypervisor": "qemu", "running": 0}
        agents = [
            {"agent_type": "Open vSwitch agent", "binary": "underlay-agent", "configurations": wiring, **common},
            {"agent_type": "Compute agent", "binary": "underlay-compute", "configurations": has, **common},
        ]
        self._session.put("/underlay/v1/hosts/net1/heartbeat", {"agents": agents})

    def report(self, server_id: str, state: str) -> str:
        """What the server makes of it."""
        answer = self._session.post("/underlay/v1/hosts/net1/servers", {"servers": [{"id": server_id, "state": state}]})
        return str(answer["servers"][server_id])

    def show_console(self, server_id: str, output: bytes) -> None:
        """What the guest said."""
        url = f"{self._url}/underlay/v1/hosts/net1/servers/{server_id}/console"
        reply = urllib3.request("PUT", url, body=output, headers={"X-Auth-Token": self._session.token()})
        assert 204 == reply.status


@pytest.fixture(scope="module")
def computing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProgram]:
    """A server with `[compute] enabled`, and images to boot."""
    folder = tmp_path_factory.mktemp("computing")
    images = folder / "images"
    images.mkdir()
    (images / "vmlinuz").write_bytes(b"kernel")
    (images / "initrd").write_bytes(b"initial ram disk")
    (images / "cirros.json").write_text(json.dumps({"kernel": "vmlinuz", "initrd": "initrd"}))
    program = ServerProgram(folder, f'[compute]\nenabled = true\n[image]\ndirectory = "{images}"\n')
    program.start()
    yield program
    program.stop()


@pytest.fixture(scope="module")
def host(computing: ServerProgram) -> Host:
    """Alive."""
    made = Host(computing)
    made.beat()
    return made


@pytest.fixture(scope="module")
def admin(
    computing: ServerProgram, openstack_programs: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ClientProgram]:
    """The administrator, who has made the four networks of the scenario, 13 addresses each."""
    home = tmp_path_factory.mktemp("home")
    with closing(ClientProgram(openstack_programs / "openstack", computing.url, computing.admin, home)) as program:
        for vid in NETWORKS:
            provider = ["--provider-network-type", "vlan", "--provider-segment", str(vid)]
            provider += ["--provider-physical-network", "default"]
            program.run("network", "create", f"pub{vid}", "--share", *provider)
            subnet = ["--network", f"pub{vid}", "--subnet-range", f"10.10.{vid}.0/28", "--no-dhcp"]
            program.run("subnet", "create", f"sub{vid}", *subnet)
        yield program


@pytest.fixture(scope="module")
def mary(
    admin: ClientProgram, computing: ServerProgram, openstack_programs: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ClientProgram]:
    """An ordinary user of another project."""
    home = tmp_path_factory.mktemp("home")
    with closing(ClientProgram(openstack_programs / "openstack", computing.url, computing.mary, home)) as program:
        yield program


def test_what_there_is_to_choose_from(admin: ClientProgram, mary: ClientProgram, host: Host) -> None:
    """Images, flavors, keypairs, zones; hosts for the administrator."""
    assert {"cirros", "vmlinuz", "initrd"} == {each["Name"] for each in mary.read("image", "list")}
    assert "active" == mary.read("image", "show", "cirros")["status"]
    assert "m1.tiny" in {each["Name"] for each in mary.read("flavor", "list")}
    assert 512 == mary.read("flavor", "show", "m1.tiny")["ram"]
    assert ["nova"] == [each["Zone Name"] for each in mary.read("availability", "zone", "list")]
    assert 100 == {each["Name"]: each["Value"] for each in mary.read("limits", "show", "--absolute")}["instances"]
    (service,) = admin.read("compute", "service", "list")
    assert ("nova-compute", "net1", "up") == (service["Binary"], service["Host"], service["State"])
    assert ["net1"] == [each["Hypervisor Hostname"] for each in admin.read("hypervisor", "list")]
    assert "net1" == admin.read("hypervisor", "show", "net1")["hypervisor_hostname"]


def test_keypairs(mary: ClientProgram, tmp_path: Path) -> None:
    """Brought as a file; without one, `openstack` makes a key itself."""
    file = tmp_path / "rose.pub"
    file.write_text(PUBLIC_KEY)
    assert FINGERPRINT == mary.read("keypair", "create", "--public-key", str(file), "rose")["fingerprint"]
    assert "PRIVATE KEY" in mary.run("keypair", "create", "made")
    assert {"rose", "made"} == {each["Name"] for each in mary.read("keypair", "list")}
    assert PUBLIC_KEY in mary.run("keypair", "show", "--public-key", "rose")
    mary.run("keypair", "delete", "made")


def test_the_life_of_a_server(mary: ClientProgram, admin: ClientProgram, host: Host, tmp_path: Path) -> None:
    """`server create --image cirros --flavor m1.nano --nic auto vm1`, and all that follows."""
    user_data = tmp_path / "user-data"
    user_data.write_text("#!/bin/sh\n")
    options = ("--image", "cirros", "--flavor", "m1.nano", "--nic", "auto", "--key-name", "rose")
    made = mary.read("server", "create", *options, "--user-data", str(user_data), "--property", "role=db", "vm1")
    assert ("BUILD", {"role": "db"}, "rose") == (made["status"], made["properties"], made["key_name"])
    ((network, addresses),) = made["addresses"].items()
    assert network in {f"pub{vid}" for vid in NETWORKS}
    (port,) = mary.read("port", "list", "--server", "vm1")
    assert addresses == [each["ip_address"] for each in port["Fixed IP Addresses"]]
    assert "ACTIVE" == host.report(made["id"], "running")
    (listed,) = mary.read("server", "list")
    assert ("vm1", "ACTIVE", {network: addresses}, "cirros", "m1.nano") == tuple(
        listed[name] for name in ("Name", "Status", "Networks", "Image", "Flavor")
    )
    mary.run("server", "reboot", "vm1")
    mary.run("server", "stop", "vm1")
    assert "SHUTOFF" == host.report(made["id"], "stopped")
    mary.run("server", "reboot", "--hard", "vm1")
    assert "ACTIVE" == host.report(made["id"], "running")
    assert "while it is in vm_state active" in mary.refused("server", "start", "vm1")
    host.show_console(made["id"], b"line 1\nline 2\n")
    assert "line 1\nline 2" == mary.run("console", "log", "show", "vm1").strip()
    assert "line 2" == mary.run("console", "log", "show", "--lines", "1", "vm1").strip()
    mary.run("server", "set", "--name", "vm2", "--property", "a=b", "vm1")
    assert {"role": "db", "a": "b"} == mary.read("server", "show", "vm2")["properties"]
    mary.run("server", "unset", "--property", "a", "vm2")
    assert "net1" == admin.read("server", "show", made["id"])["OS-EXT-SRV-ATTR:host"]
    assert "No Server found" in admin.refused("server", "show", "vm2"), "of another project"
    mary.run("server", "delete", "--wait", "vm2")
    assert [] == mary.read("server", "list") == mary.read("port", "list")


def test_networks_ports_and_none(mary: ClientProgram, host: Host) -> None:
    """In the order of the command line."""
    port = mary.read("port", "create", "--network", "pub200", "mine")
    common = ("--image", "cirros", "--flavor", "m1.nano")
    made = mary.read("server", "create", *common, "--network", "pub101", "--port", "mine", "vm3")
    assert {"pub101", "pub200"} == set(made["addresses"])
    assert [port["fixed_ips"][0]["ip_address"]] == made["addresses"]["pub200"]
    assert {} == mary.read("server", "create", *common, "--nic", "none", "vm4")["addresses"]
    refused = mary.refused("server", "create", *common, "--nic", "auto", "--availability-zone", "nova:net1", "vm5")
    assert "create_server:host" in refused
    mary.run("server", "delete", "vm3", "vm4")
    assert ["mine"] == [each["Name"] for each in mary.read("port", "list")]
    mary.run("port", "delete", "mine")


def test_ten_in_parallel_are_spread(mary: ClientProgram, computing: ServerProgram, host: Host) -> None:
    """Ten at once over four networks: no address twice; and for more than the host has memory for, a clear no."""
    image = mary.read("image", "show", "cirros")["id"]
    token = mary.read("token", "issue")["id"]
    url = f"{computing.url}/compute/v2.1/servers"
    body = {"server": {"name": "vm", "imageRef": image, "flavorRef": "m1.nano", "networks": "auto"}}

    def boot(_: int) -> int:
        headers = {"X-Auth-Token": token, "OpenStack-API-Version": "compute 2.37"}
        return urllib3.request("POST", url, json=body, headers=headers).status

    with ThreadPoolExecutor(10) as pool:
        assert [202] * 10 == list(pool.map(boot, range(10)))
    networks = [network for each in mary.read("server", "list") for network in each["Networks"]]
    addresses = [one for each in mary.read("server", "list") for found in each["Networks"].values() for one in found]
    assert 10 == len(set(addresses))
    assert [2, 2, 3, 3] == sorted(networks.count(f"pub{vid}") for vid in NETWORKS)
    common = ("--image", "cirros", "--flavor", "m1.nano", "--nic", "auto")
    refused = mary.refused("server", "create", *common, "--min", "11", "--max", "11", "many")
    assert "No valid host was found. net1: it has 0 MB of memory free and m1.nano takes 128" in refused
    assert 10 == len(mary.read("server", "list"))


def run_as_admin(programs: Path, script: str, computing: ServerProgram) -> None:
    """The script, by the Python of those programs; it must end well."""
    login = computing.admin
    names = ("OS_AUTH_URL", "OS_USERNAME", "OS_PASSWORD", "OS_PROJECT_NAME")
    values = (computing.url, login.username, login.password, login.project)
    command = [str(programs / "python"), str(HERE / script)]
    variables = dict(zip(names, values, strict=True))
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False, timeout=120)
    assert 0 == done.returncode, done.stdout + done.stderr


def test_openstacksdk(computing: ServerProgram, admin: ClientProgram, openstack_programs: Path, host: Host) -> None:
    """Its compute and image proxies."""
    run_as_admin(openstack_programs, "sdk_compute.py", computing)


def test_novaclient(computing: ServerProgram, admin: ClientProgram, nova_programs: Path, host: Host) -> None:
    """In old and new microversions."""
    run_as_admin(nova_programs, "novaclient_compute.py", computing)
