"""A host whose own ports are answered by real pumps: agent, Open vSwitch, both pumps, guests."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from fakes.agent_program import AgentProgram
from fakes.feed_server import FeedServer
from fakes.ovs_host import OvsHost, run
from underlay.model.port import Port

METADATA: Final = "http://169.254.169.254"
GATEWAY: Final = "10.0.0.1"
SCRIPT: Final = Path(__file__).with_name("dhcp_client.sh")
TIMEOUT_S: Final = 20.0
SETTINGS: Final = 'bridge_mappings = "default:br-eth1"\nbridge_interfaces = "br-eth1:eth1"\nreport_interval_s = 1\n'


class LocalSite:
    """`start` all of it; every program may be killed and started again; `end` leaves nothing."""

    def __init__(self, host: OvsHost, server: FeedServer, settings: str = "") -> None:
        self.host = host
        self.server = server
        self.namespace = f"local{os.getpid()}"
        self.agent = AgentProgram(host, server.url, f'{SETTINGS}local_namespace = "{self.namespace}"\n{settings}')
        self.pumps: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        """Both pumps, then the agent; until the host has its namespace."""
        for program in ("dhcp", "metadata"):
            self.start_pump(program)
        self.agent.start()
        assert within(
            lambda: "taplocal" in run("ovs-vsctl", f"--db={self.host.ovsdb}", "list-ports", "br-int", check=False)
        )

    def start_pump(self, program: str) -> None:
        """`dhcp` or `metadata`."""
        command = [sys.executable, "-m", f"underlay.main.{program}", "--config", str(self.agent.config)]
        with (self.host.folder / f"{program}.log").open("ab") as log:
            self.pumps[program] = subprocess.Popen(command, stderr=log)

    def kill_pump(self, program: str) -> None:
        """It dies without a word."""
        process = self.pumps.pop(program)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def end(self) -> None:
        """Nothing is left; the logs are shown when the test fails."""
        self.agent.end()
        for program in list(self.pumps):
            self.kill_pump(program)
        run("ip", "netns", "del", self.namespace, check=False)
        for log in ("agent", "dhcp", "metadata"):
            path = self.host.folder / f"{log}.log"
            print(path.read_text() if path.exists() else "")

    def plug(self, name: str, port: Port, address: str = "") -> None:
        """A guest at the port, wired; without an address unless one is given."""
        self.host.guest(name, port.id, str(port.mac_address), address or "192.0.2.1/32")
        if not address:
            self.in_guest(name, "ip", "addr", "del", "192.0.2.1/32", "dev", "eth0")
        assert self.server.wait_for(port.id)
        assert within(lambda: "tentative" not in self.in_guest(name, "ip", "-6", "addr", "show", "dev", "eth0"))

    def in_guest(self, name: str, *command: str, check: bool = True) -> str:
        """The command's output."""
        return run("ip", "netns", "exec", f"{self.host.name}-{name}", *command, check=check)

    def lease(self, name: str, client: str = "udhcpc", *words: str) -> tuple[set[str], dict[str, str | None]]:
        """Run the client; the guest's addresses and routes then."""
        scratch = self.host.folder / "client"
        scratch.mkdir(exist_ok=True)
        quick = ("-t", "6", "-T", "1") if client == "udhcpc" else ()
        self.in_guest(name, "unshare", "-m", "sh", str(SCRIPT), str(scratch), client, *quick, *words, check=False)
        addresses = json.loads(self.in_guest(name, "ip", "-j", "-4", "addr", "show", "eth0"))
        routes = json.loads(self.in_guest(name, "ip", "-j", "-4", "route"))
        found = {each["local"] for link in addresses for each in link.get("addr_info", ())}
        return found, {route["dst"]: route.get("gateway") for route in routes}

    def forget_address(self, name: str) -> None:
        """As after a boot. The physical router is not here: the guest has its MAC."""
        self.in_guest(name, "ip", "-4", "addr", "flush", "dev", "eth0")
        self.in_guest(name, "ip", "neigh", "replace", GATEWAY, "lladdr", "02:00:00:00:00:01", "dev", "eth0")

    def get(self, name: str, path: str = "/latest/meta-data/instance-id", *options: str) -> str:
        """What metadata answers the guest; empty for nothing."""
        return self.in_guest(name, "curl", "-s", "-m", "2", *options, f"{METADATA}{path}", check=False)

    def get_v6(self, name: str, path: str = "/latest/meta-data/instance-id") -> str:
        """By IPv6, from its link-local address."""
        return self.in_guest(name, "curl", "-s", "-m", "2", "-g", f"http://[fe80::a9fe:a9fe%25eth0]{path}", check=False)

    def flows(self) -> list[str]:
        """Of br-int."""
        return self.host.flows("br-int").splitlines()


def within(condition: Callable[[], object], seconds: float = TIMEOUT_S) -> bool:
    """Whether it becomes true in time."""
    limit = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > limit:
            return False
        time.sleep(0.05)
    return True
