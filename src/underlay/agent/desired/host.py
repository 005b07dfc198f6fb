"""The whole host as it should be, and which devices then carry traffic.

Pure and total: records None means that nothing is known yet, and only what the settings alone say is desired.
"""

from collections.abc import Mapping

from underlay.agent.desired.bridges import base, integration_end, physical_end
from underlay.agent.desired.dhcp_tables import scope_of
from underlay.agent.desired.flows import admission, inbound, outbound
from underlay.agent.desired.metadata_tables import directory_of
from underlay.agent.desired.service import Service, link_of, services
from underlay.agent.desired.tags import allocate, mark_of
from underlay.agent.desired.verdict import Dead, Verdict, Wired, verdicts
from underlay.agent.state.host import DEAD_TAG, FlowKey, HostState, Link, NetworkMark, OvsPort
from underlay.agent.state.present import Device, Present
from underlay.agent.state.records import Records
from underlay.agent.state.site import Site
from underlay.model.codec import encode
from underlay.model.ids import NetworkId


def desired(records: Records | None, site: Site, present: Present) -> HostState:
    """What the host should be like, given what is plugged."""
    state = base(site, present)
    if records is None:
        return state
    judged = verdicts(records, site, present)
    served = services(records, site)
    local = {verdict.network_id for verdict in judged.values() if isinstance(verdict, Wired)} | served.keys()
    tags = allocate(local, present)
    marks = {
        network_id: mark_of(records.networks[network_id], tag, site.bridge_mappings) for network_id, tag in tags.items()
    }
    devices = {device.name: device for device in present.devices}
    ports = {
        name: _device_port(devices[name], verdict, marks, site)
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
    return HostState(
        bridges=state.bridges,
        ports=state.ports | ports,
        flows=flows,
        namespaces=_namespaces(served, site),
        tables=_tables(served, records, site),
        ofports=state.ofports,
    )


def _device_port(device: Device, verdict: Verdict, marks: dict[NetworkId, NetworkMark], site: Site) -> OvsPort:
    mark = None if isinstance(verdict, Dead) else marks.get(verdict.network_id)
    tag = DEAD_TAG if mark is None else mark.tag
    return OvsPort(site.integration_bridge, tag=tag, mark=mark, port_id=device.port_id)


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


def _namespaces(served: dict[NetworkId, Service], site: Site) -> dict[str, dict[str, Link]]:
    return {service.namespace: {service.inner: link_of(service, site)} for service in served.values()}


def _tables(served: dict[NetworkId, Service], records: Records, site: Site) -> dict[str, bytes]:
    tables = {f"dhcp/{network_id}.json": encode(scope_of(service, site)) for network_id, service in served.items()}
    if site.isolated_metadata:
        for network_id, service in served.items():
            tables[f"metadata/{network_id}.json"] = encode(directory_of(service, records))
    return tables
