"""Bridges, ports, tags and flows as Open vSwitch has them now. Reads only."""

from collections.abc import Iterable

import msgspec

from underlay.agent.observed.ownership import is_our_cookie, is_ours, mark_from
from underlay.agent.state.host import DEAD_TAG, Bridge, FlowKey, OvsPort
from underlay.agent.state.present import Device, Present
from underlay.agent.state.site import Site
from underlay.dataplane.openflow import FlowLine
from underlay.dataplane.ovsdb import Ovsdb, Row
from underlay.model.ids import NetworkId, PortId


class OvsView(msgspec.Struct, frozen=True):
    """What the database says."""

    bridges: dict[str, Bridge]
    ports: dict[str, OvsPort]
    present: Present


class FlowView(msgspec.Struct, frozen=True):
    """The flows of one bridge: ours, and the keys that somebody else's take."""

    ours: dict[FlowKey, str]
    foreign: frozenset[FlowKey]


def observe_ovs(ovsdb: Ovsdb, site: Site) -> OvsView:
    """The bridges that the settings name, and on them what is ours or plugged."""
    wanted = {site.integration_bridge, *site.bridge_mappings.values()}
    bridges: dict[str, Bridge] = {}
    ports: dict[str, OvsPort] = {}
    ofports: dict[str, int] = {}
    devices: list[Device] = []
    foreign_tags: set[int] = set()
    for bridge in ovsdb.rows("Bridge"):
        if bridge.name not in wanted:
            continue
        bridges[bridge.name] = Bridge(bridge.datapath_type or "system", "".join(bridge.fail_mode))
        for row in bridge.ports:
            if not row.interfaces:
                continue
            interface = row.interfaces[0]
            port = _port(bridge.name, row, interface)
            number = _ofport(interface)
            if number is not None:
                ofports[row.name] = number
            if bridge.name == site.integration_bridge:
                if port.mark is None and port.tag not in (None, DEAD_TAG):
                    foreign_tags.add(port.tag or 0)
                if port.port_id:
                    devices.append(Device(row.name, PortId(port.port_id), number, "".join(interface.error), port.owned))
            if port.owned or port.port_id or site.bridge_interfaces.get(bridge.name) == row.name:
                ports[row.name] = port
    present = Present(tuple(sorted(devices)), ofports, _tags(ports.values()), frozenset(foreign_tags))
    return OvsView(bridges, ports, present)


def view_of_flows(lines: Iterable[FlowLine]) -> FlowView:
    """A dump, parted into ours and not ours."""
    ours: dict[FlowKey, str] = {}
    foreign: set[FlowKey] = set()
    for line in lines:
        key = FlowKey(line.table, line.priority, line.match)
        if is_our_cookie(line.cookie):
            ours[key] = line.actions
        else:
            foreign.add(key)
    return FlowView(ours, frozenset(foreign))


def _port(bridge: str, row: Row, interface: Row) -> OvsPort:
    owned = is_ours(row.external_ids)
    is_access = row.vlan_mode in ([], ["access"]) and not row.trunks
    return OvsPort(
        bridge=bridge,
        tag=row.tag[0] if row.tag and is_access else None,
        mark=mark_from(row.other_config),
        peer=interface.options.get("peer", "") if interface.type == "patch" else "",
        port_id=interface.external_ids.get("iface-id", ""),
        mac=interface.external_ids.get("attached-mac", "") if owned else "",
        owned=owned,
    )


def _ofport(interface: Row) -> int | None:
    """vswitchd writes -1 when it could not open the device."""
    numbers = [number for number in interface.ofport if number > 0]
    return numbers[0] if numbers else None


def _tags(ports: Iterable[OvsPort]) -> dict[NetworkId, int]:
    """Network -> tag; where two claims contradict each other, the first by network and tag holds."""
    claims = sorted({(port.mark.network_id, port.mark.tag) for port in ports if _is_marked(port) and port.mark})
    tags: dict[NetworkId, int] = {}
    taken: set[int] = set()
    for network_id, tag in claims:
        if network_id not in tags and tag not in taken:
            tags[network_id] = tag
            taken.add(tag)
    return tags


def _is_marked(port: OvsPort) -> bool:
    return port.mark is not None and port.mark.tag == port.tag
