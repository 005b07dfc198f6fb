"""The whole host as it should be, and which devices then carry traffic.

Pure and total: records None means that nothing is known yet, and only what the settings alone say is desired.
"""

from collections.abc import Mapping

from underlay.agent.desired import local_flows
from underlay.agent.desired.bridges import base, integration_end, physical_end
from underlay.agent.desired.dhcp_tables import port_scope, scope_of
from underlay.agent.desired.flows import admission, inbound, on_the_wire, outbound
from underlay.agent.desired.local_service import INNER, OUTER, LocalPort, is_in_use, link, local_ports, ovs_port
from underlay.agent.desired.metadata_tables import directory_of, port_directory
from underlay.agent.desired.service import Service, link_of, services
from underlay.agent.desired.tags import allocate, mark_of
from underlay.agent.desired.verdict import Dead, Verdict, Wired, verdicts
from underlay.agent.state.host import DEAD_TAG, FlowKey, HostState, Link, NetworkMark, OvsPort
from underlay.agent.state.present import Device, Present
from underlay.agent.state.records import Records
from underlay.agent.state.site import Site
from underlay.model.codec import encode
from underlay.model.ids import NetworkId, PortId
from underlay.pump.tables import PORTS


def desired(records: Records | None, site: Site, present: Present) -> HostState:
    """What the host should be like, given what is plugged."""
    state = base(site, present)
    if records is None:
        return state
    judged = verdicts(records, site, present)
    served = services(records, site)
    local = {verdict.network_id for verdict in judged.values() if isinstance(verdict, Wired)} | served.keys()
    answered = local_ports(records, site, present, judged)
    tags = allocate(local, present)
    marks = {
        network_id: mark_of(records.networks[network_id], tag, site.bridge_mappings) for network_id, tag in tags.items()
    }
    devices = {device.name: device for device in present.devices}
    ports = {
        name: _device_port(devices[name], verdict, marks, answered, site)
        for name, verdict in judged.items()
        if not devices[name].owned
    }
    ports |= {
        service.outer: _service_port(service, marks[network_id], site)
        for network_id, service in served.items()
        if network_id in marks
    }
    flows = {bridge: dict(entries) for bridge, entries in state.flows.items()}
    for mark in marks.values():
        for bridge, key, actions in translations(mark, site, present.ofports):
            flows[bridge][key] = actions
    _add_admissions(flows[site.integration_bridge], ports, present)
    if is_in_use(site, present):
        ports[OUTER] = ovs_port(site)
        flows[site.integration_bridge] |= _local_flows(answered, marks, served, site, present)
    return HostState(
        bridges=state.bridges,
        ports=state.ports | ports,
        flows=flows,
        namespaces=_namespaces(served, site, present),
        tables=_tables(served, records, site) | _local_tables(answered, records, site),
        ofports=state.ofports,
    )


def _device_port(
    device: Device,
    verdict: Verdict,
    marks: dict[NetworkId, NetworkMark],
    answered: dict[PortId, LocalPort],
    site: Site,
) -> OvsPort:
    if isinstance(verdict, Dead) or verdict.network_id not in marks:
        return OvsPort(site.integration_bridge, tag=DEAD_TAG, port_id=device.port_id)
    mark = marks[verdict.network_id]
    one = answered.get(device.port_id)
    number = None if one is None else one.number
    return OvsPort(site.integration_bridge, tag=mark.tag, mark=mark, port_id=device.port_id, identity=number)


def _service_port(service: Service, mark: NetworkMark, site: Site) -> OvsPort:
    return OvsPort(
        site.integration_bridge,
        tag=mark.tag,
        mark=mark,
        port_id=service.port.id,
        mac=str(service.port.mac_address),
        owned=True,
    )


def translations(mark: NetworkMark, site: Site, ofports: Mapping[str, int]) -> list[tuple[str, FlowKey, str]]:
    """The flows, each with its bridge, by which the network reaches the wire; none for a local network."""
    bridge = site.bridge_mappings.get(mark.physical_network)
    if bridge is None:
        return []
    inner, outer = ofports.get(integration_end(bridge)), ofports.get(physical_end(bridge))
    if inner is None or outer is None:
        return []
    return [(site.integration_bridge, *inbound(mark, inner)), (bridge, *outbound(mark, outer))]


def _add_admissions(flows: dict[FlowKey, str], ports: dict[str, OvsPort], present: Present) -> None:
    for name, port in ports.items():
        ofport = present.ofports.get(name)
        if port.mark is not None and ofport is not None:
            key, actions = admission(ofport)
            flows[key] = actions


def _local_flows(
    answered: dict[PortId, LocalPort],
    marks: dict[NetworkId, NetworkMark],
    served: dict[NetworkId, Service],
    site: Site,
    present: Present,
) -> dict[FlowKey, str]:
    """None before vswitchd has given the namespace's link a number."""
    local = present.ofports.get(OUTER)
    if local is None:
        return {}
    found = list(local_flows.shared(local))
    for one in answered.values():
        if one.ofport is not None and one.network.id in marks:
            found += local_flows.of_port(one, one.ofport, local)
    for network_id in sorted({one.network.id for one in answered.values()} & marks.keys() - served.keys()):
        mark = marks[network_id]
        patch = present.ofports.get(integration_end(site.bridge_mappings.get(mark.physical_network, "")))
        if patch is not None:
            found += local_flows.from_the_wire(patch, on_the_wire(mark))
    return dict(found)


def _namespaces(served: dict[NetworkId, Service], site: Site, present: Present) -> dict[str, dict[str, Link]]:
    found = {service.namespace: {service.inner: link_of(service, site)} for service in served.values()}
    if is_in_use(site, present):
        found[site.local_namespace] = {INNER: link()}
    return found


def _tables(served: dict[NetworkId, Service], records: Records, site: Site) -> dict[str, bytes]:
    tables = {f"dhcp/{network_id}.json": encode(scope_of(service, site)) for network_id, service in served.items()}
    if site.isolated_metadata:
        for network_id, service in served.items():
            tables[f"metadata/{network_id}.json"] = encode(directory_of(service, records))
    return tables


def _local_tables(answered: dict[PortId, LocalPort], records: Records, site: Site) -> dict[str, bytes]:
    tables: dict[str, bytes] = {}
    for port_id, one in answered.items():
        if one.dhcp and one.dhcp_subnets:
            tables[f"dhcp/{PORTS}/{port_id}.json"] = encode(port_scope(one, site))
        if one.metadata:
            tables[f"metadata/{PORTS}/{port_id}.json"] = encode(port_directory(one, records, site))
    return tables
