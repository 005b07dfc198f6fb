"""`underlay-server` as a process of its own, on a port of loopback, with an administrator, a user and a host."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from fakes.http_server import closed_port
from underlay.client.credentials import Credentials
from underlay.client.http import Session
from underlay.client.transport import Transport

RANGES = "default:100:101,default:200:201"


class Login(msgspec.Struct, frozen=True):
    """What a client sets: OS_USERNAME and so on."""

    username: str
    project: str
    password: str


class ServerProgram:
    """Makes the database, the users and the host; `start` and `stop` it. `url` has no version.

    Args:
    more: what else its file says; `{url}` and `{folder}` are its own.
    """

    def __init__(self, folder: Path, more: str = "") -> None:
        self._folder = folder
        self._config = folder / "underlay.toml"
        self.port = closed_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._config.write_text(
            f'[server]\ndatabase = "sqlite:///{folder}/underlay.sqlite"\nsecret_file = "{folder}/token.key"\n'
            f'listen_port = {self.port}\nnetwork_vlan_ranges = "{RANGES}"\n' + more.format(url=self.url, folder=folder)
        )
        self._run("init", "--password-file", self._secret("admin"))
        self._run("user-add", "mary", "--project", "lab", "--password-file", self._secret("mary"))
        self._run("host-add", "net1", "--key-file", str(folder / "net1.key"))
        self.admin = Login("admin", "admin", "secret-admin")
        self.mary = Login("mary", "lab", "secret-mary")
        self.host = Login("net1", "service", (folder / "net1.key").read_text().strip())
        self._process: subprocess.Popen[bytes] | None = None

    def add_user(self, name: str, project: str, role: str) -> Login:
        """One more user, whose password is in `<name>.password`."""
        self._run("user-add", name, "--project", project, "--role", role, "--password-file", self._secret(name))
        return Login(name, project, f"secret-{name}")

    def start(self) -> None:
        """Returns when it answers."""
        with (self._folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(self._command("serve"), stdout=log, stderr=log)
        session = Session(self.url, "", endpoint=self.url, transport=Transport(attempts=8))
        assert session.get("/")["versions"]
        session.close()

    def stop(self) -> None:
        """SIGTERM; it must end by itself and well."""
        assert self._process is not None
        self._process.terminate()
        assert 0 == self._process.wait(20), (self._folder / "server.log").read_text()

    def log(self) -> str:
        """What it has written down so far."""
        return (self._folder / "server.log").read_text()

    def report_dhcp_agent(self) -> None:
        """What the agent on `net1` sends every 30 s."""
        session = Session(self.url, Credentials(self.host.password, username=self.host.username), self.url)
        agent = {
            "agent_type": "DHCP agent",
            "binary": "underlay-dhcp",
            "topic": "dhcp_agent",
            "started_at": datetime.now(UTC).isoformat(),
        }
        session.put("/underlay/v1/hosts/net1/heartbeat", {"agents": [agent]})
        session.close()

    def _secret(self, name: str) -> str:
        path = self._folder / f"{name}.password"
        path.write_text(f"secret-{name}\n")
        path.chmod(0o600)
        return str(path)

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "underlay.main.server", "--config", str(self._config), *arguments]

    def _run(self, *arguments: str) -> None:
        subprocess.run(self._command(*arguments), check=True, capture_output=True, timeout=60)
