"""The command table: every `quantum` command, as data.

Names, options and messages are those of python-quantumclient 2.2.1; options that came later (and `instance-*` and
`physical-network-*`, which are ours) are added where they cannot change the meaning of a line that worked then.
"""

from typing import Final

from underlay.cli.vocabulary import (
    Command,
    Creating,
    Deleting,
    Linking,
    Listing,
    Option,
    Positional,
    Showing,
    Updating,
)

_TENANT: Final = Option("--tenant-id", "tenant_id", metavar="TENANT_ID", help="The owner's project id.")
_OF_TENANT: Final = Option("--tenant-id", "tenant_id", setting=True, metavar="TENANT_ID", help="The project's id.")
_DOWN: Final = Option("--admin-state-down", "admin_state_up", "nothing", constant=False, help="Administratively down.")
_NAME: Final = Option("--name", "name", metavar="NAME", help="Its name.")

_PROVIDER: Final = (
    Option("--provider:network_type", "provider:network_type", metavar="TYPE", help="vlan, flat or local."),
    Option(
        "--provider:physical_network",
        "provider:physical_network",
        metavar="NAME",
        help="The physical network; may be left out where one is named default.",
    ),
    Option("--provider:segmentation_id", "provider:segmentation_id", metavar="VID", help="The VLAN id, 1 to 4094."),
)
_SUBNET_LISTS: Final = (
    Option(
        "--allocation-pool",
        "allocation_pools",
        "mapping",
        repeats=True,
        metavar="start=IP_ADDR,end=IP_ADDR",
        help="A range that ports get their addresses from; may be repeated.",
    ),
    Option(
        "--host-route",
        "host_routes",
        "mapping",
        repeats=True,
        metavar="destination=CIDR,nexthop=IP_ADDR",
        help="A route that DHCP tells to clients; may be repeated.",
    ),
    Option(
        "--dns-nameserver",
        "dns_nameservers",
        repeats=True,
        metavar="DNS_NAMESERVER",
        help="A DNS server that DHCP tells to clients; may be repeated.",
    ),
)
_GATEWAY: Final = (
    Option("--gateway", "gateway_ip", metavar="GATEWAY_IP", help="The physical router's address in the subnet."),
    Option("--no-gateway", "gateway_ip", "nothing", constant=None, help="The subnet has no gateway."),
)
_DISABLE_DHCP: Final = Option("--disable-dhcp", "enable_dhcp", "nothing", constant=False, help="Serve no DHCP.")
_DHCP_ADDRESS: Final = Option(
    "--dhcp-address",
    "dhcp_address",
    metavar="IP_ADDR",
    help="Address of the DHCP port; the server picks one unless set.",
)
_FIXED_IP: Final = Option(
    "--fixed-ip",
    "fixed_ips",
    "mapping",
    repeats=True,
    metavar="subnet_id=SUBNET,ip_address=IP_ADDR",
    help="An address of the port, the subnet by name or id; may be repeated.",
    looks_up="subnet",
)
_SECURITY_GROUP: Final = Option(
    "--security-group",
    "security_groups",
    repeats=True,
    metavar="SECURITY_GROUP",
    help="A security group, where the server has them; may be repeated.",
    looks_up="security_group",
)

NETWORK_COLUMNS: Final = ("id", "name", "subnets")
AGENT_COLUMNS: Final = ("id", "agent_type", "host", "alive", "admin_state_up")
SECURITY_GROUP_RULE_COLUMNS: Final = (
    *("id", "security_group", "security_group_id", "direction", "protocol"),
    *("remote_ip_prefix", "remote_group", "remote_group_id"),
)
"""Of a group either its name or its id is there."""


def _one(resource: str, purpose: str, looks_up: bool = True, repeats: bool = False) -> Positional:
    what = "Name or id" if looks_up else "Id"
    help = f"{what} of the {_words(resource)} to {purpose}."
    return Positional(resource.upper(), "id", help, resource if looks_up else "", repeats=repeats)


def _words(resource: str) -> str:
    return resource.replace("_", " ")


def _url(resource: str) -> str:
    return f"/{resource.replace('_', '-')}s"


def _show(name: str, resource: str, looks_up: bool = True, indent: int | None = None) -> Command:
    verb = Showing(f"{_url(resource)}/{{id}}", resource, indent)
    return Command(f"{name}-show", f"Show one {_words(resource)}.", verb, (_one(resource, "show", looks_up),))


def _delete(name: str, resource: str, looks_up: bool = True) -> Command:
    verb = Deleting(f"{_url(resource)}/{{id}}", resource)
    one = _one(resource, "delete", looks_up, repeats=True)
    return Command(f"{name}-delete", f"Delete {_words(resource)}s.", verb, (one,))


def _update(name: str, resource: str, options: tuple[Option, ...] = (), looks_up: bool = True) -> Command:
    verb = Updating(f"{_url(resource)}/{{id}}", resource)
    return Command(
        f"{name}-update", f"Change one {_words(resource)}.", verb, (_one(resource, "change", looks_up),), options
    )


_NETWORKS: Final = (
    Command(
        "net-list",
        "List networks.",
        Listing("/networks", "networks", NETWORK_COLUMNS, joins_subnets=True, pages=True),
    ),
    Command(
        "net-external-list",
        "List external networks.",
        Listing(
            "/networks", "networks", NETWORK_COLUMNS, (("router:external", "True"),), joins_subnets=True, pages=True
        ),
    ),
    _show("net", "network"),
    Command(
        "net-create",
        "Create a network.",
        Creating("/networks", "network", (("admin_state_up", True),)),
        (Positional("NAME", "name", "The network's name.", in_body=True),),
        (
            _TENANT,
            _DOWN,
            Option("--shared", "shared", "nothing", help="Every project may use it (administrators only)."),
            *_PROVIDER,
        ),
    ),
    _delete("net", "network"),
    _update("net", "network", (_NAME,)),
)

_SUBNETS: Final = (
    Command(
        "subnet-list",
        "List subnets.",
        Listing("/subnets", "subnets", ("id", "name", "cidr", "allocation_pools"), pages=True),
    ),
    _show("subnet", "subnet"),
    Command(
        "subnet-create",
        "Create a subnet.",
        Creating("/subnets", "subnet", (("ip_version", 4),)),
        (
            Positional("NETWORK", "network_id", "Name or id of its network.", "network", in_body=True),
            Positional("CIDR", "cidr", "Its addresses, as 10.10.100.0/24.", in_body=True),
        ),
        (
            _TENANT,
            _NAME,
            Option(
                "--ip-version", "ip_version", "integer", metavar="{4,6}", help="4 (default) or 6.", choices=("4", "6")
            ),
            *_GATEWAY,
            *_SUBNET_LISTS,
            _DISABLE_DHCP,
            _DHCP_ADDRESS,
        ),
    ),
    _delete("subnet", "subnet"),
    _update("subnet", "subnet", (_NAME, *_GATEWAY, *_SUBNET_LISTS, _DISABLE_DHCP)),
)

_PORTS: Final = (
    Command(
        "port-list",
        "List ports.",
        Listing("/ports", "ports", ("id", "name", "mac_address", "fixed_ips"), pages=True),
    ),
    _show("port", "port"),
    Command(
        "port-create",
        "Create a port.",
        Creating("/ports", "port", (("admin_state_up", True),)),
        (Positional("NETWORK", "network_id", "Name or id of its network.", "network", in_body=True),),
        (
            _TENANT,
            _NAME,
            _DOWN,
            Option("--mac-address", "mac_address", metavar="MAC_ADDRESS", help="Its MAC address."),
            Option("--device-id", "device_id", metavar="DEVICE_ID", help="Id of the machine that it belongs to."),
            _FIXED_IP,
            _SECURITY_GROUP,
        ),
    ),
    _delete("port", "port"),
    _update(
        "port",
        "port",
        (
            _NAME,
            Option("--device-id", "device_id", metavar="DEVICE_ID", help="Id of the machine that it belongs to."),
            _FIXED_IP,
            Option("--no-security-groups", "security_groups", "nothing", constant=[], help="Of no security group."),
        ),
    ),
)

_AGENTS: Final = (
    Command("agent-list", "List agents.", Listing("/agents", "agents", AGENT_COLUMNS)),
    _show("agent", "agent", looks_up=False, indent=5),
    _delete("agent", "agent", looks_up=False),
    _update("agent", "agent", looks_up=False),
    Command(
        "dhcp-agent-network-add",
        "Give a network to a DHCP agent.",
        Linking(
            "POST",
            "/agents/{dhcp_agent}/dhcp-networks",
            (("network_id", "network"),),
            "Added network {network} to DHCP agent",
        ),
        (
            Positional("dhcp_agent", "dhcp_agent", "Id of the DHCP agent."),
            Positional("network", "network", "Name or id of the network to add.", "network"),
        ),
    ),
    Command(
        "dhcp-agent-network-remove",
        "Take a network from a DHCP agent.",
        Linking(
            "DELETE", "/agents/{dhcp_agent}/dhcp-networks/{network}", (), "Removed network {network} to DHCP agent"
        ),
        (
            Positional("dhcp_agent", "dhcp_agent", "Id of the DHCP agent."),
            Positional("network", "network", "Name or id of the network to remove.", "network"),
        ),
    ),
    Command(
        "net-list-on-dhcp-agent",
        "List the networks of a DHCP agent.",
        Listing("/agents/{dhcp_agent}/dhcp-networks", "networks", NETWORK_COLUMNS, joins_subnets=True, pages=True),
        (Positional("dhcp_agent", "dhcp_agent", "Id of the DHCP agent."),),
    ),
    Command(
        "dhcp-agent-list-hosting-net",
        "List the DHCP agents of a network.",
        Listing("/networks/{network}/dhcp-agents", "agents", ("id", "host", "admin_state_up", "alive")),
        (Positional("network", "network", "Name or id of the network.", "network"),),
    ),
)

_QUOTAS: Final = (
    Command("quota-list", "List the quotas that are set.", Listing("/quotas", "quotas", takes_filters=False)),
    Command("quota-show", "Show a project's quotas.", Showing("/quotas/{tenant_id}", "quota"), (), (_OF_TENANT,)),
    Command(
        "quota-update",
        "Set a project's quotas.",
        Updating("/quotas/{tenant_id}", "quota", shows=True),
        (),
        (
            _OF_TENANT,
            Option("--network", "network", "integer", metavar="NETWORKS", help="How many networks; -1: no limit."),
            Option("--subnet", "subnet", "integer", metavar="SUBNETS", help="How many subnets; -1: no limit."),
            Option("--port", "port", "integer", metavar="PORTS", help="How many ports; -1: no limit."),
            Option("--router", "router", "integer", metavar="ROUTERS", help="How many routers."),
            Option("--floatingip", "floatingip", "integer", metavar="FLOATINGIPS", help="How many floating IPs."),
            Option(
                "--security-group",
                "security_group",
                "integer",
                metavar="SECURITY_GROUPS",
                help="How many security groups.",
            ),
            Option(
                "--security-group-rule",
                "security_group_rule",
                "integer",
                metavar="SECURITY_GROUP_RULES",
                help="How many rules.",
            ),
        ),
    ),
    Command(
        "quota-delete",
        "Set a project's quotas back to the defaults.",
        Deleting("/quotas/{tenant_id}", "quota"),
        (),
        (_OF_TENANT,),
    ),
)

_DESCRIPTION: Final = Option("--description", "description", metavar="TEXT", help="What it is for.")

_SECURITY_GROUPS: Final = (
    Command(
        "security-group-list",
        "List security groups.",
        Listing("/security-groups", "security_groups", ("id", "name", "description"), pages=True),
    ),
    _show("security-group", "security_group"),
    Command(
        "security-group-create",
        "Create a security group.",
        Creating("/security-groups", "security_group"),
        (Positional("NAME", "name", "The security group's name.", in_body=True),),
        (_TENANT, _DESCRIPTION),
    ),
    _delete("security-group", "security_group"),
    _update("security-group", "security_group", (_NAME, _DESCRIPTION)),
    Command(
        "security-group-rule-list",
        "List security group rules.",
        Listing(
            "/security-group-rules", "security_group_rules", SECURITY_GROUP_RULE_COLUMNS, names_groups=True, pages=True
        ),
        (),
        (
            Option(
                "--no-nameconv",
                "no_nameconv",
                "nothing",
                setting=True,
                help="Show the ids of security groups, and not their names.",
            ),
        ),
    ),
    _show("security-group-rule", "security_group_rule", looks_up=False),
    Command(
        "security-group-rule-create",
        "Create a security group rule.",
        Creating("/security-group-rules", "security_group_rule", (("direction", "ingress"), ("ethertype", "IPv4"))),
        (
            Positional(
                "SECURITY_GROUP",
                "security_group_id",
                "Name or id of its security group.",
                "security_group",
                in_body=True,
            ),
        ),
        (
            _TENANT,
            _DESCRIPTION,
            Option(
                "--direction",
                "direction",
                metavar="{ingress,egress}",
                help="ingress (default) or egress, as the machine sees it.",
                choices=("ingress", "egress"),
            ),
            Option("--ethertype", "ethertype", metavar="ETHERTYPE", help="IPv4 (default) or IPv6."),
            Option("--protocol", "protocol", metavar="PROTOCOL", help="tcp, udp, icmp or another, or a number."),
            Option("--port-range-min", "port_range_min", metavar="PORT", help="The first port; of ICMP the type."),
            Option("--port-range-max", "port_range_max", metavar="PORT", help="The last port; of ICMP the code."),
            Option("--remote-ip-prefix", "remote_ip_prefix", metavar="CIDR", help="The other side's addresses."),
            Option(
                "--remote-group-id",
                "remote_group_id",
                metavar="REMOTE_GROUP",
                help="The security group of the other side, by name or id.",
                looks_up="security_group",
            ),
        ),
    ),
    _delete("security-group-rule", "security_group_rule", looks_up=False),
)

_EXTENSIONS: Final = (
    Command("ext-list", "List the API's extensions.", Listing("/extensions", "extensions", ("alias", "name"))),
    Command(
        "ext-show",
        "Show one extension.",
        Showing("/extensions/{id}", "extension"),
        (Positional("ext-alias", "id", "The extension's alias."),),
    ),
)

_INSTANCE_OPTIONS: Final = (
    _NAME,
    Option(
        "--public-key",
        "public_keys",
        repeats=True,
        metavar="NAME=KEY",
        help="An OpenSSH public key line under a name; may be repeated.",
        reads="name=value",
    ),
    Option(
        "--public-key-file",
        "public_keys",
        repeats=True,
        metavar="[NAME=]FILE",
        help="The same from a file, named as the file unless said; may be repeated.",
        reads="key file",
    ),
    Option(
        "--user-data-file",
        "user_data",
        metavar="FILE",
        help="What the guest gets as user-data.",
        reads="file as base64",
    ),
    Option(
        "--meta",
        "meta",
        repeats=True,
        metavar="KEY=VALUE",
        help="A key and value shown to the guest; may be repeated.",
        reads="name=value",
    ),
)

_INSTANCES: Final = (
    Command(
        "instance-list",
        "List what metadata tells to instances.",
        Listing("/instances", "instances", ("id", "name"), pages=True),
    ),
    _show("instance", "instance"),
    Command(
        "instance-create",
        "Say what metadata tells to the instance of this device id.",
        Creating("/instances", "instance"),
        (Positional("DEVICE_ID", "id", "The device_id of the instance's ports.", in_body=True),),
        (_TENANT, *_INSTANCE_OPTIONS),
    ),
    _delete("instance", "instance"),
    _update("instance", "instance", _INSTANCE_OPTIONS),
)

_PHYSICAL_NETWORKS: Final = (
    Command(
        "physical-network-list",
        "List the physical networks with their hosts, ranges and free VLANs.",
        Listing("/physical-networks", "physical_networks", ("name", "hosts", "ranges", "vlans_free")),
    ),
    Command(
        "physical-network-show",
        "Show one physical network and which network has which VLAN.",
        Showing("/physical-networks/{id}", "physical_network"),
        (Positional("NAME", "id", "The physical network's name."),),
    ),
)

COMMANDS: Final[dict[str, Command]] = {
    command.name: command
    for command in (
        *_NETWORKS,
        *_SUBNETS,
        *_PORTS,
        *_AGENTS,
        *_QUOTAS,
        *_SECURITY_GROUPS,
        *_EXTENSIONS,
        *_PHYSICAL_NETWORKS,
        *_INSTANCES,
    )
}
