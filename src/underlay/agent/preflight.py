"""What must be right before the agent may begin: said in words that tell what to do. Pure."""

from collections.abc import Callable, Collection

from underlay.agent.state.site import Site


def obstacles(site: Site, bridges: Collection[str], has_link: Callable[[str], bool]) -> tuple[str, ...]:
    """Why the agent cannot begin; empty when it can.

    Args:
    bridges: names of the bridges that Open vSwitch has.
    has_link: whether the host has a network interface of that name.
    """
    found: list[str] = []
    for physical_network, bridge in sorted(site.bridge_mappings.items()):
        interface = site.bridge_interfaces.get(bridge)
        if bridge in bridges:
            continue
        if interface is None:
            found.append(
                f"bridge '{bridge}' of physical network '{physical_network}' is missing, and bridge_interfaces does "
                f'not say which interface belongs in it: set bridge_interfaces = "{bridge}:INTERFACE" to have it '
                f"made, or make it: ovs-vsctl add-br {bridge} -- add-port {bridge} INTERFACE"
            )
        elif not has_link(interface):
            found.append(
                f"bridge '{bridge}' of physical network '{physical_network}' is missing, and the interface "
                f"'{interface}' that bridge_interfaces gives for it does not exist on this host: name one that does"
            )
    found += [
        f"bridge_interfaces names '{bridge}', which bridge_mappings does not: add PHYSICAL_NETWORK:{bridge} there"
        for bridge in sorted(site.bridge_interfaces.keys() - set(site.bridge_mappings.values()))
    ]
    if site.integration_bridge in site.bridge_mappings.values():
        found.append(f"integration bridge '{site.integration_bridge}' cannot be a mapped bridge as well")
    return tuple(found)
