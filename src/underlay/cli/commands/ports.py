"""`port-*`."""

from typing import Final

from underlay.cli.commands.options import DOWN, NAME, TENANT
from underlay.cli.commands.verbs import delete, show, update
from underlay.cli.vocabulary import Command, Creating, Listing, Option, Positional

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

PORTS: Final = (
    Command(
        "port-list",
        "List ports.",
        Listing("/ports", "ports", ("id", "name", "mac_address", "fixed_ips"), pages=True),
    ),
    show("port", "port"),
    Command(
        "port-create",
        "Create a port.",
        Creating("/ports", "port", (("admin_state_up", True),)),
        (Positional("NETWORK", "network_id", "Name or id of its network.", "network", in_body=True),),
        (
            TENANT,
            NAME,
            DOWN,
            Option("--mac-address", "mac_address", metavar="MAC_ADDRESS", help="Its MAC address."),
            Option("--device-id", "device_id", metavar="DEVICE_ID", help="Id of the machine that it belongs to."),
            _FIXED_IP,
            _SECURITY_GROUP,
        ),
    ),
    delete("port", "port"),
    update(
        "port",
        "port",
        (
            NAME,
            Option("--device-id", "device_id", metavar="DEVICE_ID", help="Id of the machine that it belongs to."),
            _FIXED_IP,
            Option("--no-security-groups", "security_groups", "nothing", constant=[], help="Of no security group."),
        ),
    ),
)
