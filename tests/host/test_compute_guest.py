"""underlay-compute with a real QEMU: a guest gets its lease and its metadata, and outlives what started it.

One test, because each boot takes seconds of emulation. Needs `tools/setup --guests`, which also makes the image.
"""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from fakes.agent_program import AgentProgram
from fakes.feed_server import FeedServer
from fakes.guest_records import server_of
from fakes.ovs_host import OvsHost, run
from fakes.records import HOST, NOW, PROJECT, dhcp_agent, dhcp_binding, dhcp_port, network, port, subnet
from host.pump_site import pump
from underlay.model.ids import InstanceId
from underlay.model.instance import Instance

IMAGES = Path(__file__).parents[2] / ".state" / "images"
BOOT_S = 120.0

pytestmark = [
    pytest.mark.host,
    pytest.mark.skipif(
        not (shutil.which("qemu-system-x86_64") and shutil.which("qemu-img") and (IMAGES / "cirros.json").exists()),
        reason="QEMU or the guest image is not here: run `tools/setup --guests`",
    ),
]

# Its own names: tests of other checkouts may run on this machine.
NET = network(os.getpid() % 3900, subnets=1)
V4 = subnet(NET)
DHCP = dhcp_port(os.getpid() % 0xFFFF, NET, ((V4, "10.0.0.2"),))
PORT = port(1, NET, HOST, ((V4, "10.0.0.5"),))
GATEWAY = port(2, NET, HOST, ((V4, "10.0.0.1"),))
SERVER = server_of(PORT, "cirros")
INSTANCE = Instance(InstanceId(SERVER.id), PROJECT, "vm1", NOW, NOW)
NAMESPACE = f"qdhcp-{NET.id}"
TAP = f"tap{PORT.id[:11]}"
SERVING = 'bridge_mappings = "default:br-eth1"\nbridge_interfaces = "br-eth1:eth1"\nreport_interval_s = 1\n'


@pytest.fixture
def run_dir() -> Iterator[Path]:
    """Short enough for a socket's path. What runs in it is ended."""
    with tempfile.TemporaryDirectory(prefix="utc") as folder:
        yield Path(folder)
        for pid_file in Path(folder).glob("*/pid"):
            os.kill(int(pid_file.read_text()), signal.SIGKILL)


@pytest.fixture
def compute(ovs_host: OvsHost, server: FeedServer, run_dir: Path) -> Iterator[AgentProgram]:
    """Not started. Its log is shown when the test fails."""
    settings = f'report_interval_s = 1\n[hypervisor]\nrun_dir = "{run_dir}"\nram_mb = 1024'
    program = AgentProgram(ovs_host, server.url, settings, program="compute")
    yield program
    program.end()
    print("\n".join(program.lines()))


@pytest.fixture
def network_served(ovs_host: OvsHost, server: FeedServer) -> Iterator[None]:
    """The agent and both pumps serve the network; its gateway is a namespace on it."""
    server.put(NET, V4, DHCP, PORT, GATEWAY, INSTANCE, dhcp_agent(), dhcp_binding(NET))
    agent = AgentProgram(ovs_host, server.url, f"{SERVING}dhcp_agent = true")
    agent.start()
    try:
        assert server.wait_for(DHCP.id)
        ovs_host.guest("gw", GATEWAY.id, str(GATEWAY.mac_address), "10.0.0.1/24")
        assert server.wait_for(GATEWAY.id)
        with pump("dhcp", ovs_host.folder / "dhcp"), pump("metadata", ovs_host.folder / "metadata"):
            yield
    finally:
        agent.end()
        print("\n".join(agent.lines()))
        run("ip", "netns", "del", NAMESPACE, check=False)


def put_images(server: FeedServer) -> None:
    """The small guest's, as the server would show them."""
    arguments = msgspec.json.decode((IMAGES / "cirros.json").read_bytes())["kernel_args"]
    server.put_image("kernel", (IMAGES / "guest-kernel").read_bytes(), disk_format="aki")
    server.put_image(
        "cirros",
        (IMAGES / "cirros").read_bytes(),
        disk_format="ari",
        kernel_id="kernel",
        os_command_line=arguments,
    )


def pid_in(run_dir: Path) -> int:
    """Of the guest's QEMU."""
    return int((run_dir / SERVER.id / "pid").read_text())


def lose_power(ovs_host: OvsHost, run_dir: Path) -> None:
    """What a host that boots has lost: processes, what was in memory, links."""
    os.kill(pid_in(run_dir), signal.SIGKILL)
    shutil.rmtree(run_dir / SERVER.id)
    run("ip", "-n", ovs_host.name, "link", "delete", TAP)


@pytest.mark.usefixtures("network_served")
def test_a_guest_lives(ovs_host: OvsHost, server: FeedServer, compute: AgentProgram, run_dir: Path) -> None:
    """It boots, its console tells lease, gateway and metadata; it outlives underlay-compute; killed it is told as
    failed and stays so until a reboot is asked for; when its host has booted it runs again; deleted, it is gone."""
    put_images(server)
    server.put(SERVER)
    compute.start()
    assert server.wait_until(lambda: b"guest: ready" in server.consoles.get(SERVER.id, b""), BOOT_S)
    told = server.consoles[SERVER.id].decode(errors="replace")
    print(told)
    assert "guest: address 10.0.0.5/24 on eth0" in told
    assert "guest: gateway 10.0.0.1 answers" in told
    assert f"guest: metadata instance-id {SERVER.id} hostname vm1" in told
    assert "running" == server.guests[SERVER.id].state
    beaten = [agent for beat in server.beats for agent in beat["agents"]]  # type: ignore[attr-defined]
    assert 1024 in [agent["configurations"]["ram_mb"] for agent in beaten if agent["agent_type"] == "Compute agent"]

    first = pid_in(run_dir)
    compute.signal(signal.SIGKILL)
    server.guests.clear()
    compute.start()
    assert server.wait_until(lambda: SERVER.id in server.guests)
    assert ("running", first) == (server.guests[SERVER.id].state, pid_in(run_dir))
    assert ovs_host.pings("gw", "10.0.0.5", count=3)

    os.kill(first, signal.SIGKILL)
    assert server.wait_until(lambda: server.guests[SERVER.id].state == "failed")
    server.put(msgspec.structs.replace(SERVER, reboots=1, status="ERROR"))
    assert server.wait_until(lambda: server.guests[SERVER.id].state == "running")
    assert first != pid_in(run_dir)

    compute.signal(signal.SIGKILL)
    lose_power(ovs_host, run_dir)
    server.guests.clear()
    server.put(msgspec.structs.replace(SERVER, reboots=1, status="ACTIVE"))
    compute.start()
    assert server.wait_until(lambda: SERVER.id in server.guests)
    assert "running" == server.guests[SERVER.id].state
    assert server.wait_for(PORT.id)

    server.put(msgspec.structs.replace(SERVER, reboots=1, wanted="stopped"))
    assert server.wait_until(lambda: server.guests[SERVER.id].state == "stopped", 60)
    server.delete(SERVER)
    server.guests.clear()
    folder = ovs_host.folder / "state" / "compute" / "guests" / SERVER.id
    assert server.wait_until(lambda: not folder.exists())
    assert TAP not in ovs_host.vsctl("list-ports", "br-int").split()
    assert f" {TAP}:" not in ovs_host.exec("ip", "-o", "link")
