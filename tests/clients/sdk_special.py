"""What only some resources have, with openstacksdk's own calls."""

from sdk_checks import Differences, filled


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
