"""Run by the environment's Python: the life of every resource with openstacksdk's own calls.

Creates, gets, finds, lists by each filter, pages, updates, tags and deletes one of each, by a table; what only some
have is in `special_calls`. Prints one JSON document: resource -> what was not as expected, and the calls made.

usage: sdk_resources.py AUTH_URL USERNAME PROJECT PASSWORD OTHER_PROJECT
"""

import json
import sys
from types import SimpleNamespace
from typing import NamedTuple

import openstack
from openstack import exceptions

ABSENT = "00000000-0000-4000-8000-000000000000"


class Row(NamedTuple):
    """One resource.

    Attributes:
    name, plural: as in the calls.
    create, update: attributes as the SDK names them; what is sent must be shown.
    filters: parameter -> (a value that finds it, one that does not).
    unset: what stays None when it is created like this.
    parents: arguments of each call besides the resource itself.
    tags: whether it has tags.
    """

    name: str
    plural: str
    create: dict
    update: dict
    filters: dict
    unset: set = frozenset()
    parents: tuple = ()
    tags: bool = False


class Calls:
    """The network proxy; remembers the names of what is called."""

    def __init__(self, proxy):
        self._proxy = proxy
        self.names = []

    def __getattr__(self, name):
        self.names.append(name)
        return getattr(self._proxy, name)


class Differences(list):
    """What was not as expected, in words."""

    def expect(self, expected, actual, what):
        """As assert, but goes on."""
        if expected != actual:
            self.append(f"{what}: expected {expected!r}, got {actual!r}")

    def refused(self, kind, call, *arguments, **attributes):
        """The call must fail so."""
        try:
            call(*arguments, **attributes)
        except kind:
            return
        self.append(f"{call.__name__}{arguments} {attributes}: not refused")


def make_site(network, other_project):
    """What the resources of the table need: one each."""
    site = SimpleNamespace(other_project=other_project)
    site.range = network.create_network_segment_range(
        name="hall", network_type="vlan", physical_network="hall", minimum=1000, maximum=1999
    )
    site.policy = network.create_qos_policy(name="gold")
    site.scope = network.create_address_scope(name="campus", ip_version=4)
    site.pool = network.create_subnet_pool(
        name="blocks", prefixes=["10.64.0.0/16"], default_prefix_length=24, address_scope_id=site.scope.id
    )
    site.lone_pool = network.create_subnet_pool(name="lone", prefixes=["10.67.0.0/16"])
    site.network = network.create_network(
        name="ground",
        provider_network_type="vlan",
        provider_physical_network="hall",
        provider_segmentation_id=1000,
    )
    site.subnet = network.create_subnet(network_id=site.network.id, name="ground", ip_version=4, cidr="10.32.0.0/24")
    site.port = network.create_port(network_id=site.network.id, name="parent")
    site.child = network.create_port(network_id=site.network.id, name="child")
    site.group = network.create_security_group(name="doors")
    site.addresses = network.create_address_group(name="friends", addresses=["192.0.2.0/24"])
    return site


def rows(site):
    """The table, in an order in which each finds what it needs."""
    rule = {"direction": "ingress", "ether_type": "IPv4", "protocol": "tcp", "port_range_min": 80, "port_range_max": 88}
    rule_filters = {
        "direction": ("ingress", "egress"),
        "ether_type": ("IPv4", "IPv6"),
        "protocol": ("tcp", "udp"),
        "port_range_min": (80, 81),
        "port_range_max": (88, 89),
        "description": ("web", "mail"),
        "remote_address_group_id": (site.addresses.id, ABSENT),
    }
    named = {"name": "renamed", "description": "changed"}
    vlan = {"provider_network_type": "vlan", "provider_physical_network": "hall"}
    return (
        Row(
            "network",
            "networks",
            vlan
            | {
                "name": "full",
                "description": "all of it",
                "provider_segmentation_id": 1001,
                "mtu": 1400,
                "dns_domain": "example.org.",
                "availability_zone_hints": ["nova"],
                "is_shared": True,
                "is_router_external": True,
                "is_default": False,
                "is_admin_state_up": False,
                "is_port_security_enabled": False,
                "qos_policy_id": site.policy.id,
            },
            named
            | {
                "mtu": 1450,
                "dns_domain": "",
                "is_shared": False,
                "is_router_external": False,
                "is_admin_state_up": True,
                "is_port_security_enabled": True,
                "qos_policy_id": None,
                "provider_segmentation_id": 1002,
            },
            {
                "name": ("full", "none"),
                "description": ("all of it", "none"),
                "status": ("ACTIVE", "DOWN"),
                "is_admin_state_up": (False, True),
                "is_router_external": (True, False),
                "is_shared": (True, False),
                "provider_network_type": ("vlan", "flat"),
                "provider_physical_network": ("hall", "default"),
                "provider_segmentation_id": (1001, 1000),
            },
            {
                "ipv4_address_scope_id",
                "ipv6_address_scope_id",
                "segments",
            },
            tags=True,
        ),
        Row(
            "segment",
            "segments",
            {
                "name": "second",
                "description": "floor",
                "network_id": site.network.id,
                "network_type": "vlan",
                "physical_network": "default",
                "segmentation_id": 101,
            },
            named,
            {
                "name": ("second", "first"),
                "description": ("floor", "roof"),
                "network_id": (site.network.id, ABSENT),
                "network_type": ("vlan", "flat"),
                "physical_network": ("default", "hall"),
                "segmentation_id": (101, 102),
            },
        ),
        Row(
            "network_segment_range",
            "network_segment_ranges",
            {
                "name": "cellar",
                "shared": False,
                "project_id": site.other_project,
                "network_type": "vlan",
                "physical_network": "cellar",
                "minimum": 10,
                "maximum": 12,
            },
            {"name": "renamed", "minimum": 9, "maximum": 14},
            {
                "name": ("cellar", "attic"),
                "shared": (False, True),
                "default": (False, True),
                "project_id": (site.other_project, ABSENT),
                "network_type": ("vlan", "flat"),
                "physical_network": ("cellar", "hall"),
                "minimum": (10, 11),
                "maximum": (12, 11),
            },
        ),
        Row(
            "subnet",
            "subnets",
            {
                "name": "full",
                "description": "all of it",
                "network_id": site.network.id,
                "ip_version": 4,
                "cidr": "10.33.0.0/24",
                "gateway_ip": "10.33.0.254",
                "allocation_pools": [{"start": "10.33.0.10", "end": "10.33.0.99"}],
                "dns_nameservers": ["10.33.0.5"],
                "host_routes": [{"destination": "198.51.100.0/24", "nexthop": "10.33.0.3"}],
                "is_dhcp_enabled": False,
                "service_types": ["compute:nova"],
                "dns_publish_fixed_ip": True,
            },
            named
            | {
                "gateway_ip": None,
                "allocation_pools": [{"start": "10.33.0.10", "end": "10.33.0.199"}],
                "dns_nameservers": [],
                "host_routes": [],
                "is_dhcp_enabled": True,
                "service_types": [],
                "dns_publish_fixed_ip": False,
            },
            {
                "name": ("full", "none"),
                "description": ("all of it", "none"),
                "network_id": (site.network.id, ABSENT),
                "ip_version": (4, 6),
                "cidr": ("10.33.0.0/24", "10.32.0.0/24"),
                "gateway_ip": ("10.33.0.254", "10.33.0.1"),
                "is_dhcp_enabled": (False, True),
                "dns_publish_fixed_ip": (True, False),
            },
            {
                "ipv6_address_mode",
                "ipv6_ra_mode",
                "segment_id",
                "subnet_pool_id",
                "prefix_length",
                "use_default_subnet_pool",
                "dhcp_address",
            },
            tags=True,
        ),
        Row(
            "subnet",
            "subnets",
            {
                "name": "six",
                "network_id": site.network.id,
                "ip_version": 6,
                "cidr": "2001:db8:33::/64",
                "ipv6_address_mode": "slaac",
                "ipv6_ra_mode": "slaac",
            },
            {"name": "renamed"},
            {
                "ipv6_address_mode": ("slaac", "dhcpv6-stateful"),
                "ipv6_ra_mode": ("slaac", "dhcpv6-stateful"),
                "ip_version": (6, 4),
            },
            {"segment_id", "subnet_pool_id", "prefix_length", "use_default_subnet_pool", "dhcp_address"},
        ),
        Row(
            "subnet_pool",
            "subnet_pools",
            {
                "name": "full",
                "description": "all of it",
                "prefixes": ["10.80.0.0/16", "10.90.0.0/16"],
                "default_prefix_length": 24,
                "minimum_prefix_length": 20,
                "maximum_prefix_length": 28,
                "default_quota": 1000,
                "is_shared": False,
                "is_default": True,
                "address_scope_id": site.scope.id,
            },
            named
            | {
                "default_prefix_length": 25,
                "minimum_prefix_length": 16,
                "maximum_prefix_length": 30,
                "default_quota": 2000,
                "is_default": False,
                "address_scope_id": None,
            },
            {
                "name": ("full", "none"),
                "description": ("all of it", "none"),
                "ip_version": (4, 6),
                "is_default": (True, False),
                "is_shared": (False, True),
                "address_scope_id": (site.scope.id, ABSENT),
            },
            tags=True,
        ),
        Row(
            "address_scope",
            "address_scopes",
            {"name": "lab", "ip_version": 6, "is_shared": False},
            {"name": "renamed", "is_shared": True},
            {"name": ("lab", "none"), "ip_version": (6, 4), "is_shared": (False, True)},
        ),
        Row(
            "port",
            "ports",
            {
                "name": "full",
                "description": "all of it",
                "network_id": site.network.id,
                "mac_address": "fa:16:3e:00:33:01",
                "fixed_ips": [{"subnet_id": site.subnet.id, "ip_address": "10.32.0.77"}],
                "device_id": "machine",
                "device_owner": "compute:nova",
                "is_admin_state_up": False,
                "binding_host_id": "hv1",
                "binding_profile": {"rack": "7"},
                "binding_vnic_type": "normal",
                "extra_dhcp_opts": [{"opt_name": "tftp-server", "opt_value": "10.32.0.9", "ip_version": 4}],
                "allowed_address_pairs": [{"ip_address": "10.32.0.200", "mac_address": "fa:16:3e:00:33:01"}],
                "is_port_security_enabled": True,
                "security_group_ids": [site.group.id],
                "qos_policy_id": site.policy.id,
                "dns_name": "web",
                "dns_domain": "example.org.",
                "propagate_uplink_status": True,
            },
            named
            | {
                "mac_address": "fa:16:3e:00:33:02",
                "fixed_ips": [{"subnet_id": site.subnet.id, "ip_address": "10.32.0.78"}],
                "device_id": "",
                "device_owner": "",
                "is_admin_state_up": True,
                "binding_host_id": "",
                "binding_profile": {},
                "allowed_address_pairs": [],
                "security_group_ids": [],
                "qos_policy_id": None,
                "dns_name": "",
                "dns_domain": "",
            },
            {
                "name": ("full", "parent"),
                "description": ("all of it", "none"),
                "network_id": (site.network.id, ABSENT),
                "mac_address": ("fa:16:3e:00:33:01", "fa:16:3e:00:33:02"),
                "device_id": ("machine", "other"),
                "device_owner": ("compute:nova", "network:dhcp"),
                "status": ("DOWN", "ACTIVE"),
                "is_admin_state_up": (False, True),
                "fixed_ips": ("ip_address=10.32.0.77", "ip_address=10.32.0.78"),
                "security_group_ids": ([site.group.id], [ABSENT]),
                "binding:host_id": ("hv1", "hv2"),
            },
            {"qos_network_policy_id", "resource_request", "trunk_details"},
            tags=True,
        ),
        Row(
            "security_group",
            "security_groups",
            {"name": "web", "description": "all of it", "stateful": False},
            named | {"stateful": True},
            {
                "name": ("web", "default"),
                "description": ("all of it", "none"),
                "stateful": (False, True),
                "revision_number": (1, 99),
                "is_shared": (False, True),
            },
            tags=True,
        ),
        Row(
            "security_group_rule",
            "security_group_rules",
            rule
            | {
                "security_group_id": site.group.id,
                "description": "web",
                "remote_address_group_id": site.addresses.id,
            },
            {},
            rule_filters | {"security_group_id": (site.group.id, ABSENT)},
            {"remote_group_id", "remote_ip_prefix", "normalized_cidr"},
            tags=True,
        ),
        Row(
            "default_security_group_rule",
            "default_security_group_rules",
            rule
            | {
                "description": "web",
                "remote_ip_prefix": "192.0.2.0/24",
                "used_in_default_sg": True,
                "used_in_non_default_sg": False,
            },
            {},
            {key: value for key, value in rule_filters.items() if key != "remote_address_group_id"}
            | {
                "remote_ip_prefix": ("192.0.2.0/24", "192.0.3.0/24"),
                "used_in_default_sg": (True, False),
                "used_in_non_default_sg": (False, True),
            },
            {"remote_group_id", "remote_address_group_id"},
        ),
        Row(
            "address_group",
            "address_groups",
            {"name": "full", "description": "all of it", "addresses": ["192.0.2.1/32", "2001:db8::/64"]},
            named,
            {"name": ("full", "none"), "description": ("all of it", "none")},
        ),
        *(
            Row(
                "rbac_policy",
                "rbac_policies",
                {"object_type": kind, "object_id": of.id, "action": action, "target_project_id": site.other_project},
                {"target_project_id": "*"},
                {
                    "object_type": (kind, "address_group" if kind == "network" else "network"),
                    "object_id": (of.id, ABSENT),
                    "action": (action, "access_as_other"),
                    "target_project_id": (site.other_project, "*"),
                },
            )
            for kind, of, action in (
                ("network", site.network, "access_as_shared"),
                ("network", site.network, "access_as_external"),
                ("qos_policy", site.policy, "access_as_shared"),
                ("security_group", site.group, "access_as_shared"),
                ("address_scope", site.scope, "access_as_shared"),
                ("subnetpool", site.lone_pool, "access_as_shared"),
                ("address_group", site.addresses, "access_as_shared"),
            )
        ),
        Row(
            "qos_policy",
            "qos_policies",
            {"name": "silver", "description": "all of it", "is_shared": True, "is_default": True},
            named | {"is_shared": False, "is_default": False},
            {
                "name": ("silver", "gold"),
                "description": ("all of it", "none"),
                "is_shared": (True, False),
                "is_default": (True, False),
            },
            tags=True,
        ),
        *(
            Row(f"qos_{name}_rule", f"qos_{name}_rules", create, update, {}, parents=(site.policy,))
            for name, create, update in (
                (
                    "bandwidth_limit",
                    {"max_kbps": 1000, "max_burst_kbps": 800, "direction": "ingress"},
                    {"max_kbps": 2000, "max_burst_kbps": 1600, "direction": "egress"},
                ),
                ("dscp_marking", {"dscp_mark": 26}, {"dscp_mark": 46}),
                (
                    "minimum_bandwidth",
                    {"min_kbps": 100, "direction": "ingress"},
                    {"min_kbps": 200, "direction": "egress"},
                ),
                ("minimum_packet_rate", {"min_kpps": 10, "direction": "any"}, {"min_kpps": 20}),
                (
                    "packet_rate_limit",
                    {"max_kpps": 10, "max_burst_kpps": 8, "direction": "ingress"},
                    {"max_kpps": 20, "max_burst_kpps": 16, "direction": "egress"},
                ),
            )
        ),
        Row(
            "trunk",
            "trunks",
            {
                "name": "full",
                "description": "all of it",
                "port_id": site.port.id,
                "is_admin_state_up": True,
                "sub_ports": [{"port_id": site.child.id, "segmentation_type": "vlan", "segmentation_id": 42}],
            },
            named,
            {
                "name": ("full", "none"),
                "description": ("all of it", "none"),
                "port_id": (site.port.id, ABSENT),
                "status": ("DOWN", "ERROR"),
                "is_admin_state_up": (True, False),
            },
            tags=True,
        ),
    )


NOT_OF_OURS = {
    "network": {"is_vlan_qinq", "is_vlan_transparent", "pvlan"},
    "port": {
        "data_plane_status",
        "device_profile",
        "hardware_offload_type",
        "numa_affinity_policy",
        "pvlan_community",
        "pvlan_type",
        "trusted",
    },
}
"""Attributes of extensions that are not announced."""


def filled(made):
    """Its attributes that the server gave a value."""
    return {key: value for key, value in made.to_dict(headers=False, computed=False).items() if value is not None}


def life(network, row, differences):
    """From its creation to its end."""

    def call(verb, *arguments, **attributes):
        return getattr(network, f"{verb}_{row.name}")(*arguments, **attributes)

    def listed(**query):
        return [each.id for each in getattr(network, row.plural)(*row.parents, **query)]

    def check(made, wanted, what):
        for key, value in wanted.items():
            differences.expect(value, made[key], f"{what} {key}")

    made = call("create", *row.parents, **row.create)
    check(made, row.create, "created")
    unset = set(made.to_dict(headers=False, computed=False)) - set(filled(made))
    unset -= NOT_OF_OURS.get(row.name, set()) | {"revision_number", "name", "tenant_id"} - set(row.create)
    differences.expect(set(row.unset), unset, "unset")
    differences.expect(filled(made), filled(call("get", made.id, *row.parents)), "get")
    differences.expect(made.id, call("find", made.id, *row.parents, ignore_missing=False).id, "find by id")
    if "name" in row.create:
        differences.expect(made.id, call("find", made.name, *row.parents, ignore_missing=False).id, "find by name")
        shown = filled(call("get", made.id, fields=["id", "name"]))
        differences.expect((made.name, False), (shown.get("name"), "project_id" in shown), "get fields")
    differences.expect(1, listed().count(made.id), "list")
    differences.expect(sorted(listed()), sorted(listed(limit=1)), "pages")
    for key, (same, other) in row.filters.items():
        differences.expect(1, listed(**{key: same}).count(made.id), f"list {key}={same}")
        differences.expect(0, listed(**{key: other}).count(made.id), f"list {key}={other}")
    if row.update:
        changed = call("update", made.id, *row.parents, **row.update)
        check(changed, row.update, "updated")
        differences.expect(filled(changed), filled(call("get", made.id, *row.parents)), "get updated")
        if hasattr(made, "if_match"):
            differences.expect(made.revision_number + 1, changed.revision_number, "revision")
            stale = {**row.update, "if_revision": made.revision_number}
            differences.refused(exceptions.HttpException, getattr(network, f"update_{row.name}"), made.id, **stale)
    if row.tags:
        tag_calls(network, call("get", made.id), listed, differences)
    call("delete", made.id, *row.parents, ignore_missing=False)
    differences.refused(exceptions.NotFoundException, getattr(network, f"get_{row.name}"), made.id, *row.parents)
    call("delete", made.id, *row.parents)
    differences.expect(None, call("find", made.id, *row.parents), "find deleted")
    differences.expect(0, listed().count(made.id), "list deleted")


def tag_calls(network, made, listed, differences):
    """All that the SDK knows of tags, and lists by them."""
    network.set_tags(made, ["red", "blue"])
    network.add_tag(made, "green")
    network.remove_tag(made, "blue")
    if hasattr(made, "add_tags"):
        network.add_tags(made, ["große Tür"])
        network.remove_tag(made, "große Tür")
    differences.expect(["green", "red"], sorted(network.get_tags(made)), "tags")
    network.check_tag(made, "red")
    differences.refused(exceptions.NotFoundException, network.check_tag, made, "blue")
    for query, found in (
        ({"tags": "red,green"}, 1),
        ({"tags": "red,blue"}, 0),
        ({"any_tags": "red,blue"}, 1),
        ({"any_tags": "blue"}, 0),
        ({"not_tags": "red,green"}, 0),
        ({"not_tags": "red,blue"}, 1),
        ({"not_any_tags": "red,blue"}, 0),
        ({"not_any_tags": "blue"}, 1),
    ):
        differences.expect(found, listed(**query).count(made.id), f"list {query}")
    network.remove_all_tags(made)
    differences.expect([], network.get_tags(made), "no tags")


def special_calls(network, site):
    """What only some resources have; name -> differences."""
    found = {}
    for function in (segments_of, blocks, bindings, groups, trunks, agents, availability, quotas, announced):
        found[function.__name__] = Differences()
        try:
            function(network, site, found[function.__name__])
        except Exception as error:
            found[function.__name__].append(f"{type(error).__name__}: {error}")
    return found


def segments_of(network, site, differences):
    """A network of several segments, and the segments as records; a subnet on one of them."""
    segments = [
        {"provider:network_type": "vlan", "provider:physical_network": "hall", "provider:segmentation_id": 1010},
        {"provider:network_type": "vlan", "provider:physical_network": "default", "provider:segmentation_id": 201},
    ]
    made = network.create_network(name="routed", segments=segments)
    differences.expect(segments, made.segments, "segments")
    of_network = list(network.segments(network_id=made.id))
    differences.expect([1010, 201], [each.segmentation_id for each in of_network], "segment records")
    subnet = network.create_subnet(network_id=made.id, ip_version=4, cidr="10.34.0.0/24", segment_id=of_network[0].id)
    differences.expect(of_network[0].id, subnet.segment_id, "segment_id")
    differences.expect([subnet.id], [each.id for each in network.subnets(segment_id=of_network[0].id)], "by segment")
    port = network.create_port(network_id=made.id)
    differences.expect(("deferred", []), (port.ip_allocation, port.fixed_ips), "no host, no address")
    network.delete_port(port)
    network.delete_network(made)


def blocks(network, site, differences):
    """Subnets of a pool by length and by block, prefixes added and taken away, a network's subnets taken in."""
    made = network.create_network(name="pooled")
    subnet = network.create_subnet(network_id=made.id, ip_version=4, subnet_pool_id=site.pool.id, prefix_length=26)
    differences.expect((True, True), (subnet.cidr.startswith("10.64."), subnet.cidr.endswith("/26")), "block")
    differences.expect(site.scope.id, network.get_network(made.id).ipv4_address_scope_id, "scope of the network")
    fixed = network.create_subnet(network_id=made.id, ip_version=4, subnet_pool_id=site.pool.id, cidr="10.64.9.0/24")
    differences.expect("10.64.9.0/24", fixed.cidr, "chosen block")
    of_pool = sorted(each.id for each in network.subnets(subnet_pool_id=site.pool.id))
    differences.expect(sorted([subnet.id, fixed.id]), of_pool, "of the pool")
    default = network.create_subnet_pool(
        name="common", prefixes=["10.65.0.0/16"], default_prefix_length=24, is_default=True
    )
    of_default = network.create_subnet(
        network_id=network.create_network(name="simple").id, ip_version=4, use_default_subnet_pool=True
    )
    differences.expect(default.id, of_default.subnet_pool_id, "of the default pool")
    taken_in = network.create_network(name="older")
    old = network.create_subnet(network_id=taken_in.id, ip_version=4, cidr="10.66.0.0/24")
    network.onboard_network_subnets(default, taken_in)
    differences.expect(default.id, network.get_subnet(old).subnet_pool_id, "taken in")
    differences.expect(True, "10.66.0.0/24" in network.get_subnet_pool(default).prefixes, "prefix taken in")
    for each in ("pooled", "simple", "older"):
        network.delete_network(network.find_network(each))
    network.delete_subnet_pool(default, ignore_missing=False)


def bindings(network, site, differences):
    """A second binding, made ready, activated, the first one deleted: live migration; ports in bulk."""
    port = network.create_port(
        network_id=site.network.id, binding_host_id="hv1", device_owner="compute:nova", device_id="guest"
    )
    ready = network.create_port_binding(port, host="hv2")
    differences.expect(("INACTIVE", "ovs", "normal"), (ready.status, ready.vif_type, ready.vnic_type), "binding")
    of_port = {each.host: each.status for each in network.port_bindings(port)}
    differences.expect({"hv1": "ACTIVE", "hv2": "INACTIVE"}, of_port, "bindings")
    network.activate_port_binding(port, "hv2")
    differences.expect("hv2", network.get_port(port).binding_host_id, "activated")
    network.delete_port_binding(port, "hv1", ignore_missing=False)
    differences.expect(["hv2"], [each.host for each in network.port_bindings(port)], "one is left")
    network.delete_port(port)
    many = network.create_ports([{"network_id": site.network.id, "name": f"bulk{each}"} for each in range(3)])
    differences.expect(["bulk0", "bulk1", "bulk2"], sorted(each.name for each in many), "bulk")
    of_subnet = {each.id for each in network.get_subnet_ports(site.subnet.id)}
    differences.expect(True, {each.id for each in many} <= of_subnet, "ports of the subnet")
    for each in many:
        network.delete_port(each)


def groups(network, site, differences):
    """Rules in bulk, rules shown in their group, the default group; addresses of an address group."""
    rules = network.create_security_group_rules(
        [
            {"security_group_id": site.group.id, "direction": "ingress", "protocol": "icmp"},
            {"security_group_id": site.group.id, "direction": "ingress", "remote_group_id": site.group.id},
        ]
    )
    shown = {each["id"] for each in network.get_security_group(site.group.id).security_group_rules}
    differences.expect(True, {each.id for each in rules} <= shown, "rules in the group")
    default = network.find_security_group("default", project_id=network.get_project_id(), ignore_missing=False)
    directions = sorted((each["direction"], each["ethertype"]) for each in default.security_group_rules)
    both = [(direction, version) for direction in ("egress", "ingress") for version in ("IPv4", "IPv6")]
    differences.expect(both, directions, "the default group")
    added = network.add_addresses_to_address_group(site.addresses.id, ["198.51.100.1/32"])
    differences.expect(["192.0.2.0/24", "198.51.100.1/32"], sorted(added.addresses), "addresses added")
    left = network.remove_addresses_from_address_group(site.addresses.id, ["192.0.2.0/24"])
    differences.expect(["198.51.100.1/32"], left.addresses, "addresses removed")


def trunks(network, site, differences):
    """Subports added and removed; the parent port tells of them."""
    trunk = network.create_trunk(port_id=site.port.id)
    subport = {"port_id": site.child.id, "segmentation_type": "vlan", "segmentation_id": 42}
    network.add_trunk_subports(trunk, [subport])
    differences.expect({"sub_ports": [subport]}, network.get_trunk_subports(trunk), "subports")
    details = network.get_port(site.port.id).trunk_details
    told = [subport | {"mac_address": site.child.mac_address}]
    differences.expect({"trunk_id": trunk.id, "sub_ports": told}, details, "trunk_details")
    network.delete_trunk_subports(trunk, [{"port_id": site.child.id}])
    differences.expect({"sub_ports": []}, network.get_trunk_subports(trunk), "no subports")
    network.delete_trunk(trunk, ignore_missing=False)


def agents(network, site, differences):
    """The DHCP agent of `net1`: list by each filter, get, update, its networks; deleted at last."""
    agent = next(iter(network.agents()))
    unset = {"ha_state", "ha_chassis_priority", "resources_synced", "name"}
    differences.expect(unset, set(agent.to_dict(headers=False, computed=False)) - set(filled(agent)), "unset")
    differences.expect(filled(agent), filled(network.get_agent(agent.id)), "get")
    for key, same, other in (
        ("agent_type", "DHCP agent", "Open vSwitch agent"),
        ("availability_zone", "nova", "other"),
        ("binary", "underlay-dhcp", "other"),
        ("host", "net1", "net2"),
        ("topic", "dhcp_agent", "other"),
        ("is_admin_state_up", True, False),
        ("is_alive", True, False),
    ):
        found = [[each.id for each in network.agents(**{key: value})] for value in (same, other)]
        differences.expect([[agent.id], []], found, f"agents by {key}")
    changed = network.update_agent(agent.id, description="cellar", is_admin_state_up=False)
    differences.expect(("cellar", False), (changed.description, changed.is_admin_state_up), "updated")
    network.update_agent(agent.id, is_admin_state_up=True)
    zones = [(each.name, each.resource, each.state) for each in network.availability_zones(resource="network")]
    differences.expect([("nova", "network", "available")], zones, "availability zones")
    served = network.create_network(name="served")
    network.create_subnet(network_id=served.id, ip_version=4, cidr="10.35.0.0/24")
    hosting = [each.id for each in network.network_hosting_dhcp_agents(served)]
    differences.expect([agent.id], hosting, "scheduled")
    network.remove_dhcp_agent_from_network(agent, served)
    differences.expect([], list(network.network_hosting_dhcp_agents(served)), "removed")
    network.add_dhcp_agent_to_network(agent, served)
    of_agent = [each.id for each in network.dhcp_agent_hosting_networks(agent)]
    differences.expect(True, served.id in of_agent, "networks of the agent")
    differences.expect(["nova"], network.get_network(served).availability_zones, "zones of the network")
    network.delete_network(served)
    network.delete_agent(agent, ignore_missing=False)
    differences.expect([], list(network.agents()), "deleted")


def availability(network, site, differences):
    """How many addresses a network has and how many are taken; the project's own network."""
    shown = network.get_network_ip_availability(site.network.id)
    taken = sum(len(each.fixed_ips) for each in network.ports(network_id=site.network.id))
    differences.expect(("ground", 253, taken), (shown.network_name, shown.total_ips, shown.used_ips), "availability")
    of_subnet = {key: shown.subnet_ip_availability[0].get(key) for key in ("subnet_id", "cidr", "total_ips")}
    wanted = {"subnet_id": site.subnet.id, "cidr": "10.32.0.0/24", "total_ips": 253}
    differences.expect(wanted, of_subnet, "availability of the subnet")
    found = network.find_network_ip_availability(site.network.id, ignore_missing=False)
    differences.expect("ground", found.network_name, "found")
    for query in (
        {"network_id": site.network.id},
        {"network_name": "ground"},
        {"network_name": "ground", "ip_version": 4},
    ):
        ids = [each.network_id for each in network.network_ip_availabilities(**query)]
        differences.expect([site.network.id], ids, f"availabilities {query}")
    differences.expect([], list(network.network_ip_availabilities(network_name="none")), "no availability")
    differences.expect("dry-run=pass", network.validate_auto_allocated_topology().id, "dry run")
    topology = network.get_auto_allocated_topology()
    differences.expect(True, network.get_network(topology.id) is not None, "the project's network")
    network.delete_auto_allocated_topology()


def quotas(network, site, differences):
    """Defaults, a change, details with what is used, the list of those changed, back to the defaults."""
    project = site.other_project
    default = network.get_quota_default(project)
    differences.expect((100, 500), (default.networks, default.ports), "defaults")
    changed = network.update_quota(project, networks=7, subnet_pools=3, rbac_policies=4)
    differences.expect((7, 3, 4), (changed.networks, changed.subnet_pools, changed.rbac_policies), "updated")
    differences.expect(7, network.get_quota(project).networks, "shown")
    details = network.get_quota(project, details=True)
    differences.expect({"limit": 7, "used": 0, "reserved": 0}, details.networks, "details")
    listed = {each.project_id: each.networks for each in network.quotas()}
    differences.expect({project: 7}, listed, "listed")
    network.delete_quota(project)
    differences.expect([], list(network.quotas()), "none changed")
    differences.expect(100, network.get_quota(project).networks, "back")


def announced(network, site, differences):
    """Extensions and QoS rule types."""
    extension = network.find_extension("binding-extended", ignore_missing=False)
    differences.expect(True, all((extension.name, extension.description, extension.updated_at)), "extension")
    differences.expect(None, network.find_extension("router"), "no routers")
    differences.expect(True, "qos" in {each.alias for each in network.extensions()}, "extensions")
    types = sorted(each.type for each in network.qos_rule_types())
    known = ["bandwidth_limit", "dscp_marking", "minimum_bandwidth", "minimum_packet_rate", "packet_rate_limit"]
    differences.expect(known, types, "rule types")
    for name in known:
        differences.expect(name, network.get_qos_rule_type(name).type, "rule type")
    differences.expect("dscp_marking", network.find_qos_rule_type("dscp_marking").type, "rule type found")


def main(auth_url, username, project, password, other_project):
    """Connect, play, print."""
    cloud = openstack.connect(
        load_envvars=False,
        load_yaml_config=False,
        auth_url=auth_url,
        username=username,
        password=password,
        project_name=project,
        user_domain_id="default",
        project_domain_id="default",
        region_name="RegionOne",
    )
    network = Calls(cloud.network)
    site = make_site(network, cloud.identity.find_project(other_project).id)
    found = {}
    for row in rows(site):
        differences = found.setdefault(row.name, Differences())
        try:
            life(network, row, differences)
        except Exception as error:
            differences.append(f"{type(error).__name__}: {error}")
    found |= special_calls(network, site)
    offered = [name for name in vars(type(cloud.network)) if not name.startswith("_")]
    print(json.dumps({"found": found, "calls": network.names, "offered": offered}))


if __name__ == "__main__":
    main(*sys.argv[1:])
