"""The scenario's API part, played with `openstack` as its manual says, step by step on one server."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from client_program import ClientProgram
from server_program import Login, ServerProgram

NETWORKS = {100: "10.10.100", 101: "10.10.101", 200: "10.10.200", 201: "10.10.201"}


@pytest.fixture(scope="module")
def admin(
    server: ServerProgram, openstack_programs: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ClientProgram]:
    """The administrator; OS_AUTH_URL without a version."""
    home = tmp_path_factory.mktemp("home")
    with closing(ClientProgram(openstack_programs / "openstack", server.url, server.admin, home)) as program:
        yield program


@pytest.fixture(scope="module")
def mary(
    server: ServerProgram, openstack_programs: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ClientProgram]:
    """An ordinary user of another project, with the variables that today's documentation sets."""
    program = ClientProgram(
        openstack_programs / "openstack",
        f"{server.url}/v3",
        server.mary,
        tmp_path_factory.mktemp("home"),
        OS_IDENTITY_API_VERSION="3",
        OS_USER_DOMAIN_NAME="Default",
        OS_PROJECT_DOMAIN_ID="default",
        OS_REGION_NAME="RegionOne",
    )
    with closing(program):
        yield program


@pytest.fixture(scope="module")
def networks(admin: ClientProgram) -> dict[int, str]:
    """The four networks with their subnets, made by the administrator; VLAN id -> network id."""
    made = {}
    for vid, prefix in NETWORKS.items():
        provider = ["--provider-network-type", "vlan", "--provider-segment", str(vid)]
        provider += ["--provider-physical-network", "default"]
        shown = admin.read("network", "create", f"pub{vid}", "--share", *provider)
        assert (True, vid) == (shown["shared"], shown["provider:segmentation_id"])
        route = f"destination=169.254.0.0/16,gateway={prefix}.3"
        cidr = ["--network", f"pub{vid}", "--subnet-range", f"{prefix}.0/24"]
        subnet = admin.read("subnet", "create", *cidr, "--host-route", route, f"sub{vid}")
        expected = [{"destination": "169.254.0.0/16", "nexthop": f"{prefix}.3"}]
        assert (f"{prefix}.1", expected) == (subnet["gateway_ip"], subnet["host_routes"])
        made[vid] = shown["id"]
    return made


def test_the_services_are_in_the_catalog(mary):
    """`openstack catalog list` and `token issue` as an ordinary user."""
    assert {"identity", "network"} == {each["Type"] for each in mary.read("catalog", "list")}
    assert mary.read("token", "issue")["id"]


def test_the_program_itself_ends_as_it_should(networks, mary):
    """Started as a user starts it: 0 and the list, 1 and the reason."""
    listed, refused = mary.start_alone("network", "list"), mary.start_alone("network", "create", "mine", "--share")
    assert (0, True, "") == (listed.status, "pub100" in listed.out, listed.err)
    assert (1, "", True) == (refused.status, refused.out, "ForbiddenException: 403" in refused.err)


def test_an_ordinary_user_sees_the_shared_networks(networks, mary):
    """All four, with their subnets, and no provider attribute."""
    listed = mary.read("network", "list")
    assert {f"pub{vid}": id for vid, id in networks.items()} == {each["Name"]: each["ID"] for each in listed}
    assert [1] * 4 == [len(each["Subnets"]) for each in listed]
    shown = mary.read("network", "show", "pub100")
    assert None is shown["provider:segmentation_id"]
    assert {f"{prefix}.0/24" for prefix in NETWORKS.values()} == {
        each["Subnet"] for each in mary.read("subnet", "list")
    }


@pytest.mark.parametrize(
    "options",
    [
        ["--share"],
        ["--provider-network-type", "vlan", "--provider-physical-network", "default", "--provider-segment", "77"],
    ],
)
def test_an_ordinary_user_may_not_give_provider_attributes(networks, mary, options):
    """403, in words, and nothing is stored."""
    assert "ForbiddenException: 403" in mary.refused("network", "create", "mine", *options)
    assert [] == mary.read("network", "list", "--name", "mine")


def test_a_vlan_is_taken_once(networks, admin):
    """409 names the VLAN; a VLAN outside 1-4094 and an unknown type are 400."""
    provider = ["--provider-network-type", "vlan", "--provider-physical-network", "default", "--provider-segment"]
    assert "ConflictException: 409" in admin.refused("network", "create", "again", *provider, "100")
    assert "BadRequestException: 400" in admin.refused("network", "create", "again", *provider, "4095")
    assert "BadRequestException: 400" in admin.refused("network", "create", "x", "--provider-network-type", "vxlan")


def test_a_subnet_that_overlaps_is_refused(networks, admin):
    """400 with Neutron's reason."""
    cidr = ["--network", "pub100", "--subnet-range", "10.10.100.128/25"]
    assert "BadRequestException: 400" in admin.refused("subnet", "create", *cidr, "overlap")


def test_a_port_s_life(networks, mary):
    """Create, list, show, set, unset, delete, by the ordinary user."""
    made = mary.read("port", "create", "--network", "pub100", "vm1")
    assert (networks[100], "DOWN", True) == (made["network_id"], made["status"], made["admin_state_up"])
    assert made["fixed_ips"][0]["ip_address"].startswith("10.10.100.")
    listed = mary.read("port", "list", "--network", "pub100", "--long")
    assert [made["id"]] == [each["ID"] for each in listed]
    assert [] == mary.read("port", "list", "--network", "pub101")
    mary.run("port", "set", "--name", "vm2", "--description", "renamed", "--disable", "vm1")
    shown = mary.read("port", "show", "vm2")
    assert ("vm2", "renamed", False) == (shown["name"], shown["description"], shown["admin_state_up"])
    mary.run("port", "set", "--enable", "--device", "machine", "--device-owner", "compute:nova", "vm2")
    mary.run("port", "unset", "--device", "vm2")
    assert "" == mary.read("port", "show", "vm2")["device_id"]
    mary.run("port", "delete", "vm2")
    assert [] == mary.read("port", "list")


def test_ports_with_addresses_of_one_s_choice(networks, admin):
    """Given by the administrator: taken once, inside the subnet; taken back by unset."""
    wish = ["--network", "pub101", "--fixed-ip", "subnet=sub101,ip-address=10.10.101.50"]
    admin.run("port", "create", *wish, "--host", "hv1", "fixed")
    shown = admin.read("port", "show", "fixed")
    assert ("10.10.101.50", "hv1") == (shown["fixed_ips"][0]["ip_address"], shown["binding_host_id"])
    assert "ConflictException: 409" in admin.refused("port", "create", *wish, "again")
    outside = ["--network", "pub101", "--fixed-ip", "subnet=sub101,ip-address=10.99.0.1"]
    assert "BadRequestException: 400" in admin.refused("port", "create", *outside, "outside")
    admin.run("port", "set", "--fixed-ip", "subnet=sub101,ip-address=10.10.101.51", "fixed")
    admin.run("port", "unset", "--fixed-ip", "subnet=sub101,ip-address=10.10.101.50", "fixed")
    addresses = [each["ip_address"] for each in admin.read("port", "show", "fixed")["fixed_ips"]]
    assert ["10.10.101.51"] == addresses
    admin.run("port", "delete", "fixed")


def test_subnets_are_set_and_unset(networks, admin):
    """DNS servers, host routes, gateway, DHCP."""
    admin.run("subnet", "set", "--dns-nameserver", "10.10.101.9", "--no-dhcp", "--gateway", "none", "sub101")
    shown = admin.read("subnet", "show", "sub101")
    assert (["10.10.101.9"], False, None) == (shown["dns_nameservers"], shown["enable_dhcp"], shown["gateway_ip"])
    admin.run("subnet", "set", "--dhcp", "--gateway", "10.10.101.1", "sub101")
    admin.run("subnet", "unset", "--dns-nameserver", "10.10.101.9", "sub101")
    admin.run("subnet", "unset", "--host-route", "destination=169.254.0.0/16,gateway=10.10.101.3", "sub101")
    shown = admin.read("subnet", "show", "sub101")
    assert ([], True, []) == (shown["dns_nameservers"], shown["enable_dhcp"], shown["host_routes"])


def test_agents_serve_networks(networks, admin, mary, server):
    """The host's report makes the agent; networks are added to it and removed."""
    server.report_dhcp_agent()
    agents = admin.read("network", "agent", "list")
    assert [("DHCP agent", "net1", True)] == [(each["Agent Type"], each["Host"], each["Alive"]) for each in agents]
    agent = agents[0]["ID"]
    assert "DHCP agent" == admin.read("network", "agent", "show", agent)["agent_type"]
    hosting = ["network", "agent", "list", "--network", "pub200"]
    before = {each["ID"] for each in admin.read(*hosting)}
    if before:
        admin.run("network", "agent", "remove", "network", "--dhcp", agent, "pub200")
    assert [] == admin.read(*hosting)
    admin.run("network", "agent", "add", "network", "--dhcp", agent, "pub200")
    assert [agent] == [each["ID"] for each in admin.read(*hosting)]
    served = admin.read("network", "list", "--agent", agent)
    assert "pub200" in {each["Name"] for each in served}
    assert [] == mary.read("network", "agent", "list")


def test_quotas(networks, admin, mary):
    """Everybody sees their own; the administrator sets and resets any; a full one is told."""
    assert 100 == limits(mary.read("quota", "show"))["networks"]
    admin.run("quota", "set", "--networks", "0", "lab")
    assert 0 == limits(mary.read("quota", "show"))["networks"]
    assert "ConflictException: 409" in mary.refused("network", "create", "one-too-many")
    admin.run("quota", "delete", "--network", "lab")
    assert 100 == limits(mary.read("quota", "show"))["networks"]


def limits(shown: list[dict[str, object]]) -> dict[str, object]:
    """Resource -> limit."""
    return {str(each["Resource"]): each["Limit"] for each in shown}


def test_extensions_are_listed(mary):
    """Those that the scenario uses."""
    aliases = {each["Alias"] for each in mary.read("extension", "list", "--network")}
    assert {"agent", "binding", "dhcp_agent_scheduler", "provider", "quotas"} <= aliases


def test_networks_are_set_and_unset(networks, admin):
    """Name, description, sharing; a network in use by another project stays shared."""
    admin.run("network", "set", "--name", "renamed", "--description", "text", "--disable", "pub201")
    shown = admin.read("network", "show", networks[201])
    assert ("renamed", "text", False) == (shown["name"], shown["description"], shown["admin_state_up"])
    admin.run("network", "set", "--name", "pub201", "--enable", "--no-share", "renamed")
    admin.run("network", "set", "--share", "pub201")


def test_what_another_project_owns_is_not_deleted(networks, mary):
    """403 for a network that one may see; 404 for one that is not there."""
    assert "ForbiddenException: 403" in mary.refused("network", "delete", "pub100")
    assert "No Network found for nothing" in mary.refused("network", "delete", "nothing")


def test_a_network_with_machines_on_it_is_not_deleted(networks, admin, mary):
    """409 while a port is there; then network and subnet go together, and the VLAN is free again."""
    mary.run("port", "create", "--network", "pub200", "vm")
    assert "ConflictException: 409" in admin.refused("network", "delete", "pub200")
    mary.run("port", "delete", "vm")
    admin.run("network", "delete", "pub200")
    assert "pub200" not in {each["Name"] for each in mary.read("network", "list")}
    provider = ["--provider-network-type", "vlan", "--provider-physical-network", "default"]
    admin.run("network", "create", "reused", *provider, "--provider-segment", "200")


def test_users_and_projects_are_administered(admin, mary, server, openstack_programs, tmp_path):
    """A project and a user made by the administrator can log in once there is a role."""
    admin.run("project", "create", "new", "--description", "text")
    admin.run("user", "create", "nora", "--project", "new", "--password", "secret-nora")
    admin.run("role", "add", "--user", "nora", "--project", "new", "member")
    login = Login("nora", "new", "secret-nora")
    with closing(ClientProgram(openstack_programs / "openstack", server.url, login, tmp_path)) as nora:
        assert "pub100" in {each["Name"] for each in nora.read("network", "list")}
        assert ["new"] == [each["Name"] for each in nora.read("project", "list")]
        admin.run("user", "set", "--password", "other", "nora")
        assert "HTTP 401" in nora.refused("network", "list")
    assert "ForbiddenException: 403" in mary.refused("user", "list")
    admin.run("user", "delete", "nora")
    admin.run("project", "delete", "new")
