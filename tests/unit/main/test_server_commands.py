"""underlay-server as an operator runs it: a process with files, a port, and signals."""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import msgspec
import pytest


class Installation(msgspec.Struct, frozen=True):
    """A folder with settings, and the port that they name."""

    folder: Path
    port: int

    def command(self, *words: str) -> list[str]:
        """underlay-server with these words."""
        return [sys.executable, "-m", "underlay.main.server", "--config", str(self.folder / "underlay.toml"), *words]

    def run(self, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """What it says and how it ends."""
        return subprocess.run(self.command(*words), input=stdin, capture_output=True, text=True, timeout=60)


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    """Settings for a database in a folder that does not exist yet."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (tmp_path / "underlay.toml").write_text(
        f"[server]\ndatabase = 'sqlite:///{tmp_path}/state/db.sqlite'\nsecret_file = '{tmp_path}/state/token.key'\n"
        f"listen_port = {port}\nnetwork_vlan_ranges = 'default:100:101'\n"
    )
    return Installation(tmp_path, port)


@pytest.fixture
def served(installation: Installation) -> Iterator[tuple[Installation, subprocess.Popen[str]]]:
    """A server that runs; its administrator's password is `correct horse`."""
    installation.run("init", "--password-file", "-", stdin="correct horse\n")
    process = started(installation)
    yield installation, process
    killed(process)


def started(installation: Installation) -> subprocess.Popen[str]:
    """A server that says that it serves."""
    process = subprocess.Popen(installation.command("serve"), stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert "serving" == json.loads(process.stderr.readline())["event"]
    return process


def killed(process: subprocess.Popen[str]) -> None:
    """Gone, in whatever state it is."""
    process.kill()
    process.wait(10)
    if process.stderr is not None:
        process.stderr.close()


def call(port: int, method: str, url: str, body: Any = None, token: str = "") -> tuple[int, Any, str]:
    """Status, JSON, and the token told in the headers."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, url, json.dumps(body).encode() if body else None, {"X-Auth-Token": token})
    reply = connection.getresponse()
    content = reply.read()
    connection.close()
    return reply.status, json.loads(content) if content else None, reply.headers.get("X-Subject-Token", "")


def log_in(port: int, user: str, project: str, password: str) -> str:
    """A token."""
    identity = {
        "methods": ["password"],
        "password": {"user": {"name": user, "domain": {"id": "default"}, "password": password}},
    }
    scope = {"project": {"name": project, "domain": {"id": "default"}}}
    return call(port, "POST", "/v3/auth/tokens", {"auth": {"identity": identity, "scope": scope}})[2]


def test_init_tells_the_password_once_and_is_safe_to_repeat(installation: Installation) -> None:
    """Database, key (0600) and administrator are made; the second time they exist, and nothing changes."""
    first = installation.run("init")
    key = (installation.folder / "state" / "token.key").read_text()
    second = installation.run("init")
    assert (0, 0) == (first.returncode, second.returncode)
    assert [True, False] == ["shown this once" in result.stdout for result in (first, second)]
    assert key == (installation.folder / "state" / "token.key").read_text()
    modes = {path.name: path.stat().st_mode & 0o777 for path in (installation.folder / "state").iterdir()}
    assert (0o600, 0o600) == (modes["token.key"], modes["db.sqlite"])


def test_serve_before_init_says_what_is_missing(installation: Installation) -> None:
    """It ends with a message that names the remedy."""
    result = installation.run("serve")
    assert (1, True) == (result.returncode, "`underlay-server init` makes it" in result.stderr)


def test_a_host_s_key_is_shown_once_and_renewed(installation: Installation) -> None:
    """Adding a known host is refused; --renew gives a new key; --key-file is 0600 and keeps it off the screen."""
    installation.run("init")
    key_file = installation.folder / "keys" / "h1.key"
    first = installation.run("host-add", "h1").stdout.strip()
    assert "is known already" in installation.run("host-add", "h1").stderr
    written = installation.run("host-add", "h1", "--renew", "--key-file", str(key_file))
    second = key_file.read_text().strip()
    assert (0, 0o600) == (written.returncode, key_file.stat().st_mode & 0o777)
    assert (True, False) == (first != second, second in written.stdout)


def test_users_are_added_once(installation: Installation) -> None:
    """The password comes from stdin or is made; a user that exists, or a short password, is refused."""
    installation.run("init")
    made = installation.run("user-add", "u", "--project", "p", "--password-file", "-", stdin="long enough\n")
    assert 0 == made.returncode
    assert "exists already" in installation.run("user-add", "u", "--project", "p").stderr
    short = installation.run("user-add", "v", "--project", "p", "--password-file", "-", stdin="short\n")
    assert (1, True) == (short.returncode, "shorter than 8" in short.stderr)


def test_a_mistake_in_the_settings_is_one_line(installation: Installation) -> None:
    """No traceback: the file, the line and the setting."""
    installation.run("init")
    file = installation.folder / "underlay.toml"
    file.write_text(file.read_text().replace("'default:100:101'", "'default:200:100'"))
    result = installation.run("serve")
    assert (1, "underlay-server: network_vlan_ranges: 'default:200:100' is the wrong way round") == (
        result.returncode,
        result.stderr.partition(";")[0],
    )


def test_it_stops_at_once_and_forgets_nothing(served: tuple[Installation, subprocess.Popen[str]]) -> None:
    """SIGTERM ends watches and server with 0; after it, and after kill -9, all that was acknowledged is there."""
    installation, process = served
    port = installation.port
    token = log_in(port, "admin", "admin", "correct horse")
    assert 201 == call(port, "POST", "/v2.0/networks", {"network": {"name": "n"}}, token)[0]
    watch = HTTPConnection("127.0.0.1", port, timeout=10)
    watch.request("GET", "/underlay/v1/feed", headers={"X-Auth-Token": token})
    stream = watch.getresponse()
    lines = [json.loads(stream.readline()) for _ in range(4)]
    assert ["network", "segment", "network_segment_range"] == [line.get("kind") for line in lines[:3]]
    assert {"in_sync": 3} == lines[3]
    process.send_signal(signal.SIGTERM)
    assert b"" == stream.read()
    assert 0 == process.wait(4)
    again = started(installation)
    assert 201 == call(port, "POST", "/v2.0/networks", {"network": {"name": "m"}}, token)[0]
    killed(again)
    again = started(installation)
    try:
        assert ["n", "m"] == [one["name"] for one in call(port, "GET", "/v2.0/networks", token=token)[1]["networks"]]
    finally:
        killed(again)


def test_broken_clients_do_not_stop_it(served: tuple[Installation, subprocess.Popen[str]]) -> None:
    """Garbage, half requests and clients that leave: the next one is served."""
    port = served[0].port
    half = b"POST /v2.0/networks HTTP/1.1\r\nContent-Length: 99\r\n\r\n{"
    for garbage in (b"\x00\xff" * 100, b"GET /v2.0/networks HTTP/1.1\r\n", half):
        with socket.create_connection(("127.0.0.1", port), 5) as client:
            client.sendall(garbage)
    assert 200 == call(port, "GET", "/")[0]


def test_a_port_that_is_taken_is_told(served: tuple[Installation, subprocess.Popen[str]]) -> None:
    """A second server on the same port ends with one line."""
    result = served[0].run("serve")
    assert (1, True) == (result.returncode, "Address already in use" in result.stderr)
