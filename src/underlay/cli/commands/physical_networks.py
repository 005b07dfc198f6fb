"""`physical-network-*`, which are ours."""

from typing import Final

from underlay.cli.vocabulary import Command, Listing, Positional, Showing

PHYSICAL_NETWORKS: Final = (
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
