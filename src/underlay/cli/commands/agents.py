"""`agent-*`, and which DHCP agents serve a network."""

from typing import Final

from underlay.cli.commands.networks import NETWORK_COLUMNS
from underlay.cli.commands.verbs import delete, show, update
from underlay.cli.vocabulary import Command, Linking, Listing, Positional

AGENT_COLUMNS: Final = ("id", "agent_type", "host", "alive", "admin_state_up")

AGENTS: Final = (
    Command("agent-list", "List agents.", Listing("/agents", "agents", AGENT_COLUMNS)),
    show("agent", "agent", looks_up=False, indent=5),
    delete("agent", "agent", looks_up=False),
    update("agent", "agent", looks_up=False),
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
