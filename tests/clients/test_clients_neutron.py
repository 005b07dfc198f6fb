"""The scenario's lines of 2013 with the last program that knows them: `neutron` of python-neutronclient 9.0.0.

It says that it is deprecated with every command, on stderr.
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from client_program import ClientProgram
from server_program import Login, ServerProgram

NETWORKS = {100: "10.10.100", 101: "10.10.101", 200: "10.10.200", 201: "10.10.201"}


@pytest.fixture(scope="module")
def admin(
    server: ServerProgram, neutron_programs: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ClientProgram]:
    """The administrator, with the variables of 2013."""
    home, tenant = tmp_path_factory.mktemp("home"), {"OS_TENANT_NAME": server.admin.project}
    with closing(
        ClientProgram(neutron_programs / "neutron", f"{server.url}/v2.0", server.admin, home, **tenant)
    ) as program:
        yield program


@pytest.fixture(scope="module")
def mary(
    server: ServerProgram, neutron_programs: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ClientProgram]:
    """An ordinary user, with those of today."""
    home = tmp_path_factory.mktemp("home")
    domains = {"OS_USER_DOMAIN_ID": "default", "OS_PROJECT_DOMAIN_ID": "default"}
    with closing(
        ClientProgram(neutron_programs / "neutron", f"{server.url}/v3", server.mary, home, **domains)
    ) as program:
        yield program


@pytest.fixture(scope="module")
def networks(admin: ClientProgram) -> dict[int, str]:
    """The four networks with their subnets, as the report makes them; VLAN id -> network id."""
    made = {}
    for vid, prefix in NETWORKS.items():
        provider = ["--provider:network_type", "vlan", f"--provider:segmentation_id={vid}"]
        made[vid] = admin.read("net-create", f"pub{vid}", *provider, "--shared")["id"]
        route = f"destination=169.254.0.0/16,nexthop={prefix}.3"
        admin.run("subnet-create", "--name", f"sub{vid}", "--host-route", route, f"pub{vid}", f"{prefix}.0/24")
    return made


def test_an_ordinary_user_lists_the_shared_networks(networks, mary):
    """The report's table: id, name, and the subnets with their CIDR; no provider attributes."""
    table = mary.run("net-list", "--sort-key", "name", "--sort-dir", "asc").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table if line.startswith("|")]
    assert ["id", "name", "subnets"] == rows[0]
    assert [[networks[vid], f"pub{vid}", f"{prefix}.0/24"] for vid, prefix in NETWORKS.items()] == [
        [network_id, name, subnet.split()[-1]] for network_id, name, subnet in rows[1:]
    ]
    assert "provider:segmentation_id" not in mary.read("net-show", "pub100")
    assert 4 == len(mary.read("subnet-list"))


def test_the_physical_network_may_be_left_out(networks, admin):
    """Where one is named `default`."""
    shown = admin.read("net-show", networks[200])
    assert ("default", "vlan", 200) == tuple(
        shown[f"provider:{key}"] for key in ("physical_network", "network_type", "segmentation_id")
    )


def test_the_program_itself_ends_as_it_should(networks, mary):
    """Started as a user starts it: 0 and the table, 1 and the reason."""
    listed, refused = mary.start_alone("net-list"), mary.start_alone("net-create", "mine", "--shared")
    assert (0, True) == (listed.status, "pub100" in listed.out)
    assert (1, "", True) == (refused.status, refused.out, "disallowed by policy" in refused.err)


@pytest.mark.parametrize("options", [["--shared"], ["--provider:network_type", "vlan"]])
def test_an_ordinary_user_may_not_give_provider_attributes(networks, mary, options):
    """Refused in words, and nothing is stored."""
    assert "disallowed by policy" in mary.refused("net-create", "mine", *options)
    assert [] == mary.read("net-list", "--name", "mine")


def test_a_subnet_s_routes_are_updated_as_the_report_does(networks, admin):
    """`type=dict list=true`, and cleared."""
    route = "destination=169.254.0.0/16,nexthop=10.10.101.9"
    admin.run("subnet-update", "sub101", "--host-routes", "type=dict", "list=true", route)
    assert "10.10.101.9" in str(admin.read("subnet-show", "sub101")["host_routes"])
    admin.run("subnet-update", "sub101", "--host_routes", "action=clear")
    assert "" == (admin.read("subnet-show", "sub101")["host_routes"] or "")


def test_a_port_s_life(networks, mary):
    """Create, list, update, show, delete."""
    made = mary.read("port-create", "pub100", "--name", "vm1")
    assert [made["id"]] == [each["id"] for each in mary.read("port-list", "--network_id", networks[100])]
    mary.run("port-update", "vm1", "--name", "vm2", "--admin-state-up", "False")
    shown = mary.read("port-show", "vm2")
    assert ("vm2", False, "DOWN") == (shown["name"], shown["admin_state_up"], shown["status"])
    mary.run("port-delete", "vm2")
    assert [] == mary.read("port-list")
    assert "Unable to find port with name or id 'vm2'" in mary.refused("port-show", "vm2")


def test_agents_serve_networks(networks, admin, mary, server):
    """agent-list with its smile, and the DHCP scheduler's commands."""
    server.report_dhcp_agent()
    agent = admin.read("agent-list")[0]
    assert ("DHCP agent", "net1", ":-)") == (agent["agent_type"], agent["host"], agent["alive"])
    if admin.read("dhcp-agent-list-hosting-net", "pub200"):
        admin.run("dhcp-agent-network-remove", agent["id"], "pub200")
    assert [] == admin.read("dhcp-agent-list-hosting-net", "pub200")
    admin.run("dhcp-agent-network-add", agent["id"], "pub200")
    assert ["net1"] == [each["host"] for each in admin.read("dhcp-agent-list-hosting-net", "pub200")]
    assert "pub200" in {each["name"] for each in admin.read("net-list-on-dhcp-agent", agent["id"])}
    assert [] == mary.read("agent-list")


def test_quotas(networks, admin, mary):
    """Shown to everybody, set by the administrator, reset."""
    project = mary.read("quota-show")["project_id"]
    admin.run("quota-update", "--tenant-id", project, "--network", "0")
    assert "Quota exceeded" in mary.refused("net-create", "one-too-many")
    admin.run("quota-delete", "--tenant-id", project)
    assert 100 == mary.read("quota-show")["network"]


def test_extensions_are_listed(mary):
    """Those that the scenario uses, each with its text."""
    aliases = {each["alias"] for each in mary.read("ext-list")}
    assert {"agent", "binding", "dhcp_agent_scheduler", "provider", "quotas"} <= aliases
    assert "Provider Network" == mary.read("ext-show", "provider")["name"]


def test_a_network_with_machines_on_it_is_not_deleted(networks, admin, mary):
    """409 while a port is there; then all goes."""
    mary.run("port-create", "pub201", "--name", "vm")
    assert "one or more ports still in use" in admin.refused("net-delete", "pub201")
    mary.run("port-delete", "vm")
    admin.run("subnet-delete", "sub201")
    admin.run("net-delete", "pub201")
    assert "Unable to find network with name or id 'pub201'" in mary.refused("net-show", "pub201")


def test_a_wrong_password_is_told(server, neutron_programs, tmp_path):
    """401 in Keystone's words."""
    login = Login("mary", "lab", "wrong")
    with closing(ClientProgram(neutron_programs / "neutron", server.url, login, tmp_path)) as nobody:
        assert "The request you have made requires authentication." in nobody.refused("net-list")
