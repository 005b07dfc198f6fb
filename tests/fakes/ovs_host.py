"""A private Open vSwitch in a network namespace of its own: one host of a test, userspace datapath."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_SCHEMA = "/usr/share/openvswitch/vswitch.ovsschema"


def run(*command: str, check: bool = True) -> str:
    """The command's output; raises with its error text."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    if check and done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


class OvsHost:
    """`name` is the namespace's and prefixes every other namespace made for the test."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.folder = folder
        self.guests: list[str] = []

    @property
    def ovsdb(self) -> str:
        """Connection to its ovsdb-server."""
        return f"unix:{self.folder}/db.sock"

    def up(self) -> None:
        """Make namespace and database, start both daemons."""
        self.folder.mkdir(parents=True, exist_ok=True)
        run("ip", "netns", "add", self.name)
        run("ip", "-n", self.name, "link", "set", "lo", "up")
        run("ovsdb-tool", "create", f"{self.folder}/conf.db", _SCHEMA)
        self.start_ovsdb()
        run("ovs-vsctl", f"--db={self.ovsdb}", "--no-wait", "init")
        self.start_vswitchd()

    def down(self) -> None:
        """End what was started, delete what was made."""
        for pid_file in ("vs.pid", "db.pid"):
            self._end(pid_file, signal.SIGTERM)
        for guest in self.guests:
            run("ip", "netns", "del", guest, check=False)
        run("ip", "netns", "del", self.name, check=False)

    def start_ovsdb(self) -> None:
        """Start ovsdb-server."""
        self._daemon("ovsdb-server", f"{self.folder}/conf.db", f"--remote=punix:{self.folder}/db.sock", "db")

    def start_vswitchd(self) -> None:
        """Start ovs-vswitchd; returns when it is ready."""
        self._daemon("ovs-vswitchd", self.ovsdb, "vs")

    def kill_vswitchd(self) -> None:
        """It dies without a word."""
        self._end("vs.pid", signal.SIGKILL)

    def kill_ovsdb(self) -> None:
        """It dies without a word; its file stays."""
        self._end("db.pid", signal.SIGKILL)

    def exec(self, *command: str, check: bool = True) -> str:
        """Run a command in the host's namespace."""
        return run("ip", "netns", "exec", self.name, *command, check=check)

    def exec_in_background(self, *command: str) -> Callable[[], str]:
        """Start a command that listens; the function returned waits for its end and gives its output."""
        process = subprocess.Popen(
            ["ip", "netns", "exec", self.name, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert process.stderr is not None
        process.stderr.readline()
        return lambda: process.communicate(timeout=20)[0]

    def vsctl(self, *arguments: str) -> str:
        """Run ovs-vsctl."""
        return run("ovs-vsctl", f"--db={self.ovsdb}", *arguments).strip()

    def flows(self, bridge: str) -> str:
        """All flows of the bridge."""
        return run("ovs-ofctl", "-O", "OpenFlow14", "--no-stats", "--no-names", "dump-flows", self._socket(bridge))

    def ofctl(self, command: str, bridge: str, *arguments: str) -> str:
        """Run ovs-ofctl."""
        return run("ovs-ofctl", "-O", "OpenFlow14", command, self._socket(bridge), *arguments)

    def guest(self, name: str, port_id: str, mac: str, address: str) -> str:
        """A namespace with eth0, its other end plugged into br-int for the port; the OVS port's name."""
        guest, outer = f"{self.name}-{name}", f"t-{name}"
        self.guests.append(guest)
        run("ip", "netns", "add", guest)
        run("ip", "link", "add", outer, "netns", self.name, "type", "veth", "peer", "name", "eth0", "netns", guest)
        run("ip", "netns", "exec", guest, "ethtool", "-K", "eth0", "tx", "off")
        run("ip", "-n", guest, "link", "set", "eth0", "address", mac, "up")
        run("ip", "-n", guest, "addr", "add", address, "dev", "eth0")
        run("ip", "-n", self.name, "link", "set", outer, "up")
        self.plug(outer, port_id)
        return outer

    def plug(self, device: str, port_id: str) -> None:
        """Add the device to br-int, as a hypervisor does."""
        self.vsctl(
            "--no-wait",
            "add-port",
            "br-int",
            device,
            "--",
            "set",
            "Interface",
            device,
            f"external_ids:iface-id={port_id}",
        )

    def pings(self, guest: str, address: str, *, count: int = 1, wait_s: int = 1) -> bool:
        """Whether the guest gets an answer from the address."""
        command = (
            "ip",
            "netns",
            "exec",
            f"{self.name}-{guest}",
            "ping",
            "-c",
            str(count),
            "-W",
            str(wait_s),
            "-q",
            address,
        )
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    def _socket(self, bridge: str) -> str:
        return f"unix:{self.folder}/{bridge}.mgmt"

    def _daemon(self, program: str, *arguments: str) -> None:
        *rest, name = arguments
        environment = {**os.environ, "OVS_RUNDIR": str(self.folder), "OVS_DBDIR": str(self.folder)}
        command = [
            *("ip", "netns", "exec", self.name, program, *rest),
            *("--detach", "--no-chdir", f"--pidfile={self.folder}/{name}.pid"),
            *(f"--unixctl={self.folder}/{name}.ctl", f"--log-file={self.folder}/{name}.log"),
        ]
        subprocess.run(command, env=environment, check=True, capture_output=True)

    def _end(self, pid_file: str, how: signal.Signals) -> None:
        path = self.folder / pid_file
        if not path.exists():
            return
        pid = int(path.read_text())
        os.kill(pid, how)
        limit = time.monotonic() + 5
        while Path(f"/proc/{pid}").exists() and time.monotonic() < limit:
            time.sleep(0.01)
        path.unlink(missing_ok=True)


@contextmanager
def host_with_wire(name: str, folder: Path) -> Iterator[OvsHost]:
    """Up, with an uplink eth1 whose other end is `wire` in the same namespace; down at the end."""
    host = OvsHost(name, folder)
    try:
        host.up()
        run("ip", "-n", host.name, "link", "add", "eth1", "type", "veth", "peer", "name", "wire")
        for link in ("eth1", "wire"):
            host.exec("ethtool", "-K", link, "tx", "off")
            run("ip", "-n", host.name, "link", "set", link, "up")
        yield host
    finally:
        host.down()
