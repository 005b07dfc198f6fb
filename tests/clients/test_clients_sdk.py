"""The scenario's API part with openstacksdk, in a process of its own environment."""

import json
import subprocess
from pathlib import Path
from typing import Any

from server_program import Login, ServerProgram

SCENARIO = Path(__file__).with_name("sdk_scenario.py")
NAMES = ["pub100", "pub101", "pub200", "pub201"]


def play(programs: Path, server: ServerProgram, login: Login, role: str) -> dict[str, Any]:
    """What the script saw."""
    command = [str(programs / "python"), str(SCENARIO), server.url, login.username, login.project, login.password]
    done = subprocess.run([*command, role], capture_output=True, text=True, check=False, timeout=120)
    assert 0 == done.returncode, done.stderr
    return json.loads(done.stdout)


def test_the_administrator_makes_networks_and_a_user_uses_them(server, openstack_programs):
    """VLANs taken once, agents scheduled; lists page by page, revisions checked, nothing of the provider shown."""
    server.report_dhcp_agent()
    made = play(openstack_programs, server, server.admin, "admin")
    assert {
        "vlans": [100, 101, 200, 201],
        "taken": [409, True],
        "agents": [["DHCP agent", "net1", True]],
        "hosting": ["net1"],
        "projects": ["admin", "lab", "service"],
        "users": ["admin", "mary", "net1"],
    } == made
    used = play(openstack_programs, server, server.mary, "user")
    assert {
        "networks": NAMES,
        "paged": NAMES,
        "provider": [None] * 4,
        "routes": [[{"destination": "169.254.0.0/16", "nexthop": "10.10.100.3"}]],
        "port": ["renamed", "text", 1],
        "late": 412,
        "forbidden": [403, 403],
        "mine": [],
        "quota": 100,
        "extension": "provider",
        "waited": "DOWN",
        "ports": [],
        "missing": None,
    } == used
