"""Have Tempest and neutron-tempest-plugin judge a server of our own, and count what passed, failed, was skipped.

usage: tools/tempest [--list] [--verbose] [--json FILE] [REGEX]

Without REGEX all their network API tests run. Exit status 1 when one fails, or is skipped, that `scope.toml` does not
tell to be out of scope.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

from bench.server import RunningServer, running_server
from tests.tempest.configuration import PHYSICAL_NETWORKS, tempest_conf
from tests.tempest.verdict import SCOPE, read_scope, summary, unexpected

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-tempest/bin/python"
HOST = "tempest-host"


def main() -> int:
    """See above."""
    parser = argparse.ArgumentParser(prog="tools/tempest")
    parser.add_argument("--list", action="store_true", help="name the tests, run none")
    parser.add_argument("--verbose", action="store_true", help="the whole text of each failure")
    parser.add_argument("--json", type=Path, help="keep the results, one JSON object a line")
    parser.add_argument("regex", nargs="?", default=".")
    asked = parser.parse_args()
    if asked.list:
        return subprocess.run([PYTHON, ROOT / "tests/tempest/judge.py", asked.regex, "", "--list"]).returncode
    with tempfile.TemporaryDirectory(prefix="underlay-tempest-") as text:
        rows = judged(asked.regex, Path(text))
    if asked.json:
        asked.json.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return report(rows, verbose=asked.verbose)


def judged(pattern: str, folder: Path) -> list[dict[str, Any]]:
    """The results of the tests that fit, against a fresh server."""
    unlimited = {f"quota_{kind}": "-1" for kind in ("network", "subnet", "port")}
    with running_server(network_vlan_ranges=PHYSICAL_NETWORKS, **unlimited) as server:
        aliases = [
            extension["alias"] for extension in _call(server, server.token(), "GET", "/v2.0/extensions")["extensions"]
        ]
        (folder / "tempest.conf").write_text(tempest_conf(server, aliases, folder, _public_network(server)))
        output = folder / "results.jsonl"
        environment = {**os.environ, "TEMPEST_CONFIG_DIR": str(folder), "TEMPEST_CONFIG": "tempest.conf"}
        environment.pop("PYTHONPATH", None)
        script = str(ROOT / "tests/tempest/judge.py")
        with _living_host(server):
            done = subprocess.run(
                [str(PYTHON), script, pattern, str(output)], env=environment, capture_output=True, text=True
            )
        if done.returncode:
            raise SystemExit(f"the judge did not end well:\n{done.stderr[-4000:]}")
        return [json.loads(line) for line in output.read_text().splitlines()]


def report(rows: Sequence[Mapping[str, Any]], *, verbose: bool) -> int:
    """Print what is not as expected, and the counts; 1 when anything is not."""
    scope = read_scope(SCOPE.read_text(encoding="utf-8"))
    wrong = unexpected(rows, scope)
    for row in wrong:
        print(f"{row['outcome'].upper()} {row['test']}")
        print(f"    {row['reason'].strip() if verbose else _last_line(row['reason'])}")
    print(summary(rows, scope))
    return 1 if wrong else 0


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    start = max(
        (index for index, line in enumerate(lines) if "Details:" in line or not line.startswith((" ", "\t"))), default=0
    )
    return " ".join(line.strip() for line in lines[start:])[:400]


@contextmanager
def _living_host(server: RunningServer) -> Iterator[None]:
    """A host with a DHCP agent and a switch, alive, which says that its DHCP ports are wired."""
    program = [str(Path(sys.executable).parent / "underlay-server"), "host-add", HOST]
    key = subprocess.run(program, env=server.environment, check=True, capture_output=True, text=True).stdout.split()[-1]
    token = _token(server, HOST, key)
    now = datetime.now(UTC).isoformat()
    agents = [
        {"agent_type": "DHCP agent", "binary": "underlay-dhcp", "topic": "dhcp_agent", "started_at": now},
        {
            "agent_type": "Open vSwitch agent",
            "binary": "underlay-agent",
            "topic": "N/A",
            "started_at": now,
            "configurations": {"bridge_mappings": {"physnet1": "br-phy1", "physnet2": "br-phy2"}},
        },
    ]
    _call(server, token, "PUT", f"/underlay/v1/hosts/{HOST}/heartbeat", {"agents": agents})
    ended = Event()
    reporter = Thread(target=_report, args=(server, token, agents, ended))
    reporter.start()
    try:
        yield
    finally:
        ended.set()
        reporter.join()


def _report(server: RunningServer, token: str, agents: Sequence[Mapping[str, Any]], ended: Event) -> None:
    admin = server.token()
    path = f"/v2.0/ports?binding:host_id={HOST}&device_owner=network:dhcp&status=DOWN&fields=id"
    while not ended.wait(1.0):
        _call(server, token, "PUT", f"/underlay/v1/hosts/{HOST}/heartbeat", {"agents": agents})
        ports = [
            {"id": one["id"], "plugged": True, "wired": True} for one in _call(server, admin, "GET", path)["ports"]
        ]
        if ports:
            _call(server, token, "POST", f"/underlay/v1/hosts/{HOST}/ports", {"ports": ports})


def _token(server: RunningServer, username: str, password: str) -> str:
    user = {"name": username, "domain": {"name": "Default"}, "password": password}
    scope = {"project": {"name": "service", "domain": {"name": "Default"}}}
    body = {"auth": {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": scope}}
    request = urllib.request.Request(
        f"{server.url}/v3/auth/tokens", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as answered:
        return str(answered.headers["X-Subject-Token"])


def _public_network(server: RunningServer) -> str:
    """What an operator has ready: an external network that all may use, and a pool that subnets come from."""
    admin = server.token()
    body = {"network": {"name": "public", "router:external": True, "shared": True}}
    network_id = str(_call(server, admin, "POST", "/v2.0/networks", body)["network"]["id"])
    subnet = {"network_id": network_id, "ip_version": 4, "cidr": "192.0.2.0/24"}
    _call(server, admin, "POST", "/v2.0/subnets", {"subnet": subnet})
    pool = {"name": "default", "prefixes": ["10.128.0.0/12"], "is_default": True, "shared": True}
    _call(server, admin, "POST", "/v2.0/subnetpools", {"subnetpool": pool})
    return network_id


def _call(server: RunningServer, token: str, method: str, path: str, body: Any = None) -> Any:
    request = urllib.request.Request(
        server.url + path,
        None if body is None else json.dumps(body).encode(),
        {"X-Auth-Token": token, "Content-Type": "application/json"},
        method=method,
    )
    with urllib.request.urlopen(request, timeout=60) as answered:
        return json.loads(answered.read())


if __name__ == "__main__":
    sys.exit(main())
