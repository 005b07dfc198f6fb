"""`security-group-*` and `security-group-rule-*`."""

from typing import Final

from underlay.cli.commands.options import DESCRIPTION, NAME, TENANT
from underlay.cli.commands.verbs import delete, show, update
from underlay.cli.vocabulary import Command, Creating, Listing, Option, Positional

SECURITY_GROUP_RULE_COLUMNS: Final = (
    *("id", "security_group", "security_group_id", "direction", "protocol"),
    *("remote_ip_prefix", "remote_group", "remote_group_id"),
)
"""Of a group either its name or its id is there."""

SECURITY_GROUPS: Final = (
    Command(
        "security-group-list",
        "List security groups.",
        Listing("/security-groups", "security_groups", ("id", "name", "description"), pages=True),
    ),
    show("security-group", "security_group"),
    Command(
        "security-group-create",
        "Create a security group.",
        Creating("/security-groups", "security_group"),
        (Positional("NAME", "name", "The security group's name.", in_body=True),),
        (TENANT, DESCRIPTION),
    ),
    delete("security-group", "security_group"),
    update("security-group", "security_group", (NAME, DESCRIPTION)),
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
    show("security-group-rule", "security_group_rule", looks_up=False),
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
            TENANT,
            DESCRIPTION,
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
    delete("security-group-rule", "security_group_rule", looks_up=False),
)
