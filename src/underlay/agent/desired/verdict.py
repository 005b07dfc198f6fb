"""What becomes of each plugged device: wired into a network, or dead with a reason.

Pure. Never looks at the host: the devices are an argument.
"""

import msgspec

from underlay.agent.state.present import Device, Present
from underlay.agent.state.records import Records
from underlay.agent.state.site import Site
from underlay.model.ids import NetworkId, PortId
from underlay.model.network import Local, Network, segment_here


class Wired(msgspec.Struct, frozen=True):
    """The device carries the network's traffic."""

    network_id: NetworkId


class Dead(msgspec.Struct, frozen=True):
    """The device is cut off. `unknown`: because no record of this host names its port."""

    reason: str
    unknown: bool = False


Verdict = Wired | Dead


def unreachable(network: Network, site: Site) -> str:
    """Why the network does not reach this host; empty when it does."""
    if segment_here(network, site.bridge_mappings) is not None:
        return ""
    named = [f"'{segment.physical_network}'" for segment in network.segments if not isinstance(segment, Local)]
    if len(named) == 1:
        return f"physical network {named[0]} has no bridge on this host: add it to bridge_mappings"
    return f"physical networks {', '.join(named)} have no bridge on this host: add one of them to bridge_mappings"


def verdicts(records: Records, site: Site, present: Present) -> dict[str, Verdict]:
    """The verdict on every device, by device name. Two devices for one port: the first that works is taken."""
    chosen = _chosen(present)
    return {device.name: _verdict(device, chosen[device.port_id], records, site) for device in present.devices}


def _chosen(present: Present) -> dict[PortId, str]:
    """Port -> the device that stands for it: one with an OpenFlow port number before one without, then by name."""
    chosen: dict[PortId, str] = {}
    for device in sorted(present.devices, key=lambda device: (device.ofport is None, device.name)):
        chosen.setdefault(device.port_id, device.name)
    return chosen


def _verdict(device: Device, chosen: str, records: Records, site: Site) -> Verdict:
    port = records.ports.get(device.port_id)
    if port is None or port.binding.host != site.host:
        return Dead("no port of this host has this id", unknown=True)
    if device.name != chosen:
        return Dead(f"device '{chosen}' is plugged for the same port")
    network = records.networks.get(port.network_id)
    if network is None:
        return Dead(f"the record of network {port.network_id} has not arrived")
    if not port.admin_state_up:
        return Dead("the port is administratively down")
    reason = unreachable(network, site)
    return Dead(reason) if reason else Wired(network.id)
