"""The defaults: who may do what, by Neutron's names. An operator's file replaces expressions by name.

WHO names the rules that others are made of, GRANTED says who may do each thing. An attribute has a rule of its own
where it is more than the whole: `create_network:shared` is asked beside `create_network` when it is sent,
`get_network:segments` says who is shown it. `%(network:project_id)s` is the project of the network that a port or
subnet is on, `ext_parent:` that of the QoS policy that a rule is of, `security_group:` that of a rule's group.

Source: neutron/conf/policies of Neutron in 2026 (its defaults with `enforce_new_defaults`). Where we differ on purpose:
an administrator may do what Neutron leaves to role `service` alone (bindings, `binding:profile`); a reader creates
nothing on a shared network; a reader sees its project's quota; whoever may change a subnet is asked of the network too.
Neutron's rule for `service_types` says administrators, and is never asked (the attribute has no enforce_policy).
"""

from collections.abc import Iterable, Mapping
from typing import Final

Table = Mapping[str, str]
"""Name of a rule -> its expression."""

ADMIN: Final = "rule:admin_only"
SERVICE: Final = "rule:admin_only or rule:service_api"
READER: Final = "role:reader"
MANAGER_OF: Final = "rule:admin_only or (role:manager and rule:owner)"
MEMBER_OF: Final = "rule:admin_only or (role:member and rule:owner)"
READER_OF: Final = "rule:admin_only or (role:reader and rule:owner)"
READER_OR_SHARED: Final = "rule:admin_only or (role:reader and rule:owner) or rule:shared"
SERVICE_OR_MEMBER_OF: Final = "rule:admin_only or rule:service_api or (role:member and rule:owner)"
NETWORK_MEMBER: Final = "rule:admin_only or (role:member and rule:network_owner)"
SERVICE_OR_NETWORK_MEMBER: Final = "rule:admin_only or rule:service_api or (role:member and rule:network_owner)"
SERVICE_OR_NETWORK_MANAGER: Final = "rule:admin_only or rule:service_api or (role:manager and rule:network_owner)"
NETWORK_USER: Final = "rule:admin_only or rule:service_api or (role:member and (rule:network_owner or rule:shared))"
MEMBER_OF_OR_NETWORK: Final = "rule:admin_only or (role:member and (rule:owner or rule:network_owner))"
GROUP_MEMBER: Final = "rule:admin_only or (role:member and rule:sg_owner)"
GROUP_READER: Final = "rule:admin_only or (role:reader and rule:sg_owner)"
PARENT_MANAGER: Final = "rule:admin_only or (role:manager and rule:ext_parent_owner)"
PARENT_READER_OR_SHARED: Final = "rule:admin_only or (role:reader and rule:ext_parent_owner) or rule:shared"
NO_NETWORK_DEVICE: Final = (
    "not rule:network_device or rule:admin_only or rule:service_api or (role:member and rule:network_owner)"
)
NOT_ALL_PROJECTS: Final = "rule:restrict_wildcard"
HOST_ITSELF: Final = "rule:admin_only or (role:host and host:%(host)s)"
USER_ITSELF: Final = "rule:admin_only or user_id:%(user_id)s"

WORDS: Final[Mapping[str, str]] = {
    ADMIN: "an administrator",
    SERVICE: "an administrator or a service",
    READER: "who has a role in the project",
    MANAGER_OF: "a manager of the project or an administrator",
    MEMBER_OF: "a member of its project or an administrator",
    READER_OF: "the project or an administrator",
    SERVICE_OR_MEMBER_OF: "a member of its project, a service or an administrator",
    NETWORK_MEMBER: "the network's owner or an administrator",
    SERVICE_OR_NETWORK_MEMBER: "the network's owner or an administrator",
    SERVICE_OR_NETWORK_MANAGER: "a manager of the network's project or an administrator",
    NETWORK_USER: "a member of a project that may use the network",
    MEMBER_OF_OR_NETWORK: "its owner, the network's owner or an administrator",
    GROUP_MEMBER: "a member of the group's project",
    PARENT_MANAGER: "a manager of the policy's project or an administrator",
    NO_NETWORK_DEVICE: "the network's owner or an administrator",
    NOT_ALL_PROJECTS: "an administrator",
    HOST_ITSELF: "an administrator, or the host for itself",
    USER_ITSELF: "an administrator, or the user for itself",
}
"""How an error says who may; an expression that is not here speaks for itself."""

WHO: Final[Table] = {
    "context_is_admin": "role:admin",
    "admin_only": "rule:context_is_admin",
    "service_api": "role:service",
    "owner": "project_id:%(project_id)s",
    "network_owner": "project_id:%(network:project_id)s",
    "sg_owner": "project_id:%(security_group:project_id)s",
    "ext_parent_owner": "project_id:%(ext_parent:project_id)s",
    "admin_or_owner": "rule:context_is_admin or rule:owner",
    "shared": "field:objects:shared=True",
    "external": "field:networks:router:external=True",
    "network_device": "field:port:device_owner=~^network:",
    "restrict_wildcard": "not field:rbac_policy:target_tenant=* or rule:admin_only",
}


def _five(name: str, read: str, write: str, *, update: bool = True) -> Table:
    """Read and write of one resource."""
    actions = ("create", "update", "delete") if update else ("create", "delete")
    return {f"get_{name}": read, **{f"{action}_{name}": write for action in actions}}


def _attributes(action: str, expression: str, names: Iterable[str]) -> Table:
    return {f"{action}:{name}": expression for name in names}


def _tags(name: str, write: str) -> Table:
    return {f"{action}_{name}:tags": write for action in ("create", "update", "delete")}


_PROVIDER = ("provider:network_type", "provider:physical_network", "provider:segmentation_id")
_NETWORK_FLAGS = ("shared", "router:external", "is_default", "dhcp_served_by")

_NETWORKS: Table = {
    **_five("network", f"{READER_OR_SHARED} or rule:external or rule:service_api", MEMBER_OF),
    **_attributes("create_network", ADMIN, (*_PROVIDER, "segments", *_NETWORK_FLAGS)),
    **_attributes("update_network", ADMIN, (*_PROVIDER, *_NETWORK_FLAGS)),
    **_attributes("get_network", ADMIN, (*_PROVIDER, "segments", "dhcp_served_by")),
    "create_network:port_security_enabled": MEMBER_OF,
    "update_network:port_security_enabled": MEMBER_OF,
    **_tags("network", MEMBER_OF),
    **_five("segment", ADMIN, ADMIN),
    **_tags("segment", ADMIN),
    **_five("network_segment_range", ADMIN, ADMIN),
    **_tags("network_segment_range", ADMIN),
    "get_network_ip_availability": SERVICE,
    "get_physical_network": ADMIN,
    "get_availability_zone": READER,
    "get_auto_allocated_topology": READER_OF,
    "delete_auto_allocated_topology": MEMBER_OF,
}

_SUBNETS: Table = {
    "create_subnet": NETWORK_MEMBER,
    "create_subnet:segment_id": ADMIN,
    "create_subnet:service_types": NETWORK_MEMBER,
    "get_subnet": f"{READER_OR_SHARED} or (role:reader and rule:network_owner) or rule:service_api",
    "get_subnet:segment_id": ADMIN,
    "update_subnet": MEMBER_OF_OR_NETWORK,
    "update_subnet:segment_id": ADMIN,
    "update_subnet:service_types": MEMBER_OF_OR_NETWORK,
    "delete_subnet": MEMBER_OF_OR_NETWORK,
    **_tags("subnet", MEMBER_OF_OR_NETWORK),
    **_five("subnetpool", READER_OR_SHARED, MEMBER_OF),
    **_attributes("create_subnetpool", ADMIN, ("shared", "is_default")),
    "update_subnetpool:is_default": ADMIN,
    **_tags("subnetpool", MEMBER_OF),
    "onboard_network_subnets": MEMBER_OF,
    "add_prefixes": MEMBER_OF,
    "remove_prefixes": MEMBER_OF,
    **_five("address_scope", READER_OR_SHARED, MEMBER_OF),
    "create_address_scope:shared": ADMIN,
    "update_address_scope:shared": ADMIN,
}

_PORTS: Table = {
    "create_port": NETWORK_USER,
    "create_port:device_owner": NO_NETWORK_DEVICE,
    "create_port:mac_address": SERVICE_OR_NETWORK_MEMBER,
    "create_port:fixed_ips": NETWORK_USER,
    "create_port:fixed_ips:ip_address": SERVICE_OR_NETWORK_MEMBER,
    "create_port:fixed_ips:subnet_id": NETWORK_USER,
    "create_port:port_security_enabled": SERVICE_OR_NETWORK_MEMBER,
    "create_port:allowed_address_pairs": SERVICE_OR_NETWORK_MEMBER,
    "create_port:binding:host_id": SERVICE,
    "create_port:binding:profile": SERVICE,
    "create_port:binding:vnic_type": SERVICE_OR_MEMBER_OF,
    "get_port": "rule:admin_only or rule:service_api or (role:reader and (rule:owner or rule:network_owner))",
    **_attributes(
        "get_port", SERVICE, ("binding:host_id", "binding:profile", "binding:vif_type", "binding:vif_details")
    ),
    "get_port:resource_request": ADMIN,
    "update_port": SERVICE_OR_MEMBER_OF,
    "update_port:device_owner": NO_NETWORK_DEVICE,
    "update_port:mac_address": SERVICE_OR_NETWORK_MANAGER,
    "update_port:fixed_ips": "",
    "update_port:fixed_ips:ip_address": SERVICE_OR_NETWORK_MEMBER,
    "update_port:fixed_ips:subnet_id": NETWORK_USER,
    "update_port:port_security_enabled": SERVICE_OR_NETWORK_MEMBER,
    "update_port:allowed_address_pairs": SERVICE_OR_NETWORK_MEMBER,
    "update_port:binding:host_id": SERVICE,
    "update_port:binding:profile": SERVICE,
    "update_port:binding:vnic_type": SERVICE_OR_MEMBER_OF,
    "delete_port": f"{SERVICE_OR_MEMBER_OF} or (role:member and rule:network_owner)",
    **_tags("port", MEMBER_OF_OR_NETWORK),
    "get_port_binding": SERVICE,
    "create_port_binding": SERVICE,
    "update_port_binding": SERVICE,
    "delete_port_binding": SERVICE,
    "activate": SERVICE,
    **_five("trunk", READER_OF, MEMBER_OF),
    **_tags("trunk", MEMBER_OF),
    "get_subports": READER_OF,
    "add_subports": MEMBER_OF,
    "remove_subports": MEMBER_OF,
    **_five("instance", READER_OF, MEMBER_OF),
}

_SECURITY: Table = {
    **_five("security_group", READER_OR_SHARED, MEMBER_OF),
    **_tags("security_group", MEMBER_OF),
    **_five("security_group_rule", GROUP_READER, GROUP_MEMBER, update=False),
    **_tags("security_group_rule", GROUP_MEMBER),
    "get_default_security_group_rule": READER,
    "create_default_security_group_rule": ADMIN,
    "delete_default_security_group_rule": ADMIN,
    **_five("address_group", READER_OR_SHARED, MEMBER_OF),
    **_tags("address_group", MEMBER_OF),
    "add_addresses": MEMBER_OF,
    "remove_addresses": MEMBER_OF,
    **_five("rbac_policy", READER_OF, MEMBER_OF),
    "create_rbac_policy:target_tenant": NOT_ALL_PROJECTS,
    "update_rbac_policy:target_tenant": NOT_ALL_PROJECTS,
}

_QOS_RULES = ("bandwidth_limit", "dscp_marking", "minimum_bandwidth", "minimum_packet_rate", "packet_rate_limit")

_QOS: Table = {
    **_five("policy", READER_OR_SHARED, MANAGER_OF),
    **_tags("policy", MANAGER_OF),
    "get_rule_type": READER,
    "get_rule_type:drivers": ADMIN,
    **{f"get_policy_{rule}_rule": PARENT_READER_OR_SHARED for rule in _QOS_RULES},
    **{
        f"{action}_policy_{rule}_rule": PARENT_MANAGER
        for rule in _QOS_RULES
        for action in ("create", "update", "delete")
    },
}

_SERVERS: Table = {
    **_five("server", READER_OF, MEMBER_OF),
    "create_server:host": ADMIN,
    "get_server:host": ADMIN,
    **{f"{action}_server": MEMBER_OF for action in ("start", "stop", "reboot")},
    "get_server_console": MEMBER_OF,
    **_five("keypair", USER_ITSELF, USER_ITSELF, update=False),
    "get_limits": READER_OF,
    "get_compute_host": ADMIN,
    "update_compute_host": ADMIN,
}

_OPERATION: Table = {
    "get_agent": ADMIN,
    "update_agent": ADMIN,
    "delete_agent": ADMIN,
    "create_dhcp-network": ADMIN,
    "get_dhcp-networks": ADMIN,
    "delete_dhcp-network": ADMIN,
    "get_dhcp-agents": ADMIN,
    "get_quota": READER_OF,
    "update_quota": ADMIN,
    "delete_quota": ADMIN,
    "create_for_project": SERVICE,
    "get_feed": HOST_ITSELF,
    "report_state": HOST_ITSELF,
    "report_ports": HOST_ITSELF,
    "report_servers": HOST_ITSELF,
}

GRANTED: Final[Mapping[str, Table]] = {
    "Networks and segments": _NETWORKS,
    "Subnets, pools, address scopes": _SUBNETS,
    "Ports, bindings, trunks, instances": _PORTS,
    "Security groups, address groups, sharing": _SECURITY,
    "Quality of service": _QOS,
    "Servers, keypairs": _SERVERS,
    "Agents, quotas, hosts": _OPERATION,
}
"""Part of the API -> its rules."""

DEFAULTS: Final[Table] = {**WHO, **{name: text for part in GRANTED.values() for name, text in part.items()}}
"""Every rule."""
