"""Run by the environment's Python: the life of every resource by `neutronclient.v2_0.client`, the bindings of its time.

Create, show, list by name, update, delete, by a table. Prints resource -> what was not as expected, as JSON.

usage: neutron_resources.py AUTH_URL USERNAME PROJECT PASSWORD OTHER_PROJECT_ID
"""

import json
import sys

from keystoneauth1 import session
from keystoneauth1.identity import v3
from neutronclient.common import exceptions
from neutronclient.v2_0 import client


def table(made, other_project):
    """(singular, plural, create, update, arguments before the body) of each resource."""
    rule = {"security_group_id": made["group"], "direction": "ingress", "protocol": "tcp"}
    policy = (made["policy"],)
    granted = {"object_type": "network", "object_id": made["network"], "action": "access_as_shared"}
    vlan = {"provider:network_type": "vlan", "provider:physical_network": "default", "provider:segmentation_id": 200}
    named = {"name": "renamed"}
    return (
        ("network", "networks", {"name": "n", "mtu": 1400} | vlan, named | {"mtu": 1450}, ()),
        (
            "subnet",
            "subnets",
            {"name": "s", "network_id": made["network"], "ip_version": 4, "cidr": "10.33.0.0/24"},
            named | {"enable_dhcp": False, "dns_nameservers": ["10.33.0.5"]},
            (),
        ),
        ("subnetpool", "subnetpools", {"name": "p", "prefixes": ["10.80.0.0/16"]}, named | {"is_default": True}, ()),
        ("address_scope", "address_scopes", {"name": "a", "ip_version": 4}, named | {"shared": True}, ()),
        ("port", "ports", {"name": "p", "network_id": made["network"]}, named | {"binding:host_id": "hv1"}, ()),
        ("security_group", "security_groups", {"name": "g", "stateful": False}, named | {"description": "text"}, ()),
        ("security_group_rule", "security_group_rules", rule, {}, ()),
        ("rbac_policy", "rbac_policies", granted | {"target_tenant": other_project}, {"target_tenant": "other"}, ()),
        ("qos_policy", "policies", {"name": "q", "shared": True}, named | {"shared": False}, ()),
        ("bandwidth_limit_rule", "bandwidth_limit_rules", {"max_kbps": 1000}, {"max_kbps": 2000}, policy),
        ("dscp_marking_rule", "dscp_marking_rules", {"dscp_mark": 26}, {"dscp_mark": 46}, policy),
        ("minimum_bandwidth_rule", "minimum_bandwidth_rules", {"min_kbps": 100}, {"min_kbps": 200}, policy),
        ("packet_rate_limit_rule", "packet_rate_limit_rules", {"max_kpps": 10}, {"max_kpps": 20}, policy),
        ("minimum_packet_rate_rule", "minimum_packet_rate_rules", {"min_kpps": 10}, {"min_kpps": 20}, policy),
        ("trunk", "trunks", {"name": "t", "port_id": made["port"]}, named | {"description": "text"}, ()),
    )


def life(neutron, name, plural, create, update, before):
    """What differs between the resource's creation and its end."""
    key = "policy" if name == "qos_policy" else name
    collection = "qos_policies" if name == "qos_policy" else plural

    def call(verb, *arguments, **options):
        answer = getattr(neutron, f"{verb}_{name}")(*arguments, **options)
        return answer[key] if answer else None

    found = []

    def expect(expected, actual, what):
        if expected != actual:
            found.append(f"{what}: expected {expected!r}, got {actual!r}")

    made = call("create", *before, body={key: create})
    expect(create, {each: made[each] for each in create}, "created")
    expect(made, call("show", made["id"], *before), "shown")
    filters = {"name": made["name"]} if "name" in create else {}
    listed = getattr(neutron, f"list_{collection}")(*before, **filters)[plural]
    expect(1, [each["id"] for each in listed].count(made["id"]), "listed")
    if update:
        changed = call("update", made["id"], *before, body={key: update})
        expect(update, {each: changed[each] for each in update}, "updated")
    if "tags" in made:
        neutron.replace_tag(plural, made["id"], {"tags": ["red", "blue"]})
        neutron.add_tag(plural, made["id"], "green")
        neutron.remove_tag(plural, made["id"], "red")
        expect(["blue", "green"], sorted(call("show", made["id"], *before)["tags"]), "tags")
        neutron.remove_tag_all(plural, made["id"])
    call("delete", made["id"], *before)
    try:
        call("show", made["id"], *before)
    except exceptions.NotFound:
        return found
    return [*found, "still there"]


def special_calls(neutron, made, other_project):
    """What only some have; (expected, actual) of each."""
    quota = {"network": 7}
    (segment,) = neutron.list_segments(network_id=made["network"])["segments"]
    neutron.update_segment(segment["id"], {"segment": {"name": "first"}})
    neutron.create_port_binding(made["port"], body={"binding": {"host": "hv2"}})
    neutron.activate_port_binding(made["port"], "hv2")
    neutron.delete_port_binding(made["port"], "hv1")
    trunk = neutron.create_trunk({"trunk": {"port_id": made["parent"]}})["trunk"]["id"]
    child = {"port_id": made["child"], "segmentation_type": "vlan", "segmentation_id": 42}
    neutron.trunk_add_subports(trunk, {"sub_ports": [child]})
    subports = neutron.trunk_get_subports(trunk)["sub_ports"]
    neutron.trunk_remove_subports(trunk, {"sub_ports": [{"port_id": made["child"]}]})
    neutron.delete_trunk(trunk)
    return {
        "binding": ("ACTIVE", neutron.show_port_binding(made["port"], "hv2")["binding"]["status"]),
        "subports": ([child], subports),
        "segment": ("first", neutron.show_segment(segment["id"])["segment"]["name"]),
        "update_quota": (7, neutron.update_quota(other_project, {"quota": quota})["quota"]["network"]),
        "show_quota": (7, neutron.show_quota(other_project)["quota"]["network"]),
        "show_quota_details": (7, neutron.show_quota_details(other_project)["quota"]["network"]["limit"]),
        "list_quotas": ([7], [each["network"] for each in neutron.list_quotas()["quotas"]]),
        "delete_quota": (None, neutron.delete_quota(other_project) or None),
        "show_quota_default": (100, neutron.show_quota_default(other_project)["quota"]["network"]),
        "extension": ("qos", neutron.show_extension("qos")["extension"]["alias"]),
        "rule types": (5, len(neutron.list_qos_rule_types()["rule_types"])),
        "zones": (["nova"], [each["name"] for each in neutron.list_availability_zones()["availability_zones"]]),
        "availability": (
            253,
            neutron.show_network_ip_availability(made["network"])["network_ip_availability"]["total_ips"],
        ),
        "topology": (True, bool(neutron.get_auto_allocated_topology(other_project)["auto_allocated_topology"]["id"])),
        "agents": (["net1"], [each["host"] for each in neutron.list_agents()["agents"]]),
        "routers": ([], neutron.list_routers()["routers"]),
    }


def main(auth_url, username, project, password, other_project):
    """Connect, play, print."""
    auth = v3.Password(
        f"{auth_url}/v3",
        username=username,
        password=password,
        project_name=project,
        user_domain_id="default",
        project_domain_id="default",
    )
    neutron = client.Client(session=session.Session(auth=auth))

    def make(kind, **values):
        (made,) = getattr(neutron, f"create_{kind}")({"policy" if kind == "qos_policy" else kind: values}).values()
        return made["id"]

    vlan = {"provider:network_type": "vlan", "provider:segmentation_id": 100}
    made = {"network": make("network", name="ground", shared=True, is_default=True, **vlan)}
    make("subnet", network_id=made["network"], ip_version=4, cidr="10.32.0.0/24")
    for name, values in (
        ("port", {"binding:host_id": "hv1", "device_owner": "compute:nova"}),
        ("parent", {}),
        ("child", {}),
    ):
        made[name] = make("port", network_id=made["network"], **values)
    made["group"] = make("security_group", name="doors")
    made["policy"] = make("qos_policy", name="gold")
    found = {}
    for name, *row in table(made | {"port": made["parent"]}, other_project):
        try:
            found[name] = life(neutron, name, *row)
        except exceptions.NeutronClientException as error:
            found[name] = [f"{type(error).__name__}: {error}"]
    special = special_calls(neutron, made, other_project)
    found["special"] = [f"{name}: {pair}" for name, pair in special.items() if pair[0] != pair[1]]
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
