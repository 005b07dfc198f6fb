"""The rows of what is said about ports and networks: security groups, sharing, QoS; and trunks."""

from sdk_table import ABSENT, Row


def rows(site):
    """In an order in which each finds what it needs."""
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
    return (
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
