"""The bridges, the patch ports between them, and the flows that hold without any network.

Pure, and derived from the operator's settings alone: it may be put in place before any record is known.
"""

from underlay.agent.state.host import Bridge, FlowKey, HostState, OvsPort
from underlay.agent.state.present import Present
from underlay.agent.state.site import Site

CANARY = FlowKey(table=23, priority=0, match="")
"""Nothing jumps to this table: its flow is there to be missed when vswitchd has lost all flows."""


def integration_end(bridge: str) -> str:
    """Name of the patch port on the integration bridge that leads to a mapped bridge."""
    return f"int-{bridge}"


def physical_end(bridge: str) -> str:
    """Name of the patch port on the mapped bridge."""
    return f"phy-{bridge}"


def base(site: Site, present: Present) -> HostState:
    """Bridges, uplinks, patch ports and base flows."""
    ports: dict[str, OvsPort] = {}
    flows = {site.integration_bridge: _integration_flows()}
    mapped = sorted(set(site.bridge_mappings.values()))
    for bridge in mapped:
        inner, outer = integration_end(bridge), physical_end(bridge)
        ports[inner] = OvsPort(site.integration_bridge, peer=outer, owned=True)
        ports[outer] = OvsPort(bridge, peer=inner, owned=True)
        flows[bridge] = {FlowKey(0, 0, ""): "NORMAL"}
        if outer in present.ofports:
            flows[bridge][FlowKey(0, 2, f"in_port={present.ofports[outer]}")] = "drop"
        if inner in present.ofports:
            flows[site.integration_bridge][FlowKey(0, 2, f"in_port={present.ofports[inner]}")] = "drop"
        if bridge in site.bridge_interfaces:
            ports[site.bridge_interfaces[bridge]] = OvsPort(bridge)
    bridges = {name: Bridge(site.datapath_type, "secure") for name in (site.integration_bridge, *mapped)}
    return HostState(bridges=bridges, ports=ports, flows=flows, ofports=dict(present.ofports))


def _integration_flows() -> dict[FlowKey, str]:
    return {FlowKey(0, 65535, "dl_vlan=4095"): "drop", FlowKey(0, 0, ""): "drop", CANARY: "drop"}
