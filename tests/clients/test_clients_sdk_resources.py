"""Every resource with openstacksdk's own calls (`sdk_resources.py`), and no call of its network proxy left out."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from server_program import ServerProgram

SCENARIO = Path(__file__).with_name("sdk_resources.py")

ELSEWHERE = re.compile(
    r"router|bgp|vpn|firewall|policy_rule|rule_into_policy|rule_from_policy|flavor|service_prof|conntrack|local_ip|_ip$|^ips$"
    r"|floating|port_forwarding|metering|ndp|sfc|tap_|load_balancer|health_monitor|listener|pool_member|_pool$|^pools$"
    r"|ip_to_port|ip_from_port|external_gateways|speaker|default_statefulness|service_provider|^wait_|^should_|^api_version$"
)
"""Calls of routers, floating IPs, VPN, load balancers and what else is not for provider networks."""

RESOURCES = (
    *("network", "segment", "network_segment_range", "subnet", "subnet_pool", "address_scope", "port"),
    *("security_group", "security_group_rule", "default_security_group_rule", "address_group", "rbac_policy"),
    *("qos_policy", "qos_bandwidth_limit_rule", "qos_dscp_marking_rule", "qos_minimum_bandwidth_rule"),
    *("qos_minimum_packet_rate_rule", "qos_packet_rate_limit_rule", "trunk"),
    *("segments_of", "blocks", "bindings", "groups", "trunks", "agents", "availability", "quotas", "announced"),
)


@pytest.fixture(scope="module")
def played(server: ServerProgram, openstack_programs: Path) -> dict[str, Any]:
    """What the script saw, as the administrator."""
    server.report_dhcp_agent()
    login = server.admin
    command = [str(openstack_programs / "python"), str(SCENARIO), server.url, login.username, login.project]
    command += [login.password, server.mary.project]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert (0, "") == (done.returncode, done.stderr)
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", RESOURCES)
def test_every_resource_lives_as_the_sdk_expects(played, name):
    """Created, got, found, listed by each filter, paged, updated, tagged and deleted as its row says."""
    assert [] == played["found"][name]


def test_the_table_leaves_nothing_out(played):
    """What the script played is what is looked at here; each call of the SDK that concerns us was made."""
    assert set(RESOURCES) == set(played["found"])
    offered = {name for name in played["offered"] if not ELSEWHERE.search(name) or name.endswith("subnet_pool")}
    assert set() == offered - set(played["calls"])
