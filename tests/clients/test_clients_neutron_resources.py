"""Every resource by the bindings of python-neutronclient 9.0.0 (`neutron_resources.py`), a few by `neutron` itself."""

import json
import subprocess
from contextlib import closing
from pathlib import Path

from client_program import ClientProgram

SCENARIO = Path(__file__).with_name("neutron_resources.py")


def test_every_resource_lives_as_the_bindings_expect(server, neutron_programs, tmp_path):
    """Created, shown, listed, updated, tagged and deleted; then the commands for what they left."""
    server.report_dhcp_agent()
    login = server.admin
    home = {"OS_TENANT_NAME": login.project}
    with closing(ClientProgram(neutron_programs / "neutron", server.url, login, tmp_path, **home)) as neutron:
        (project,) = {each["tenant_id"] for each in neutron.read("security-group-list", "-c", "tenant_id")}
        command = [str(neutron_programs / "python"), str(SCENARIO), server.url, login.username, login.project]
        done = subprocess.run(
            [*command, login.password, project], capture_output=True, text=True, check=False, timeout=300
        )
        assert 0 == done.returncode, done.stderr
        assert {} == {name: found for name, found in json.loads(done.stdout).items() if found}
        neutron.run("security-group-rule-create", "doors", "--protocol", "icmp")
        rules = neutron.read("security-group-rule-list")
        assert {"id", "security_group", "direction", "ethertype", "port/protocol", "remote"} <= set(rules[0])
        neutron.run("qos-bandwidth-limit-rule-create", "gold", "--max-kbps", "1000")
        assert [1000] == [each["max_kbps"] for each in neutron.read("qos-bandwidth-limit-rule-list", "gold")]
        neutron.run(
            "rbac-create", "--type", "qos-policy", "--target-tenant", "lab", "gold", "--action", "access_as_shared"
        )
        neutron.run("subnetpool-create", "--pool-prefix", "10.70.0.0/16", "--default-prefixlen", "24", "blocks")
        assert ["blocks"] == [each["name"] for each in neutron.read("subnetpool-list")]
        neutron.run("net-ip-availability-show", "ground")
