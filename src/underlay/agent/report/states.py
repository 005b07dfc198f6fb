"""The host as observed and as desired -> the state of each port that is or was plugged here. Pure."""

from collections.abc import Mapping

from underlay.agent.desired.flows import admission
from underlay.agent.desired.host import translations
from underlay.agent.desired.verdict import Verdict, Wired, verdicts
from underlay.agent.observed.host import Observation
from underlay.agent.state.host import HostState
from underlay.agent.state.present import Device
from underlay.agent.state.records import Records
from underlay.agent.state.site import Site
from underlay.commands.host import PortState
from underlay.model.ids import PortId


def port_states(
    records: Records, site: Site, wanted: HostState, seen: Observation, reasons: Mapping[str, str]
) -> dict[PortId, PortState]:
    """One state for each port with a device here, and for each that the server believes to be plugged here.

    Args:
    reasons: why steps did not succeed, by what they should have made (`plan.steps.makes`).
    """
    states = {
        port.id: PortState(port.id, plugged=False)
        for port in records.ports.values()
        if port.binding.host == site.host and (port.status == "ACTIVE" or port.binding.by_plug)
    }
    judged = verdicts(records, site, seen.present)
    for device in seen.present.devices:
        state = _state(device, judged[device.name], wanted, seen.state, site, reasons)
        known = states.get(device.port_id)
        if known is None or not known.wired:
            states[device.port_id] = state
    return states


def _state(
    device: Device, verdict: Verdict, wanted: HostState, seen: HostState, site: Site, reasons: Mapping[str, str]
) -> PortState:
    if not isinstance(verdict, Wired):
        return PortState(device.port_id, plugged=True, reason="" if verdict.unknown else verdict.reason)
    reason = reasons.get(f"port {device.name}", "") or _missing(device, wanted, seen, site)
    return PortState(device.port_id, plugged=True, wired=not reason, reason=reason)


def _missing(device: Device, wanted: HostState, seen: HostState, site: Site) -> str:
    """What keeps the device from carrying traffic; empty when nothing does."""
    if device.ofport is None:
        return device.error or "ovs-vswitchd has not opened the device yet"
    port, there = wanted.ports.get(device.name), seen.ports.get(device.name)
    if port is None or there is None or (port.tag, port.mark) != (there.tag, there.mark):
        return "the device's VLAN tag is not set yet"
    if port.mark is None:
        return "no local VLAN tag is free on this host"
    flows = seen.flows.get(site.integration_bridge, {})
    key, actions = admission(device.ofport)
    if flows.get(key) != actions:
        return "the device's flow is not in place yet"
    for bridge, key, actions in translations(port.mark, site, seen.ofports):
        if seen.flows.get(bridge, {}).get(key) != actions:
            return f"the network's flows on {bridge} are not in place yet"
    return ""
