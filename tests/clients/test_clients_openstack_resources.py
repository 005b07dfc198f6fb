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
from typing import Any, NamedTuple

import pytest
from client_program import ClientProgram
from server_program import ServerProgram

ELSEWHERE = re.compile(
    r"^(router|floating|vpn|firewall|bgp|tap|sfc|local ip|network (onboard|meter|flavor|l3|service))"
    r"|network agent (\w+ )?router|statefulness|conntrack|port forwarding|ndp"
)
"""Commands of routers, floating IPs, VPN, what is deprecated, and what else is not for provider networks."""


class Row(NamedTuple):
    """One resource; lines of options as they are typed.

    Attributes:
    name: what follows the options of create; empty for what has no name.
    made, changed, taken_back: fields that create, show after set, show after unset must tell.
    lists, others: options of list that find it, and that do not.
    blank: columns of its list that stay empty.
    parent: stands before the resource's id, and alone for create and list.
    """

    noun: str
    name: str
    create: str
    made: Mapping[str, Any]
    lists: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    set: str = ""
    changed: Mapping[str, Any] = {}
    unset: str = ""
    taken_back: Mapping[str, Any] = {}
    blank: frozenset[str] = frozenset()
    long: str = ""
    parent: str = ""
    tags: bool = False


RULE = "--protocol tcp --dst-port 80:88 --ingress --ethertype IPv4 --remote-ip 192.0.2.0/24 --description web"
RULE_MADE = {
    "protocol": "tcp",
    "port_range_min": 80,
    "port_range_max": 88,
    "direction": "ingress",
    "ether_type": "IPv4",
    "remote_ip_prefix": "192.0.2.0/24",
    "description": "web",
}
REMOTES = frozenset({"Remote Security Group", "Remote Address Group"})
QOS_COLUMNS = frozenset({"Max Kbps", "Max Burst Kbits", "Min Kbps", "Min Kpps", "DSCP mark", "Direction"})
VLAN = "--provider-network-type vlan --provider-physical-network hall"

TABLE = (
    Row(
        "network",
        "full",
        f"--share --external --description text --mtu 1400 --dns-domain example.org. --availability-zone-hint nova"
        f" --disable --disable-port-security --qos-policy gold {VLAN} --provider-segment 1001",
        {
            "shared": True,
            "router:external": True,
            "description": "text",
            "mtu": 1400,
            "dns_domain": "example.org.",
            "availability_zone_hints": ["nova"],
            "admin_state_up": False,
            "port_security_enabled": False,
            "provider:network_type": "vlan",
            "provider:physical_network": "hall",
            "provider:segmentation_id": 1001,
            "tags": [],
        },
        (
            "--share --external --disable",
            f"--name full {VLAN} --provider-segment 1001",
            "--status ACTIVE --project admin",
        ),
        ("--internal", "--no-share", "--enable", "--name other", "--provider-segment 1000", "--project lab"),
        "--no-share --internal --enable --description changed --mtu 1450 --dns-domain a.org. --enable-port-security"
        " --no-qos-policy --provider-segment 1002",
        {
            "shared": False,
            "router:external": False,
            "admin_state_up": True,
            "description": "changed",
            "mtu": 1450,
            "dns_domain": "a.org.",
            "port_security_enabled": True,
            "qos_policy_id": None,
            "provider:segmentation_id": 1002,
        },
        long="--long",
        blank=frozenset({"Subnets", "Availability Zones", "Tags"}),
        tags=True,
    ),
    Row(
        "network segment",
        "second",
        "--network ground --physical-network default --network-type vlan --segment 200 --description text",
        {"physical_network": "default", "network_type": "vlan", "segmentation_id": 200, "description": "text"},
        ("--network ground",),
        (),
        "--description changed",
        {"description": "changed"},
        long="--long",
    ),
    Row(
        "network segment range",
        "cellar",
        "--private --project lab --network-type vlan --physical-network cellar --minimum 10 --maximum 12",
        {
            "shared": False,
            "physical_network": "cellar",
            "minimum": 10,
            "maximum": 12,
            "available": ["10-12"],
            "used": {},
        },
        ("--unused", "--available"),
        ("--used", "--unavailable"),
        "--minimum 9 --maximum 14",
        {"minimum": 9, "maximum": 14},
        long="--long",
        blank=frozenset({"Used"}),
    ),
    Row(
        "subnet",
        "full",
        "--network ground --subnet-range 10.33.0.0/24 --gateway 10.33.0.254 --no-dhcp --description text"
        " --allocation-pool start=10.33.0.10,end=10.33.0.99 --dns-nameserver 10.33.0.5 --dns-publish-fixed-ip"
        " --host-route destination=198.51.100.0/24,gateway=10.33.0.3 --service-type compute:nova",
        {
            "cidr": "10.33.0.0/24",
            "gateway_ip": "10.33.0.254",
            "enable_dhcp": False,
            "description": "text",
            "allocation_pools": [{"start": "10.33.0.10", "end": "10.33.0.99"}],
            "dns_nameservers": ["10.33.0.5"],
            "dns_publish_fixed_ip": True,
            "host_routes": [{"destination": "198.51.100.0/24", "nexthop": "10.33.0.3"}],
            "service_types": ["compute:nova"],
        },
        (
            "--network ground --ip-version 4 --no-dhcp --name full",
            "--subnet-range 10.33.0.0/24 --gateway 10.33.0.254 --service-type compute:nova",
        ),
        ("--dhcp", "--ip-version 6", "--gateway 10.33.0.1", "--subnet-range 10.32.0.0/24", "--project lab"),
        "--dhcp --gateway 10.33.0.1 --description changed --dns-nameserver 10.33.0.6 --service-type network:dhcp",
        {
            "enable_dhcp": True,
            "gateway_ip": "10.33.0.1",
            "dns_nameservers": ["10.33.0.5", "10.33.0.6"],
            "service_types": ["compute:nova", "network:dhcp"],
        },
        "--dns-nameserver 10.33.0.5 --service-type compute:nova --gateway"
        " --host-route destination=198.51.100.0/24,gateway=10.33.0.3",
        {"dns_nameservers": ["10.33.0.6"], "service_types": ["network:dhcp"], "gateway_ip": None, "host_routes": []},
        long="--long",
        blank=frozenset({"Tags"}),
        tags=True,
    ),
    Row(
        "subnet",
        "six",
        "--network ground --subnet-range 2001:db8:33::/64 --ip-version 6"
        " --ipv6-ra-mode slaac --ipv6-address-mode slaac",
        {"cidr": "2001:db8:33::/64", "ip_version": 6, "ipv6_ra_mode": "slaac", "ipv6_address_mode": "slaac"},
        ("--ip-version 6",),
        ("--ip-version 4",),
    ),
    Row(
        "subnet pool",
        "full",
        "--pool-prefix 10.80.0.0/16 --pool-prefix 10.90.0.0/16 --default-prefix-length 24 --min-prefix-length 20"
        " --max-prefix-length 28 --default-quota 1000 --address-scope campus --share --description text",
        {
            "prefixes": ["10.80.0.0/16", "10.90.0.0/16"],
            "default_prefixlen": 24,
            "min_prefixlen": 20,
            "max_prefixlen": 28,
            "default_quota": 1000,
            "shared": True,
            "is_default": False,
            "description": "text",
            "ip_version": 4,
        },
        ("--share --no-default --name full", "--address-scope campus --project admin"),
        ("--no-share", "--default", "--project lab"),
        "--default --pool-prefix 10.100.0.0/16 --default-prefix-length 25 --no-address-scope --description changed",
        {
            "is_default": True,
            "prefixes": ["10.80.0.0/16", "10.90.0.0/16", "10.100.0.0/16"],
            "default_prefixlen": 25,
            "address_scope_id": None,
            "description": "changed",
        },
        long="--long",
        blank=frozenset({"Tags"}),
        tags=True,
    ),
    Row(
        "address scope",
        "lab",
        "--ip-version 6 --no-share",
        {"ip_version": 6, "shared": False},
        ("--name lab --ip-version 6 --no-share", "--project admin"),
        ("--share", "--ip-version 4", "--project lab"),
        "--share",
        {"shared": True},
    ),
    Row(
        "security group",
        "web",
        "--description text --stateless",
        {"description": "text", "stateful": False, "is_shared": False},
        ("--project admin", "--no-share"),
        ("--project lab", "--share"),
        "--stateful --description changed",
        {"stateful": True, "description": "changed"},
        blank=frozenset({"Tags"}),
        tags=True,
    ),
    Row(
        "security group rule",
        "",
        RULE,
        RULE_MADE,
        ("--ingress --protocol tcp", "doors"),
        ("--egress", "--protocol udp"),
        parent="doors",
        blank=REMOTES,
    ),
    Row(
        "security group rule",
        "",
        "--protocol icmp --icmp-type 8 --icmp-code 0 --egress --remote-group doors",
        {"protocol": "icmp", "port_range_min": 8, "port_range_max": 0, "direction": "egress"},
        ("--egress --protocol icmp",),
        ("--ingress",),
        parent="doors",
        blank=REMOTES,
    ),
    Row(
        "security group rule",
        "",
        "--protocol udp --dst-port 53 --remote-address-group friends",
        {"protocol": "udp", "port_range_min": 53, "port_range_max": 53},
        parent="doors",
        blank=REMOTES,
    ),
    Row(
        "default security group rule",
        "",
        f"{RULE} --for-default-sg --for-custom-sg",
        RULE_MADE | {"used_in_default_sg": True, "used_in_non_default_sg": True},
        ("--ingress --protocol tcp",),
        ("--egress",),
        blank=REMOTES,
    ),
    Row(
        "address group",
        "full",
        "--address 192.0.2.0/24 --address 2001:db8::1 --description text",
        {"addresses": ["192.0.2.0/24", "2001:db8::1/128"], "description": "text"},
        ("--name full", "--project admin"),
        ("--name other", "--project lab"),
        "--address 198.51.100.0/24 --description changed",
        {"addresses": ["192.0.2.0/24", "198.51.100.0/24", "2001:db8::1/128"], "description": "changed"},
        "--address 192.0.2.0/24",
        {"addresses": ["198.51.100.0/24", "2001:db8::1/128"]},
    ),
    *(
        Row(
            "network rbac",
            "",
            f"--target-project lab --type {kind} --action {action} {of}",
            {"object_type": kind, "action": action},
            (f"--type {kind} --action {action} --long", "--target-project lab"),
            ("--type network" if kind != "network" else "--type qos_policy", "--target-project admin"),
            "--target-project service",
        )
        for kind, of, action in (
            ("network", "ground", "access_as_shared"),
            ("network", "ground", "access_as_external"),
            ("qos_policy", "gold", "access_as_shared"),
            ("security_group", "doors", "access_as_shared"),
            ("address_scope", "campus", "access_as_shared"),
            ("subnetpool", "blocks", "access_as_shared"),
            ("address_group", "friends", "access_as_shared"),
        )
    ),
    Row(
        "network qos policy",
        "silver",
        "--share --default --description text",
        {"shared": True, "is_default": True, "description": "text", "rules": []},
        ("--share --project admin",),
        ("--no-share", "--project lab"),
        "--no-share --no-default --description changed",
        {"shared": False, "is_default": False, "description": "changed"},
    ),
    *(
        Row(
            "network qos rule",
            "",
            f"--type {kind} {options}",
            made,
            set=changes,
            changed=changed,
            parent="gold",
            blank=QOS_COLUMNS,
        )
        for kind, options, made, changes, changed in (
            (
                "bandwidth-limit",
                "--max-kbps 1000 --max-burst-kbits 800 --ingress",
                {"max_kbps": 1000, "max_burst_kbps": 800, "direction": "ingress"},
                "--max-kbps 2000 --egress",
                {"max_kbps": 2000, "direction": "egress"},
            ),
            ("dscp-marking", "--dscp-mark 26", {"dscp_mark": 26}, "--dscp-mark 46", {"dscp_mark": 46}),
            (
                "minimum-bandwidth",
                "--min-kbps 100 --egress",
                {"min_kbps": 100, "direction": "egress"},
                "--min-kbps 200",
                {"min_kbps": 200},
            ),
            (
                "minimum-packet-rate",
                "--min-kpps 10 --any",
                {"min_kpps": 10, "direction": "any"},
                "--min-kpps 20",
                {"min_kpps": 20},
            ),
        )
    ),
    Row(
        "port",
        "full",
        "--network ground --description text --device machine --device-owner compute:nova --host hv1 --disable"
        " --vnic-type normal --binding-profile rack=7 --fixed-ip subnet=ground,ip-address=10.32.0.77"
        " --mac-address fa:16:3e:00:33:01 --security-group doors --dns-name web --dns-domain example.org."
        " --extra-dhcp-option name=tftp-server,value=10.32.0.9,ip-version=4 --enable-port-security"
        " --allowed-address ip-address=10.32.0.200,mac-address=fa:16:3e:00:33:09 --enable-uplink-status-propagation",
        {
            "description": "text",
            "device_id": "machine",
            "device_owner": "compute:nova",
            "binding_host_id": "hv1",
            "binding_vif_type": "ovs",
            "binding_profile": {"rack": "7"},
            "admin_state_up": False,
            "mac_address": "fa:16:3e:00:33:01",
            "dns_name": "web",
            "dns_domain": "example.org.",
            "extra_dhcp_opts": [{"opt_name": "tftp-server", "opt_value": "10.32.0.9", "ip_version": 4}],
            "allowed_address_pairs": [{"ip_address": "10.32.0.200", "mac_address": "fa:16:3e:00:33:09"}],
            "port_security_enabled": True,
            "propagate_uplink_status": True,
            "ip_allocation": "immediate",
        },
        (
            "--network ground --device-id machine --device-owner compute:nova --mac-address fa:16:3e:00:33:01",
            "--fixed-ip subnet=ground,ip-address=10.32.0.77 --host hv1 --name full",
            "--fixed-ip ip-substring=10.32.0. --project admin --status DOWN",
        ),
        ("--fixed-ip ip-address=10.32.0.78", "--host hv2", "--device-id other", "--project lab", "--status ACTIVE"),
        "--enable --description changed --device other --dns-name other --no-binding-profile --no-allowed-address"
        " --fixed-ip subnet=ground,ip-address=10.32.0.78 --extra-dhcp-option name=router,value=10.32.0.3",
        {
            "admin_state_up": True,
            "description": "changed",
            "device_id": "other",
            "dns_name": "other",
            "binding_profile": {},
            "allowed_address_pairs": [],
        },
        "--device --device-owner --host --security-group doors --fixed-ip subnet=ground,ip-address=10.32.0.77",
        {"device_id": "", "device_owner": "", "binding_host_id": "", "binding_vif_type": "unbound"},
        long="--long",
        blank=frozenset({"Tags", "Trunk subports"}),
        tags=True,
    ),
    Row(
        "network trunk",
        "full",
        "--parent-port parent --description text --subport port=child,segmentation-type=vlan,segmentation-id=42",
        {"description": "text", "is_admin_state_up": True, "status": "DOWN"},
        ("--long",),
        (),
        "--description changed",
        {"description": "changed"},
        "--subport child",
        {"sub_ports": []},
    ),
)

SITE = (
    "network segment range create --network-type vlan --physical-network hall --minimum 1000 --maximum 1999 hall",
    "network qos policy create gold",
    "address scope create --ip-version 4 campus",
    "subnet pool create --pool-prefix 10.64.0.0/16 --default-prefix-length 24 blocks",
    f"network create {VLAN} --provider-segment 1000 ground",
    "subnet create --network ground --subnet-range 10.32.0.0/24 ground",
    "port create --network ground parent",
    "port create --network ground child",
    "security group create doors",
    "address group create --address 192.0.2.0/24 friends",
)
"""What the resources of the table need: one each."""


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
