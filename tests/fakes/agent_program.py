"""A host's program as a process in a test's host namespace, with the configuration that a test needs."""

import signal
import subprocess
import sys
from pathlib import Path

from fakes.ovs_host import OvsHost


class AgentProgram:
    """One program on one host. `start` and `kill` it as often as the test likes; `end` kills it if it runs."""

    def __init__(self, host: OvsHost, server_url: str, settings: str = "", program: str = "agent") -> None:
        self.host = host
        self.program = program
        self.config = host.folder / f"{program}.toml"
        self.log = host.folder / f"{program}.log"
        key = host.folder / "host.key"
        if not key.exists():
            key.write_text("secret\n")
        self.config.write_text(
            f'[agent]\nhost = "host1"\nserver_url = "{server_url}"\npassword_file = "{key}"\n'
            f'state_dir = "{host.folder}/state"\novsdb = "{host.ovsdb}"\ndatapath_type = "netdev"\n{settings}\n'
            f'[dhcp]\ntable_dir = "{host.folder}/dhcp"\n[metadata]\ntable_dir = "{host.folder}/metadata"\n'
        )
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *arguments: str) -> None:
        """In the host's network namespace, and until `signal` or `end`."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self._command(arguments), stdout=log, stderr=log)

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run it to its end, with its output."""
        return subprocess.run(self._command(arguments), capture_output=True, text=True, check=False, timeout=60)

    def signal(self, number: signal.Signals) -> int:
        """Send it and wait for the end; the exit status."""
        assert self.process is not None
        self.process.send_signal(number)
        status = self.process.wait(20)
        self.process = None
        return status

    def end(self) -> None:
        """Nothing is left running."""
        if self.process is not None:
            self.signal(signal.SIGKILL)

    def lines(self) -> list[str]:
        """The log so far."""
        return Path(self.log).read_text().splitlines() if self.log.exists() else []

    def _command(self, arguments: tuple[str, ...]) -> list[str]:
        """Not by `ip netns exec`: its private mounts would hide the namespaces that the agent makes."""
        enter = ("nsenter", f"--net=/run/netns/{self.host.name}")
        return [*enter, sys.executable, "-m", f"underlay.main.{self.program}", "--config", str(self.config), *arguments]
