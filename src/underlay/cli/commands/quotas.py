"""`quota-*`."""

from typing import Final

from underlay.cli.vocabulary import Command, Deleting, Listing, Option, Showing, Updating

_OF_TENANT: Final = Option("--tenant-id", "tenant_id", setting=True, metavar="TENANT_ID", help="The project's id.")

QUOTAS: Final = (
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
