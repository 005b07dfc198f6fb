"""`subnet-*`."""

from typing import Final

from underlay.cli.commands.options import NAME, TENANT
from underlay.cli.commands.verbs import delete, show, update
from underlay.cli.vocabulary import Command, Creating, Listing, Option, Positional

_GATEWAY: Final = (
    Option("--gateway", "gateway_ip", metavar="GATEWAY_IP", help="The physical router's address in the subnet."),
    Option("--no-gateway", "gateway_ip", "nothing", constant=None, help="The subnet has no gateway."),
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

_DISABLE_DHCP: Final = Option("--disable-dhcp", "enable_dhcp", "nothing", constant=False, help="Serve no DHCP.")

_DHCP_ADDRESS: Final = Option(
    "--dhcp-address",
    "dhcp_address",
    metavar="IP_ADDR",
    help="Address of the DHCP port; the server picks one unless set.",
)

SUBNETS: Final = (
    Command(
        "subnet-list",
        "List subnets.",
        Listing("/subnets", "subnets", ("id", "name", "cidr", "allocation_pools"), pages=True),
    ),
    show("subnet", "subnet"),
    Command(
        "subnet-create",
        "Create a subnet.",
        Creating("/subnets", "subnet", (("ip_version", 4),)),
        (
            Positional("NETWORK", "network_id", "Name or id of its network.", "network", in_body=True),
            Positional("CIDR", "cidr", "Its addresses, as 10.10.100.0/24.", in_body=True),
        ),
        (
            TENANT,
            NAME,
            Option(
                "--ip-version", "ip_version", "integer", metavar="{4,6}", help="4 (default) or 6.", choices=("4", "6")
            ),
            *_GATEWAY,
            *_SUBNET_LISTS,
            _DISABLE_DHCP,
            _DHCP_ADDRESS,
        ),
    ),
    delete("subnet", "subnet"),
    update("subnet", "subnet", (NAME, *_GATEWAY, *_SUBNET_LISTS, _DISABLE_DHCP)),
)
