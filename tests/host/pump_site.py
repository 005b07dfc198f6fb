"""A network on this machine for tests of the pumps: a server's namespace, a guest's, and a pump to run between."""

import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from typing import Any, Final

from underlay.pump.namespaces import Namespaces

SERVER_ADDRESS: Final = "10.10.100.2"
GUEST_ADDRESS: Final = "10.10.100.5"
GUEST_MAC: Final = "fa:16:3e:00:00:05"
METADATA: Final = "169.254.169.254"
TIMEOUT_S: Final = 20.0


def ip(*words: str) -> None:
    """`ip ...`, which must succeed."""
    subprocess.run(["ip", *words], check=True, capture_output=True)


def run_in(netns: str, *command: str) -> subprocess.CompletedProcess[str]:
    """A command in a namespace, its output as text."""
    words = ["ip", "netns", "exec", netns, *command]
    return subprocess.run(words, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)


class Site:
    """One network: `server` with the link `ns-test`, `guest` with the link eth0, a veth between."""

    device: Final = "ns-test"

    def __init__(self, name: str) -> None:
        self.server = f"{name}s"
        self.guest = f"{name}g"

    def up(self) -> None:
        """Make both."""
        ip("netns", "add", self.guest)
        self.server_up()

    def server_up(self) -> None:
        """Make the server's namespace and the link."""
        ip("netns", "add", self.server)
        ip("-n", self.server, "link", "set", "lo", "up")
        self.link_up()

    def link_up(self) -> None:
        """Make the link and its addresses."""
        far = ("netns", self.guest, "address", GUEST_MAC)
        ip("link", "add", self.device, "netns", self.server, "type", "veth", "peer", "name", "eth0", *far)
        for netns, device in ((self.server, self.device), (self.guest, "eth0")):
            subprocess.run(
                ["ip", "netns", "exec", netns, "ethtool", "-K", device, "tx", "off"], check=True, capture_output=True
            )
            ip("-n", netns, "link", "set", device, "up")
        ip("-n", self.server, "addr", "add", f"{SERVER_ADDRESS}/24", "dev", self.device)
        ip("-n", self.server, "addr", "add", f"{METADATA}/32", "dev", self.device)

    def give_guest_address(self, *more: str) -> None:
        """As DHCP would."""
        for address in (GUEST_ADDRESS, *more):
            ip("-n", self.guest, "addr", "replace", f"{address}/24", "dev", "eth0")
        ip("-n", self.guest, "route", "replace", METADATA, "via", SERVER_ADDRESS)

    def guest_socket(self, kind: socket.SocketKind) -> socket.socket:
        """A socket in the guest's namespace."""
        namespaces = Namespaces()
        try:
            with namespaces.entered(self.guest):
                return socket.socket(socket.AF_INET, kind)
        finally:
            namespaces.close()

    def down(self) -> None:
        """Remove both, the link with them."""
        for netns in (self.server, self.guest):
            subprocess.run(["ip", "netns", "del", netns], check=False, capture_output=True)


@contextmanager
def sites(count: int) -> Iterator[list[Site]]:
    """So many networks, removed afterwards."""
    made = [Site(f"utp{os.getpid()}-{index}") for index in range(count)]
    try:
        for site in made:
            site.up()
        yield made
    finally:
        for site in made:
            site.down()


class Pump:
    """A pump as a process of its own, started with a folder of tables."""

    def __init__(self, program: str, table_dir: Path, **settings: str) -> None:
        prefix = f"UNDERLAY_{program.upper()}_"
        environment = {f"{prefix}{name.upper()}": value for name, value in settings.items()}
        self.process = subprocess.Popen(
            [sys.executable, "-m", f"underlay.main.{program}"],
            env=os.environ | {f"{prefix}TABLE_DIR": str(table_dir)} | environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines: Queue[str] = Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_for(self, event: str, **fields: str) -> dict[str, Any]:
        """The next log line of the event with these fields."""
        seen: list[str] = []
        while True:
            try:
                line = self.lines.get(timeout=TIMEOUT_S)
            except Empty:
                raise AssertionError(f"no {event} {fields} after {seen}") from None
            seen.append(line)
            entry: dict[str, Any] = json.loads(line) if line.startswith("{") else {"event": line}
            if entry["event"] == event and fields.items() <= entry.items():
                return entry

    @property
    def open_files(self) -> int:
        """How many file descriptors it has."""
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send the signal; the exit status."""
        self.process.send_signal(number)
        return self.process.wait(TIMEOUT_S)

    def close(self) -> None:
        """Whatever happened, let nothing be left."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.put(line)


@contextmanager
def pump(program: str, table_dir: Path, **settings: str) -> Iterator[Pump]:
    """A running pump that has loaded its tables."""
    running = Pump(program, table_dir, **settings)
    try:
        running.wait_for("serving")
        yield running
    finally:
        running.close()


def write_table(folder: Path, network_id: str, table: bytes) -> None:
    """As the agent does: beside it, then renamed."""
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / f".{network_id}.new"
    beside.write_bytes(table)
    beside.rename(folder / f"{network_id}.json")


def wait_readable(waiting: socket.socket, timeout_s: float = TIMEOUT_S) -> bool:
    """Whether it became readable in time."""
    with selectors.DefaultSelector() as selector:
        selector.register(waiting, selectors.EVENT_READ)
        return bool(selector.select(timeout_s))
