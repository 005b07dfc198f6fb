"""`net-*`."""

from typing import Final

from underlay.cli.commands.options import DOWN, NAME, TENANT
from underlay.cli.commands.verbs import delete, show, update
from underlay.cli.vocabulary import Command, Creating, Listing, Option, Positional

NETWORK_COLUMNS: Final = ("id", "name", "subnets")

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

NETWORKS: Final = (
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
    show("net", "network"),
    Command(
        "net-create",
        "Create a network.",
        Creating("/networks", "network", (("admin_state_up", True),)),
        (Positional("NAME", "name", "The network's name.", in_body=True),),
        (
            TENANT,
            DOWN,
            Option("--shared", "shared", "nothing", help="Every project may use it (administrators only)."),
            *_PROVIDER,
        ),
    ),
    delete("net", "network"),
    update("net", "network", (NAME,)),
)
