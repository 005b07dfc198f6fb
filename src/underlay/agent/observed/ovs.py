"""Bridges, ports and tags as the Open vSwitch database has them now. Reads only."""

from collections.abc import Iterable, Iterator
from uuid import UUID

import msgspec

from underlay.agent.observed.ownership import identity_from, is_ours, mark_from
from underlay.agent.state.host import DEAD_TAG, Bridge, OvsPort
from underlay.agent.state.present import Device, Present
from underlay.agent.state.site import Site
from underlay.dataplane.ovsdb import Ovsdb, Row
from underlay.model.ids import NetworkId, PortId


class OvsView(msgspec.Struct, frozen=True):
    """What the database says.

    Attributes:
    rows: which row each bridge is; another one is another bridge.
    """

    bridges: dict[str, Bridge]
    rows: dict[str, UUID]
    ports: dict[str, OvsPort]
    present: Present


class PortFacts(msgspec.Struct, frozen=True):
    """One OVS port of a bridge with its interface.

    Attributes:
    interface: identifies the interface's row.
    """

    interface: UUID
    name: str
    port: OvsPort
    ofport: int | None
    error: str


class DatabaseView:
    """What the database says of our bridges. A port is read again only when its row or its interface's was touched:
    reading a column of the copy takes the library some 30 microseconds."""

    def __init__(self, ovsdb: Ovsdb, site: Site) -> None:
        self._ovsdb = ovsdb
        self._site = site
        self._read: dict[tuple[str, UUID], PortFacts] = {}

    def observe(self) -> OvsView:
        """The bridges that the settings name, and on them what is ours or plugged."""
        site = self._site
        wanted = {site.integration_bridge, *site.bridge_mappings.values()}
        rows = [row for row in self._ovsdb.rows("Bridge") if row.name in wanted]
        bridges = {row.name: Bridge(row.datapath_type or "system", "".join(row.fail_mode)) for row in rows}
        found = self._ports(rows)
        ports = {facts.name: facts.port for facts in found if self._is_looked_after(facts)}
        on_integration = [facts for facts in found if facts.port.bridge == site.integration_bridge]
        present = Present(
            devices=tuple(sorted(_device(facts) for facts in on_integration if facts.port.port_id)),
            ofports={facts.name: facts.ofport for facts in found if facts.ofport is not None},
            tags=_tags(ports.values()),
            foreign_tags=frozenset(_foreign_tags(on_integration)),
            identities=_identities(on_integration),
        )
        return OvsView(bridges, {row.name: row.uuid for row in rows}, ports, present)

    def _ports(self, bridges: Iterable[Row]) -> list[PortFacts]:
        touched = self._ovsdb.touched()
        known, self._read = self._read, {}
        for bridge in bridges:
            for row in bridge.ports:
                facts = known.get((bridge.name, row.uuid))
                if facts is None or row.uuid in touched or facts.interface in touched:
                    facts = _facts(bridge.name, row)
                if facts is not None:
                    self._read[bridge.name, row.uuid] = facts
        return list(self._read.values())

    def _is_looked_after(self, facts: PortFacts) -> bool:
        port = facts.port
        return port.owned or bool(port.port_id) or self._site.bridge_interfaces.get(port.bridge) == facts.name


def _facts(bridge: str, row: Row) -> PortFacts | None:
    """None while the copy has no interface for it."""
    interfaces = row.interfaces
    if not interfaces:
        return None
    interface = interfaces[0]
    port = _port(bridge, row, interface)
    return PortFacts(interface.uuid, row.name, port, _ofport(interface), "".join(interface.error))


def _device(facts: PortFacts) -> Device:
    return Device(facts.name, PortId(facts.port.port_id), facts.ofport, facts.error, facts.port.owned)


def _foreign_tags(ports: Iterable[PortFacts]) -> Iterator[int]:
    for facts in ports:
        tag = facts.port.tag
        if facts.port.mark is None and tag is not None and tag != DEAD_TAG:
            yield tag


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
        identity=identity_from(row.other_config),
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


def _identities(ports: Iterable[PortFacts]) -> dict[PortId, int]:
    """Port -> number; where two claims contradict each other, the first by port and number holds."""
    claims = sorted({(facts.port.port_id, facts.port.identity or 0) for facts in ports})
    numbers: dict[PortId, int] = {}
    taken: set[int] = {0}
    for port_id, number in claims:
        if port_id and port_id not in numbers and number not in taken:
            numbers[PortId(port_id)] = number
            taken.add(number)
    return numbers


def _is_marked(port: OvsPort) -> bool:
    return port.mark is not None and port.mark.tag == port.tag
