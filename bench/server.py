"""A server of its own for one bench: a temporary folder, a free loopback port, ended at the end."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

SCRIPTS = Path(sys.executable).parent


class RunningServer(msgspec.Struct, frozen=True):
    """Where it listens, what an administrator needs to log in, and its settings as environment."""

    address: tuple[str, int]
    username: str
    password: str
    environment: dict[str, str]
    pid: int

    @property
    def url(self) -> str:
        """Its base URL."""
        return f"http://{self.address[0]}:{self.address[1]}"

    def token(self, username: str = "", password: str = "", project: str = "admin") -> str:
        """A new token, of the administrator unless another user is named."""
        user = {
            "name": username or self.username,
            "domain": {"name": "Default"},
            "password": password or self.password,
        }
        scope = {"project": {"name": project, "domain": {"name": "Default"}}}
        body = {"auth": {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": scope}}
        request = urllib.request.Request(
            f"{self.url}/v3/auth/tokens", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return str(answer.headers["X-Subject-Token"])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_listening(process: subprocess.Popen[bytes], port: int, limit_s: float = 20.0) -> None:
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the server did not come up; its log is above")


@contextmanager
def running_server(**settings: str) -> Iterator[RunningServer]:
    """Init and serve with these settings of `[server]`; everything is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="underlay-bench-") as folder:
        port = _free_port()
        chosen = {
            "database": f"sqlite:///{folder}/underlay.sqlite",
            "secret_file": f"{folder}/token.key",
            "listen_port": str(port),
            "quota_network": "-1",
            "quota_subnet": "-1",
            "quota_port": "-1",
            **settings,
        }
        environment = {**os.environ, **{f"UNDERLAY_SERVER_{name.upper()}": text for name, text in chosen.items()}}
        program = str(SCRIPTS / "underlay-server")
        printed = subprocess.run([program, "init"], env=environment, check=True, capture_output=True, text=True).stdout
        password = next(line.split()[-1] for line in printed.splitlines() if "password" in line.lower())
        with open(f"{folder}/server.log", "wb") as log:
            process = subprocess.Popen([program, "serve"], env=environment, stderr=log, stdout=log)
        try:
            _wait_until_listening(process, port)
            yield RunningServer(("127.0.0.1", port), "admin", password, environment, process.pid)
        finally:
            process.terminate()
            process.wait(20)
