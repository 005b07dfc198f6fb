"""Every resource with `openstack`: create, show, list with filters, set, unset, tag, delete.

By a table, on one server; nothing is said on stderr, no column is empty. What has commands of its own kind comes after
the table, and last a look at whether a command was left out.
"""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import openstack_networks
import openstack_policies
import pytest
from client_program import ClientProgram
from openstack_table import SITE
from server_program import ServerProgram

ELSEWHERE = re.compile(
    r"^(router|floating|vpn|firewall|bgp|tap|sfc|local ip|network (onboard|meter|flavor|l3|service))"
    r"|network agent (\w+ )?router|statefulness|conntrack|port forwarding|ndp"
)
"""Commands of routers, floating IPs, VPN, what is deprecated, and what else is not for provider networks."""

TABLE = (*openstack_networks.ROWS, *openstack_policies.ROWS)


class Openstack:
    """The administrator's program, line by line; knows which lines were played."""

    def __init__(self, program: ClientProgram) -> None:
        self._program = program
        self.played: list[str] = []

    def say(self, line: str) -> str:
        """What the line answers; it must succeed and must not warn."""
        self.played.append(line)
        ran = self._program.attempt(*shlex.split(line))
        assert (0, "") == (ran.status, ran.err), line
        return ran.out

    def read(self, line: str) -> Any:
        """Its answer, decoded."""
        return json.loads(self.say(f"{line} -f json"))

    def ids(self, line: str) -> list[str]:
        """Those of a list."""
        return [each["ID"] for each in self.read(line)]

    def refused(self, line: str) -> str:
        """Why the line fails, as it must."""
        return self._program.refused(*shlex.split(line))


@pytest.fixture(scope="module")
def openstack(
    server: ServerProgram, openstack_programs: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Openstack]:
    """With a site to work on."""
    server.report_dhcp_agent()
    home = tmp_path_factory.mktemp("home")
    with closing(ClientProgram(openstack_programs / "openstack", server.url, server.admin, home)) as program:
        openstack = Openstack(program)
        for line in SITE:
            openstack.say(line)
        yield openstack


def check(shown: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    """Those of the fields, whatever the order of lists."""
    assert {key: _ordered(value) for key, value in expected.items()} == {key: _ordered(shown[key]) for key in expected}


def _ordered(value: Any) -> Any:
    return sorted(value, key=str) if isinstance(value, list) else value


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.noun} {row.name or row.create}"[:60])
def test_every_resource_lives_as_its_commands_say(openstack, row):
    """Each verb does what it says, and shows it."""
    noun, parent = row.noun, f" {row.parent}" if row.parent else ""
    of_policy = parent if noun == "network qos rule" else ""
    made = openstack.read(f"{noun} create {row.create} {row.name or row.parent}")
    check(made, row.made)
    one = f"{of_policy} {made['id']}"
    check(openstack.read(f"{noun} show{one}"), row.made)
    listed = {each["ID"]: each for each in openstack.read(f"{noun} list {row.long}{of_policy}")}
    assert set() == {key for key, value in listed[made["id"]].items() if value in ("", None, [], {})} - row.blank
    for options in row.lists:
        assert made["id"] in openstack.ids(f"{noun} list {options}"), options
    for options in row.others:
        assert made["id"] not in openstack.ids(f"{noun} list {options}"), options
    if row.set:
        named = f" --name renamed {row.set}" if row.name else f" {row.set}"
        assert "" == openstack.say(f"{noun} set{named}{one}").strip()
        shown = openstack.read(f"{noun} show{' renamed' if row.name else one}")
        check(shown, row.changed | ({"name": "renamed"} if row.name else {}))
    if row.unset:
        openstack.say(f"{noun} unset {row.unset}{one}")
        check(openstack.read(f"{noun} show{one}"), row.taken_back)
    if row.tags:
        tag(openstack, noun, made["id"])
    assert "" == openstack.say(f"{noun} delete{one}").strip()
    assert made["id"] not in openstack.ids(f"{noun} list{of_policy}")
    assert re.search(r"No \w+ found|not found", openstack.refused(f"{noun} show{one}"))


def tag(openstack: Openstack, noun: str, one: str) -> None:
    """`set --tag`, `unset --tag`, and the four ways to list by them."""
    openstack.say(f"{noun} set --tag red --tag blue {one}")
    for options, found in (
        ("--tags red,blue", True),
        ("--tags red,green", False),
        ("--any-tags red,green", True),
        ("--any-tags green", False),
        ("--not-tags red,blue", False),
        ("--not-tags red,green", True),
        ("--not-any-tags red,green", False),
        ("--not-any-tags green", True),
    ):
        assert found == (one in openstack.ids(f"{noun} list {options}")), options
    openstack.say(f"{noun} set --no-tag --tag green {one}")
    assert ["green"] == openstack.read(f"{noun} show {one}")["tags"]
    openstack.say(f"{noun} unset --all-tag {one}")
    assert [] == openstack.read(f"{noun} show {one}")["tags"]
    made = openstack.read(f"{noun} show {one}")
    assert made["revision_number"] > 1


def test_tags_are_given_at_creation(openstack):
    """`--tag` of create."""
    made = openstack.read("network create --tag red --tag blue tagged")
    assert ["blue", "red"] == sorted(made["tags"])
    openstack.say("network delete tagged")


def test_subnets_are_of_a_pool(openstack):
    """By length, by block, and taken in; the network shows its address scope."""
    openstack.say("network create pooled")
    made = openstack.read("subnet create --network pooled --subnet-pool blocks --prefix-length 26 piece")
    assert ("10.64.0.0/26", True) == (made["cidr"], bool(made["subnetpool_id"]))
    assert [made["id"]] == openstack.ids("subnet list --subnet-pool blocks")
    openstack.say("network create older")
    openstack.say("subnet create --network older --subnet-range 10.66.0.0/24 old")
    openstack.say("subnet pool add network older blocks")
    assert made["subnetpool_id"] == openstack.read("subnet show old")["subnetpool_id"]
    assert "10.66.0.0/24" in openstack.read("subnet pool show blocks")["prefixes"]
    openstack.say("network delete pooled older")


def test_trunks_have_subports(openstack):
    """`network trunk subport` and the older `network subport list`."""
    openstack.say("network trunk create --parent-port parent bundle")
    openstack.say("network trunk subport add --segmentation-type vlan --segmentation-id 43 bundle child")
    child = openstack.read("port show child")["id"]
    expected = [{"Port": child, "Segmentation Type": "vlan", "Segmentation ID": 43}]
    assert expected == openstack.read("network trunk subport list bundle")
    assert expected == openstack.read("network subport list --trunk bundle")
    assert child in str(openstack.read("port show parent")["trunk_details"])
    openstack.say("network trunk subport remove bundle child")
    assert [] == openstack.read("network trunk subport list bundle")
    openstack.say("network trunk set --disable bundle")
    assert "currently disabled" in openstack.refused("network trunk delete bundle")
    openstack.say("network trunk set --enable bundle")
    openstack.say("network trunk delete bundle")


def test_ports_are_found_by_their_security_group(openstack):
    """By its id: that is all that the option takes."""
    port = openstack.read("port create --network ground --security-group doors guarded")
    (group,) = port["security_group_ids"]
    assert [port["id"]] == openstack.ids(f"port list --security-group {group}")
    openstack.say("port delete guarded")


def test_agents_are_administered(openstack, server):
    """list by type and host, set, networks added and removed, zones, delete."""
    server.report_dhcp_agent()
    (agent,) = openstack.read("network agent list --agent-type dhcp --host net1")
    assert ("DHCP agent", "net1", "nova", True, True) == (
        agent["Agent Type"],
        agent["Host"],
        agent["Availability Zone"],
        agent["Alive"],
        agent["State"],
    )
    one = agent["ID"]
    assert [] == openstack.ids("network agent list --agent-type open-vswitch")
    openstack.say(f"network agent set --description text --disable {one}")
    shown = openstack.read(f"network agent show {one}")
    assert ("text", False, "underlay-dhcp") == (shown["description"], shown["admin_state_up"], shown["binary"])
    openstack.say(f"network agent set --enable {one}")
    zones = openstack.read("availability zone list --network --long")
    assert [("nova", "available", "network")] == [
        (each["Zone Name"], each["Zone Status"], each["Zone Resource"]) for each in zones
    ]
    assert one in openstack.ids("network agent list --network ground")
    openstack.say(f"network agent remove network --dhcp {one} ground")
    assert [] == openstack.ids("network agent list --network ground")
    openstack.say(f"network agent add network --dhcp {one} ground")
    assert ["ground"] == [each["Name"] for each in openstack.read(f"network list --agent {one}")]
    assert ["nova"] == openstack.read("network show ground")["availability_zones"]
    openstack.say(f"network agent delete {one}")
    assert [] == openstack.ids("network agent list")


def test_addresses_are_counted(openstack):
    """`ip availability`; `network auto allocated topology` of the project."""
    (listed,) = [each for each in openstack.read("ip availability list") if each["Network Name"] == "ground"]
    assert (253, True) == (listed["Total IPs"], listed["Used IPs"] >= 2)
    assert [] == openstack.read("ip availability list --project lab")
    shown = openstack.read("ip availability show ground")
    assert (253, "10.32.0.0/24") == (shown["total_ips"], shown["subnet_ip_availability"][0]["cidr"])
    topology = openstack.read("network auto allocated topology create --or-show")
    assert topology["id"] in openstack.ids("network list")
    openstack.say("network auto allocated topology create --check-resources")
    openstack.say("network auto allocated topology delete")


def test_quotas_are_administered(openstack):
    """set, show with usage and defaults, list, delete."""
    openstack.say("quota set --networks 7 --subnetpools 3 --rbac-policies 5 --secgroups 9 --secgroup-rules 90 lab")
    limits = {each["Resource"]: each["Limit"] for each in openstack.read("quota show lab")}
    assert (7, 3, 5, 9, 90) == tuple(
        limits[name]
        for name in ("networks", "subnet_pools", "rbac_policies", "security_groups", "security_group_rules")
    )
    used = {each["Resource"]: each["In Use"] for each in openstack.read("quota show --usage lab")}
    assert (0, 0) == (used["networks"], used["ports"])
    assert 100 == {each["Resource"]: each["Limit"] for each in openstack.read("quota show --default lab")}["networks"]
    assert [7] == [each["Networks"] for each in openstack.read("quota list --network")]
    openstack.say("quota delete --network lab")
    assert [] == openstack.read("quota list --network")


def test_what_there_is_is_listed(openstack):
    """QoS rule types, extensions; routers and floating IPs are empty lists for who cleans up."""
    types = {each["Type"] for each in openstack.read("network qos rule type list --all-rules")}
    assert {"bandwidth_limit", "dscp_marking", "minimum_bandwidth", "minimum_packet_rate", "packet_rate_limit"} == types
    assert "bandwidth_limit" == openstack.read("network qos rule type show bandwidth_limit")["rule_type_name"]
    assert "binding-extended" == openstack.read("extension show binding-extended")["alias"]
    announced = openstack.read("extension list --network --long")
    assert [] == [each for each in announced if not (each["Name"] and each["Alias"] and each["Description"])]
    assert [[], []] == [openstack.read("router list"), openstack.read("floating ip list")]


def test_no_command_is_left_out(openstack):
    """Each of `openstack`'s commands for networks was played above; run the whole file."""
    groups = {each["Command Group"]: each["Commands"] for each in openstack.read("command list")}
    commands = groups["openstack.network.v2"]
    concern_us = {each for each in commands if not ELSEWHERE.search(each)}
    assert set() == {
        each for each in concern_us if not any(f"{line} ".startswith(f"{each} ") for line in openstack.played)
    }
