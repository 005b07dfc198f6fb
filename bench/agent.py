"""How fast the agent is: plugging 1, 20, 200 devices until ACTIVE, a restart with 200, a boot with 100 networks served.

Needs root and Open vSwitch. A host of its own in one network namespace: ovsdb-server, ovs-vswitchd (userspace), a real
underlay-server and a real underlay-agent. JSON lines on standard output; Neutron's figures are in issue 2.

    python -m bench.agent
"""

import fcntl
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from bench.figures import emit, progress
from bench.server import SCRIPTS, RunningServer, running_server
from fakes.agent_program import AgentProgram
from fakes.ovs_host import OvsHost, run
from underlay.client.credentials import Credentials
from underlay.client.feed import Feed
from underlay.client.http import Session
from underlay.dataplane import netns
from underlay.model.change import Change, Kind
from underlay.model.port import Port

HOST = "host1"
SERVED = 100
SETTINGS = 'bridge_mappings = "default:br-eth1"\nbridge_interfaces = "br-eth1:eth1"\nreport_interval_s = 1\n'


class ActivePorts:
    """Which ports are ACTIVE, as the feed tells an administrator."""

    def __init__(self, session: Session) -> None:
        self._ids: set[str] = set()
        self._changed = threading.Condition()
        self._feed = Feed(session, None, frozenset[Kind]({"port"}), lambda: 0.5)
        threading.Thread(target=self._follow, daemon=True).start()

    def wait_for(self, ids: set[str], limit_s: float = 60.0) -> None:
        """Until all of them are."""
        with self._changed:
            if not self._changed.wait_for(lambda: ids <= self._ids, limit_s):
                raise RuntimeError(f"{len(ids - self._ids)} of {len(ids)} ports are not ACTIVE after {limit_s} s")

    def close(self) -> None:
        """Stop following."""
        self._feed.close()

    def _follow(self) -> None:
        for line in self._feed:
            if isinstance(line, Change) and line.kind == "port":
                with self._changed:
                    is_active = isinstance(line.record, Port) and line.record.status == "ACTIVE"
                    (self._ids.add if is_active else self._ids.discard)(line.id)
                    self._changed.notify()


def main() -> int:
    """Measure everything."""
    with _host() as host, netns.inside(host.name), running_server(network_vlan_ranges="default:100:1000") as server:
        session = Session(server.url, Credentials(server.password, username="admin", project_name="admin"), server.url)
        active = ActivePorts(session)
        _admit(server, host)
        agent = AgentProgram(host, server.url, SETTINGS)
        agent.start()
        try:
            _wait_until(lambda: _agents(session))
            _measure_plugging(host, session, active)
            _measure_restart(agent)
            agent = AgentProgram(host, server.url, f"{SETTINGS}dhcp_agent = true\n")
            _measure_serving(host, session, agent, active)
        finally:
            agent.end()
            active.close()
    return 0


def _measure_plugging(host: OvsHost, session: Session, active: ActivePorts) -> None:
    network = session.post("/v2.0/networks", {"network": {"name": "bench", "provider:network_type": "vlan"}})["network"]
    session.post("/v2.0/subnets", {"subnet": {"network_id": network["id"], "ip_version": 4, "cidr": "10.0.0.0/16"}})
    for count in (1, 20, 200):
        progress(f"plug {count} devices")
        asked = {"ports": [{"network_id": network["id"], "name": f"p{count}-{index}"} for index in range(count)]}
        ids = [port["id"] for port in session.post("/v2.0/ports", asked)["ports"]]
        devices = [f"d{count}-{index}" for index in range(count)]
        _make_links(devices)
        command = ["ovs-vsctl", f"--db={host.ovsdb}"]
        for device, port_id in zip(devices, ids, strict=True):
            command += ["--", "add-port", "br-int", device, "tag=4095"]
            command += ["--", "set", "Interface", device, f"external_ids:iface-id={port_id}"]
        started = time.perf_counter()
        subprocess.run(command, check=True)
        plugged_s = time.perf_counter() - started
        active.wait_for(set(ids))
        active_s = time.perf_counter() - started
        emit("agent", "plugged_to_active", active_s, "s", devices=count)
        emit("agent", "ovs_vsctl_alone", plugged_s, "s", devices=count)


def _measure_restart(agent: AgentProgram) -> None:
    progress("restart with 221 devices")
    for how, number in (("SIGTERM", signal.SIGTERM), ("SIGKILL", signal.SIGKILL)):
        if agent.process is None:
            agent.log.unlink()
            agent.start()
            _wait_until(lambda: any("ports reported" in line for line in agent.lines()))
        agent.signal(number)
        import_s = _timed(lambda: subprocess.run([sys.executable, "-c", "import underlay.main.agent"], check=True), 3)
        whole_s = _timed(lambda: agent.run("--once"), 3)
        emit("agent", "restart", whole_s, "s", devices=221, after=how)
        emit("agent", "restart_beyond_import", whole_s - import_s, "s", devices=221, after=how)


def _measure_serving(host: OvsHost, session: Session, agent: AgentProgram, active: ActivePorts) -> None:
    progress(f"serve {SERVED} networks")
    lock = host.folder / "dhcp" / ".lock"
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as pump:
        fcntl.flock(pump, fcntl.LOCK_EX)
        try:
            _serve(host, session, agent, active)
        finally:
            agent.end()
            _forget_services(host)


def _serve(host: OvsHost, session: Session, agent: AgentProgram, active: ActivePorts) -> None:
    agent.start()
    _wait_until(lambda: any(one["agent_type"] == "DHCP agent" for one in _agents(session)))
    for index in range(SERVED):
        body = {"network": {"name": f"served{index}", "provider:network_type": "vlan"}}
        network = session.post("/v2.0/networks", body)["network"]
        subnet = {"network_id": network["id"], "ip_version": 4, "cidr": f"10.{index + 1}.0.0/24"}
        session.post("/v2.0/subnets", {"subnet": subnet})
    ports = {port["id"] for port in session.get("/v2.0/ports?device_owner=network:dhcp")["ports"]}
    active.wait_for(ports)
    agent.end()
    import_s = _timed(lambda: subprocess.run([sys.executable, "-c", "import underlay.main.agent"], check=True), 3)
    boots = []
    for _ in range(3):
        _forget_services(host)
        boots.append(_timed(lambda: agent.run("--once")))
    whole_s = min(boots)
    emit("agent", "boot_serving", whole_s, "s", networks=len(ports))
    emit("agent", "boot_serving_beyond_import", whole_s - import_s, "s", networks=len(ports))


def _forget_services(host: OvsHost) -> None:
    """As after a reboot: no namespace, no link, no table."""
    for name in [name for name in netns.names() if name.startswith("qdhcp-")]:
        with netns.inside(name):
            found = [device for device in os.listdir("/sys/class/net") if device.startswith("ns-")]
            for device in found:
                run("ip", "link", "del", device, check=False)
        netns.remove(name)
    for table in [*host.folder.glob("dhcp/*.json"), *host.folder.glob("metadata/*.json")]:
        table.unlink()
    taps = [name for name in host.vsctl("list-ports", "br-int").split() if name.startswith("tap")]
    for start in range(0, len(taps), 50):
        host.vsctl(*[word for tap in taps[start : start + 50] for word in ("--", "del-port", "br-int", tap)])


@contextmanager
def _host() -> Iterator[OvsHost]:
    with tempfile.TemporaryDirectory(prefix="underlay-bench-") as folder:
        host = OvsHost(f"ubench{os.getpid()}", Path(folder))
        try:
            host.up()
            run("ip", "-n", host.name, "link", "add", "eth1", "up", "type", "veth", "peer", "name", "wire")
            yield host
        finally:
            host.down()


def _admit(server: RunningServer, host: OvsHost) -> None:
    key = host.folder / "host.key"
    command = [str(SCRIPTS / "underlay-server"), "host-add", HOST, "--key-file", str(key)]
    subprocess.run(command, env=server.environment, check=True, capture_output=True)


def _make_links(names: list[str]) -> None:
    lines = "".join(f"link add {name} type veth peer name {name}x\n" for name in names)
    subprocess.run(["ip", "-batch", "-"], input=lines, text=True, check=True)


def _agents(session: Session) -> list[dict[str, Any]]:
    return list(session.get("/v2.0/agents")["agents"])


def _timed(action: Any, runs: int = 1) -> float:
    """The fastest of so many runs: what else the machine does only adds."""
    taken = []
    for _ in range(runs):
        started = time.perf_counter()
        action()
        taken.append(time.perf_counter() - started)
    return min(taken)


def _wait_until(is_so: Any, limit_s: float = 30.0) -> None:
    limit = time.monotonic() + limit_s
    while not is_so():
        if time.monotonic() > limit:
            raise RuntimeError("that took too long")
        time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(main())
